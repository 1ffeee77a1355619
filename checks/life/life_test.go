package life

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

const healthy = `{"status":"Healthy"}`

func changed[T any](v *T, f func(*T)) *T {
	f(v)
	return v
}

func emulated(scale float64) func(*record.Set) {
	return func(s *record.Set) { s.Terms.Emulated, s.Terms.TimeScale = true, scale }
}

func throttled(scale float64) func(*record.Set) {
	return func(s *record.Set) { s.Terms.Throttled, s.Terms.TimeScale = scale, scale }
}

func boot(b *record.Boot) *record.Set { return &record.Set{Boot: b} }

func TestStart(t *testing.T) {
	stuck := checktest.Never(record.CannotStart)
	explained := boot(checktest.Never(record.CannotStart))
	explained.Image = &record.Image{Program: &record.Program{Fault: record.ProgramNotFound}}
	capped := func() *record.Set {
		return boot(changed(checktest.Never(record.TooSlow), func(b *record.Boot) { b.Limit = 900_000 }))
	}
	slowest := boot(changed(checktest.Never(record.TooSlow), func(b *record.Boot) { b.Limit = 480_000 }))
	mcp := changed(boot(checktest.BadAnswer(500)), func(s *record.Set) { s.Terms.Protocol = "MCP" })
	checktest.Judge(t, Checks, "LIFE-01", []checktest.Case{
		{Name: "quick", Set: boot(checktest.Ready(900)), Want: "pass"},
		{Name: "45 s", Set: boot(checktest.Ready(45_000)), Want: "slow-start"},
		{Name: "130 s", Set: boot(checktest.Ready(130_000)), Want: "too-slow"},
		{Name: "50 s emulated, as FastAPI takes", Set: changed(boot(checktest.Ready(50_000)), emulated(8)), Want: "pass"},
		{Name: "170 s emulated, as the Python SDK takes without bytecode", Set: changed(boot(checktest.Ready(170_000)), emulated(8)), Want: "time-not-judged"},
		{Name: "400 s emulated", Set: changed(boot(checktest.Ready(400_000)), emulated(8)), Want: "slow-start", Also: []string{"time-not-judged"}},
		{Name: "exited", Set: boot(checktest.Never(record.ProcessExited)), Want: "exited"},
		{Name: "hung", Set: boot(checktest.Never(record.Hung)), Want: "hung"},
		{Name: "exited under emulation, before the scaled limit", Set: changed(boot(checktest.Never(record.ProcessExited)), emulated(8)), Want: "exited"},
		{Name: "never within the limit", Set: boot(checktest.Never(record.TooSlow)), Want: "too-slow"},
		{Name: "never within the scaled limit", Set: changed(slowest, emulated(4)), Want: "too-slow"},
		{Name: "given up before the scaled limit", Set: changed(capped(), emulated(20)), Want: "untestable", Says: "under emulation"},
		{Name: "given up before the limit scaled for a quota", Set: changed(capped(), throttled(20)), Want: "untestable", Says: "under a CPU quota"},
		{Name: "cannot start", Set: boot(stuck), Want: "cannot-start"},
		{Name: "cannot start, and the files say why", Set: explained, Want: "untestable"},
		{Name: "loopback only carries it", Set: boot(checktest.Never(record.LoopbackOnly)), Want: "untestable"},
		{Name: "404 on /ping carries it", Set: boot(checktest.BadAnswer(404)), Want: "untestable"},
		{Name: "MCP has no other clause for a bad answer", Set: mcp, Want: "bad-answer"},
		{Name: "nobody knows", Set: boot(checktest.Never("")), Want: "untestable"},
	})
}

