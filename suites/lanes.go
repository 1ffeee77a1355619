package suites

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// Three containers share the work. The main one takes everything that a healthy process survives; the clean one is left
// alone; the second life continues a session that the main one began, is talked to for the length of the session lane,
// and is stopped. The other two start once the main one has shown how it is spoken to and was measured in quiet. Beside
// them, two more are stopped in the middle of their work, one is killed, and the one that takes its session over is made to
// stand still for a while. Another has a wall clock that is slow. Where there is time for it, a last one is handed out
// credentials that end while it stands still.

// playLanes plays all lanes and waits for them.
func (r *run) playLanes(ctx context.Context, eng engine.Engine) {
	var beside sync.WaitGroup
	up := make(chan struct{})
	open := func(p scenario.Payload, host, session string) {
		if r.o.Endpoint != "" {
			return
		}
		r.beside.Store(true)
		beside.Go(func() { r.cleanLane(ctx, eng, p, host) })
		beside.Go(func() { r.secondLife(ctx, eng, p, host, session, sync.OnceFunc(func() { close(up) })) })
		beside.Go(func() { r.freezeLane(ctx, eng, p, host) })
		beside.Go(func() {
			<-up // the long session takes longest: what need not boot beside it waits
			r.stopLane(ctx, eng, p, host)
			r.clockLane(ctx, eng, p, host)
			r.credentialsLane(ctx, eng, p, host)
		})
	}
	r.mainLane(ctx, eng, open)
	beside.Wait()
}

// boot starts a container and waits for it. A nil stage means that it cannot be spoken to; the boot record says why.
func (r *run) boot(ctx context.Context, eng engine.Engine, name string, env []string) (*scenario.Stage, error) {
	t, err := eng.Start(ctx, engine.Spec{
		Name: name, Image: r.imageRef, Platform: r.o.imagePlatform(), Port: r.o.Port, Env: env, Clock: clocks[name],
	})
	if err != nil {
		return nil, err
	}
	s := scenario.NewStage(name, t, r.terms(), r.o.InvocationTimeout)
	s.Beside, s.Clock = r.beside.Load(), clocks[name]
	return s, nil
}

// cameUp keeps how a container came up. A server that already runs did not.
func (r *run) cameUp(name string, s *scenario.Stage, b *record.Boot) {
	if r.o.Endpoint != "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set.Starts = append(r.set.Starts, record.ColdStartOf(name, s.Beside, b))
}

// clocks are how far the clocks of containers are off by their names; all others are right.
var clocks = map[string]time.Duration{skewed: scenario.SlowClock}

func (r *run) terms() record.Terms {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set.Terms
}

// bootMain boots the main container and records how that went.
func (r *run) bootMain(ctx context.Context, eng engine.Engine) (*scenario.Stage, *record.Boot) {
	var stage *scenario.Stage
	var boot *record.Boot
	r.do(ctx, step{"boot", record.KindBoot, 0, func(ctx context.Context) (func(*record.Set), error) {
		s, err := r.bootServed(ctx, eng, "main", true)
		var cannot *engine.StartError
		if errors.As(err, &cannot) {
			boot = scenario.CannotStart(cannot)
			return func(set *record.Set) { set.Boot = boot }, nil
		}
		if err != nil {
			return nil, err
		}
		stage = s
		stage.Payload = payloadOf(r.o)
		if boot, err = scenario.Boot(ctx, s); err != nil {
			return nil, err
		}
		r.cameUp("main", s, boot)
		return func(set *record.Set) { set.Boot = boot }, nil
	}})
	return stage, boot
}

// speaks reports whether the other suites can be played at all: a container that answers badly, or localhost alone, still
// can be.
func speaks(b *record.Boot) bool {
	return b.Ready || b.Cause == record.AnswersBadly || b.Cause == record.DropsHost
}

// mainLane plays everything that a healthy process survives, in an order in which quiet comes before load and load
// before abuse. It opens the other lanes when it is ready for them.
func (r *run) mainLane(ctx context.Context, eng engine.Engine, open func(scenario.Payload, string, string)) {
	s, boot := r.bootMain(ctx, eng)
	if s == nil || boot == nil {
		if boot != nil {
			r.blockAll("the container did not start: " + boot.Detail)
		}
		return
	}
	if !speaks(boot) {
		r.blockAll(fmt.Sprintf("the container never became ready: %s", boot.Detail))
		return
	}
	if boot.Localhost != nil && boot.Localhost.Status() == 200 {
		s.Host = fmt.Sprintf("localhost:%d", r.o.Port)
	}
	m := &mainPlay{run: r, eng: eng, stage: s, boot: boot, watch: scenario.Watch(ctx, s, boot.State)}
	m.play(ctx, open)
	r.do(context.WithoutCancel(ctx), step{"last look", record.KindEnd, 0, func(ctx context.Context) (func(*record.Set), error) {
		end, err := m.end(ctx)
		return func(set *record.Set) { set.End = end }, err
	}})
}

// newSession is an id for the session that the second life continues.
func newSession() string { return platform.NewSessionID() }
