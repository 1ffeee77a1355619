package life

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// These cases stand on the limits themselves: what is just allowed passes, the next step does not.

func TestStartAtItsLimits(t *testing.T) {
	checktest.Judge(t, Checks, "LIFE-01", []checktest.Case{
		{Name: "30 s", Set: boot(checktest.Ready(30_000)), Want: "pass", Measures: map[string]float64{"boot.readyMs": 30_000, "boot.firstListenMs": 15_000}},
		{Name: "more than 30 s", Set: boot(checktest.Ready(30_001)), Want: "slow-start"},
		{Name: "120 s", Set: boot(checktest.Ready(120_000)), Want: "slow-start"},
		{Name: "more than 120 s", Set: boot(checktest.Ready(120_001)), Want: "too-slow"},
		{Name: "120 s emulated", Set: changed(boot(checktest.Ready(120_000)), emulated(8)), Want: "pass", Says: "8.0 times slower"},
		{Name: "little slower than native", Set: changed(boot(checktest.Ready(900)), emulated(1.5)), Want: "pass", Says: "ready after 900 ms, measured 1.5 times slower"},
		{Name: "more than 120 s emulated", Set: changed(boot(checktest.Ready(120_001)), emulated(8)), Want: "time-not-judged"},
		{Name: "the whole of the scaled limit", Set: changed(boot(checktest.Ready(960_000)), emulated(8)), Want: "slow-start", Also: []string{"time-not-judged"}},
		{Name: "more than the scaled limit", Set: changed(boot(checktest.Ready(960_001)), emulated(8)), Want: "too-slow"},
		{Name: "120 s under a quota", Set: changed(boot(checktest.Ready(120_000)), throttled(5)), Want: "pass", Says: "5.0 times slower"},
		{Name: "more than 120 s under a quota", Set: changed(boot(checktest.Ready(120_001)), throttled(5)), Want: "time-not-judged"},
		{Name: "more than the limit scaled for a quota", Set: changed(boot(checktest.Ready(600_001)), throttled(5)), Want: "too-slow"},
	})
}

func TestStopsAtItsLimits(t *testing.T) {
	stop := func(after, limit record.Millis, killed bool) *record.Set {
		return &record.Set{Stop: &record.Stop{ExitedAfter: after, Limit: limit, Killed: killed, State: checktest.Dead(143)}}
	}
	checktest.Judge(t, Checks, "LIFE-04", []checktest.Case{
		{Name: "10 s", Set: stop(10_000, 16_000, false), Want: "pass", Says: "ended with code 143 after 10.0 s", Measures: map[string]float64{"stop.ms": 10_000}},
		{Name: "more than 10 s", Set: stop(10_001, 16_000, false), Want: "over-10s"},
		{Name: "15 s", Set: stop(15_000, 16_000, false), Want: "over-10s"},
		{Name: "more than 15 s", Set: stop(15_001, 16_000, false), Want: "over-15s"},
		{Name: "ended before a limit of less than 10 s", Set: stop(400, 9999, false), Want: "pass"},
		{Name: "killed after less than 10 s", Set: stop(0, 9999, true), Want: "untestable"},
		{Name: "killed after 10 s", Set: stop(0, 10_000, true), Want: "over-10s", Says: "still running 10.0 s after SIGTERM"},
		{Name: "killed after less than 15 s", Set: stop(0, 14_999, true), Want: "over-10s"},
		{Name: "killed after 15 s", Set: stop(0, 15_000, true), Want: "over-15s"},
		{Name: "emulated", Set: changed(stop(300, 16_000, false), emulated(8)), Want: "pass", Says: "after 300 ms; under emulation a stop proves little"},
		{Name: "throttled", Set: changed(stop(300, 16_000, false), throttled(4)), Want: "pass", Says: "under a CPU quota a stop proves little"},
	})
}

