package wire

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	// DefaultPingTimeout bounds one ping: twice the hard limit of PING-09.
	DefaultPingTimeout = 10 * time.Second
	// MaxPingsInFlight bounds the unanswered pings of one series. Pings due beyond it are Unsent.
	MaxPingsInFlight = 512
	// maxIdle bounds the connections that wait for the next ping.
	maxIdle = 64
)

// Pinger polls the health path as the platform does: on a fixed schedule that slow answers do not move (open loop), over
// connections that are kept where the server keeps them. A kept connection that the server has closed meanwhile is its
// right: the ping is sent again on a fresh one and counted once.
type Pinger struct {
	Client *Client
	Path   string
	Host   string
	Header []record.Field
	// Timeout bounds one ping; 0 means DefaultPingTimeout.
	Timeout time.Duration
}

// Once sends one ping now, on a new connection.
func (p *Pinger) Once(ctx context.Context) record.Ping {
	return p.ping(ctx, time.Now(), nil)
}

// Series sends n pings at fixed intervals and returns those that were due before ctx ended, in the order of At.
func (p *Pinger) Series(ctx context.Context, n int, every time.Duration) []record.Ping {
	s := newSeries(p)
	s.run(ctx, ctx, n, every)
	return s.end()
}

// Start polls until stop is called, which waits for the pings in flight and returns all. It may be called once.
func (p *Pinger) Start(ctx context.Context, every time.Duration) (stop func() []record.Ping) {
	until, cancel := context.WithCancel(ctx)
	s := newSeries(p)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.run(until, ctx, -1, every)
	}()
	return func() []record.Ping {
		cancel()
		<-done
		return s.end()
	}
}

// series is one open-loop run of pings.
type series struct {
	pinger *Pinger
	free   chan struct{}
	conns  *idleConns
	wait   sync.WaitGroup

	mu    sync.Mutex
	pings []record.Ping
}

func newSeries(p *Pinger) *series {
	return &series{pinger: p, free: make(chan struct{}, MaxPingsInFlight), conns: &idleConns{}}
}

// run sends pings until n were due (never, when n is negative) or until ends. Those on their way live on as long as ctx.
func (s *series) run(until, ctx context.Context, n int, every time.Duration) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	begin := time.Now()
	for i := 0; i != n; i++ {
		due := begin.Add(time.Duration(i) * every)
		timer.Reset(time.Until(due))
		select {
		case <-until.Done():
			return
		case <-timer.C:
		}
		s.launch(ctx, due)
	}
}

func (s *series) launch(ctx context.Context, due time.Time) {
	i := s.book()
	select {
	case s.free <- struct{}{}:
	default:
		s.set(i, s.pinger.unsent(due))
		return
	}
	s.wait.Go(func() {
		defer func() { <-s.free }()
		s.set(i, s.pinger.ping(ctx, due, s.conns))
	})
}

// book takes the next place in the order of due times.
func (s *series) book() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings = append(s.pings, record.Ping{})
	return len(s.pings) - 1
}

func (s *series) set(i int, p record.Ping) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings[i] = p
}

func (s *series) end() []record.Ping {
	s.wait.Wait()
	s.conns.close()
	return s.pings
}

func (p *Pinger) unsent(due time.Time) record.Ping {
	return record.Ping{
		At: millis(due.Sub(p.Client.epoch)), Outcome: record.Unsent, Unix: unix(time.Now()),
		Error: "too many earlier pings are still unanswered",
	}
}

func (p *Pinger) request() Request {
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = DefaultPingTimeout
	}
	return Request{Method: "GET", Path: p.Path, Host: p.Host, Header: p.Header, Timeout: timeout, MaxKeep: record.MaxPingBody}
}

func (p *Pinger) ping(ctx context.Context, due time.Time, conns *idleConns) record.Ping {
	out := record.Ping{At: millis(due.Sub(p.Client.epoch))}
	if a := p.Client.Activity; a != nil {
		out.InFlight, out.Activity = a.InFlight(), a.Count()
	}
	begin := time.Now()
	out.Lag = millis(max(0, begin.Sub(due)))
	x := p.exchange(ctx, conns)
	end := time.Now()
	out.Took, out.Unix = millis(end.Sub(begin)), unix(end)
	out.Outcome, out.Error = x.Outcome, x.Error
	if r := x.Response; r != nil {
		out.Status, out.Body, out.Type = r.Status, r.Body, x.HeaderValue("content-type")
	}
	return out
}

func unix(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// exchange tries a kept connection first.
func (p *Pinger) exchange(ctx context.Context, conns *idleConns) record.Exchange {
	if conn := conns.take(); conn != nil {
		if k := p.over(ctx, conn, conns); !k.stale() {
			return k.x
		}
	}
	return p.over(ctx, nil, conns).x
}

// stale reports that a kept connection had been given up by the server before the request came: it breaks before any
// byte of an answer, or it holds the farewell of a server that says one (408, RFC 9110 section 15.5.9).
func (k *call) stale() bool {
	return k.x.Outcome == record.Reset && (k.reader == nil || k.reader.bytes == 0) || k.x.Status() == 408
}

func (p *Pinger) over(ctx context.Context, conn net.Conn, conns *idleConns) *call {
	k := newCall(ctx, p.request(), p.Client.epoch)
	k.ping, k.keep = true, true
	var err error
	if conn == nil {
		conn, err = k.open(p.Client.dial)
	} else {
		err = conn.SetDeadline(k.deadline)
	}
	if err != nil {
		k.undialed(err)
		return k
	}
	stop := k.watch(conn)
	defer stop()
	k.converse(conn)
	if k.reusable && !conns.put(conn) {
		_ = conn.Close()
	}
	return k
}

// idleConns holds connections between pings. A nil one keeps nothing.
type idleConns struct {
	mu    sync.Mutex
	conns []net.Conn
}

func (c *idleConns) take() net.Conn {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.conns) - 1
	if last < 0 {
		return nil
	}
	conn := c.conns[last]
	c.conns = c.conns[:last]
	return conn
}

func (c *idleConns) put(conn net.Conn) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.conns) >= maxIdle {
		return false
	}
	c.conns = append(c.conns, conn)
	return true
}

func (c *idleConns) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}
