package suites

import (
	"context"
	"errors"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// skewed is the container whose clock is slow.
const skewed = "skewed"

// clockLane looks what a process makes of a wall clock that is off.
func (r *run) clockLane(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) {
	if !p.Worked {
		r.gap(record.KindClock, record.GapBlocked, "no call was answered with success, so none can be compared")
		return
	}
	r.do(ctx, step{"wrong clock", record.KindClock, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := r.withWrongClock(ctx, eng, p, host)
		return func(set *record.Set) { set.Clock = x }, err
	}})
}

// withWrongClock boots the container, and one with the right clock where it does not become ready: then it may be the moment
// and not the clock.
func (r *run) withWrongClock(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) (*record.Clock, error) {
	s, boot, err := r.bootLife(ctx, eng, skewed, nil)
	if out := scenario.NoClock(err); out != nil {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	// It serves nothing else.
	defer func() { _ = s.Target.Remove(context.WithoutCancel(ctx)) }()
	s.Payload, s.Host = p, host
	out, err := scenario.ClockOff(ctx, s, boot)
	if err != nil || boot.Ready {
		return out, err
	}
	again, right, err := r.bootLife(ctx, eng, "right", nil)
	var cannot *engine.StartError
	if errors.As(err, &cannot) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	_ = again.Target.Remove(context.WithoutCancel(ctx))
	out.Right = right
	return out, nil
}