func TestStopsAtWorkAtTheirLimits(t *testing.T) {
	stop := func(after record.Millis, killed bool) *record.Stop {
		return &record.Stop{ExitedAfter: after, Limit: 16_000, Killed: killed, State: checktest.Dead(143)}
	}
	round := func(w record.Work, s *record.Stop, o record.Outcome) record.StopRound {
		return record.StopRound{
			Work: w, Asked: 30_000, Signalled: 5000, Stop: s, Call: record.Exchange{Outcome: o, At: 4000, Took: 1000 + s.ExitedAfter},
		}
	}
	set := func(idle *record.Stop, rounds ...record.StopRound) *record.Set {
		return &record.Set{Stop: idle, StopInFlight: &record.StopInFlight{Rounds: rounds}}
	}
	call := func(after record.Millis, o record.Outcome) record.StopRound {
		return round(record.WorkCall, stop(after, false), o)
	}
	open := round(record.WorkStream, stop(16_000, true), record.Abandoned)
	soon, crashed, over, unframed := stop(400, false), stop(300, false), call(16_000, record.Answered), call(300, record.Answered)
	unframed.Call.Response = &record.Response{Status: 200, Framing: "close"}
	crashed.State = checktest.Dead(1)
	over.Call.Took = 1000
	afterwards := open
	afterwards.Call.At = afterwards.Signalled
	hasty := round(record.WorkStream, &record.Stop{ExitedAfter: 14_999, Limit: 14_999, Killed: true}, record.Abandoned)
	checktest.Judge(t, Checks, "LIFE-04", []checktest.Case{
		{Name: "cut at once", Set: set(soon, call(300, record.Truncated)), Want: "pass", Measures: map[string]float64{"stop.ms": 400, "stop.call.ms": 300},
			Says: "with a call in flight that was to take 30.0 s: ended with code 143 after 300 ms, the call cut"},
		{Name: "dropped by a crash", Set: set(soon, round(record.WorkCall, crashed, record.Reset)), Want: "pass", Says: "ended with code 1 after 300 ms, the call dropped without an answer"},
		{Name: "finished within the time", Set: set(soon, call(12_000, record.Answered)), Want: "pass", Says: "answered in full"},
		{Name: "an answer without a length", Set: set(soon, unframed), Want: "pass", Says: "does not tell an end from a cut"},
		{Name: "15 s", Set: set(soon, call(15_000, record.Truncated)), Want: "pass"},
		{Name: "more than 15 s", Set: set(soon, call(15_001, record.Answered)), Want: "over-15s-working", Says: "after 15.0 s, the call answered in full; idle: ended with code 143 after 400 ms"},
		{Name: "still open", Set: set(soon, call(300, record.Truncated), open), Want: "over-15s-working", Says: "with a stream in flight that was to take 30.0 s: still running 16.0 s after SIGTERM, the stream still open"},
		{Name: "killed after less than 15 s", Set: set(soon, hasty), Want: "pass"},
		{Name: "over before the signal", Set: set(soon, over), Want: "pass", Says: "not played with a call in flight: it was over when SIGTERM came"},
		{Name: "begun when the signal had been sent", Set: set(soon, afterwards), Want: "pass", Says: "not played with a stream in flight"},
		{Name: "not played", Set: set(soon, record.StopRound{Work: record.WorkStream, Untold: "no event stream was seen"}), Want: "pass", Says: "not played with a stream in flight: no event stream was seen"},
		{Name: "no longer than idle", Set: set(stop(0, true), open), Want: "over-15s"},
		{Name: "longer than idle", Set: set(stop(12_000, false), open), Want: "over-10s", Also: []string{"over-15s-working"}},
		{Name: "idle was not seen", Set: set(stop(0, false), open), Want: "untestable", Also: []string{"over-15s-working"}},
		{Name: "nothing was played, emulated", Set: changed(set(soon), emulated(8)), Want: "pass", Says: "after 400 ms; under emulation a stop proves little"},
		{Name: "emulated", Set: changed(set(soon, open), emulated(8)), Want: "over-15s-working", Says: "under emulation a stop proves little"},
	})
}

func TestBackgroundAtItsLimits(t *testing.T) {
	job := func(pings ...record.Ping) *record.Set {
		trigger := checktest.OK()
		trigger.At, trigger.Took = 10_000, 100
		return &record.Set{Async: &record.Async{Trigger: *trigger, Pings: pings}}
	}
	busy := func(second float64) record.Ping { return checktest.Ping(second, `{"status":"HealthyBusy"}`) }
	idle := func(second float64) record.Ping { return checktest.Ping(second, healthy) }
	done := idle(20)
	checktest.Judge(t, Checks, "LIFE-08", []checktest.Case{
		{Name: "5 s after the answer", Set: job(busy(15.1), done), Want: "pass"},
		{Name: "later", Set: job(busy(15.101), done), Want: "late-busy"},
		{Name: "later, emulated", Set: changed(job(busy(50), done), emulated(8)), Want: "pass"},
		{Name: "later than emulation explains", Set: changed(job(busy(50.101), done), emulated(8)), Want: "late-busy"},
		{Name: "never, within what emulation explains", Set: changed(job(idle(30), idle(50)), emulated(8)), Want: "untestable", Says: "under emulation, which is 8.0 times slower"},
		{Name: "never", Set: changed(job(idle(30), idle(50.1)), emulated(8)), Want: "never-busy"},
		{Name: "never, in too short a time natively", Set: job(idle(11)), Want: "never-busy"},
		{Name: "at once, and again later", Set: job(busy(10.1), busy(17), done), Want: "pass", Says: "HealthyBusy 0 ms after"},
		{Name: "the call's own mark, and a job that starts as late as it may", Set: job(busy(10.1), idle(12), busy(15.1), done), Want: "pass"},
		{Name: "and later", Set: job(busy(10.1), idle(12), busy(15.101), done), Want: "came-back"},
	})
}

