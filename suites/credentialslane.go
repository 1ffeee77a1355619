package suites

import (
	"context"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/metadata"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// rotated is the container whose credentials end while it stands still. It serves nothing else: an agent that finds none where
// the platform has them fails every call, which must not be taken for a fault of another kind.
const rotated = "rotated"

// credentialsLane lets credentials end where the run lasts long enough.
func (r *run) credentialsLane(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) {
	switch {
	case r.o.KeyLife == 0:
		r.gap(record.KindCredentials, record.GapNature, "credentials are let end beside a long session of an hour or more")
		return
	case !p.Worked:
		r.gap(record.KindCredentials, record.GapBlocked, "no call was answered with success, so none can be compared")
		return
	}
	r.do(ctx, step{"expired credentials", record.KindCredentials, scenario.UntilExpired(r.o.KeyLife), func(ctx context.Context) (func(*record.Set), error) {
		out, err := r.withRotation(ctx, eng, p, host)
		return func(set *record.Set) { set.Credentials = out }, err
	}})
}

func (r *run) withRotation(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) (*record.Credentials, error) {
	keys := metadata.New(r.o.KeyLife)
	s, err := r.bootRotated(ctx, eng, rotated, keys)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return &record.Credentials{Untold: "the harness's own AWS serves nobody in this run"}, nil
	}
	defer func() { _ = s.Target.Remove(context.WithoutCancel(ctx)) }()
	freezer, can := s.Target.(engine.Freezer)
	if !can {
		return &record.Credentials{Untold: "this engine cannot make a container stand still"}, nil
	}
	boot, err := scenario.Boot(ctx, s)
	if err != nil {
		return nil, err
	}
	r.cameUp(rotated, s, boot)
	s.Payload, s.Host = p, host
	return scenario.Expire(ctx, s, freezer, keys, boot)
}
