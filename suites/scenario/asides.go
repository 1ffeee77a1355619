package scenario

import (
	"context"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// allowed is whether an agent serves two calls at the same time.
type allowed int

const (
	notAsked allowed = iota
	notAllowed
	isAllowed
)

// guestTurns is how many turns another session has in a round.
const guestTurns = 3

// aside plays what is no turn of the session. It reports that the session goes on.
func (c *conversation) aside(ctx context.Context, kind record.AsideKind) bool {
	if c.dropped[kind] {
		return true
	}
	switch kind {
	case record.AsideSession:
		return c.hearGuest(ctx)
	case record.AsideStream:
		if !c.streams() {
			return true
		}
		return c.played(ctx, record.Aside{Kind: kind, Call: c.call(ctx, c.streamCall("longsession/stream"))})
	case record.AsideLeft:
		return c.leave(ctx)
	}
	return c.played(ctx, record.Aside{Kind: kind, Call: c.call(ctx, invocation{
		what: "longsession/malformed", session: platform.NewSessionID(), body: []byte(oddBodies()[0].body), accept: "application/json",
	})})
}

// call sends an aside. None may cost a session minutes.
func (c *conversation) call(ctx context.Context, in invocation) record.Exchange {
	in.timeout = c.oddPatience()
	x, _ := c.invoke(ctx, in)
	return x
}

// played notes an aside. A kind that an agent took badly is not played again: other clauses rule on it, and the session
// would wait for it in vain each time.
func (c *conversation) played(ctx context.Context, a record.Aside) bool {
	if lost := a.Call.Outcome != record.Abandoned && !a.Call.Reached(); lost || a.Again != nil && failed(*a.Again) {
		c.mu.Lock()
		c.dropped[a.Kind] = true
		c.mu.Unlock()
	}
	return c.note(ctx, a)
}

// streams reports that the agent is known to answer with streams.
func (c *conversation) streams() bool {
	return c.Payload.Stream != nil || c.Payload.other != nil || c.streamed
}

// leave plays a caller who leaves, and gives the agent the time to recover that one needs which takes a call at a time.
func (c *conversation) leave(ctx context.Context) bool {
	in, how := c.slowCall("longsession/left", slowLengths[0]), wire.LeaveBeforeAnswer
	if c.streams() {
		in, how = c.streamCall("longsession/left"), wire.LeaveAfterFirstEvent
	}
	in.change = func(q *wire.Request) { q.Leave, q.LeaveAfter = how, 100*time.Millisecond }
	restore := c.script(longWinded)
	a := record.Aside{Kind: record.AsideLeft, Call: c.call(ctx, in)}
	restore()
	a.Again, a.Waited = c.recovered(ctx, "longsession/after-left", a.Call.Session)
	return c.played(ctx, a)
}

// hearGuest has another session speak: beside the turns that follow where the agent allows that, before them otherwise.
func (c *conversation) hearGuest(ctx context.Context) bool {
	if c.overlap == notAsked && !c.tryTogether(ctx) {
		return false
	}
	c.guest = platform.NewSessionID()
	if c.overlap == isAllowed {
		return true
	}
	for range guestTurns {
		if !c.played(ctx, c.guestTurn(ctx)) || !c.rest(ctx, c.pace.turn) {
			return false
		}
	}
	return true
}

func (c *conversation) guestTurn(ctx context.Context) record.Aside {
	return record.Aside{Kind: record.AsideSession, Call: c.call(ctx, invocation{
		what: "longsession/guest", session: c.guest, body: c.Payload.body(c.guest, platform.NewMarker()), accept: acceptStream,
	})}
}

// besideTurn has the guest speak, if there is one that may. The function that it returns waits for the answer, and reports
// that there was one to wait for.
func (c *conversation) besideTurn(ctx context.Context) (wait func() bool) {
	if c.guest == "" || c.overlap != isAllowed || c.dropped[record.AsideSession] {
		return func() bool { return false }
	}
	var wg sync.WaitGroup
	wg.Go(func() { c.played(ctx, c.guestTurn(ctx)) })
	return func() bool { wg.Wait(); return true }
}

// togetherLength is how long the two calls are asked to take that show whether an agent serves two at once.
const togetherLength = time.Second

// tryTogether finds out whether the agent allows overlap: two calls of two other sessions at once are both served. It
// reports that the session goes on.
func (c *conversation) tryTogether(ctx context.Context) bool {
	if c.Payload.Slow == nil {
		defer c.script(model.Script{Name: "slow", First: togetherLength})()
	}
	var wg sync.WaitGroup
	var calls [2]record.Exchange
	for i := range calls {
		wg.Go(func() { calls[i] = c.call(ctx, c.slowCall("longsession/together", togetherLength)) })
	}
	wg.Wait()
	c.overlap = notAllowed
	if !failed(calls[0]) && !failed(calls[1]) && overlapped(calls[0], calls[1]) {
		c.overlap = isAllowed
	}
	on := true
	for _, x := range calls {
		on = c.played(ctx, record.Aside{Kind: record.AsideTogether, Call: x}) && on
	}
	return on
}

// overlapped reports that two calls ran at the same time for at least half of the shorter one.
func overlapped(a, b record.Exchange) bool {
	shared := min(a.At+a.Took, b.At+b.Took) - max(a.At, b.At)
	return shared > 0 && shared >= min(a.Took, b.Took)/2
}
