package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// Freeze makes a process stand still for a while, and looks how it goes on. What was connected before its first call, which
// was sent no sooner than that moment, is dead then: platform version V2 makes its snapshot at the first good health check.
func Freeze(ctx context.Context, s *Stage, f engine.Freezer, boot *record.Boot, called time.Time, lasts time.Duration) (*record.Freeze, error) {
	out := &record.Freeze{Boot: *boot, Planned: millis(lasts), Session: platform.NewSessionID()}
	if out.Untold = s.beforeFreeze(ctx, out); out.Untold != "" {
		return out, ctx.Err()
	}
	line := s.Client.NewLine()
	defer line.Close()
	_, _, _ = line.Do(ctx, s.pingRequest())
	logs := s.Logs(ctx)
	var err error
	if out.StateBefore, err = s.State(ctx); err != nil {
		return nil, err
	}
	if err := f.Pause(ctx); err != nil {
		out.Untold = err.Error()
		return out, ctx.Err()
	}
	dead := s.sever(called, out)
	if line.Open() {
		out.Inbound = 1
		line.Close()
	}
	if out.Paused, err = standsStill(ctx, f, lasts); err != nil {
		return nil, err
	}
	out.Resumed = s.At()
	var well bool
	if out.Pings, well = s.wakes(ctx); well {
		s.callsAfterFreeze(ctx, out)
	}
	out.Severed = s.severed(dead)
	after := s.Logs(ctx)
	out.Logs = written(after, growth(logs, after))
	out.After, err = s.stateAfter(ctx, lastCall(out))
	return out, err
}

// standsStill waits for that long and has the container go on, which it does as well where the wait is cut short.
func standsStill(ctx context.Context, f engine.Freezer, lasts time.Duration) (record.Millis, error) {
	began := time.Now()
	err := pause(ctx, lasts)
	took := millis(time.Since(began))
	if again := f.Resume(context.WithoutCancel(ctx)); again != nil {
		return took, fmt.Errorf("have the container go on after %v: %w", lasts, again)
	}
	return took, err
}

// beforeFreeze makes the calls that are the measure for those after it, and says why it is no use to go on.
func (s *Stage) beforeFreeze(ctx context.Context, out *record.Freeze) (untold string) {
	if !out.Boot.Ready {
		return "a fresh process never became ready: " + out.Boot.Detail
	}
	for range 2 {
		x := s.happyIn(ctx, "freeze/before", out.Session)
		out.Before = append(out.Before, x)
		if failed(x) {
			return "a fresh process did not answer its first calls with success"
		}
		s.Payload.CallTook = max(s.Payload.CallTook, time.Duration(x.Took*record.Millis(time.Millisecond)))
	}
	out.PingBefore = s.ping(ctx)
	return ""
}

// deadLine is a connection that fell silent.
type deadLine struct {
	to record.Peer
	stub.Dead
}

func (s *Stage) sever(called time.Time, out *record.Freeze) []deadLine {
	var all []deadLine
	for _, l := range s.Lines {
		dead, spared := l.Sever(called)
		for _, d := range dead {
			all = append(all, deadLine{l.To, d})
		}
		out.Spared += spared
	}
	return all
}

// severed are the records of connections that fell silent.
func (s *Stage) severed(dead []deadLine) []record.Severed {
	var out []record.Severed
	for _, d := range dead {
		one := record.Severed{To: d.to, Opened: millis(d.Opened().Sub(s.Target.Epoch()))}
		if n, first := d.Swallowed(); n > 0 {
			one.Swallowed, one.Asked = n, millis(first.Sub(s.Target.Epoch()))
		}
		out = append(out, one)
	}
	return out
}

// How long a process that stood still may take to be healthy again, natively and at most; how often it is asked, and how many
// of the answers are kept.
const (
	wakeWithin     = time.Minute
	wakeWithinMost = 5 * time.Minute
	wakeEvery      = 200 * time.Millisecond
	wakePings      = 10
)

// wakes polls until a health check is good, the process has ended or there is no hope left.
func (s *Stage) wakes(ctx context.Context) (pings []record.Ping, well bool) {
	for began := time.Now(); ; {
		p := *s.ping(ctx)
		pings = append(pings[:min(len(pings), wakePings-1)], p)
		if p.OK() {
			return pings, true
		}
		st, err := s.State(ctx)
		if err != nil || !st.Running || time.Since(began) > min(s.scaled(wakeWithin), wakeWithinMost) || pause(ctx, wakeEvery) != nil {
			return pings, false
		}
	}
}

// besideFreeze is how often /ping is asked while the first calls after a freeze run: a status that changes shows its stamp.
const besideFreeze = time.Second

func (s *Stage) callsAfterFreeze(ctx context.Context, out *record.Freeze) {
	stop := s.Pinger().Start(ctx, besideFreeze)
	out.Same = s.untilServed(ctx, "freeze/same", out.Session, s.patience())
	patience := s.patience()
	if out.Same[len(out.Same)-1].Outcome == record.TimedOut {
		patience = min(patience, s.scaled(lateAfterFreeze)) // it would say nothing new, and cost minutes
	}
	out.New = s.untilServed(ctx, "freeze/new", platform.NewSessionID(), patience)
	out.Beside = thinned(stop())
	out.PingAfter = s.ping(ctx)
}

// lateAfterFreeze is the time after which the first answer after a restore is late.
const lateAfterFreeze = 35 * time.Second

// triesAfterFreeze is how often a session is called that is refused or fails: for a quarter of a minute, with pauses that
// grow from firstPause on. One whose call hangs is not called again.
const (
	triesAfterFreeze = 7
	firstPause       = 250 * time.Millisecond
)

func (s *Stage) untilServed(ctx context.Context, what, session string, patience time.Duration) []record.Exchange {
	var out []record.Exchange
	for n := range triesAfterFreeze {
		in := s.happyCall(what, session)
		in.timeout = patience
		x, _ := s.invoke(ctx, in)
		out = append(out[:min(len(out), 1)], x)
		if !failed(x) || x.Outcome == record.TimedOut || pause(ctx, firstPause<<n) != nil {
			break
		}
	}
	return out
}

// lastCall is the last call of a freeze; without any it is one that tells nothing.
func lastCall(f *record.Freeze) record.Exchange {
	if len(f.New) == 0 {
		return answeredNothing
	}
	return f.New[len(f.New)-1]
}