func TestStarts(t *testing.T) {
	up := func(name string, beside bool, after record.Millis) record.ColdStart {
		return record.ColdStart{Name: name, Beside: beside, Ready: true, Epoch: 1_790_000_000, FirstListen: after / 2, ReadyAfter: after, StartTook: 200}
	}
	set := func(first record.Millis, others ...record.ColdStart) *record.Set {
		s := boot(checktest.Ready(first))
		s.Starts = append([]record.ColdStart{up("main", false, first)}, others...)
		return s
	}
	never := record.ColdStart{Name: "clean", Beside: true, Cause: record.ProcessExited}
	old := boot(checktest.Ready(900))
	old.Clean = &record.Clean{Boot: *checktest.Ready(3000), Declared: &record.Clean{Boot: *checktest.Ready(700)}}
	old.LongSession = &record.LongSession{Boot: *checktest.Ready(2000), Untolerated: checktest.Never(record.Hung)}
	unstarted := boot(checktest.Ready(31_000))
	unstarted.Clean, unstarted.LongSession = &record.Clean{}, &record.LongSession{Boot: *checktest.Ready(124_000)}
	checktest.Judge(t, Checks, "LIFE-01", []checktest.Case{
		{Name: "alone", Set: set(900), Want: "pass", Says: "ready after 900 ms"},
		{Name: "all quick", Set: set(900, up("clean", true, 2000), up("life", true, 3000)), Want: "pass", Says: "ready after 900 ms; 3 starts in all: median 2.0 s, slowest 3.0 s",
			Measures: map[string]float64{"boot.readyMs": 900, "boot.starts": 3, "boot.medianReadyMs": 2000, "boot.slowestReadyMs": 3000}},
		{Name: "an even number", Set: set(1000, up("life", true, 3000)), Want: "pass", Measures: map[string]float64{"boot.medianReadyMs": 2000}},
		{Name: "one never ready", Set: set(900, never, up("life", true, 3000)), Want: "pass", Says: "; 2 starts in all"},
		{Name: "records of an older run", Set: old, Want: "pass", Says: "; 4 starts in all: median 1.4 s, slowest 3.0 s"},
		{Name: "a container of an older run that was not started is no load", Set: unstarted, Want: "slow-start", Also: []string{"slow-again"}},
		{Name: "slow beside others, as the load explains", Set: set(50_000, up("clean", true, 150_000), up("life", true, 200_000)), Want: "slow-start", Says: "slowest 200.0 s"},
		{Name: "just as slow as the load explains", Set: set(31_000, up("life", true, 93_000), up("clean", true, 124_000)), Want: "slow-start"},
		{Name: "a millisecond more than the load explains", Set: set(31_000, up("life", true, 93_000), up("clean", true, 124_001)), Want: "slow-start", Also: []string{"slow-again"}},
		{Name: "slower than the load explains", Set: set(20_000, up("life", true, 121_000)), Want: "slow-again", Says: "the container life was ready after 121.0 s, the first after 20.0 s"},
		{Name: "120 s beside others", Set: set(900, up("life", true, 120_000)), Want: "pass"},
		{Name: "slow for a container that came up alone", Set: set(100_000, up("main-2", false, 121_000)), Want: "slow-start", Also: []string{"slow-again"}},
		{Name: "slow beside others under emulation", Set: changed(set(20_000, up("life", true, 400_000)), emulated(8)), Want: "pass"},
		{Name: "slower than emulation explains", Set: changed(set(20_000, up("life", true, 970_000)), emulated(8)), Want: "slow-again"},
		{Name: "the first is too slow", Set: set(130_000, up("life", true, 900_000)), Want: "too-slow"},
		{Name: "attached", Set: changed(set(900, up("life", true, 900_000)), func(s *record.Set) { s.Terms.Attached = true }), Want: "pass"},
	})
	if got := startsSeen(set(900)).say(); got != "" {
		t.Errorf("of one start alone it says %q", got)
	}
	bare := up("main", false, 900)
	bare.FirstListen, bare.StartTook = 0, 0
	for want, one := range map[string]record.ColdStart{
		"life: ready after 3.0 s, process 1.5 s, application 1.5 s, engine 200 ms before; beside other containers": up("life", true, 3000),
		"main: ready after 900 ms": bare,
		"clean: never ready (" + string(record.ProcessExited) + "); beside other containers": never,
	} {
		if got := startLine(one); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestIdles(t *testing.T) {
	good := checktest.Ping(31, healthy)
	alone := func(f func(*record.Clean)) *record.Set {
		c := &record.Clean{Boot: *checktest.Ready(900), State: checktest.Alive(), Ping: &good, Unpolled: 30_000, Planned: 30_000}
		return &record.Set{Clean: changed(c, f)}
	}
	bad := good
	bad.Status = 503
	fresh := func(idle, first *record.Exchange) *record.Set {
		set := alone(func(c *record.Clean) { c.Call = idle })
		set.LongSession = &record.LongSession{Turns: []record.Exchange{*first}}
		return set
	}
	insists := alone(func(c *record.Clean) {
		d := *c
		c.Boot, c.Declared = *checktest.Never(record.ProcessExited), &d
	})
	checktest.Judge(t, Checks, "LIFE-02", []checktest.Case{
		{Name: "serves on", Set: alone(func(*record.Clean) {}), Want: "pass"},
		{Name: "exits", Set: alone(func(c *record.Clean) { c.State, c.Ping = checktest.Dead(0), nil }), Want: "exited-idle"},
		{Name: "unhealthy", Set: alone(func(c *record.Clean) { c.Ping = &bad }), Want: "unhealthy-idle"},
		{Name: "insists on a variable, but idles with it", Set: insists, Want: "pass"},
		{Name: "needs a key to start: LIFE-09's", Set: alone(func(c *record.Clean) { c.Boot = *checktest.Never(record.ProcessExited) }), Want: "untestable"},
		{Name: "the first call fails after the idle time alone", Set: fresh(checktest.Answer(500, "{}"), checktest.OK()), Want: "call-lost-idle"},
		{Name: "the first call fails on every fresh process", Set: fresh(checktest.Answer(500, "{}"), checktest.Answer(500, "{}")), Want: "pass"},
		{Name: "served after the idle time", Set: fresh(checktest.OK(), checktest.OK()), Want: "pass"},
		{Name: "the call misses what was declared", Want: "pass", Set: changed(fresh(checktest.Answer(500, "{}"), checktest.OK()),
			func(s *record.Set) { s.Terms.Environment = []record.EnvVar{{Name: "MODEL_KEY"}} })},
		{Name: "the call misses the model that the others had", Want: "pass", Set: changed(fresh(checktest.Answer(500, "{}"), checktest.OK()),
			func(s *record.Set) { s.Model = &record.ModelUse{Requests: 40} })},
		{Name: "fails after the idle time, and no model was asked", Want: "call-lost-idle", Set: changed(fresh(checktest.Answer(500, "{}"), checktest.OK()),
			func(s *record.Set) { s.Model = &record.ModelUse{} })},
		{Name: "interrupted", Set: alone(func(c *record.Clean) { c.Unpolled = 4000 }), Want: "untestable"},
	})
}

func TestServes(t *testing.T) {
	set := func(f func(*record.Calls)) *record.Set {
		return &record.Set{Calls: changed(checktest.Calls(nil), f), End: &record.End{}}
	}
	broken := checktest.Answer(500, "{}")
	silent := &record.Set{Calls: changed(checktest.NoModel(500), func(c *record.Calls) { c.After = checktest.Dead(1) }), End: &record.End{}}
	lost := set(func(*record.Calls) {})
	lost.End.Lost = []record.Loss{{After: "many sessions", State: checktest.Dead(139)}}
	serially := func(calls ...*record.Exchange) *record.Set {
		s, round := set(func(*record.Calls) {}), record.SessionRound{Mode: "serial"}
		for _, x := range calls {
			round.Turns = append(round.Turns, record.Turn{Call: *x})
		}
		s.Sessions = &record.Sessions{Rounds: []record.SessionRound{round}}
		return s
	}
	checktest.Judge(t, Checks, "LIFE-03", []checktest.Case{
		{Name: "ends later, and was replaced", Set: lost, Want: "exited-after-call"},
		{Name: "call after call", Set: set(func(*record.Calls) {}), Want: "pass"},
		{Name: "later calls fail, one at a time", Set: serially(broken, broken), Want: "later-calls-lost"},
		{Name: "one later call fails, as models do", Set: serially(broken, checktest.OK()), Want: "pass"},
		{Name: "later calls are refused", Set: serially(checktest.Answer(429, "{}"), checktest.Answer(429, "{}")), Want: "pass"},
		{Name: "exits after a call", Set: set(func(c *record.Calls) { c.After = checktest.Dead(0) }), Want: "exited-after-call"},
		{Name: "is restarted after a call", Set: set(func(c *record.Calls) { c.After = checktest.Other() }), Want: "exited-after-call"},
		{Name: "only the first call works", Want: "second-call-lost", Set: set(func(c *record.Calls) {
			c.Variants = map[record.Variant]*record.Exchange{record.Platform: broken, record.PlatformAgain: broken}
		})},
		{Name: "attached: the process cannot be seen", Want: "pass", Set: set(func(c *record.Calls) {
			c.Before, c.After = record.State{Running: true, Unknown: true}, record.State{Running: true, Unknown: true}
		})},
		{Name: "exits without a model, as LlamaIndex does", Set: silent, Want: "untestable"},
		{Name: "no model", Set: &record.Set{Calls: checktest.NoModel(500), End: &record.End{}}, Want: "untestable"},
		{Name: "one call only", Want: "untestable", Set: set(func(c *record.Calls) { c.Variants = nil })},
	})
}

func TestStops(t *testing.T) {
	stop := func(after record.Millis, killed bool) *record.Set {
		return &record.Set{Stop: &record.Stop{ExitedAfter: after, Limit: 16_000, Killed: killed, State: checktest.Dead(143)}}
	}
	hasty := stop(0, true)
	hasty.Stop.Limit = 2000
	checktest.Judge(t, Checks, "LIFE-04", []checktest.Case{
		{Name: "143", Set: stop(400, false), Want: "pass"},
		{Name: "emulated, it proves little", Set: changed(stop(300, false), emulated(8)), Want: "pass"},
		{Name: "12 s", Set: stop(12_000, false), Want: "over-10s"},
		{Name: "had to be killed, as Python's standard library", Set: stop(0, true), Want: "over-15s"},
		{Name: "was killed too soon to tell", Set: hasty, Want: "untestable"},
		{Name: "not seen", Set: stop(0, false), Want: "untestable"},
	})
	shell := stop(0, true)
	shell.Image = &record.Image{ShellForm: true}
	harmless := stop(300, false)
	harmless.Image = &record.Image{ShellForm: true}
	checktest.Judge(t, Checks, "LIFE-05", []checktest.Case{
		{Name: "handled", Set: stop(400, false), Want: "pass"},
		{Name: "shell form that passes the signal on", Set: harmless, Want: "pass"},
		{Name: "shell form that swallows it", Set: shell, Want: "swallowed-by-shell"},
		{Name: "ignored by PID 1", Set: stop(0, true), Want: "not-handled"},
		{Name: "not seen", Set: stop(0, false), Want: "untestable"},
	})
}

func TestBackground(t *testing.T) {
	job := func(trigger *record.Exchange, pings ...record.Ping) *record.Set {
		trigger.At, trigger.Took = 10_000, 100
		return &record.Set{Async: &record.Async{Trigger: *trigger, Pings: pings}}
	}
	busy := func(second float64) record.Ping { return checktest.Ping(second, `{"status":"HealthyBusy"}`) }
	idle := func(second float64) record.Ping { return checktest.Ping(second, healthy) }
	stamped := func(second float64, stamp int) record.Ping {
		return checktest.Ping(second, checktest.Body("HealthyBusy", stamp))
	}
	checktest.Judge(t, Checks, "LIFE-08", []checktest.Case{
		{Name: "busy, then healthy", Set: job(checktest.OK(), stamped(10.5, 10), stamped(11, 10), checktest.Ping(14, checktest.Body("Healthy", 13))), Want: "pass",
			Measures: map[string]float64{"job.busy-while-working.endMs": 914_003}},
		{Name: "busy without a stamp, then healthy", Set: job(checktest.OK(), busy(10.5), busy(11), idle(14)), Want: "pass",
			Measures: map[string]float64{"job.killed-while-busy.endMs": 910_100}},
		{Name: "never busy", Set: job(checktest.OK(), idle(10.5), idle(21)), Want: "never-busy", Measures: map[string]float64{"job.idle.endMs": 910_100}},
		{Name: "never busy, and a short idle timeout", Set: changed(job(checktest.OK(), idle(10.5), idle(21)), func(s *record.Set) { s.Terms.IdleTimeout = 60_000 }),
			Want: "never-busy", Measures: map[string]float64{"job.idle.endMs": 70_100}},
		{Name: "busy too late", Set: job(checktest.OK(), idle(11), busy(18), idle(20)), Want: "late-busy"},
		{Name: "busy to the end", Set: job(checktest.OK(), busy(11), busy(130)), Want: "still-busy"},
		{Name: "the job did not begin", Set: job(checktest.Answer(500, "{}"), idle(11)), Want: "untestable"},
		{Name: "nothing seen", Set: job(checktest.OK()), Want: "untestable"},
	})
	if v := judgeBackground(job(checktest.OK(), idle(10.5), idle(21)))[0]; len(v.Evidence) == 0 {
		t.Errorf("%s is found, and the trigger is not shown", v.Reason)
	}
}

func TestComesAndGoes(t *testing.T) {
	job := func(asked record.Millis, words string) *record.Set {
		trigger := *checktest.OK()
		trigger.At, trigger.Took = 10_000, 100
		a := &record.Async{Trigger: trigger, Asked: asked}
		for i, word := range strings.Split(words, "") { // one a second, from 11 s on
			p := checktest.Ping(float64(11+i), map[string]string{"b": `{"status":"HealthyBusy"}`, "h": healthy, "-": healthy, "o": `{"status":"ok"}`}[word])
			if word == "-" {
				p.Outcome, p.Status = record.TimedOut, 0
			}
			a.Pings = append(a.Pings, p)
		}
		return &record.Set{Async: a}
	}
	checktest.Judge(t, Checks, "LIFE-08", []checktest.Case{
		{Name: "busy all the time", Set: job(10_000, "bbbbbbbbbh"), Want: "pass"},
		{Name: "a gap late in the job", Set: job(10_000, "bbbbbhbbbh"), Want: "comes-and-goes", Says: "2 stretches; the longest gap between two lasted 0 ms to 2.0 s, within a job of 10.0 s",
			Measures: map[string]float64{"life.longestGapMs": 2003}},
		{Name: "the longest of two gaps", Set: job(10_000, "bhbbbbhhbh"), Want: "comes-and-goes", Says: "lasted 1.0 s to 3.0 s"},
		{Name: "a word of its own in the gap", Set: job(10_000, "bbbbbobbbh"), Want: "comes-and-goes"},
		{Name: "gaps from the begin on", Set: job(10_000, "bhbhbhhhhh"), Want: "comes-and-goes", Says: "2 stretches"},
		{Name: "the same under emulation", Set: changed(job(10_000, "bhbhbhhhhh"), emulated(8)), Want: "comes-and-goes"},
		{Name: "the call's own mark, and a job that starts late", Set: job(10_000, "bhhbbbbbbbbbbh"), Want: "pass"},
		{Name: "the job starts later than it may", Set: job(10_000, "bhhhhhbbbh"), Want: "comes-and-goes"},
		{Name: "it starts late under emulation", Set: changed(job(10_000, "bhhhhhbbbh"), emulated(2)), Want: "pass"},
		{Name: "another job after the one", Set: job(10_000, "bbbbbbbbbhbbbh"), Want: "pass"},
		{Name: "lost health checks are no gap", Set: job(10_000, "bbbbb-bbbh"), Want: "pass"},
		{Name: "back when the job may be over", Set: job(7_000, "bbbbbhbbbh"), Want: "pass"},
		{Name: "back a moment before the job may be over", Set: job(7_003, "bbbbbhbbbh"), Want: "comes-and-goes", Says: "within a job of 7.0 s"},
		{Name: "back when a job of no time is over", Set: job(1, "bbbbbhbbbh"), Want: "pass"},
		{Name: "of unknown length", Set: job(0, "bbbbbhbbbh"), Want: "came-back"},
		{Name: "of unknown length, at its begin alone", Set: job(0, "bhhbbbbbbh"), Want: "pass"},
	})
}

func TestJobsThatEndOtherwise(t *testing.T) {
	busy, idle := `{"status":"HealthyBusy"}`, healthy
	job := func(outcome record.Outcome, word string, seconds ...float64) *record.Job {
		j := &record.Job{Trigger: record.Exchange{At: 30_000, Took: 100, Outcome: outcome}, Asked: 3000, Due: 80_000}
		for i, s := range seconds {
			p := checktest.Ping(s, busy)
			if i == len(seconds)-1 {
				p = checktest.Ping(s, word)
			}
			j.Pings = append(j.Pings, p)
		}
		return j
	}
	set := func(left, failing *record.Job, ends string) *record.Set {
		trigger := *checktest.OK()
		trigger.At, trigger.Took = 10_000, 100
		return &record.Set{Async: &record.Async{
			Trigger: trigger, Asked: 10_000, Left: left, Failing: failing,
			Pings: []record.Ping{checktest.Ping(10.5, busy), checktest.Ping(20, ends)},
		}}
	}
	left := func(word string, seconds ...float64) *record.Job { return job(record.Abandoned, word, seconds...) }
	failing := func(word string, seconds ...float64) *record.Job {
		return changed(job(record.Answered, word, seconds...), func(j *record.Job) { j.By = record.FailedByBody })
	}
	refused := func(asked int) *record.Job {
		return changed(failing(busy, 31, 80), func(j *record.Job) { j.By, j.Model = record.FailedByModel, make([]record.ModelRequest, asked) })
	}
	lost := changed(left(busy, 31, 79.9, 81), func(j *record.Job) { j.Pings[2].Outcome, j.Pings[2].Status = record.TimedOut, 0 })
	deaf := changed(left(idle, 31), func(j *record.Job) { j.Pings[0].Outcome, j.Pings[0].Status = record.TimedOut, 0 })
	checktest.Judge(t, Checks, "LIFE-08", []checktest.Case{
		{Name: "both end", Set: set(left(idle, 31, 34), failing(idle, 31, 34), idle), Want: "pass", Says: "a job whose caller left is reported, and ends; Healthy after a job that fails"},
		{Name: "busy for good after leaving", Set: set(left(busy, 31, 80), nil, idle), Want: "busy-after-leaving", Says: "still HealthyBusy 49.9 s after its caller had left"},
		{Name: "busy until shortly before it is due", Set: set(left(busy, 31, 79.9), nil, idle), Want: "pass"},
		{Name: "lost when it is due", Set: set(lost, nil, idle), Want: "pass"},
		{Name: "Healthy when it is due", Set: set(left(idle, 31, 80), nil, idle), Want: "pass"},
		{Name: "not begun alone", Set: set(left(idle, 36), nil, idle), Want: "pass", Also: []string{"not-begun-alone"}},
		{Name: "no health check was answered", Set: set(deaf, nil, idle), Want: "pass", Says: "no health check was answered after the caller of a further job had left"},
		{Name: "answered before the caller could leave", Set: set(job(record.Answered, busy, 31, 80), nil, idle), Want: "pass", Says: "a caller who leaves was not played"},
		{Name: "busy for good after a failure", Set: set(left(idle, 31, 34), failing(busy, 31, 80), idle), Want: "busy-after-failure", Says: "49.9 s after the trigger of a job that fails"},
		{Name: "a job that fails is never reported", Set: set(left(idle, 31, 34), failing(idle, 36), idle), Want: "pass", Says: "Healthy after a job that fails"},
		{Name: "busy for good after both", Set: set(left(busy, 31, 80), failing(busy, 31, 80), idle), Want: "busy-after-leaving", Also: []string{"busy-after-failure"}},
		{Name: "not begun alone, and busy after a failure", Set: set(left(idle, 36), failing(busy, 31, 80), idle), Want: "not-begun-alone", Also: []string{"busy-after-failure"}},
		{Name: "the model refused", Set: set(left(idle, 31, 34), refused(1), idle), Want: "busy-after-failure", Says: "a job whose model refuses"},
		{Name: "the job asked no model", Set: set(left(idle, 31, 34), refused(0), idle), Want: "pass", Says: "no failing job was played: the job asks no model"},
		{Name: "still busy before", Set: set(left(busy, 31, 80), nil, busy), Want: "still-busy", Also: []string{"busy-after-leaving"}},
	})
	for polls, want := range map[int]string{2: "1 3", 3: "1 3 5", 5: "5 7 9"} {
		var got []string
		for _, line := range lastPolls(checktest.Pings(1, polls, healthy)) {
			second, _, _ := strings.Cut(strings.TrimPrefix(line, "at "), ".")
			got = append(got, second)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("of %d health checks it shows those at %v s, want %s", polls, got, want)
		}
	}
}

// TestIdleTimeout says of each session what becomes of it, and rules on none.
func TestIdleTimeout(t *testing.T) {
	polled := func(body func(second int) string) *record.Set {
		s := boot(checktest.Ready(900))
		s.LongSession = &record.LongSession{Turns: []record.Exchange{*checktest.OK()}}
		s.LongSession.Turns[0].At, s.LongSession.Turns[0].Took = 9_000, 1_000
		for second := 11; second < 41; second += 2 {
			s.LongSession.Polls = append(s.LongSession.Polls, checktest.Ping(float64(second), body(second)))
		}
		return s
	}
	steady := func(int) string { return checktest.Body("Healthy", 0) }
	now := func(second int) string { return checktest.Body("Healthy", second) }
	working := func(int) string { return checktest.Body("HealthyBusy", nil) }
	brief := changed(polled(steady), func(s *record.Set) { s.Terms.IdleTimeout, s.Terms.MaxLifetime = 60_000, 65_000 })
	others := changed(polled(steady), func(s *record.Set) {
		s.End = &record.End{Polls: []record.Ping{checktest.Ping(5, now(5)), checktest.Ping(7, now(7)), checktest.Ping(9, now(9)), checktest.Ping(11, now(11))}}
	})
	checktest.Judge(t, Checks, "LIFE-06", []checktest.Case{
		{Name: "no poll", Set: boot(checktest.Ready(900)), Want: "note", Says: "is the platform's"},
		{Name: "idle", Set: polled(steady), Want: "note", Says: "idle (poll beside a long session): stopped as idle at 15 min 10 s", Measures: map[string]float64{"session.idle.endMs": 910_000}},
		{Name: "never idle", Set: polled(now), Want: "note", Says: "8 h in place of 15 min 1 s", Measures: map[string]float64{"session.never-idle.endMs": 28_809_000}},
		{Name: "never idle beside other tests", Set: others, Want: "note", Says: "never-idle (poll beside all other tests)", Measures: map[string]float64{"session.never-idle.endMs": 28_805_003}},
		{Name: "always busy", Set: polled(working), Want: "note", Says: "never-idle (poll beside a long session, documented)"},
		{Name: "shorter settings", Set: brief, Want: "note", Says: "at 70 s, after 60 s without a call", Measures: map[string]float64{"session.idle.endMs": 70_000}},
		{Name: "no boot", Set: changed(polled(steady), func(s *record.Set) { s.Boot = nil }), Want: "untestable"},
	})
}

func TestSelfSufficient(t *testing.T) {
	set := func(main, clean *record.Boot) *record.Set {
		return &record.Set{Boot: main, Clean: &record.Clean{Boot: *clean}}
	}
	checktest.Judge(t, Checks, "LIFE-09", []checktest.Case{
		{Name: "ready alone", Set: set(checktest.Ready(900), checktest.Ready(900)), Want: "pass"},
		{Name: "needs a key", Set: set(checktest.Ready(900), checktest.Never(record.ProcessExited)), Want: "needs-environment"},
		{Name: "never ready anyway", Set: set(checktest.Never(record.Hung), checktest.Never(record.Hung)), Want: "untestable"},
	})
}

func TestResources(t *testing.T) {
	end := func(memory int64, s record.State) *record.Set {
		return &record.Set{End: &record.End{State: s, Samples: []record.Sample{{Memory: memory}}}}
	}
	oom := checktest.Dead(137)
	oom.OOMKilled = true
	long := end(100e6, checktest.Alive())
	long.LongSession = &record.LongSession{After: oom}
	alone := end(100e6, checktest.Alive())
	alone.Clean = &record.Clean{State: oom}
	replaced := end(100e6, checktest.Alive())
	replaced.End.Lost = []record.Loss{{State: checktest.Dead(1)}, {State: oom}}
	checktest.Judge(t, Checks, "LIFE-17", []checktest.Case{
		{Name: "killed for lack of memory, and replaced", Set: replaced, Want: "out-of-memory"},
		{Name: "small", Set: end(100e6, checktest.Alive()), Want: "pass"},
		{Name: "emulated", Set: changed(end(400e6, checktest.Alive()), emulated(8)), Want: "pass"},
		{Name: "7 GB", Set: end(7e9, checktest.Alive()), Want: "near-limit"},
		{Name: "killed", Set: end(100e6, oom), Want: "out-of-memory"},
		{Name: "killed in a long session", Set: long, Want: "out-of-memory"},
		{Name: "killed left alone", Set: alone, Want: "out-of-memory"},
		{Name: "no figures", Set: end(0, checktest.Alive()), Want: "untestable"},
		{Name: "attached", Set: changed(end(0, checktest.Alive()), func(s *record.Set) { s.Terms.Attached = true }), Want: "not-applicable"},
	})
}

// briefly adds turns of which little is kept.
func briefly(all ...record.Brief) func(*record.LongSession) {
	return func(l *record.LongSession) {
		for _, b := range all {
			b.Outcome, b.Status, b.Took = record.Answered, 200, 12
			l.Brief = append(l.Brief, b)
		}
	}
}

func TestEndures(t *testing.T) {
	session := func(change ...func(*record.LongSession)) *record.Set {
		l := &record.LongSession{
			Boot: *checktest.Ready(900), Planned: 30_000, Lasted: 30_100, Before: checktest.Alive(), After: checktest.Alive(),
			Turns: []record.Exchange{*checktest.OK(), *checktest.OK(), *checktest.OK()}, Polls: checktest.Pings(1, 15, healthy),
		}
		for _, f := range change {
			f(l)
		}
		return &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil), LongSession: l}
	}
	fails := func(turn int) func(*record.LongSession) {
		return func(l *record.LongSession) { l.Turns[turn] = *checktest.Answer(500, "{}") }
	}
	beside := func(l *record.LongSession) {
		l.Polls[3].Outcome, l.Polls[3].Status, l.Polls[3].InFlight = record.TimedOut, 0, 1
	}
	resumed := session(fails(0))
	resumed.LongSession.Resumed = true
	silent := session(fails(1))
	silent.Calls = checktest.NoModel(500)
	dead := session(func(l *record.LongSession) { l.Boot = *checktest.Never(record.Hung) })
	dead.Boot = checktest.Never(record.Hung)
	checktest.Judge(t, Checks, "LIFE-22", []checktest.Case{
		{Name: "endures", Set: session(func(*record.LongSession) {}), Want: "pass"},
		{Name: "restarted", Set: session(func(l *record.LongSession) { l.After = checktest.Other() }), Want: "restarted"},
		{Name: "exits", Set: session(func(l *record.LongSession) { l.After = checktest.Dead(137) }), Want: "restarted"},
		{Name: "unhealthy for a moment", Set: session(func(l *record.LongSession) { l.Polls[9].Status = 503 }), Want: "unhealthy"},
		{Name: "a health check waits beside a call: PING-08's", Set: session(beside), Want: "pass"},
		{Name: "a turn fails", Set: session(fails(1)), Want: "failed-turn"},
		{Name: "the first turn of a resumed session is SES-08's", Set: resumed, Want: "pass"},
		{Name: "no model", Set: silent, Want: "untestable"},
		{Name: "a second container never became ready", Set: session(func(l *record.LongSession) { l.Boot = *checktest.Never(record.ProcessExited) }), Want: "not-ready-again"},
		{Name: "no container ever did", Set: dead, Want: "untestable"},
		{Name: "cut short", Set: session(func(l *record.LongSession) { l.Lasted = 5000 }), Want: "untestable", Says: "lasted 5.0 s of 30.0 s"},
		{Name: "interrupted", Set: session(interrupted), Want: "untestable", Says: "interrupted after 12 min of 8 h: 3 turns and 15 health checks"},
		{Name: "most turns in brief", Set: session(briefly(record.Brief{At: 5}, record.Brief{At: 6}, record.Brief{At: 7, Kind: record.AsideStream})), Want: "pass",
			Says: "5 turns and 15 health checks in 30.1 s, with 1 calls", Measures: map[string]float64{"session.turns": 5}},
		{Name: "a bad one in full among them", Set: session(briefly(record.Brief{At: 5}, record.Brief{At: 6}), func(l *record.LongSession) { fails(2)(l); l.Turns[2].At = 9 }),
			Want: "failed-turn", Says: "turn 5 of 5: 500"},
		{Name: "a bad one in brief", Set: session(briefly(record.Brief{At: 5}, record.Brief{At: 6, Failed: true})), Want: "failed-turn", Says: "turn 5 of 5: 200"},
		{Name: "interrupted after a bad turn", Set: session(func(l *record.LongSession) { interrupted(l); fails(2)(l) }), Want: "failed-turn"},
	})
}