func TestLeftAloneAtItsLimits(t *testing.T) {
	good := checktest.Ping(31, healthy)
	alone := func(f func(*record.Clean)) *record.Set {
		c := &record.Clean{Boot: *checktest.Ready(900), State: checktest.Alive(), Ping: &good, Unpolled: 30_000, Planned: 30_000}
		return &record.Set{Clean: changed(c, f)}
	}
	unsent := good
	unsent.Outcome, unsent.Status = record.Unsent, 0
	both := alone(func(c *record.Clean) {
		d := *c
		d.Boot = *checktest.Never(record.Hung)
		c.Declared = &d
	})
	noTurn := alone(func(c *record.Clean) { c.Call = checktest.Answer(500, "{}") })
	noTurn.LongSession = &record.LongSession{}
	checktest.Judge(t, Checks, "LIFE-02", []checktest.Case{
		{Name: "nineteen parts of twenty", Set: alone(func(c *record.Clean) { c.Unpolled = 28_500 }), Want: "pass"},
		{Name: "less", Set: alone(func(c *record.Clean) { c.Unpolled = 28_499 }), Want: "untestable"},
		{Name: "not planned, and not left alone", Set: alone(func(c *record.Clean) { c.Unpolled, c.Planned = 0, 0 }), Want: "untestable"},
		{Name: "no health check", Set: alone(func(c *record.Clean) { c.Ping = nil }), Want: "untestable"},
		{Name: "the harness sent no health check", Set: alone(func(c *record.Clean) { c.Ping = &unsent }), Want: "untestable"},
		{Name: "one that starts bare is looked at bare", Set: both, Want: "pass"},
		{Name: "nothing to compare a failure with", Set: noTurn, Want: "pass"},
	})
}

func TestServesCountsCallsThatRanAlone(t *testing.T) {
	broken := *checktest.Answer(500, "{}")
	rounds := func(r ...record.InFlightRound) *record.Set {
		return &record.Set{Calls: checktest.Calls(nil), End: &record.End{}, InFlight: &record.InFlight{Rounds: r}}
	}
	one := record.InFlightRound{Calls: []record.Exchange{broken}}
	asked := record.InFlightRound{Asked: 3000, Calls: []record.Exchange{broken}}
	many := record.InFlightRound{Calls: []record.Exchange{broken, broken}}
	lost := record.InFlightRound{Calls: []record.Exchange{*checktest.Ended(record.TimedOut)}}
	inside := record.InFlightRound{Calls: []record.Exchange{*checktest.Stream(1, 1, `{"error":"x","error_type":"E"}`)}}
	silent := &record.Set{Calls: changed(checktest.NoModel(500), func(c *record.Calls) { c.After = checktest.Dead(1) }), End: &record.End{}}
	attached := rounds()
	attached.Calls.Before, attached.Calls.After = record.State{Running: true, Unknown: true}, record.State{Running: true, Unknown: true}
	checktest.Judge(t, Checks, "LIFE-03", []checktest.Case{
		{Name: "two fail alone", Set: rounds(one, one), Want: "later-calls-lost"},
		{Name: "one fails, one gets no answer", Set: rounds(one, lost), Want: "later-calls-lost"},
		{Name: "one gets no answer, one an error in a stream", Set: rounds(lost, inside), Want: "later-calls-lost"},
		{Name: "what was asked to take long does not count", Set: rounds(one, asked, asked), Want: "pass"},
		{Name: "nor what ran beside others", Set: rounds(one, many, many), Want: "pass", Says: "one process served"},
		{Name: "how it ended is told where no model answers", Set: silent, Want: "untestable", Says: "exited with code 1 at a call"},
		{Name: "a process that cannot be seen", Set: attached, Want: "pass", Says: "cannot be seen here"},
	})
}

