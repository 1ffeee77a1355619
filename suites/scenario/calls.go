package scenario

import (
	"context"
	"net/http"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// Calls walks the payload ladder and then sends the happy path in its variants. It sets the stage's Payload and Host.
// With lite, the ladder and one Platform call are all.
func Calls(ctx context.Context, s *Stage, lite bool) (*record.Calls, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	logs := s.Logs(ctx)
	c := &record.Calls{Before: before, Variants: map[record.Variant]*record.Exchange{}}
	s.walkLadder(ctx, c)
	for _, v := range s.variants(c, lite) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		x, _ := s.invoke(ctx, v.in)
		c.Variants[v.name] = &x
		if gone(ctx, s, x) {
			break
		}
	}
	c.Prompt = s.Payload.Template.HasPrompt()
	s.Payload.other, s.Payload.accepts, s.Payload.AsksModel = formByAccept(c), acceptsOf(c), s.Modelled()
	after := s.Logs(ctx)
	c.LogLines = growth(logs, after)
	c.Logs = written(after, c.LogLines)
	c.LeakedToken = s.leaked(after)
	c.After, err = s.State(ctx)
	return c, err
}

// gone reports, after a call that broke, that the process is no more: further calls would say nothing new.
func gone(ctx context.Context, s *Stage, x record.Exchange) bool {
	if x.Reached() {
		return false
	}
	st, err := s.stateAfter(ctx, x)
	return err == nil && !st.Running
}

func growth(before, after record.Logs) int {
	if before.TotalLines < 0 || after.TotalLines < 0 {
		return -1
	}
	return after.TotalLines - before.TotalLines
}

// written are the last lines, that many.
func written(l record.Logs, lines int) *record.Logs {
	if lines <= 0 {
		return nil
	}
	return &record.Logs{Lines: l.Lines[max(0, len(l.Lines)-lines):], TotalLines: lines}
}

// walkLadder finds the body that this agent takes: the declared one, or the first common shape answered with 2xx. Where
// none is, it finds out whether only the Host, only the bare header set or only the moment was refused.
func (s *Stage) walkLadder(ctx context.Context, c *record.Calls) {
	rungs := platform.Ladder()
	if s.Payload.Declared {
		rungs = []platform.Rung{{Name: "declared", Template: s.Payload.Template}}
	}
	worked := s.climb(ctx, c, rungs)
	if worked && c.Rung == 0 || len(c.Ladder) == 0 {
		return
	}
	concessions := []concession{s.concedeFirst, s.concedeTime, s.concedeHost, s.concedeFields}
	if worked {
		concessions = concessions[:1]
	}
	first, rung := c.Ladder, c.Rung
	for _, concede := range concessions {
		if ctx.Err() == nil && concede(ctx, c, rungs[0]) {
			c.Ladder, c.Rung = nil, 0
			if s.climb(ctx, c, rungs) {
				c.Ladder, c.Rung = append(first, c.Ladder...), c.Rung+len(first)
				return
			}
			c.Ladder, c.Rung = append(first, c.Ladder...), rung
		}
	}
	if !worked {
		s.keep(c, rungs)
	}
}

// concession gives way in one point, and reports that the first rung is taken then.
type concession func(context.Context, *record.Calls, platform.Rung) bool

// concedeFirst asks once more where the very first call ended in a 5xx: it may have been the call, not the body (PING-10).
func (s *Stage) concedeFirst(ctx context.Context, c *record.Calls, r platform.Rung) bool {
	if x := c.Ladder[0]; x.Status() < 500 || s.laboured(x) {
		return false
	}
	again := s.try(ctx, r, nil)
	return again.OK()
}

// How long 503 is taken for «not yet» (PING-10): natively, and at most on a slow engine, where loading takes longer.
const (
	warmUp     = 20 * time.Second
	warmUpMost = 2 * time.Minute
)

// concedeTime waits while the agent says 503, and reports that it stopped saying so.
func (s *Stage) concedeTime(ctx context.Context, c *record.Calls, r platform.Rung) bool {
	if c.Ladder[0].Status() != http.StatusServiceUnavailable {
		return false
	}
	began := time.Now()
	defer func() { c.Retried = millis(time.Since(began)) }()
	for time.Since(began) < min(s.scaled(warmUp), warmUpMost) && pause(ctx, time.Second) == nil {
		if x := s.try(ctx, r, nil); x.Reached() && x.Status() != http.StatusServiceUnavailable {
			return true
		}
	}
	return false
}

// dropPatience is how long a call may take that is sent because another was dropped.
const dropPatience = 20 * time.Second

// concedeHost speaks to localhost from now on if the body is taken with that Host alone (NET-04). Where the first call was
// dropped rather than refused, it takes a second one that is: connections break for other reasons, too, and first calls are
// slow.
func (s *Stage) concedeHost(ctx context.Context, c *record.Calls, r platform.Rung) bool {
	dropped := dropped(c.Ladder[0])
	if c.Ladder[0].Status()/100 != 4 && !dropped {
		return false
	}
	with := func(host string) record.Exchange {
		return s.try(ctx, r, func(q *wire.Request) {
			q.Host = host
			if dropped {
				q.Timeout = min(q.Timeout, dropPatience)
			}
		})
	}
	if x := with(s.localhost()); !x.OK() {
		return false
	}
	if dropped {
		if again := with(s.Host); again.Reached() {
			return false
		}
	}
	s.Host = s.localhost()
	return true
}

