package suites

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// freezePlay is the lane of two processes: one is killed, the other takes its session over and is then made to stand still.
type freezePlay struct {
	*run
	eng  engine.Engine
	p    scenario.Payload
	host string
	// stage is the second process and boot its start, nil until it is needed. called is a moment before its first call.
	stage  *scenario.Stage
	boot   *record.Boot
	called time.Time
}

// freezeLane plays what a container's own world does to it without a word.
func (r *run) freezeLane(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) {
	if r.o.Freeze < 0 {
		r.gap(record.KindFreeze, record.GapScope, "no process was made to stand still (--freeze 0)")
	}
	if !p.Worked {
		for _, k := range []record.Kind{record.KindKilled, record.KindFreeze} {
			r.gap(k, record.GapBlocked, "no call was answered with success, so nothing can be compared with it")
		}
		return
	}
	f := &freezePlay{run: r, eng: eng, p: p, host: host}
	f.kill(ctx)
	if r.o.Freeze >= 0 {
		f.freeze(ctx)
	}
	if f.stage != nil {
		_ = f.stage.Target.Remove(ctx) // what stays is removed with the run
	}
}

// kill boots both processes, one after the other.
func (f *freezePlay) kill(ctx context.Context) {
	f.do(ctx, step{"kill and take over", record.KindKilled, 0, func(ctx context.Context) (func(*record.Set), error) {
		s, boot, err := f.bootLife(ctx, f.eng, "killed", nil)
		if err != nil {
			return nil, err
		}
		s.Payload, s.Host = f.p, f.host
		killer, can := s.Target.(engine.Killer)
		if !can {
			f.gap(record.KindKilled, record.GapNature, "this engine cannot kill a process without a word")
			return func(*record.Set) {}, nil
		}
		out, err := scenario.Kill(ctx, s, killer, boot, newSession())
		if err != nil {
			return nil, err
		}
		_ = s.Target.Remove(ctx)
		if out.Untold == "" {
			if err := f.second(ctx); err != nil {
				return nil, err
			}
			err = scenario.TakeOver(ctx, f.stage, f.boot, out)
		}
		return func(set *record.Set) { set.Killed = out }, err
	}})
}

func (f *freezePlay) freeze(ctx context.Context) {
	f.do(ctx, step{"stand still", record.KindFreeze, f.o.Freeze, func(ctx context.Context) (func(*record.Set), error) {
		if err := f.second(ctx); err != nil {
			return nil, err
		}
		freezer, can := f.stage.Target.(engine.Freezer)
		if !can {
			f.gap(record.KindFreeze, record.GapNature, "this engine cannot make a container stand still")
			return func(*record.Set) {}, nil
		}
		out, err := scenario.Freeze(ctx, f.stage, freezer, f.boot, f.called, f.o.Freeze)
		return func(set *record.Set) { set.Freeze = out }, err
	}})
}

// second boots the second process where it was not yet. Its surroundings are its own, with a collector that listens.
func (f *freezePlay) second(ctx context.Context) error {
	if f.stage != nil {
		return nil
	}
	s, err := f.bootServed(ctx, f.eng, "frozen", true)
	if err != nil {
		return err
	}
	s.Payload, s.Host = f.p, f.host
	boot, err := scenario.Boot(ctx, s)
	if err != nil {
		return err
	}
	f.cameUp("frozen", s, boot)
	f.stage, f.boot, f.called = s, boot, time.Now()
	return nil
}
