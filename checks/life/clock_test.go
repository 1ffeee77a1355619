package life

import (
	"fmt"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	clockEpoch = 1_790_000_000
	hourSlow   = -67 * 60
)

// atSecond is an exchange of that second of the process, dated by a clock that is so far off.
func atSecond(x *record.Exchange, second, off float64) *record.Exchange {
	date := time.Unix(int64(clockEpoch+second+off), 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	x.At = record.Millis(1000 * second)
	if x.Response != nil {
		x.Response.Header = append(x.Response.Header, record.Field{Name: "date", Value: date})
	}
	return x
}

func stampedPing(second float64, status string, stamp float64) *record.Ping {
	p := checktest.Ping(second, checktest.Body(status, int64(stamp)))
	return &p
}

// slow is a process whose clock is an hour slow, and which does well.
func slow() *record.Clock {
	boot := checktest.Ready(1000)
	boot.Last = atSecond(boot.Last, 1, hourSlow)
	start := float64(clockEpoch + hourSlow)
	return &record.Clock{
		Off: hourSlow * 1000, Boot: *boot, State: checktest.Alive(), Before: stampedPing(2, "Healthy", start), After: stampedPing(20, "Healthy", start+12),
		Call: atSecond(checktest.OK(), 3, hourSlow),
	}
}

// unready never becomes ready, and does with the right clock.
func unready(cause record.NeverReady) *record.Clock {
	c := slow()
	c.Boot = *checktest.Never(cause)
	c.Boot.Last, c.Right = atSecond(checktest.Get(checktest.Answer(503, `{}`), "/ping"), 9, hourSlow), checktest.Ready(1000)
	c.State, c.Before, c.After, c.Call = c.Boot.State, nil, nil, nil
	return c
}

// silent told nothing of the time but in a line of its log.
func silent(line string, code int) *record.Clock {
	c := unready(record.ProcessExited)
	c.Boot.Last, c.Boot.State, c.Boot.Detail = nil, checktest.Dead(code), "the process exited"
	c.Boot.Logs.Lines = []string{line}
	c.State = c.Boot.State
	return c
}

// failing has calls that fail alike.
func failing(with *record.Exchange) *record.Clock {
	c := slow()
	call, again := *with, *with
	c.Call, c.Again = atSecond(&call, 3, hourSlow), atSecond(&again, 4, hourSlow)
	return c
}

// failingOff has calls that fail, by a clock that is so many seconds fast and that nothing else shows.
func failingOff(off float64) *record.Clock {
	c := failing(checktest.Answer(401, `{}`))
	c.Off, c.Boot.Last, c.Before, c.After = record.Millis(1000*off), nil, nil, nil
	for _, x := range []*record.Exchange{c.Call, c.Again} {
		x.Response.Header = nil
		atSecond(x, x.At.Seconds(), off)
	}
	return c
}

// clocked is a set of agents without ids, that do well with the right clock.
func clocked(c *record.Clock, change ...func(*record.Set)) *record.Set {
	set := onV2(processes(func(*asked) string { return `{"result":"hello"}` }))
	set.Calls.Variants[record.Platform] = checktest.OK()
	set.LongSession.Polls = checktest.Pings(1, 3, checktest.Body("Healthy", clockEpoch))
	set.Clock = c
	for _, f := range change {
		f(set)
	}
	return set
}

func TestWrongClocks(t *testing.T) {
	const (
		slowLine  = "2026-09-21 13:06:40,123 INFO starting"
		rightLine = "2026-09-21 14:13:40,123 INFO starting"
	)
	if got := time.Unix(clockEpoch, 0).UTC().Format(time.DateTime); got != "2026-09-21 14:13:20" {
		t.Fatalf("the bench begins at %s", got)
	}
	onV1 := func(set *record.Set) { set.Terms.PlatformVersion = "" }
	change := func(c *record.Clock, f func(*record.Clock)) *record.Clock { f(c); return c }
	right := func(c *record.Clock) *record.Clock {
		for _, x := range []*record.Exchange{c.Boot.Last, c.Call, c.Again} {
			if x != nil && x.Response != nil {
				x.Response.Header = nil
				atSecond(x, x.At.Seconds(), 0)
			}
		}
		c.Before, c.After = stampedPing(2, "Healthy", clockEpoch), stampedPing(20, "Healthy", clockEpoch)
		return c
	}
	const fails, well, none = "clock-off-fails", "pass", "not-applicable"
	refused := checktest.Answer(401, `{"error":"token used before issued"}`)
	erring := checktest.Stream(10, 10, `{"error":"used before issued","error_type":"TokenError"}`)
	checktest.Judge(t, Checks, "LIFE-15", []checktest.Case{
		{Name: "it does well", Set: clocked(slow()), Want: well, Says: "67 minutes slow, as the dates of its answers show, it becomes ready and answers"},
		{Name: "known by its stamp alone", Set: clocked(change(slow(), func(c *record.Clock) { c.Boot.Last, c.Call = nil, checktest.OK() })), Want: well, Says: "as time_of_last_update shows, it becomes ready"},
		{Name: "its calls fail", Set: clocked(failing(refused)), Want: fails, Says: "its calls fail (401"},
		{Name: "its calls fail on V1", Set: clocked(failing(refused), onV1), Want: "clock-off-fails-on-v1"},
		{Name: "its calls hang", Set: clocked(failing(checktest.Ended(record.TimedOut))), Want: fails},
		{Name: "an error in its stream", Set: clocked(failing(erring)), Want: fails, Says: "TokenError: used before issued"},
		{Name: "it does not become ready", Set: clocked(unready(record.AnswersBadly)), Want: fails, Says: "it does not become ready"},
		{Name: "it ends, after a line that it wrote long after its start", Set: clocked(change(silent("2026-09-21 13:16:40,123 INFO waiting", 1), func(c *record.Clock) {
			c.Boot.State.At, c.State.At = 1000, 700_000
		})), Want: fails, Says: "as the times in its log show"},
		{Name: "it ends, after a line in its log", Set: clocked(silent(slowLine, 1)), Want: fails, Says: "as the times in its log show"},
		{Name: "its health checks fail", Set: clocked(change(slow(), func(c *record.Clock) { c.Before.Status, c.After.Status = 500, 500 })), Want: fails, Says: "its health checks fail (500)"},
		{Name: "its calls fail, and one call alone is known of another process", Set: clocked(failing(refused), func(set *record.Set) { set.LongSession.Turns = set.LongSession.Turns[:1] }), Want: fails},
		{Name: "it runs, beside the exit code of the one before", Set: clocked(change(failing(refused), func(c *record.Clock) { c.State.ExitCode = 139 })), Want: fails},

		{Name: "nothing was played", Set: clocked(nil), Want: none},
		{Name: "no clock can be put off", Set: clocked(&record.Clock{Off: hourSlow * 1000, Untold: "the engine refused"}), Want: none, Says: "not played with a wrong clock: the engine refused"},
		{Name: "a clock that was put off by no more than two grains", Set: clocked(failingOff(240)), Want: none, Says: "was not seen"},
		{Name: "a clock that was put off by more than two grains", Set: clocked(failingOff(241)), Want: fails, Says: "4 minutes fast"},
		{Name: "a clock that was not put off", Set: clocked(change(failing(refused), func(c *record.Clock) { c.Off = 0 })), Want: none},
		{Name: "a static program whose calls fail", Set: clocked(right(failing(refused))), Want: none, Says: "asks the kernel itself"},
		{Name: "a loader that refuses", Set: clocked(change(right(failing(refused)), func(c *record.Clock) {
			c.Logs.Lines = []string{"ERROR: ld.so: object '/clock.so' from LD_PRELOAD cannot be preloaded (wrong ELF class: ELFCLASS64): ignored."}
		})), Want: none, Says: "the loader refused"},
		{Name: "nothing tells the time", Set: clocked(silent("starting", 1)), Want: none, Says: "was not seen"},
		{Name: "its log is of the right time", Set: clocked(silent(rightLine, 1)), Want: none},
		{Name: "a time within a line of its log", Set: clocked(silent("built at "+slowLine, 1)), Want: none},
		{Name: "a signal ended it", Set: clocked(silent(slowLine, 139)), Want: none, Says: "cannot be told"},
		{Name: "a signal ended it, and was seen at its start alone", Set: clocked(change(silent(slowLine, 139), func(c *record.Clock) { c.State = record.State{} })), Want: none, Says: "cannot be told"},
		{Name: "a signal ended it at a call", Set: clocked(change(failing(checktest.Ended(record.Reset)), func(c *record.Clock) { c.State = checktest.Dead(139) })), Want: none},
		{Name: "it was not booted with the right clock", Set: clocked(change(unready(record.AnswersBadly), func(c *record.Clock) { c.Right = nil })), Want: none},
		{Name: "it does not become ready with the right clock either", Set: clocked(change(unready(record.AnswersBadly), func(c *record.Clock) { c.Right = checktest.BadAnswer(503) })), Want: none},
		{Name: "one call fails, the next does not", Set: clocked(change(failing(refused), func(c *record.Clock) { c.Again = checktest.OK() })), Want: none},
		{Name: "one call fails and was not repeated", Set: clocked(change(failing(refused), func(c *record.Clock) { c.Again = nil })), Want: none, Says: "whether it answers cannot be told"},
		{Name: "calls that were not sent", Set: clocked(failing(checktest.Ended(record.Unsent))), Want: none},
		{Name: "calls that the record does not hold", Set: clocked(failing(checktest.Ended(""))), Want: none},
		{Name: "a call that was not sent, and one that fails", Set: clocked(change(failing(refused), func(c *record.Clock) { c.Call = checktest.Ended(record.Unsent) })), Want: none},
		{Name: "an error in one stream, the next call is served", Set: clocked(change(failing(erring), func(c *record.Clock) { c.Again = checktest.OK() })), Want: none, Says: "whether it answers cannot be told"},
		{Name: "an error in its stream with the right clock, too", Set: clocked(failing(erring), func(set *record.Set) { set.Calls.Variants[record.Platform] = erring }), Want: none},
		{Name: "its calls fail with the right clock, too", Set: clocked(failing(refused), func(set *record.Set) { set.Calls.Variants[record.Platform] = refused }), Want: none},
		{Name: "the first call of any process fails", Set: clocked(failing(refused), func(set *record.Set) { set.LongSession.Turns[0] = *refused }), Want: none},
		{Name: "a real model, which refuses signatures of another time", Set: clocked(failing(refused), func(set *record.Set) { set.Terms.Model = "real" }), Want: none, Says: "the real model may have refused"},
		{Name: "one health check fails", Set: clocked(change(slow(), func(c *record.Clock) { c.Before.Status = 500 })), Want: well},
		{Name: "the last health check alone fails", Set: clocked(change(slow(), func(c *record.Clock) { c.After.Status = 500 })), Want: none, Says: "whether it answers cannot be told"},
		{Name: "no health check after its calls", Set: clocked(change(slow(), func(c *record.Clock) { c.After = nil })), Want: none, Says: "whether it answers cannot be told"},
		{Name: "health checks that were not sent", Set: clocked(change(slow(), func(c *record.Clock) {
			c.Before, c.After = &record.Ping{Outcome: record.Unsent}, &record.Ping{Outcome: record.Unsent}
		})), Want: none},
		{Name: "health checks fail with the right clock, too", Set: clocked(change(slow(), func(c *record.Clock) { c.Before.Status, c.After.Status = 500, 500 }), func(set *record.Set) { set.LongSession.Polls[0].Status = 500 }), Want: none},
		{Name: "the second health check of any process fails", Set: clocked(change(slow(), func(c *record.Clock) { c.Before.Status, c.After.Status = 500, 500 }), func(set *record.Set) { set.LongSession.Polls[1].Status = 500 }), Want: none},
	})
}

// TestClockIsKnownWithinTwoMinutes: no time zone is as far off, and no drift.
func TestClockIsKnownWithinTwoMinutes(t *testing.T) {
	for off, want := range map[float64]string{hourSlow: "clock-off-fails", hourSlow + 119: "clock-off-fails", hourSlow - 119: "clock-off-fails", hourSlow + 121: "", hourSlow - 121: "", -3600: "", 0: "", 3600: ""} {
		t.Run(fmt.Sprint(off), func(t *testing.T) {
			c := failingOff(off)
			c.Off = hourSlow * 1000
			found, _ := judgeClock(clocked(c))
			if got := len(found) > 0; got != (want != "") {
				t.Errorf("found %v", found)
			}
		})
	}
}
