package scenario

import (
	"context"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// recoverLimit is how long an agent may be busy with the turn of a caller who left before the next call must work; Strands
// finishes the abandoned turn first.
const recoverLimit = 30 * time.Second

// recovery is longer for an agent whose turns themselves last about as long.
func (s *Stage) recovery() time.Duration { return max(recoverLimit, 2*s.Payload.CallTook) }

// streamLeaves is how often a stream is left after its first event: SSE-09 asks for five.
const streamLeaves = 5

// lingerAfterStreams is how long an agent is left to itself after the last stream was left, before it is looked at once
// more: many notice that nobody listens only at their next write, and fail then.
const lingerAfterStreams = 2 * time.Second

// longWinded is a model that is still speaking when the caller leaves, and ends well within the time to recover.
var longWinded = model.Script{Name: "long-winded", Tokens: 40, First: 300 * time.Millisecond, Pace: 150 * time.Millisecond}

// Disconnect plays callers who leave early, and looks after each whether the agent still serves (NET-12, SSE-09).
func Disconnect(ctx context.Context, s *Stage, streams bool) (*record.Disconnect, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	out := &record.Disconnect{Before: before}
	leaves := []struct {
		phase string
		leave wire.Leave
	}{{"headers", wire.LeaveAfterHead}, {"body", wire.LeaveMidBody}, {"answer", wire.LeaveBeforeAnswer}}
	if streams {
		for range streamLeaves {
			leaves = append(leaves, struct {
				phase string
				leave wire.Leave
			}{"stream", wire.LeaveAfterFirstEvent})
		}
	}
	for _, l := range leaves {
		round := s.leaveEarly(ctx, l.phase, l.leave)
		out.Rounds = append(out.Rounds, round)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if s.Payload.Worked && failed(*round.Again) {
			break // it did not come back in half a minute: further callers would only wait as long
		}
	}
	if last := &out.Rounds[len(out.Rounds)-1]; streams && last.Ping.OK() && (last.Again == nil || !failed(*last.Again)) {
		if err := pause(ctx, lingerAfterStreams); err != nil {
			return nil, err
		}
		s.lookAfter(ctx, last)
	}
	if err := s.untilIdle(ctx); err != nil {
		return nil, err
	}
	last := record.Exchange{}
	if again := out.Rounds[len(out.Rounds)-1].Again; again != nil {
		last = *again
	}
	out.After, err = s.stateAfter(ctx, last)
	return out, err
}

// busyShows is how much longer than it may stay busy an agent that callers left HealthyBusy is left alone, for polls two
// seconds apart to show it. PING-14 wants it Healthy after the time to recover.
const busyShows = 5 * time.Second

// untilIdle waits for an agent that refused calls or callers who left made HealthyBusy to be Healthy again, or to have
// shown that it stays so. The poll beside everything else records it.
func (s *Stage) untilIdle(ctx context.Context) error {
	if s.bornBusy {
		return nil
	}
	for began := time.Now(); time.Since(began) < s.recovery()+busyShows && saysBusy(s.ping(ctx)); {
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

func saysBusy(p *record.Ping) bool {
	return p.OK() && busyBody(p.Body)
}

func busyBody(body string) bool { return gjson.Get(body, "status").String() == "HealthyBusy" }

func (s *Stage) leaveEarly(ctx context.Context, phase string, leave wire.Leave) record.DisconnectRound {
	in := s.slowCall("disconnect/"+phase, slowLengths[0])
	if leave == wire.LeaveAfterFirstEvent {
		in = s.streamCall("disconnect/" + phase)
	}
	in.change = func(q *wire.Request) { q.Leave, q.LeaveAfter = leave, 100*time.Millisecond }
	round := record.DisconnectRound{Phase: phase}
	heard, restore := s.listen(), s.script(longWinded)
	round.Call, _ = s.invoke(ctx, in)
	restore()
	s.lookAfter(ctx, &round)
	round.Model = heard()
	return round
}

// lookAfter asks whether the agent still serves: its health at once, the happy path within its time to recover. That is a
// call of the same session: on the platform no other reaches the process, and what was left locked may be the session alone.
func (s *Stage) lookAfter(ctx context.Context, round *record.DisconnectRound) {
	round.Ping = s.ping(ctx)
	round.Again, round.Waited = s.recovered(ctx, "disconnect/after-"+round.Phase, round.Call.Session)
	if round.Again != nil && failed(*round.Again) && round.Ping.OK() {
		round.Ping = s.ping(ctx) // some wedge only once they noticed that the caller had gone
	}
}

// recovered sends the happy path until it works again, for the time to recover.
func (s *Stage) recovered(ctx context.Context, what, session string) (again *record.Exchange, waited record.Millis) {
	began := time.Now()
	again = s.againIn(ctx, what, session)
	busy := func(x record.Exchange) bool { return s.Payload.Worked && failed(x) && !gone(ctx, s, x) }
	for again != nil && busy(*again) && time.Since(began) < s.recovery() && pause(ctx, time.Second) == nil {
		again = s.againIn(ctx, what, session)
	}
	return again, millis(time.Since(began))
}

// streamCall is an invocation that this agent answers with a stream.
func (s *Stage) streamCall(what string) invocation {
	in := invocation{what: what, session: platform.NewSessionID(), accept: "text/event-stream"}
	in.body = s.Payload.body(in.session, platform.NewMarker())
	if s.Payload.Stream != nil {
		in.accept = acceptStream
		in.body = s.Payload.Stream.Render(platform.Values{Prompt: prompt(platform.NewMarker()), Session: in.session})
	}
	return in
}
