package scenario

import (
	"context"
	"errors"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// SlowClock is how far a clock is put off: an hour, as that of a snapshot may be, and so much more that no time zone is as far.
const SlowClock = -67 * time.Minute

// How old a stamp has to be before a call that may change it, so that the two are told apart; and how long that call is asked
// to take.
const (
	stampAge   = 7 * time.Second
	clockMoves = 1500 * time.Millisecond
)

// ClockOff plays on a process whose wall clock was put off before it started: health checks and the happy path, as others with
// the right clock have served it. What failed is asked once more, for first calls fail for other reasons, too.
func ClockOff(ctx context.Context, s *Stage, boot *record.Boot) (*record.Clock, error) {
	out := &record.Clock{Off: millis(s.Clock), Boot: *boot, State: boot.State, Logs: boot.Logs}
	if !boot.Ready {
		return out, nil
	}
	out.Before = s.ping(ctx)
	last := s.happy(ctx, "clock/call")
	out.Call = &last
	switch {
	case failed(last):
		if again := s.again(ctx, "clock/again"); again != nil {
			out.Again, last = again, *again
		}
	case s.Terms.OnV2():
		if err := s.awaitStamp(ctx, out.Before); err != nil {
			return nil, err
		}
		beside := s.inFlightRound(ctx, together{length: clockMoves, calls: 1})
		out.Beside, last = &beside, beside.Calls[0]
	}
	out.After = s.ping(ctx)
	var err error
	if out.State, err = s.stateAfter(ctx, last); err != nil {
		return nil, err
	}
	out.Logs = s.Logs(ctx)
	return out, ctx.Err()
}

// awaitStamp waits until a stamp that goes by the wrong clock is old enough.
func (s *Stage) awaitStamp(ctx context.Context, p *record.Ping) error {
	stamp := gjson.Get(p.Body, "time_of_last_update")
	if stamp.Type != gjson.Number {
		return nil
	}
	age := p.Unix + s.Clock.Seconds() - stamp.Num
	if age < -1 || age > stampAge.Seconds() {
		return nil
	}
	return pause(ctx, stampAge-time.Duration(max(age, 0)*float64(time.Second)))
}

// NoClock is the record of a container that could not be had with a wrong clock, or whose process did not start with one; nil
// for any other error, and for none.
func NoClock(err error) *record.Clock {
	var cannot *engine.StartError
	switch {
	case errors.As(err, &cannot):
		return &record.Clock{Off: millis(SlowClock), Boot: *CannotStart(cannot)}
	case errors.Is(err, engine.ErrUnsupported):
		return &record.Clock{Off: millis(SlowClock), Untold: err.Error()}
	}
	return nil
}
