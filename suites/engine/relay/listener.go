package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

// listener is a socket of the sidecar's whose connections come to the harness.
type listener struct {
	client  *Client
	control *yamux.Stream
	address *net.TCPAddr
	arrived chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

var _ net.Listener = (*listener)(nil)

// Listen makes the sidecar listen on a free port of one of its own addresses. Connections that it has accepted for the
// listener live on when that is closed, as they do in TCP.
func (c *Client) Listen(ctx context.Context, at netip.Addr) (net.Listener, error) {
	fail := func(err error) (net.Listener, error) {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: &net.TCPAddr{IP: at.AsSlice()}, Err: err}
	}
	if ctx.Err() != nil {
		return fail(nil)
	}
	control, err := c.session.OpenStream()
	if err != nil {
		return fail(fmt.Errorf("%w: %w", ErrEnded, err))
	}
	stop := context.AfterFunc(ctx, func() { _ = control.SetDeadline(time.Now()) })
	address, err := askListen(control, at)
	if !stop() || err != nil {
		_ = control.Close()
		return fail(err)
	}
	l := &listener{
		client: c, control: control, address: net.TCPAddrFromAddrPort(address),
		arrived: make(chan net.Conn), closed: make(chan struct{}),
	}
	if !c.add(l) {
		_ = l.Close()
		return fail(ErrEnded)
	}
	return l, nil
}

func askListen(control *yamux.Stream, at netip.Addr) (netip.AddrPort, error) {
	answer, err := ask(control, listenAt+at.String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	if answer != "" {
		return netip.AddrPort{}, errors.New(answer)
	}
	text, err := readText(control)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("relay: %w", err)
	}
	return netip.ParseAddrPort(text)
}

// Accept returns ErrEnded when the relay has come to its end.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.arrived:
		return conn, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.address, Err: net.ErrClosed}
	case <-l.client.session.CloseChan():
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.address, Err: ErrEnded}
	}
}

// Addr is the address by which containers reach the listener.
func (l *listener) Addr() net.Addr { return l.address }

func (l *listener) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		close(l.closed)
		l.client.drop(l)
		err = l.control.Close()
	})
	return err
}

func (c *Client) add(l *listener) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session.IsClosed() {
		return false
	}
	c.listeners[l.address.String()] = l
	return true
}

func (c *Client) drop(l *listener) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.listeners, l.address.String())
}

func (c *Client) find(address string) *listener {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.listeners[address]
}

// receive takes every stream as soon as it comes: one that is left waiting for too long would end the session.
func (c *Client) receive() {
	for {
		stream, err := c.session.AcceptStream()
		if err != nil {
			return
		}
		go c.deliver(stream)
	}
}

// deliver gives an arrived connection to its listener, and waits for that to accept it as a kernel's backlog does.
func (c *Client) deliver(stream *yamux.Stream) {
	l, conn, err := c.announced(stream)
	if err != nil {
		_ = stream.Close()
		return
	}
	select {
	case l.arrived <- conn:
	case <-l.closed:
		_ = stream.Close()
	case <-c.session.CloseChan():
	}
}

// announced reads which listener a stream is for and who calls.
func (c *Client) announced(stream *yamux.Stream) (*listener, net.Conn, error) {
	_ = stream.SetReadDeadline(time.Now().Add(dialPatience))
	defer func() { _ = stream.SetReadDeadline(time.Time{}) }()
	address, err := readText(stream)
	if err != nil {
		return nil, nil, err
	}
	caller, err := readText(stream)
	if err != nil {
		return nil, nil, err
	}
	remote, err := netip.ParseAddrPort(caller)
	l := c.find(address)
	if err != nil || l == nil {
		return nil, nil, fmt.Errorf("relay: a connection from %q to %q, where nobody listens", caller, address)
	}
	return l, newConn(stream, l.address, net.TCPAddrFromAddrPort(remote)), nil
}
