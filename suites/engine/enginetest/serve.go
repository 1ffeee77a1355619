// Package enginetest is what tests that speak to a container engine share.
package enginetest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Socket is where an engine listens when nobody says otherwise.
const Socket = "/var/run/docker.sock"

// Listen opens a listener for the length of the test: network "tcp" with "127.0.0.1:0", or "unix" with a path.
func Listen(t testing.TB, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
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

// Door is a second way to the engine at Socket.
type Door struct {
	// Address is where it listens: an IP address and a port, or a path.
	Address string
	opened  atomic.Int64
}

// Forward carries the listener's connections to the engine at Socket, half-closes included.
func Forward(l net.Listener) *Door {
	d := &Door{Address: l.Addr().String()}
	Serve(l, func(conn net.Conn) {
		d.opened.Add(1)
		carry(conn.(halfCloser))
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
func carry(conn halfCloser) {
	socket, err := net.Dial("unix", Socket)
	if err != nil {
		return
	}
	defer socket.Close()
	var both sync.WaitGroup
	both.Go(func() { pass(socket.(halfCloser), conn) })
	both.Go(func() { pass(conn, socket) })
	both.Wait()
}

func pass(to halfCloser, from io.Reader) {
	_, _ = io.Copy(to, from)
	_ = to.CloseWrite()
}
