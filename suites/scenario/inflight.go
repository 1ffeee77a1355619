package scenario

import (
	"context"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
)

// Call lengths for the look at /ping while an invocation runs: two different ones, so that a delay that tracks the call
// is told from a slow machine (PING-08).
var slowLengths = []time.Duration{1500 * time.Millisecond, 3 * time.Second}

// pingsDuringCall is how often /ping is asked while a call runs.
const pingsDuringCall = 100 * time.Millisecond

// InFlightWait is the planned time of the look at /ping beside invocations, when calls can be told how long to take.
func InFlightWait() time.Duration {
	wait := slowLengths[0]
	for _, l := range slowLengths {
		wait += l
	}
	return wait
}

// InFlight pings while one invocation runs, at two call lengths, and while several run.
func InFlight(ctx context.Context, s *Stage) (*record.InFlight, error) {
	out := &record.InFlight{}
	for _, r := range s.inFlightRounds() {
		round := s.inFlightRound(ctx, r)
		for _, c := range round.Calls {
			out.Longest = max(out.Longest, c.Took)
		}
		out.Rounds = append(out.Rounds, round)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return out, nil
}

// together is some calls at the same time, in the agent's usual form or in its other one.
type together struct {
	length time.Duration
	calls  int
	other  bool
}

// inFlightRounds are the calls to ping beside. An agent with two forms of answers is looked at in both: a handler that
// streams may block the event loop where the one that answers JSON does not.
func (s *Stage) inFlightRounds() []together {
	rounds := []together{{slowLengths[0], 1, false}, {slowLengths[1], 1, false}, {slowLengths[0], 3, false}}
	if s.Payload.other != nil {
		rounds = append(rounds, together{slowLengths[0], 1, true}, together{slowLengths[1], 1, true})
	}
	if s.Payload.Slow == nil && !s.Modelled() {
		for i := range rounds {
			rounds[i].length = 0
		}
	}
	return rounds
}

// inFlightRound runs calls together and pings until all of them ended.
func (s *Stage) inFlightRound(ctx context.Context, r together) record.InFlightRound {
	round := record.InFlightRound{Asked: millis(r.length), Calls: make([]record.Exchange, r.calls)}
	if s.Payload.Slow == nil {
		defer s.script(model.Script{Name: "slow", First: r.length})()
	}
	var wg sync.WaitGroup
	for i := range round.Calls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			in := s.slowCall("inflight", r.length)
			if r.other {
				in.otherwise(s, platform.NewMarker())
			}
			round.Calls[i], _ = s.invoke(ctx, in)
		}()
	}
	stop := s.Pinger().Start(ctx, pingsDuringCall)
	wg.Wait()
	round.Pings = stop()
	s.listened(round.Pings...)
	return round
}

// slowCall is an invocation that was asked to take a while, or the ordinary one where that cannot be said.
func (s *Stage) slowCall(what string, length time.Duration) invocation {
	in := invocation{what: what, session: platform.NewSessionID(), accept: acceptStream, timeout: s.patience() + length}
	if s.Payload.Slow == nil {
		in.body = s.Payload.body(in.session, platform.NewMarker())
		return in
	}
	in.body = s.Payload.Slow.Render(platform.Values{
		Prompt: prompt(platform.NewMarker()), Session: in.session, Milliseconds: int(length.Milliseconds()),
	})
	return in
}
