package stub

import (
	"net"
	"sync"
	"time"
)

// Severable is a listener whose connections can be made to fall silent, as those of a process that is restored from a
// snapshot: the peer is not there any more, and nobody says so.
type Severable struct {
	net.Listener

	mu     sync.Mutex
	conns  map[*severable]struct{}
	closed chan struct{}
	once   sync.Once
}

// NewSeverable takes a listener over.
func NewSeverable(l net.Listener) *Severable {
	return &Severable{Listener: l, conns: map[*severable]struct{}{}, closed: make(chan struct{})}
}

// Accept returns the next connection.
func (s *Severable) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &severable{Conn: conn, of: s, opened: time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
	return c, nil
}

// Close ends the listening, and the connections that fell silent.
func (s *Severable) Close() error {
	s.once.Do(func() { close(s.closed) })
	err := s.Listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.dead() {
			_ = c.Conn.Close()
		}
	}
	return err
}

// Sever makes the connections fall silent that were opened before that moment and are open now: what is written to them is
// swallowed, nothing is answered, and they do not end before the listener does. Others, and later ones, go on.
func (s *Severable) Sever(before time.Time) (dead []Dead, spared int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		switch {
		case c.dead():
		case c.opened.Before(before):
			c.sever()
			dead = append(dead, Dead{c})
		default:
			spared++
		}
	}
	return dead, spared
}

// Dead is a connection that fell silent.
type Dead struct{ c *severable }

// Opened is when it was accepted.
func (d Dead) Opened() time.Time { return d.c.opened }

// Swallowed is how many bytes were written to it since, and when the first came; zero where none did.
func (d Dead) Swallowed() (bytes int64, first time.Time) {
	d.c.mu.Lock()
	defer d.c.mu.Unlock()
	return d.c.swallowed, d.c.first
}

// severable is one connection.
type severable struct {
	net.Conn
	of     *Severable
	opened time.Time

	mu        sync.Mutex
	severed   bool
	swallowed int64
	first     time.Time
}

func (c *severable) dead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.severed
}

// sever also ends the server's deadlines: it would close the connection at one.
func (c *severable) sever() {
	c.mu.Lock()
	c.severed = true
	c.mu.Unlock()
	_ = c.Conn.SetDeadline(time.Time{})
}

// Read returns from a severed connection only at the end of its listener.
func (c *severable) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.dead() {
		return n, err
	}
	for buf := make([]byte, 4<<10); ; n, err = c.Conn.Read(buf) {
		c.swallow(n)
		if err != nil {
			break
		}
	}
	<-c.of.closed
	return 0, net.ErrClosed
}

func (c *severable) swallow(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.swallowed == 0 && n > 0 {
		c.first = time.Now()
	}
	c.swallowed += int64(n)
}

func (c *severable) Write(p []byte) (int, error) {
	if c.dead() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// Close leaves a severed connection open, for its end would be an answer.
func (c *severable) Close() error {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	if c.dead() && !c.of.ended() {
		return nil
	}
	delete(c.of.conns, c)
	return c.Conn.Close()
}

func (s *Severable) ended() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// CloseWrite ends the sending, as servers do before they close.
func (c *severable) CloseWrite() error {
	half, can := c.Conn.(interface{ CloseWrite() error })
	if !can || c.dead() {
		return nil
	}
	return half.CloseWrite()
}

func (c *severable) SetDeadline(t time.Time) error {
	return c.unlessDead(func() error { return c.Conn.SetDeadline(t) })
}

func (c *severable) SetReadDeadline(t time.Time) error {
	return c.unlessDead(func() error { return c.Conn.SetReadDeadline(t) })
}

func (c *severable) SetWriteDeadline(t time.Time) error {
	return c.unlessDead(func() error { return c.Conn.SetWriteDeadline(t) })
}

func (c *severable) unlessDead(set func() error) error {
	if c.dead() {
		return nil
	}
	return set()
}