func TestEnduresCounts(t *testing.T) {
	session := func(f func(*record.LongSession)) *record.Set {
		l := &record.LongSession{
			Boot: *checktest.Ready(900), Planned: 30_000, Lasted: 28_500, Before: checktest.Alive(), After: checktest.Alive(),
			Turns: []record.Exchange{*checktest.OK(), *checktest.OK()}, Polls: checktest.Pings(1, 1, healthy),
		}
		return &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil), LongSession: changed(l, f)}
	}
	poll := func(o record.Outcome, inFlight int) func(*record.LongSession) {
		return func(l *record.LongSession) {
			p := checktest.Ping(9, "")
			p.Outcome, p.Status, p.InFlight = o, 0, inFlight
			l.Polls = append(l.Polls, p)
		}
	}
	noCalls := session(func(*record.LongSession) {})
	noCalls.Calls = nil
	checktest.Judge(t, Checks, "LIFE-22", []checktest.Case{
		{Name: "nineteen parts of twenty", Set: session(func(*record.LongSession) {}), Want: "pass", Says: "2 turns and 1 health checks",
			Measures: map[string]float64{"session.turns": 2, "session.seconds": 28.5}},
		{Name: "less", Set: session(func(l *record.LongSession) { l.Lasted = 28_499 }), Want: "untestable"},
		{Name: "as many turns as it was to have", Set: session(func(l *record.LongSession) { l.Lasted, l.MostTurns = 9000, 2 }), Want: "pass",
			Says: "2 turns and 1 health checks in 9.0 s; --session-turns ended it before the 30.0 s", Measures: map[string]float64{"session.turns": 2, "session.seconds": 9}},
		{Name: "fewer", Set: session(func(l *record.LongSession) { l.Lasted, l.MostTurns = 9000, 3 }), Want: "untestable"},
		{Name: "as many, and time was up", Set: session(func(l *record.LongSession) { l.MostTurns, l.Lasted = 2, 30_000 }), Want: "pass", Says: "2 turns and 1 health checks in 30.0 s"},
		{Name: "as many, and no health check", Set: session(func(l *record.LongSession) { l.Lasted, l.MostTurns, l.Polls = 9000, 2, nil }), Want: "untestable"},
		{Name: "no health check was answered", Set: session(func(l *record.LongSession) { l.Polls = nil }), Want: "untestable"},
		{Name: "no turn", Set: session(func(l *record.LongSession) { l.Turns = nil }), Want: "untestable"},
		{Name: "no answer with no call beside it", Set: session(poll(record.TimedOut, 0)), Want: "unhealthy"},
		{Name: "a reset beside a call", Set: session(poll(record.Reset, 1)), Want: "unhealthy"},
		{Name: "no answer beside a call", Set: session(poll(record.TimedOut, 1)), Want: "pass"},
		{Name: "the first turn of a new session fails", Set: session(func(l *record.LongSession) { l.Turns[0] = *checktest.Answer(500, "{}") }), Want: "failed-turn"},
		{Name: "a later turn of a resumed session fails", Want: "failed-turn",
			Set: session(func(l *record.LongSession) { l.Resumed, l.Turns[1] = true, *checktest.Answer(500, "{}") })},
		{Name: "no calls", Set: noCalls, Want: "untestable", Says: "no calls record"},
	})
}

func TestResourcesSaysWhatItCounts(t *testing.T) {
	end := func(memory int64) *record.Set {
		return &record.Set{End: &record.End{State: checktest.Alive(), Samples: []record.Sample{{Memory: memory}, {Memory: 1}}}}
	}
	long := end(100e6)
	long.LongSession = &record.LongSession{Samples: []record.Sample{{Memory: 200e6}}}
	checktest.Judge(t, Checks, "LIFE-17", []checktest.Case{
		{Name: "6 GB", Set: end(6_000_000_000), Want: "pass", Measures: map[string]float64{"memory.peakBytes": 6e9}},
		{Name: "more than 6 GB", Set: end(6_000_000_001), Want: "near-limit"},
		{Name: "the long session counts", Set: long, Want: "pass", Says: "200 MB", Measures: map[string]float64{"memory.peakBytes": 200e6}},
		{Name: "emulated", Set: changed(end(100e6), emulated(8)), Want: "pass", Says: "the emulator's own share included"},
	})
}
