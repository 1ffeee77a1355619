package wire

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Line is one connection that carries one request after the other. It is for one goroutine.
type Line struct {
	client *Client
	conn   net.Conn
}

// NewLine returns a line that connects with its first request.
func (c *Client) NewLine() *Line { return &Line{client: c} }

// Open reports that the next request goes over the connection of the one before.
func (l *Line) Open() bool { return l.conn != nil }

// Do sends the request over the line, or over a new connection where the server did not keep it. A request is never sent
// again: stale says that a kept connection broke, or ended in the farewell of a server that says one, before any answer.
func (l *Line) Do(ctx context.Context, r Request) (x record.Exchange, a Answer, stale bool) {
	if c := l.client; c.Activity != nil && r.invokes() {
		defer c.Activity.Begin()()
	}
	k, conn, reused := newCall(ctx, r, l.client.epoch), l.conn, l.conn != nil
	l.conn, k.keep = nil, true
	var err error
	if reused {
		err = conn.SetDeadline(k.deadline)
	} else {
		conn, err = k.open(l.client.dial)
	}
	if err != nil {
		k.undialed(err)
		return k.x, Answer{}, false
	}
	stop := k.watch(conn)
	k.converse(conn)
	if !stop() {
		_ = conn.Close()
	} else if k.reusable {
		l.conn = conn
	}
	return k.x, k.answer(), reused && k.stale()
}

// Watch looks at the idle line until end is called, which says how the server ended it, when, and what it sent unasked. A
// line that did not stay open is given up; end may be called once.
func (l *Line) Watch() (end func() (how record.LineEnd, after record.Millis, stray string)) {
	if l.conn == nil {
		return func() (record.LineEnd, record.Millis, string) { return record.LineClosed, 0, "" }
	}
	conn, began := l.conn, time.Now()
	_ = conn.SetReadDeadline(time.Time{})
	var how record.LineEnd
	var after record.Millis
	var stray string
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, garbledSample)
		n, err := conn.Read(buf)
		how, stray, after = endOf(buf[:n], err), strayText(buf[:n]), millis(time.Since(began))
	}()
	return func() (record.LineEnd, record.Millis, string) {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
		<-done
		if how != record.LineOpen {
			l.Close()
		}
		return how, after, stray
	}
}

// farewell is what servers say of an idle connection before they close it (RFC 9110 section 15.5.9).
const farewell = "HTTP/1.1 408"

// endOf reads the end of an idle connection out of its first read. Empty lines are a habit of old servers, not a word.
func endOf(p []byte, err error) record.LineEnd {
	text := strings.Trim(string(p), "\r\n")
	switch {
	case strings.HasPrefix(text, farewell):
		return record.LineClosed
	case text != "":
		return record.LineStray
	case err == nil || isTimeout(err):
		return record.LineOpen
	case errors.Is(err, syscall.ECONNRESET):
		return record.LineReset
	}
	return record.LineClosed
}

func strayText(p []byte) string {
	if len(strings.Trim(string(p), "\r\n")) == 0 {
		return ""
	}
	return sample(p)
}

// Close gives the connection up.
func (l *Line) Close() {
	if l.conn != nil {
		_ = l.conn.Close()
		l.conn = nil
	}
}
