package docker

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

// neighbours are the addresses that containers of the run can have: those of its network, without the addresses there
// of the machine that the engine runs on, by which its other programs would come.
type neighbours struct {
	network netip.Prefix
	not     []netip.Addr
}

func (n neighbours) include(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return false
	}
	from := tcp.AddrPort().Addr().Unmap()
	return n.network.Contains(from) && !slices.Contains(n.not, from)
}

// mostConnections bounds what containers may have open to one listener: they are under test and may be hostile.
const mostConnections = 512

// hosted is a listener of this process for the containers of the run and nobody else.
type hosted struct {
	net.Listener
	from neighbours

	mu    sync.Mutex
	conns map[*hostedConn]struct{}
}

func newHosted(l net.Listener, from neighbours) *hosted {
	return &hosted{Listener: l, from: from, conns: map[*hostedConn]struct{}{}}
}

// Accept sends everybody else away.
func (h *hosted) Accept() (net.Conn, error) {
	for {
		conn, err := h.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c, ok := conn.(halfCloser); ok && h.from.include(conn.RemoteAddr()) {
			if admitted := h.admit(c); admitted != nil {
				return admitted, nil
			}
		}
		_ = conn.Close()
	}
}

func (h *hosted) admit(conn halfCloser) *hostedConn {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.conns) >= mostConnections {
		return nil
	}
	c := &hostedConn{halfCloser: conn, of: h}
	h.conns[c] = struct{}{}
	return c
}

// end closes the listener and its connections.
func (h *hosted) end() {
	_ = h.Listener.Close()
	h.mu.Lock()
	open := h.conns
	h.conns = map[*hostedConn]struct{}{}
	h.mu.Unlock()
	for c := range open {
		_ = c.halfCloser.Close()
	}
}

// halfCloser is a TCP connection or a relayed one.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// hostedConn makes room for another when it is closed.
type hostedConn struct {
	halfCloser
	of *hosted
}

func (c *hostedConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.conns, c)
	c.of.mu.Unlock()
	return c.halfCloser.Close()
}
