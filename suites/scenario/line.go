package scenario

import (
	"context"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// IdleGap is how long a connection lies idle: longer than the five seconds after which many servers close it.
const IdleGap = 6 * time.Second

// Resting is a connection that lies idle while other things are played.
type Resting struct {
	stage *Stage
	line  *wire.Line
	began time.Time
	end   func() (record.LineEnd, record.Millis, string)
}

// Rest sends a health check and leaves its connection idle. It returns nil when the server does not keep it.
func Rest(ctx context.Context, s *Stage) *Resting {
	line := s.Client.NewLine()
	if _, _, _ = line.Do(ctx, s.pingRequest()); !line.Open() {
		return nil
	}
	return &Resting{stage: s, line: line, began: time.Now(), end: line.Watch()}
}

// Close gives the connection up.
func (r *Resting) Close() {
	if r != nil {
		r.line.Close()
	}
}

func (s *Stage) pingRequest() wire.Request {
	return wire.Request{
		ID: s.id("wire/ping"), Method: "GET", Path: "/ping", Host: s.Host, Timeout: s.pingPatience(), MaxKeep: record.MaxPingBody,
	}
}

// wake sends a second health check over the connection at rest, once it has lain idle for long enough.
func (s *Stage) wake(ctx context.Context, r *Resting, out *record.Wire) record.Exchange {
	if r == nil || r.stage != s {
		return answeredNothing
	}
	defer r.line.Close()
	if pause(ctx, time.Until(r.began.Add(IdleGap))) != nil {
		return answeredNothing
	}
	idle := &record.IdleLine{Gap: millis(time.Since(r.began))}
	idle.End, idle.EndedAfter, idle.Stray = r.end()
	out.Idle = idle
	if !r.line.Open() {
		return answeredNothing
	}
	next, _, stale := r.line.Do(ctx, s.pingRequest())
	idle.Next, idle.Stale = &next, stale
	if !stale && !next.OK() {
		fresh, _ := s.Client.Do(ctx, s.pingRequest())
		idle.Fresh = &fresh
	}
	return answeredNothing // a process that ended shows in what comes next
}

// answeredNothing stands for a part that tells nothing of the process.
var answeredNothing = record.Exchange{Outcome: record.Unsent}

// afterAnswer is how long a connection is watched after an answer: what a server sends too much comes soon.
const afterAnswer = 20 * time.Millisecond

// oneLine sends, over one connection where the server keeps it, the happy path, a call that no server has a route for, a
// health check, and the happy path again. Where the server gives each kept connection up, it is asked twice more.
func (s *Stage) oneLine(ctx context.Context, out *record.Wire) record.Exchange {
	l := lineCalls{stage: s, line: s.Client.NewLine(), out: out}
	defer l.line.Close()
	l.call(ctx, "call", "")
	l.call(ctx, "refused", "/"+platform.NewMarker())
	l.ping(ctx)
	last := l.call(ctx, "call-again", "")
	for range 2 {
		if l.stale > 0 && ctx.Err() == nil {
			l.ping(ctx)
			l.ping(ctx)
		}
	}
	return last
}

type lineCalls struct {
	stage *Stage
	line  *wire.Line
	out   *record.Wire
	// marker is that of the call before; stale counts the calls that found their connection given up.
	marker string
	stale  int
}

// call sends the happy path, to another path unless that is empty.
func (l *lineCalls) call(ctx context.Context, name, path string) record.Exchange {
	s, sid, marker := l.stage, platform.NewSessionID(), platform.NewMarker()
	r := s.request(invocation{what: "wire/" + name, session: sid, accept: acceptStream, body: s.Payload.body(sid, marker)})
	if path != "" {
		r.Path = path
	} else if !s.Allowance.take() {
		x, _ := s.unpaid(r)
		l.out.Line = append(l.out.Line, record.LineCall{Name: name, Call: x})
		return x
	}
	c, a := l.send(ctx, name, r)
	text := lower(a.Text)
	c.Own, c.Earlier = strings.Contains(text, marker), l.marker != "" && strings.Contains(text, l.marker)
	if path == "" {
		l.marker = marker
	}
	if good := c.Call.OK() && (c.Own || !c.Earlier); c.Reused && !c.Stale && !good && path == "" && s.Allowance.take() {
		r.ID = s.id("wire/fresh")
		fresh, _ := s.Client.Do(ctx, r)
		c.Fresh = &fresh
	}
	return c.Call
}

func (l *lineCalls) ping(ctx context.Context) {
	c, _ := l.send(ctx, "ping", l.stage.pingRequest())
	if c.Reused && !c.Stale && !c.Call.OK() {
		fresh, _ := l.stage.Client.Do(ctx, l.stage.pingRequest())
		c.Fresh = &fresh
	}
}

// send sends one request over the line and looks at what becomes of it. The record is the line's last.
func (l *lineCalls) send(ctx context.Context, name string, r wire.Request) (*record.LineCall, wire.Answer) {
	c := record.LineCall{Name: name, Reused: l.line.Open()}
	call, a, stale := l.line.Do(ctx, r)
	c.Call, c.Stale = call, stale
	if c.Stale {
		l.stale++
	}
	if l.line.Open() {
		end := l.line.Watch()
		_ = pause(ctx, afterAnswer)
		c.End, _, c.Stray = end()
	}
	l.out.Line = append(l.out.Line, c)
	return &l.out.Line[len(l.out.Line)-1], a
}
