package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Unpolled leaves a freshly booted container alone for the planned time and then looks whether it still serves
// (LIFE-02, LIFE-09). Nobody speaks to it in between.
func Unpolled(ctx context.Context, s *Stage, planned time.Duration) (*record.Clean, error) {
	boot, err := Boot(ctx, s)
	if err != nil {
		return nil, err
	}
	out := &record.Clean{Boot: *boot, Planned: millis(planned), State: boot.State, Logs: boot.Logs}
	if !boot.Ready {
		return out, nil
	}
	began := time.Now()
	if err := pause(ctx, planned); err != nil {
		return nil, err
	}
	out.Unpolled = millis(time.Since(began))
	if out.State, err = s.State(ctx); err != nil {
		return nil, err
	}
	if out.State.Running {
		out.Ping = s.ping(ctx)
		out.Call = s.again(ctx, "clean/call")
	}
	out.Logs = s.Logs(ctx)
	return out, nil
}
