package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/metadata"
)

// UntilExpired is how long a process stands still for credentials to have ended that are good for that long: so much longer
// that no clock which is minutes behind makes them good.
func UntilExpired(life time.Duration) time.Duration { return life + life/8 }

// Expire makes a process stand still until the credentials that it was handed out have ended, and looks what it signs with
// then.
func Expire(ctx context.Context, s *Stage, f engine.Freezer, keys *metadata.Service, boot *record.Boot) (*record.Credentials, error) {
	out := &record.Credentials{Boot: *boot, State: boot.State}
	defer func() { keys.Report(out, s.Target.Epoch()) }()
	if out.Untold = s.beforeExpiry(ctx, keys, out); out.Untold != "" {
		return out, ctx.Err()
	}
	logs := s.Logs(ctx)
	if err := f.Pause(ctx); err != nil {
		out.Untold = err.Error()
		return out, ctx.Err()
	}
	var err error
	if out.Paused, err = standsStill(ctx, f, UntilExpired(keys.Life())); err != nil {
		return nil, err
	}
	out.Resumed = s.At()
	if _, well := s.wakes(ctx); well {
		out.After = s.untilServed(ctx, "expired/after", platform.NewSessionID(), s.patience())
	} else {
		out.Untold = "once it had stood still it was not healthy again"
	}
	after := s.Logs(ctx)
	out.Logs = written(after, growth(logs, after))
	out.State, err = s.State(ctx)
	return out, err
}

// beforeExpiry makes the calls that show whether it needs credentials at all, and says why it is no use to go on.
func (s *Stage) beforeExpiry(ctx context.Context, keys *metadata.Service, out *record.Credentials) (untold string) {
	if !out.Boot.Ready {
		return "without static keys it does not become ready: " + out.Boot.Detail
	}
	session := platform.NewSessionID()
	for range 2 {
		x := s.happyIn(ctx, "expired/before", session)
		out.Before = append(out.Before, x)
		if failed(x) {
			return "without static keys its calls fail"
		}
	}
	if !keys.Used() {
		return "it signs nothing with what the metadata service hands out"
	}
	return ""
}