func interrupted(l *record.LongSession) {
	l.Interrupted, l.Lasted, l.Planned = true, 730_000, 8*3600_000
}

// What was played on purpose is blamed on no session, unless the session had borne it before.
func TestEnduresWhatIsProvoked(t *testing.T) {
	at := func(second record.Millis, x *record.Exchange) record.Exchange { x.At = second * 1000; return *x }
	good, bad := func(s record.Millis) record.Exchange { return at(s, checktest.OK()) }, func(s record.Millis) record.Exchange { return at(s, checktest.Answer(500, "{}")) }
	odd := func(s record.Millis, kind record.AsideKind) record.Aside {
		return record.Aside{Kind: kind, Call: at(s, checktest.Answer(400, "{}"))}
	}
	turns := func(all ...record.Exchange) func(*record.LongSession) {
		return func(l *record.LongSession) { l.Turns = all }
	}
	asides := func(all ...record.Aside) func(*record.LongSession) {
		return func(l *record.LongSession) { l.Beside = all }
	}
	session := func(change ...func(*record.LongSession)) *record.Set {
		l := &record.LongSession{
			Boot: *checktest.Ready(900), Planned: 60_000, Lasted: 60_100, Before: checktest.Alive(), After: checktest.Alive(),
			Polls: checktest.Pings(1, 30, healthy),
		}
		l.After.At = 61_000
		for _, f := range change {
			f(l)
		}
		return &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil), LongSession: l}
	}
	gone := func(l *record.LongSession) { l.After = checktest.Dead(1); l.After.At = 61_000 }
	sick := func(second int) func(*record.LongSession) {
		return func(l *record.LongSession) { l.Polls[second].Status = 503 }
	}
	left := odd(11, record.AsideLeft)
	again := at(20, checktest.OK())
	left.Again = &again
	checktest.Judge(t, Checks, "LIFE-22", []checktest.Case{
		{Name: "nothing broke", Set: session(turns(good(5), good(12)), asides(odd(10, record.AsideMalformed))), Want: "pass",
			Says: "2 turns and 30 health checks in 60.1 s, with 1 calls"},
		{Name: "a turn fails right after the first malformed body", Set: session(turns(good(5), bad(12)), asides(odd(10, record.AsideMalformed))),
			Want: "untestable", Says: "turn 2 of 2: 500 application/json in 12 ms, with a malformed body right before it or beside it: see INV-07"},
		{Name: "a turn fails as the malformed body is sent", Set: session(turns(good(5), bad(10)), asides(odd(10, record.AsideMalformed))), Want: "untestable", Says: "see INV-07"},
		{Name: "one served between", Set: session(turns(good(5), good(11), bad(12)), asides(odd(10, record.AsideMalformed))), Want: "failed-turn"},
		{Name: "after the second malformed body", Set: session(turns(good(5), good(12), bad(22)), asides(odd(10, record.AsideMalformed), odd(20, record.AsideMalformed))),
			Want: "failed-turn"},
		{Name: "after the second, and the first was never borne", Set: session(turns(good(5), bad(12), bad(22)), asides(odd(10, record.AsideMalformed), odd(20, record.AsideMalformed))),
			Want: "untestable"},
		{Name: "another kind in between", Set: session(turns(good(5), good(12), bad(22)), asides(odd(10, record.AsideMalformed), odd(20, record.AsideStream))),
			Want: "untestable", Says: "a stream of another session"},
		{Name: "before anything was provoked", Set: session(turns(good(1), bad(2)), asides(odd(10, record.AsideMalformed))), Want: "failed-turn"},
		{Name: "what was provoked first does not excuse what broke later", Set: session(turns(good(5), bad(12), good(13), bad(14)), asides(odd(10, record.AsideMalformed))),
			Want: "failed-turn", Says: "turn 4 of 4"},
		{Name: "the process ends at a caller who left", Set: session(turns(good(5)), asides(odd(10, record.AsideLeft)), gone),
			Want: "untestable", Says: "see NET-12 and SSE-09"},
		{Name: "the process ends later", Set: session(turns(good(5), good(12)), asides(odd(10, record.AsideLeft)), gone), Want: "restarted"},
		{Name: "unhealthy right after one", Set: session(turns(good(5), good(30)), asides(odd(10, record.AsideTogether)), sick(6)), Want: "untestable", Says: "INV-17"},
		{Name: "unhealthy as the next turn begins", Set: session(turns(good(5), good(13)), asides(odd(10, record.AsideTogether)), sick(6)), Want: "untestable", Says: "INV-17"},
		{Name: "unhealthy later", Set: session(turns(good(5), good(12)), asides(odd(10, record.AsideTogether)), sick(12)), Want: "unhealthy"},
		{Name: "not over before the agent has come back", Set: session(turns(good(5), good(12), bad(21)), asides(left)), Want: "untestable"},
		{Name: "refused beside another session: INV-17's", Set: session(turns(good(5), bad(12), good(20)), asides(odd(10, record.AsideSession), odd(12, record.AsideSession))), Want: "pass"},
		{Name: "fails long after another session's turn", Set: session(turns(good(5), good(11), bad(12)), asides(odd(10, record.AsideSession))), Want: "failed-turn"},
	})
}