// dropped reports a call that somebody took and nobody answered.
func dropped(x record.Exchange) bool {
	return !x.Reached() && (x.Outcome == record.Reset || x.Outcome == record.TimedOut)
}

// concedeFields adds a test client's fields from now on if the body is taken with them alone (INV-13).
func (s *Stage) concedeFields(ctx context.Context, c *record.Calls, r platform.Rung) bool {
	if c.Ladder[0].Status()/100 != 4 {
		return false
	}
	x := s.try(ctx, r, func(q *wire.Request) { q.Header = append(q.Header, richFields...) })
	s.Rich = x.OK()
	return s.Rich
}

// try sends a rung once more, changed.
func (s *Stage) try(ctx context.Context, r platform.Rung, change func(*wire.Request)) record.Exchange {
	sid := platform.NewSessionID()
	x, _ := s.invoke(ctx, invocation{
		what: "ladder/again", session: sid, accept: acceptStream, change: change,
		body: r.Template.Render(platform.Values{Prompt: prompt(platform.NewMarker()), Session: sid}),
	})
	return x
}

// climb tries the rungs in turn and reports that one worked.
func (s *Stage) climb(ctx context.Context, c *record.Calls, rungs []platform.Rung) bool {
	for i, r := range rungs {
		sid := platform.NewSessionID()
		body := r.Template.Render(platform.Values{Prompt: prompt(platform.NewMarker()), Session: sid})
		x, _ := s.invoke(ctx, invocation{what: "ladder/" + r.Name, session: sid, body: body, accept: acceptStream, timeout: s.firstPatience()})
		c.Ladder = append(c.Ladder, x)
		if better(x, c.Ladder[c.Rung]) {
			c.Rung = i
		}
		if x.OK() {
			c.Rung, c.Worked = i, !failed(x)
			s.settle(r, c.Worked, x)
			return true
		}
		if ctx.Err() != nil || s.laboured(x) || gone(ctx, s, x) {
			break
		}
	}
	return false
}

// laboured reports a failure that took so long that it was not the body that was refused: agents without a model try for
// a minute and a half, and would with every other rung. A quick refusal is computed, and slow on a slow engine.
func (s *Stage) laboured(x record.Exchange) bool {
	return x.Outcome == record.TimedOut || x.Status() >= 500 && x.Took > millis(min(s.scaled(slowFailure), slowFailureMost))
}

// better prefers answers that show that the application itself looked at the body: 5xx over 4xx (the body was
// understood, the work failed), any status over none.
func better(a, b record.Exchange) bool { return rank(a) > rank(b) }

func rank(x record.Exchange) int {
	switch st := x.Status(); {
	case x.OK():
		return 4
	case st >= 500:
		return 3
	case st == 400 || st == 422:
		return 2
	case st > 0:
		return 1
	}
	return 0
}

func (s *Stage) settle(r platform.Rung, worked bool, x record.Exchange) {
	s.Payload.Template, s.Payload.Worked, s.Payload.CallTook = r.Template, worked, time.Duration(x.Took*record.Millis(time.Millisecond))
}

// keep settles on the best of the rungs although none worked.
func (s *Stage) keep(c *record.Calls, rungs []platform.Rung) {
	s.settle(rungs[c.Rung%len(rungs)], false, c.Ladder[c.Rung])
}

// leaked looks for the dummy identity token in the container's output (SES-12, SEC-04).
func (s *Stage) leaked(l record.Logs) bool {
	for _, line := range l.Lines {
		if contains(line, record.IdentityToken) {
			return true
		}
	}
	return false
}

// slowFailure is the time after which a failing happy path is not repeated in twenty variants: LangGraph without a
// model retries for a minute and a half each time.
const slowFailure = 5 * time.Second

// slowFailureMost is the same on a slow engine, at most.
const slowFailureMost = 20 * time.Second

type variant struct {
	name record.Variant
	in   invocation
}

// variants lists the pairs to send. An agent that answers nothing is asked only what tells the pairs apart.
func (s *Stage) variants(c *record.Calls, lite bool) []variant {
	all := s.allVariants()
	if lite {
		return pick(all, record.Platform, record.Rich)
	}
	if !c.Worked && (len(c.Ladder) == 0 || c.Ladder[c.Rung].Took > millis(slowFailure) || !c.Ladder[c.Rung].Reached()) {
		return pick(all, record.Platform, record.Localhost, record.PlatformAgain)
	}
	return all
}

func pick(all []variant, names ...record.Variant) []variant {
	var out []variant
	for _, v := range all {
		for _, n := range names {
			if v.name == n {
				out = append(out, v)
			}
		}
	}
	return out
}
