package suites

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/otlp"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// longSession is the name of the scenario.
const longSession = "long session"

// idleTime is how long the clean container is left alone: as long as the session lane in gate, 60 s in soak and where the
// lane's length is not known beforehand.
func (r *run) idleTime() time.Duration {
	if r.o.Profile == Soak || r.o.SessionTurns > 0 {
		return min(soakIdle, r.o.SessionDuration)
	}
	return r.o.SessionDuration
}

// cleanLane boots the image with nothing but itself and leaves it alone. Where it insists on a declared variable, its
// idle life is looked at once more with the declared environment.
func (r *run) cleanLane(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) {
	r.do(ctx, step{"left alone", record.KindClean, r.idleTime(), func(ctx context.Context) (func(*record.Set), error) {
		clean, err := r.unpolled(ctx, eng, "clean", nil, p, host)
		if err != nil {
			return nil, err
		}
		if !clean.Boot.Ready && len(r.o.Env) > 0 {
			if clean.Declared, err = r.unpolled(ctx, eng, "idle", r.o.Env, p, host); err != nil {
				return nil, err
			}
		}
		return func(set *record.Set) { set.Clean = clean }, nil
	}})
}

func (r *run) unpolled(ctx context.Context, eng engine.Engine, name string, env []string, p scenario.Payload, host string) (*record.Clean, error) {
	s, err := r.boot(ctx, eng, name, env)
	var cannot *engine.StartError
	if errors.As(err, &cannot) {
		return &record.Clean{Boot: *scenario.CannotStart(cannot)}, nil
	}
	if err != nil {
		return nil, err
	}
	s.Payload, s.Host = p, host
	clean, err := scenario.Unpolled(ctx, s, r.idleTime())
	if err == nil {
		r.cameUp(name, s, &clean.Boot)
	}
	return clean, err
}

// secondLife gives a fresh process a session that another served, talks in it for the session lane, and stops it. It says
// when that process is up, or will not be.
func (r *run) secondLife(ctx context.Context, eng engine.Engine, p scenario.Payload, host, session string, up func()) {
	defer up()
	var stage *scenario.Stage
	ok := r.do(ctx, step{longSession, record.KindLongSession, r.o.SessionDuration, func(ctx context.Context) (func(*record.Set), error) {
		observed := r.unset(otlp.Observability())
		s, boot, err := r.bootLife(ctx, eng, "life", observed)
		if err != nil {
			return nil, err
		}
		var untolerated *record.Boot
		if !boot.Ready && len(observed) > 0 {
			untolerated = boot
			if s, boot, err = r.bootLife(ctx, eng, "life", nil); err != nil {
				return nil, err
			}
		}
		up()
		s.Payload, s.Host, stage = p, host, s
		x, err := scenario.LongSession(ctx, s, *boot, r.sessionPlan(session, true))
		return func(set *record.Set) {
			x.Observed, x.Untolerated = names(observed), untolerated
			set.LongSession = x
		}, err
	}})
	if !ok {
		return
	}
	if !r.alive() {
		r.gap(record.KindStop, record.GapBlocked, "the process had ended before it could be stopped")
		return
	}
	r.do(ctx, step{"stop", record.KindStop, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Stop(ctx, stage)
		return func(set *record.Set) { set.Stop = x }, err
	}})
}

// sessionPlan is how the long session is meant to be.
func (r *run) sessionPlan(id string, resumed bool) scenario.SessionPlan {
	return scenario.SessionPlan{
		ID: id, Resumed: resumed, Lasts: r.o.SessionDuration, Turns: r.o.SessionTurns,
		Tell: func(p scenario.SessionProgress) {
			r.event(Event{Kind: EventProgress, Scenario: longSession, Text: longSession, Took: p.Lasted, Planned: r.o.SessionDuration, Turns: p.Turns, Memory: p.Memory})
		},
	}
}

// works are the kinds of work that a process is stopped in.
var works = [...]record.Work{record.WorkCall, record.WorkStream}

// stopLane sends SIGTERM to processes at work.
func (r *run) stopLane(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) {
	if !p.Worked {
		r.gap(record.KindStopInFlight, record.GapBlocked, "no call was answered with success, so none can be interrupted")
		return
	}
	r.do(ctx, step{"stop at work", record.KindStopInFlight, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := r.stopsInFlight(ctx, eng, p, host)
		return func(set *record.Set) { set.StopInFlight = x }, err
	}})
}

// stopsInFlight boots a process for each kind of work, one after the other as that is what costs, and lets their stops
// overlap: each may take its whole time.
func (r *run) stopsInFlight(ctx context.Context, eng engine.Engine, p scenario.Payload, host string) (*record.StopInFlight, error) {
	out := &record.StopInFlight{Rounds: make([]record.StopRound, len(works))}
	var errs [len(works)]error
	var playing sync.WaitGroup
	for i, w := range works {
		if why := p.CannotLast(w); why != "" {
			out.Rounds[i] = record.StopRound{Work: w, Untold: why}
			continue
		}
		s, boot, err := r.bootLife(ctx, eng, "stop-"+string(w), nil)
		if err != nil {
			errs[i] = err
			break
		}
		s.Payload, s.Host = p, host
		playing.Go(func() {
			out.Rounds[i], errs[i] = scenario.StopInFlight(ctx, s, boot, w)
			// One that did not end would work on beside the other lanes. What stays is removed with the run.
			_ = s.Target.Remove(ctx)
		})
	}
	playing.Wait()
	return out, errors.Join(errs[:]...)
}

// bootLife boots a process beside the main one with variables of its own.
func (r *run) bootLife(ctx context.Context, eng engine.Engine, name string, env []string) (*scenario.Stage, *record.Boot, error) {
	s, err := r.bootServed(ctx, eng, name, false, env...)
	if err != nil {
		return nil, nil, err
	}
	boot, err := scenario.Boot(ctx, s)
	if err == nil {
		r.cameUp(name, s, boot)
	}
	return s, boot, err
}

// names are those of NAME=value pairs.
func names(env []string) []string {
	var out []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		out = append(out, name)
	}
	return out
}

// alive reports that the long session's process outlived it.
func (r *run) alive() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set.LongSession.After.Running
}
