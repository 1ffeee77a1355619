// Package enginetest is what tests that speak to a container engine share.
package enginetest

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Socket is the address of an engine that nobody names.
const Socket = "unix:///var/run/docker.sock"

// Listen opens a TCP listener on a free port of loopback for the length of the test.
func Listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// Serve hands each of the listener's connections to handle, in a goroutine of its own, and closes it afterwards.
func Serve(l net.Listener, handle func(net.Conn)) {
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); handle(conn) }()
		}
	}()
}

// Door is a second way to an engine.
type Door struct {
	// Address is where it listens, without a scheme.
	Address string
	opened  atomic.Int64
}

// Forward carries the listener's connections to the engine at a unix:// or tcp:// address, half-closes included.
func Forward(l net.Listener, engine string) *Door {
	d := &Door{Address: l.Addr().String()}
	Serve(l, func(conn net.Conn) {
		d.opened.Add(1)
		carry(conn.(halfCloser), engine)
	})
	return d
}

// Opened is how many connections have come through the door.
func (d *Door) Opened() int { return int(d.opened.Load()) }

// halfCloser is a TCP, TLS or unix connection.
type halfCloser interface {
	io.ReadWriter
	CloseWrite() error
}

// carry copies both ways until both sides are done.
func carry(conn halfCloser, engine string) {
	network, address, _ := strings.Cut(engine, "://")
	remote, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer remote.Close()
	var both sync.WaitGroup
	both.Go(func() { pass(remote.(halfCloser), conn) })
	both.Go(func() { pass(conn, remote) })
	both.Wait()
}

func pass(to halfCloser, from io.Reader) {
	_, _ = io.Copy(to, from)
	_ = to.CloseWrite()
}
