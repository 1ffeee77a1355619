package scenario

import (
	"context"
	"errors"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// SlowClock is how far a clock is put off: an hour, as that of a snapshot may be, and so much more that no time zone is as far.
const SlowClock = -67 * time.Minute

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
	if failed(last) {
		if again := s.again(ctx, "clock/again"); again != nil {
			out.Again, last = again, *again
		}
	}
	out.After = s.ping(ctx)
	var err error
	if out.State, err = s.stateAfter(ctx, last); err != nil {
		return nil, err
	}
	out.Logs = s.Logs(ctx)
	return out, ctx.Err()
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
