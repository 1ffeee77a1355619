package scenario

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// lastLook bounds a look at a process that is taken although the run was interrupted.
const lastLook = 5 * time.Second

// SessionPlan is how a long session is meant to be.
type SessionPlan struct {
	// ID is the session's. Resumed says that another process served it before (SES-08).
	ID      string
	Resumed bool
	// Lasts is how long it is meant to last. It ends after Turns turns if that comes first; 0 means that it does not.
	Lasts time.Duration
	Turns int
	// Tell is told each second how far it is; nil for nobody. It must not block.
	Tell func(SessionProgress)
}

// SessionProgress is how far a long session is.
type SessionProgress struct {
	Turns  int
	Lasted time.Duration
	// Memory is the working set in bytes when it was seen last, 0 where the target shows none.
	Memory int64
}

// LongSession talks in one session on a booted target for the planned time, with the health poll running throughout
// (LIFE-22). When ctx ends first, the record holds what was seen until then, and says so.
func LongSession(ctx context.Context, s *Stage, boot record.Boot, p SessionPlan) (*record.LongSession, error) {
	return longSession(ctx, s, boot, p, paceOf(p.Lasts))
}

func longSession(ctx context.Context, s *Stage, boot record.Boot, p SessionPlan, pace pace) (*record.LongSession, error) {
	pace.mixed = pace.mixed && s.Payload.Worked
	out := &record.LongSession{Session: p.ID, Resumed: p.Resumed, Boot: boot, Planned: millis(p.Lasts), MostTurns: p.Turns}
	if !boot.Ready {
		out.Logs = boot.Logs
		return out, nil
	}
	var err error
	if out.Before, err = s.State(ctx); err != nil {
		return nil, err
	}
	stopPolls := s.Pinger().Start(ctx, PollEvery)
	samples := s.sampling(ctx, closeSamples)
	c := &conversation{Stage: s, plan: p, pace: pace, out: out, began: time.Now(), dropped: map[record.AsideKind]bool{}, kept: map[record.AsideKind]*keeper{}}
	silent := c.telling(ctx, samples)
	c.converse(ctx)
	silent()
	out.Lasted = millis(time.Since(c.began))
	out.Interrupted = ctx.Err() != nil && out.Lasted < out.Planned
	out.Polls, out.Samples = thinned(stopPolls()), samples.stop(ctx)
	c.keep()
	return out, c.lookBack(ctx)
}

// tellEvery is how often a session tells how far it is.
const tellEvery = time.Second

// telling tells how far the session is until the function that it returns is called.
func (c *conversation) telling(ctx context.Context, samples *sampler) (silent func()) {
	if c.plan.Tell == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for pause(ctx, tellEvery) == nil {
			c.plan.Tell(SessionProgress{Turns: int(c.turns.Load()), Lasted: time.Since(c.began), Memory: samples.memory()})
		}
	})
	return func() { cancel(); wg.Wait() }
}

// conversation is a long session while it is played.
type conversation struct {
	*Stage
	plan  SessionPlan
	pace  pace
	out   *record.LongSession
	began time.Time
	// guest is another session that is to speak beside the turns.
	guest string
	// overlap is whether the agent allows that: it is found out once.
	overlap allowed
	// dropped are the kinds of asides that an agent took so badly that they are not played again.
	dropped map[record.AsideKind]bool
	// turns is how many turns the session has had. streamed says that the first was answered with a stream.
	turns    atomic.Int64
	streamed bool

	// mu guards what a guest writes beside a turn.
	mu   sync.Mutex
	kept map[record.AsideKind]*keeper
	// last is the exchange that ended last.
	last record.Exchange
}

// converse plays the session until its time is over, its process is gone or ctx ends.
func (c *conversation) converse(ctx context.Context) {
	for _, p := range c.pace.draw(c.plan.Lasts) {
		if p.aside != "" && !c.aside(ctx, p.aside) {
			return
		}
		for i := range p.turns {
			if !c.turn(ctx) || !c.rest(ctx, p.wait(i, c.pace)) {
				return
			}
		}
		c.guest = ""
	}
}

// turn takes the session's next turn. It reports that there is somebody to talk to still.
func (c *conversation) turn(ctx context.Context) bool {
	beside := c.besideTurn(ctx)
	x, _ := c.invoke(ctx, c.next())
	if beside() && failed(x) {
		c.overlap = notAllowed
	}
	if c.turns.Add(1) == 1 {
		c.streamed = x.Events != nil
	}
	return c.note(ctx, record.Aside{Call: x})
}

// next is the next turn; every second one asks for the other form of an answer.
func (c *conversation) next() invocation {
	marker := platform.NewMarker()
	in := invocation{what: "longsession/turn", session: c.plan.ID, accept: acceptStream, body: c.Payload.body(c.plan.ID, marker)}
	if c.turns.Load()%2 == 1 {
		in.otherwise(c.Stage, marker)
	}
	return in
}

// note keeps a turn or an aside, and reports that neither the process nor the run has ended at it.
func (c *conversation) note(ctx context.Context, a record.Aside) bool {
	last := a.Call
	if a.Again != nil {
		last = *a.Again
	}
	c.mu.Lock()
	c.last = last
	if c.kept[a.Kind] == nil {
		c.kept[a.Kind] = &keeper{bounds: boundsOf(a.Kind)}
	}
	c.kept[a.Kind].add(a)
	c.mu.Unlock()
	return ctx.Err() == nil && !gone(ctx, c.Stage, last)
}

// keep writes what is kept into the record.
func (c *conversation) keep() {
	for kind, k := range c.kept {
		for _, a := range k.kept() {
			if kind == "" {
				c.out.Turns = append(c.out.Turns, a.Call)
			} else {
				c.out.Beside = append(c.out.Beside, a)
			}
		}
		c.out.Brief = append(c.out.Brief, k.brief...)
	}
	slices.SortStableFunc(c.out.Beside, func(a, b record.Aside) int { return cmp.Compare(a.Call.At, b.Call.At) })
	slices.SortStableFunc(c.out.Brief, func(a, b record.Brief) int { return cmp.Compare(a.At, b.At) })
}

// rest waits, and reports that the session is not over: there are time and turns left. The first burst is finished within
// twice the planned time: fewer turns would say little of a session.
func (c *conversation) rest(ctx context.Context, wait time.Duration) bool {
	if c.plan.Turns > 0 && int(c.turns.Load()) >= c.plan.Turns {
		return false
	}
	left := time.Until(c.began.Add(c.lasts()))
	return pause(ctx, min(left, wait)) == nil && left > wait
}

func (c *conversation) lasts() time.Duration {
	if c.turns.Load() < burstTurns {
		return 2 * c.plan.Lasts
	}
	return c.plan.Lasts
}

// lookBack looks at the process after the session, also when the run was interrupted: what was seen counts, even where no
// more can be. The last health check sees what the last turn did.
func (c *conversation) lookBack(ctx context.Context) error {
	look := ctx
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		look, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastLook)
		defer cancel()
	}
	c.out.Polls = append(c.out.Polls, c.Pinger().Once(look))
	c.out.Logs = c.Logs(look)
	var err error
	c.out.After, err = c.stateAfter(look, c.last)
	if err != nil && ctx.Err() != nil {
		c.out.After, err = record.State{Running: true, Unknown: true, At: c.At()}, nil
	}
	return err
}
