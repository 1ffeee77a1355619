package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// The quiet look at /ping: an open-loop burst for latency, then a slow poll at the platform's pace for stamps.
const (
	burstPings = 40
	burstEvery = 50 * time.Millisecond
	pollPings  = 4
	PollEvery  = 2 * time.Second
)

// BurstWait and PollWait are the planned times of the two halves of the idle look.
const (
	BurstWait = burstPings * burstEvery
	PollWait  = (pollPings - 1) * PollEvery
)

// Burst begins the idle record: /ping in its shapes, then the open-loop series.
func Burst(ctx context.Context, s *Stage) (*record.Idle, error) {
	idle := &record.Idle{Epoch: float64(s.Target.Epoch().UnixNano()) / 1e9}
	bare := s.get(ctx, "idle/bare", "/ping", s.Host)
	plat := s.get(ctx, "idle/platform", "/ping", platform.CellHost)
	local := s.get(ctx, "idle/localhost", "/ping", s.localhost())
	slash := s.get(ctx, "idle/slash", "/ping/", s.Host)
	idle.Bare, idle.Platform, idle.Localhost, idle.Slash = &bare, &plat, &local, &slash
	before := s.Logs(ctx)
	idle.Burst = s.Pinger().Series(ctx, burstPings, burstEvery)
	idle.LogGrowth = growth(before, s.Logs(ctx))
	return idle, ctx.Err()
}

// Poll ends the idle record with the slow series; brief sends a single poll, which says nothing of how stamps move.
func Poll(ctx context.Context, s *Stage, idle *record.Idle, brief bool) error {
	n := pollPings
	if brief {
		n = 1
	}
	idle.Poll = s.Pinger().Series(ctx, n, PollEvery)
	s.listened(idle.Poll...)
	return ctx.Err()
}
