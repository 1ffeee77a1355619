package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var (
	// errLeft: the caller went away on purpose.
	errLeft = errors.New("left on purpose after the first event")
	// errEndless: the body passed maxEndless.
	errEndless = errors.New("the body passed 1 GiB without an end; reading stopped")
)

// garbled says that what came is not HTTP/1.x.
type garbled struct{ why string }

func (g garbled) Error() string { return g.why }

// reader notes when bytes arrive.
type reader struct {
	conn  net.Conn
	start time.Time
	buf   *bufio.Reader
	// last is when bytes arrived last, bytes how many have arrived in all.
	last  record.Millis
	bytes int64
	// arrived is called for each read once the body is known to be an event stream.
	arrived func(n int, after record.Millis)
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.conn.Read(p)
	if n > 0 {
		r.last = millis(time.Since(r.start))
		r.bytes += int64(n)
		if r.arrived != nil {
			r.arrived(n, r.last)
		}
	}
	return n, err
}

// receive reads one answer and records how it ended.
func (k *call) receive() {
	h, err := readFinalHead(k.reader.buf)
	if err == nil && h.status == 101 && !k.r.upgrades() {
		err = garbled{"101 Switching Protocols to a request that asked for no other protocol"}
	}
	if err != nil {
		k.broken(err)
		return
	}
	k.x.HeadersAfter = k.reader.last
	k.x.Response = h.response()
	k.sink = newSink(k, h)
	framing := h.framing(k.r.headless())
	k.x.Response.Framing = framing
	if k.r.Hold != nil && h.status/100 == 2 {
		k.r.Hold()
	}
	bareLF, err := readBody(k.reader.buf, framing, h.length, k.sink)
	took := k.since()
	if err == nil {
		err = k.surplus(h, framing)
	}
	if err == nil && framing == framingChunked && h.proto == "HTTP/1.0" {
		err = errors.New("an HTTP/1.0 answer has a transfer-encoding, which RFC 9112 section 6.1 calls faulty framing")
	}
	k.sink.finish(&k.x, took)
	k.x.Response.Oddities = h.oddities(bareLF)
	if err != nil {
		k.broken(err)
	} else {
		k.x.Outcome = record.Answered
		k.reusable = h.keepsAlive() && framing != framingClose && !k.dismissed
	}
	k.x.Took = took
}

// The looks for surplus bytes after a complete body: what one write sent too much is there already, a second write may
// be on its way. A stream with a declared length is almost certainly cut by it, and produces slowly (SSE-12).
const (
	surplusLook       = 5 * time.Millisecond
	surplusStreamLook = 300 * time.Millisecond
)

// surplus reports bytes after the end that the answer's own framing declared (INV-20).
func (k *call) surplus(h *head, framing string) error {
	if framing == framingClose || h.status == 101 {
		return nil
	}
	if b := k.reader.buf; b.Buffered() == 0 && !k.ping {
		look := surplusLook
		if k.sink.scan != nil && framing == framingLength {
			look = surplusStreamLook
		}
		_ = k.reader.conn.SetReadDeadline(earlier(time.Now().Add(look), k.deadline))
		_, _ = b.Peek(1)
	}
	extra, _ := k.reader.buf.Peek(k.reader.buf.Buffered())
	if k.dismissed = bytes.HasPrefix(bytes.TrimLeft(extra, "\r\n"), []byte(farewell)); k.dismissed {
		return nil
	}
	for _, c := range extra {
		if c != '\r' && c != '\n' {
			return fmt.Errorf("bytes came after the end of the answer (framing %s): %s", framing, sample(extra))
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// broken records an exchange that did not end well.
func (k *call) broken(err error) {
	var g garbled
	switch {
	case errors.Is(err, errLeft) || k.left.Load():
		k.end(record.Abandoned, "left on purpose")
	case errors.Is(err, errEndless):
		k.end(record.TimedOut, err.Error())
	case k.interrupted():
		k.end(record.Abandoned, "the run's own time ended before the answer did")
	case isTimeout(err):
		k.end(record.TimedOut, fmt.Sprintf("no complete answer within %.0f ms%s", float64(k.x.Timeout), k.progress()))
	case errors.As(err, &g):
		k.end(record.Garbled, g.why)
	case k.x.Response != nil:
		k.end(record.Truncated, describe(err))
	default:
		k.end(record.Reset, describe(err)+k.progress())
	}
}

// progress says how far the answer had come.
func (k *call) progress() string {
	switch {
	case k.sink != nil:
		return fmt.Sprintf("; status %d and %d body bytes had arrived", k.x.Response.Status, k.sink.size)
	case k.reader != nil && k.reader.bytes > 0:
		return fmt.Sprintf("; %d bytes of an unfinished response head had arrived", k.reader.bytes)
	}
	return "; nothing had arrived"
}

func describe(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the server closed the connection before the answer was complete"
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return "the server reset the connection before the answer was complete"
	}
	return err.Error()
}
