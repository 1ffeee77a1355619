package relay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/yamux"
)

// A frame is two bytes of length and as many of data. Two lengths mean something else.
const (
	frameEnd   = 0
	frameReset = 0xFFFF
	frameMax   = 32 << 10
)

// errClosed is the end of a stream without a word: the other side closed both directions.
var errClosed = errors.New("closed by the other side")

// ErrEnded says that the relay itself came to an end: a fault of the harness or the engine, not of the container.
var ErrEnded = errors.New("the relay to the container has ended")

// Conn is one relayed connection. It behaves as a TCP connection does, with CloseWrite and resets.
type Conn struct {
	stream        *yamux.Stream
	reader        *bufio.Reader
	local, remote net.Addr

	left  int
	ended error
	// gone says that the other side closed the stream as a whole.
	gone bool

	writing sync.Mutex
	// done says that nothing more may be written, shut that this side closed everything.
	done bool
	shut atomic.Bool
}

var _ net.Conn = (*Conn)(nil)

func newConn(stream *yamux.Stream, local, remote net.Addr) *Conn {
	return &Conn{stream: stream, reader: bufio.NewReaderSize(stream, 4<<10), local: local, remote: remote}
}

// Read returns io.EOF when the other side is done writing, and ECONNRESET when its connection was reset.
func (c *Conn) Read(b []byte) (int, error) {
	if c.left == 0 {
		if err := c.nextFrame(); err != nil {
			return 0, err
		}
	}
	n, err := c.reader.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, c.readError(err)
}

// nextFrame peeks before it takes, so that a deadline between the two bytes loses nothing.
func (c *Conn) nextFrame() error {
	if c.ended != nil {
		return c.ended
	}
	head, err := c.reader.Peek(2)
	if err != nil {
		return c.readError(err)
	}
	length := int(binary.BigEndian.Uint16(head))
	_, _ = c.reader.Discard(2)
	switch {
	case c.shut.Load():
		c.ended = &net.OpError{Op: "read", Net: "tcp", Addr: c.remote, Err: net.ErrClosed}
	case length == frameEnd:
		c.ended = io.EOF
	case length == frameReset:
		c.ended = &net.OpError{Op: "read", Net: "tcp", Addr: c.remote, Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	case length > frameMax:
		c.ended = &net.OpError{Op: "read", Net: "tcp", Addr: c.remote, Err: errors.New("the relay sent a frame that is too long")}
	}
	c.left = length
	if c.ended != nil {
		c.left = 0
	}
	return c.ended
}

// readError puts what the stream says into the words of package net.
func (c *Conn) readError(err error) error {
	if err == nil {
		return nil
	}
	err = c.plain(err)
	c.gone = c.gone || !errors.Is(err, os.ErrDeadlineExceeded)
	return &net.OpError{Op: "read", Net: "tcp", Addr: c.remote, Err: err}
}

// plain tells apart what yamux says in few words. The end of the relay itself must never look like the container's doing.
func (c *Conn) plain(err error) error {
	switch {
	case c.shut.Load():
		return net.ErrClosed
	case errors.Is(err, yamux.ErrTimeout):
		return os.ErrDeadlineExceeded
	case c.stream.Session().IsClosed():
		return ErrEnded
	case errors.Is(err, io.EOF):
		return errClosed
	}
	return err
}

func (c *Conn) Write(b []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.done {
		return 0, &net.OpError{Op: "write", Net: "tcp", Addr: c.remote, Err: net.ErrClosed}
	}
	written := 0
	for len(b) > 0 {
		n := min(len(b), frameMax)
		if err := c.frame(uint16(n), b[:n]); err != nil {
			return written, err
		}
		written += n
		b = b[n:]
	}
	return written, nil
}

// frame writes one frame. A deadline in the middle of it leaves the connection useless, as one in TLS would.
func (c *Conn) frame(length uint16, data []byte) error {
	_, err := c.stream.Write(append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(data)), length), data...))
	if err != nil {
		return &net.OpError{Op: "write", Net: "tcp", Addr: c.remote, Err: c.plain(err)}
	}
	return nil
}

// CloseWrite says that nothing more will be written.
func (c *Conn) CloseWrite() error { return c.end(frameEnd) }

func (c *Conn) end(how uint16) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.done {
		return nil
	}
	c.done = true
	return c.frame(how, nil)
}

// Close ends both directions; the other side's writes fail from then on. It does not wait for a writer that is stuck
// behind a full window: closing is what frees it.
func (c *Conn) Close() error {
	if c.shut.Swap(true) {
		return net.ErrClosed
	}
	_ = c.stream.SetDeadline(time.Now())
	return c.stream.Close()
}

func (c *Conn) LocalAddr() net.Addr                { return c.local }
func (c *Conn) RemoteAddr() net.Addr               { return c.remote }
func (c *Conn) SetDeadline(t time.Time) error      { return c.stream.SetDeadline(t) }
func (c *Conn) SetReadDeadline(t time.Time) error  { return c.stream.SetReadDeadline(t) }
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.stream.SetWriteDeadline(t) }
