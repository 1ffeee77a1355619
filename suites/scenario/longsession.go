package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// The pace of a long session: people talk in bursts, and quiet polls lie in between.
const (
	burstTurns  = 5
	turnPause   = 400 * time.Millisecond
	quietPause  = 5 * time.Second
	sampleEvery = 5 * time.Second
)

// LongSession talks in one session on a booted target for the planned time, with the health poll running throughout
// (LIFE-22). The session is one that another process served before, where resumed says so (SES-08).
func LongSession(ctx context.Context, s *Stage, boot record.Boot, session string, resumed bool, planned time.Duration) (*record.LongSession, error) {
	out := &record.LongSession{Session: session, Resumed: resumed, Boot: boot, Planned: millis(planned)}
	if !boot.Ready {
		out.Logs = boot.Logs
		return out, nil
	}
	var err error
	if out.Before, err = s.State(ctx); err != nil {
		return nil, err
	}
	stopPolls := s.Pinger().Start(ctx, PollEvery)
	stopSamples := s.sampling(ctx, sampleEvery)
	began := time.Now()
	err = s.converse(ctx, out, began, planned)
	out.Polls, out.Samples = append(stopPolls(), s.Pinger().Once(ctx)), stopSamples() // the last poll sees what the last turn did
	out.Lasted = millis(time.Since(began))
	if err != nil {
		return nil, err
	}
	out.Logs = s.Logs(ctx)
	out.After, err = s.stateAfter(ctx, out.Turns[len(out.Turns)-1])
	return out, err
}

// converse talks in bursts for the planned time, and stops early when the process is gone. The first burst is finished
// within twice that time: fewer turns would say little of a session.
func (s *Stage) converse(ctx context.Context, out *record.LongSession, began time.Time, planned time.Duration) error {
	for {
		x, _ := s.invoke(ctx, s.longTurn(out.Session, len(out.Turns)))
		out.Turns = append(out.Turns, x)
		if gone(ctx, s, x) {
			return nil
		}
		wait, lasts := turnPause, planned
		switch {
		case len(out.Turns) < burstTurns:
			lasts = 2 * planned
		case len(out.Turns)%burstTurns == 0:
			wait = quietPause
		}
		left := time.Until(began.Add(lasts))
		if err := pause(ctx, min(left, wait)); err != nil {
			return err
		}
		if left <= wait {
			return nil
		}
	}
}

// sampling reads resources at a pace until stopped. A target that shows none gives none.
func (s *Stage) sampling(ctx context.Context, every time.Duration) (stop func() []record.Sample) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan []record.Sample, 1)
	go func() {
		var out []record.Sample
		for {
			sample, err := s.Target.Sample(ctx)
			if err == nil {
				sample.At = s.At()
				out = append(out, sample)
			}
			if pause(ctx, every) != nil {
				done <- out
				return
			}
		}
	}()
	return func() []record.Sample { cancel(); return <-done }
}

// longTurn is the next turn of a long session; every second one asks for the other form of an answer.
func (s *Stage) longTurn(session string, before int) invocation {
	marker := platform.NewMarker()
	in := invocation{what: "longsession/turn", session: session, accept: acceptStream, body: s.Payload.body(session, marker)}
	if before%2 == 1 {
		in.otherwise(s, marker)
	}
	return in
}
