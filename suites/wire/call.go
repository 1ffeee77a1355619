package wire

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// call is one exchange while it lasts.
type call struct {
	r        Request
	x        record.Exchange
	ctx      context.Context
	start    time.Time
	deadline time.Time
	// own says that the deadline is the request's, so that an earlier end of ctx is the harness's doing.
	own bool
	// left is set before the harness closes the connection on purpose.
	left atomic.Bool
	// ping leaves out what only an invocation's record needs, the second look for surplus bytes and the whole body.
	ping bool
	// keep leaves the connection open when it can be used again.
	keep bool

	reader *reader
	sink   *sink
	// reusable says that the answer was complete and the server keeps the connection.
	reusable bool
	// dismissed says that the server said farewell to the idle connection before anybody looked.
	dismissed bool
}

func newCall(ctx context.Context, r Request, epoch time.Time) *call {
	k := &call{r: r, ctx: ctx, start: time.Now()}
	k.deadline, k.own = k.start.Add(DefaultTimeout), true
	if limit, ok := ctx.Deadline(); ok && r.Timeout <= 0 {
		k.deadline, k.own = limit, false
	} else if r.Timeout > 0 {
		k.deadline = k.start.Add(r.Timeout)
	}
	k.x = record.Exchange{
		ID: r.ID, Request: r.sent(), Session: r.Session,
		At: millis(k.start.Sub(epoch)), Timeout: millis(k.deadline.Sub(k.start)),
	}
	return k
}

func millis(d time.Duration) record.Millis {
	return record.Millis(d.Microseconds()) / 1000
}

func (k *call) since() record.Millis { return millis(time.Since(k.start)) }

func (k *call) open(dial Dialer) (net.Conn, error) {
	ctx, cancel := context.WithDeadline(k.ctx, k.deadline)
	defer cancel()
	conn, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(k.deadline)
}

// watch makes the connection fail when ctx ends.
func (k *call) watch(conn net.Conn) (stop func() bool) {
	return context.AfterFunc(k.ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// undialed records that no connection came about.
func (k *call) undialed(err error) {
	switch {
	case k.interrupted():
		k.end(record.Unsent, "the run ended before the connection was made")
	case isTimeout(err) || errors.Is(err, context.DeadlineExceeded):
		k.end(record.TimedOut, "no connection within the deadline: "+err.Error())
	case isRefused(err):
		k.end(record.Refused, err.Error())
	case errors.Is(err, syscall.ECONNRESET):
		k.end(record.Reset, describe(err))
	default:
		k.end(record.Unsent, "the harness could not connect: "+err.Error())
	}
}

// isRefused reports that nobody listens, or that the address is gone with the container. Errors of relays and of other
// systems do not carry Go's error numbers, so their text counts too.
func isRefused(err error) bool {
	for _, e := range []error{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if errors.Is(err, e) {
			return true
		}
	}
	return strings.Contains(err.Error(), "refused")
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// interrupted reports that the harness, not the container, ended the exchange. A context that ends about when the
// request's own time does changes nothing: the container had its time.
func (k *call) interrupted() bool {
	err := k.ctx.Err()
	left := time.Until(k.deadline)
	return errors.Is(err, context.Canceled) || err != nil && k.own && left > k.deadline.Sub(k.start)/10
}

// end records the outcome.
func (k *call) end(o record.Outcome, why string) {
	k.x.Outcome, k.x.Error, k.x.Took = o, oneLine(why), k.since()
}

var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readSize) }}

// converse sends the request while it reads the answer: a server may refuse a large body before it was sent, and then
// reset the connection (INV-12). It closes the connection, which also ends a sending that nobody reads any more, except
// after a ping that leaves it usable.
func (k *call) converse(conn net.Conn) {
	if k.r.Leave == LeaveAfterHead || k.r.Leave == LeaveMidBody {
		k.leaveWhileSending(conn)
		return
	}
	buf := readers.Get().(*bufio.Reader)
	k.reader = &reader{conn: conn, start: k.start, buf: buf}
	buf.Reset(k.reader)
	defer func() {
		buf.Reset(nil)
		readers.Put(buf)
	}()
	sent := make(chan error, 1)
	go func() { sent <- k.send(conn) }()
	k.receive()
	if !k.keep || !k.reusable {
		_ = conn.Close()
	}
	if err := <-sent; err != nil && k.x.Outcome == record.Reset && !errors.Is(err, net.ErrClosed) {
		k.x.Error = oneLine(k.x.Error + "; sending failed too: " + err.Error())
	}
}

func (k *call) send(conn net.Conn) error {
	if len(k.r.Raw) > 0 {
		_, err := conn.Write(k.r.Raw)
		return k.thenLeave(conn, err)
	}
	body := k.r.payload()
	if k.r.Pause > 0 {
		half := len(body) / 2
		if err := k.sendAndRest(conn, body[:half]); err != nil {
			return err
		}
		_, err := conn.Write(body[half:])
		return k.thenLeave(conn, err)
	}
	parts := net.Buffers{k.r.head(), body}
	_, err := parts.WriteTo(conn)
	return k.thenLeave(conn, err)
}

// sendAndRest sends the head and a first part of the body, and rests before the second.
func (k *call) sendAndRest(conn net.Conn, first []byte) error {
	parts := net.Buffers{k.r.head(), first}
	if _, err := parts.WriteTo(conn); err != nil {
		return err
	}
	t := time.NewTimer(k.r.Pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-k.ctx.Done():
		return k.ctx.Err()
	}
}

// thenLeave closes the connection when the caller is to leave some time after all was sent.
func (k *call) thenLeave(conn net.Conn, err error) error {
	if err != nil || k.r.Leave != LeaveBeforeAnswer {
		return err
	}
	leave := func() {
		k.left.Store(true)
		_ = conn.Close()
	}
	if k.r.LeaveAfter == 0 {
		leave() // a timer may come after the answer of a quick agent
	} else {
		time.AfterFunc(k.r.LeaveAfter, leave)
	}
	return nil
}

func (k *call) leaveWhileSending(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	part := k.r.head()
	if k.r.Leave == LeaveMidBody {
		body := k.r.payload()
		part = append(part, body[:len(body)/2]...)
	}
	if _, err := conn.Write(part); err != nil {
		k.broken(err)
		return
	}
	k.end(record.Abandoned, "left on purpose while sending")
}

func (k *call) answer() Answer {
	if k.sink == nil {
		return Answer{}
	}
	return k.sink.answer(k.x.HeaderValue("content-type"))
}
