package fake

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// network is one container's network namespace: its listening sockets, each backed by a real one on the test
// machine's loopback, and the connections accepted on them.
type network struct {
	mu      sync.Mutex
	sockets []*socket
	conns   map[*conn]struct{}
	down    bool
	// still holds what is read and written while the process stands still.
	still *gate
}

// socket is a listener under the address that the process asked for.
type socket struct {
	*net.TCPListener
	net  *network
	addr net.TCPAddr
}

// conn is an accepted connection. TCPConn is embedded so that agents can reset it (SetLinger) or half-close it.
type conn struct {
	*net.TCPConn
	net *network
}

func newNetwork(still *gate) *network {
	return &network{conns: map[*conn]struct{}{}, still: still}
}

func (n *network) listen(address string) (net.Listener, error) {
	addr, err := parse(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return nil, opError("listen", addr, syscall.ENETDOWN)
	}
	if addr.Port != 0 && n.taken(addr) {
		return nil, opError("listen", addr, syscall.EADDRINUSE)
	}
	real, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("back %s with a loopback socket: %w", address, err)
	}
	if addr.Port == 0 {
		addr.Port = real.Addr().(*net.TCPAddr).Port
	}
	s := &socket{TCPListener: real, net: n, addr: addr}
	n.sockets = append(n.sockets, s)
	return s, nil
}

// parse reads an address as net.Listen does: no host and localhost are understood, names are not looked up.
func parse(address string) (net.TCPAddr, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return net.TCPAddr{}, fmt.Errorf("listen on %q: %w", address, err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return net.TCPAddr{}, fmt.Errorf("listen on %q: %w", address, err)
	}
	switch host {
	case "":
		host = "::"
	case "localhost":
		host = "127.0.0.1"
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return net.TCPAddr{}, fmt.Errorf("listen on %q: %q is no IP address", address, host)
	}
	return net.TCPAddr{IP: ip, Port: int(number)}, nil
}

func (n *network) taken(a net.TCPAddr) bool {
	for _, s := range n.sockets {
		if s.addr.Port == a.Port && (s.addr.IP.Equal(a.IP) || s.addr.IP.IsUnspecified() || a.IP.IsUnspecified()) {
			return true
		}
	}
	return false
}

// dial connects from outside the container: to any socket of that port that is not bound to loopback.
func (n *network) dial(ctx context.Context, port int) (net.Conn, error) {
	n.mu.Lock()
	var real net.Addr
	for _, s := range n.sockets {
		if s.addr.Port == port && !s.addr.IP.IsLoopback() {
			real = s.TCPListener.Addr()
		}
	}
	n.mu.Unlock()
	if real == nil {
		return nil, opError("dial", net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, syscall.ECONNREFUSED)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", real.String())
}

func (n *network) listeners() []record.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make([]record.Listener, 0, len(n.sockets))
	for _, s := range n.sockets {
		out = append(out, record.Listener{Address: s.addr.IP.String(), Port: s.addr.Port})
	}
	return out
}

// close is what the kernel does at the end of a process.
func (n *network) close() {
	n.mu.Lock()
	sockets, conns := n.sockets, n.conns
	n.sockets, n.conns, n.down = nil, map[*conn]struct{}{}, true
	n.mu.Unlock()
	for _, s := range sockets {
		_ = s.TCPListener.Close()
	}
	for c := range conns {
		_ = c.TCPConn.Close()
	}
}

func (s *socket) Accept() (net.Conn, error) {
	real, err := s.AcceptTCP()
	if err != nil {
		return nil, err
	}
	s.net.still.pass()
	c := &conn{TCPConn: real, net: s.net}
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	if s.net.down {
		_ = real.Close()
		return nil, net.ErrClosed
	}
	s.net.conns[c] = struct{}{}
	return c, nil
}

func (s *socket) Addr() net.Addr { return &s.addr }

func (s *socket) Close() error {
	s.net.mu.Lock()
	for i, other := range s.net.sockets {
		if other == s {
			s.net.sockets = append(s.net.sockets[:i:i], s.net.sockets[i+1:]...)
			break
		}
	}
	s.net.mu.Unlock()
	return s.TCPListener.Close()
}

// Read gives what came while the process stood still when it goes on.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.net.still.pass()
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	c.net.still.pass()
	return c.TCPConn.Write(p)
}

func (c *conn) Close() error {
	c.net.mu.Lock()
	delete(c.net.conns, c)
	c.net.mu.Unlock()
	return c.TCPConn.Close()
}

func opError(op string, addr net.TCPAddr, errno syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: &addr, Err: os.NewSyscallError(op, errno)}
}
