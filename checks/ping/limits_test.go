package ping

import (
	"strconv"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// These cases stand on the limits themselves: what is just allowed passes, the next step does not.

// burst is an idle agent with so many quick health checks in a row, the first of which are replaced.
func burst(n int, first ...record.Ping) *record.Set {
	return changed(said(healthy), func(s *record.Set) {
		s.Idle.Burst = append(s.Idle.Burst, first...)
		for i := len(first); i < n; i++ {
			s.Idle.Burst = append(s.Idle.Burst, checktest.Ping(float64(i)/20, healthy))
		}
	})
}

// took is a good health check of that length, sent that much too late.
func took(length, lag record.Millis) record.Ping {
	p := checktest.Ping(1, healthy)
	p.Took, p.Lag = length, lag
	return p
}

func TestQuickAtItsLimits(t *testing.T) {
	later := func(pings ...record.Ping) *record.Set {
		return changed(burst(10), func(s *record.Set) {
			s.End = &record.End{Start: checktest.Alive(), State: checktest.Alive(), Polls: pings}
		})
	}
	checktest.Judge(t, Checks, "PING-09", []checktest.Case{
		{Name: "ten are enough", Set: burst(10), Want: "pass", Measures: map[string]float64{"ping.idle.count": 10, "ping.idle.maxMs": 3, "ping.idle.lagMaxMs": 0}},
		{Name: "nine are not", Set: burst(9), Want: "untestable"},
		{Name: "a second twice", Set: burst(12, took(1000, 0), took(1000, 0)), Want: "pass"},
		{Name: "more than a second twice", Set: burst(12, took(1001, 0), took(1001, 0)), Want: "slow", Says: "2 of 12"},
		{Name: "five seconds twice", Set: burst(12, took(5000, 0), took(5000, 0)), Want: "slow"},
		{Name: "more than five seconds once, slow twice", Set: burst(12, took(5001, 0), took(1001, 0)), Want: "slow"},
		{Name: "more than five seconds twice", Set: burst(12, took(5001, 0), took(5001, 0)), Want: "very-slow"},
		{Name: "late by a tenth of the limit is not excused", Set: burst(12, took(950, 100), took(950, 100)), Want: "slow"},
		{Name: "late by more is", Set: burst(12, took(950, 101), took(950, 101)), Want: "untestable"},
		{Name: "slow by more than the lateness", Set: burst(12, took(1050, 101), took(1050, 101)), Want: "slow"},
		{Name: "a stall later on", Set: later(took(5001, 0)), Want: "pass"},
		{Name: "two stalls later on", Set: later(took(5001, 0), took(5001, 999)), Want: "very-slow", Says: "2 later ones"},
		{Name: "as slow as allowed later on", Set: later(took(5000, 0), took(5000, 0)), Want: "pass"},
		{Name: "the harness was late", Set: later(took(5001, 1000), took(5001, 1000)), Want: "pass"},
	})
}

func TestSteadyAtItsLimits(t *testing.T) {
	polls := func(n int, last func(*record.Ping)) *record.Set {
		p := checktest.Pings(10, n, healthy)
		last(&p[n-1])
		return idle(p...)
	}
	none := func(*record.Ping) {}
	waited := func(length record.Millis) func(*record.Ping) {
		return func(p *record.Ping) { p.Outcome, p.Status, p.Took = record.TimedOut, 0, length }
	}
	checktest.Judge(t, Checks, "PING-11", []checktest.Case{
		{Name: "ten are enough", Set: polls(10, none), Want: "pass", Says: "all of 10"},
		{Name: "nine are not", Set: polls(9, none), Want: "untestable"},
		{Name: "waited for as long as an answer may take", Set: polls(12, waited(5000)), Want: "lost"},
		{Name: "not waited for as long", Set: polls(12, waited(4999)), Want: "pass"},
		{Name: "says DOWN", Set: polls(12, func(p *record.Ping) { p.Body = checktest.Body("down", nil) }), Want: "says-unhealthy"},
	})
}

func TestStampAtItsLimits(t *testing.T) {
	with := func(v any) *record.Set { return idle(checktest.Ping(10, checktest.Body("Healthy", v))) }
	unknown := changed(with(-400), func(s *record.Set) { s.Idle.Epoch = 0 })
	checktest.Judge(t, Checks, "PING-04", []checktest.Case{
		{Name: "a minute ahead", Set: with(start + 70), Want: "pass"},
		{Name: "more than a minute ahead", Set: with(start + 71), Want: "far-off"},
		{Name: "five minutes before the start", Set: with(start - 300), Want: "pass"},
		{Name: "more than five minutes before the start", Set: with(start - 301), Want: "far-off"},
		{Name: "nobody knows when it started", Set: unknown, Want: "pass"},
		{Name: "the last number that reads as seconds", Set: with("100000000000"), Want: "far-off"},
		{Name: "the first that reads as milliseconds", Set: with("100000000001"), Want: "milliseconds"},
	})
}

func TestTransitionAtItsLimit(t *testing.T) {
	// The stamp is seen for the first time in an answer at 10 s; the last poll is the first that says HealthyBusy.
	at := func(second record.Millis, stamp int) *record.Set {
		p := stamped(0, 0, 0)
		p[0].At, p[0].Took, p[1].At = 9_990, 10, second
		p[2].Body = checktest.Body("HealthyBusy", start+stamp)
		return idle(p...)
	}
	checktest.Judge(t, Checks, "PING-07", []checktest.Case{
		{Name: "the old stamp, seen a second before", Set: at(11_000, 0), Want: "stale"},
		{Name: "the old stamp, seen less than a second before: two changes in one second", Set: at(10_999, 0), Want: "pass", Says: "each of 1 changes"},
		{Name: "a second on", Set: at(11_000, 1), Want: "pass"},
	})
}

func TestIdleAgainAtItsLimit(t *testing.T) {
	busy := checktest.Body("HealthyBusy", start)
	end := func(pings []record.Ping) *record.Set {
		return changed(said(healthy), func(s *record.Set) { s.End = &record.End{Polls: pings} })
	}
	meanwhile := checktest.Pings(20, 26, busy)
	for i := 10; i < 14; i++ {
		meanwhile[i].InFlight = 1
	}
	declared := changed(said(busy), func(s *record.Set) { s.Terms.AsyncDeclared = true })
	calling := func(took record.Millis, status int) func(*record.Set) {
		x := checktest.Answer(status, "{}")
		x.Took = took
		return func(s *record.Set) {
			s.Calls = checktest.Calls(map[record.Variant]*record.Exchange{record.Platform: x})
		}
	}
	checktest.Judge(t, Checks, "PING-14", []checktest.Case{
		{Name: "half a minute", Set: end(checktest.Pings(20, 16, busy)), Want: "pass", Says: "at most 30 s"},
		{Name: "more than half a minute", Set: end(checktest.Pings(20, 17, busy)), Want: "stays-busy"},
		{Name: "a call ran meanwhile", Set: end(meanwhile), Want: "pass"},
		{Name: "two calls of a slow agent", Set: changed(end(checktest.Pings(20, 19, busy)), calling(18_000, 200)), Want: "pass", Says: "at most 36 s"},
		{Name: "more than two", Set: changed(end(checktest.Pings(20, 20, busy)), calling(18_000, 200)), Want: "stays-busy"},
		{Name: "a slow agent that fails", Set: changed(end(checktest.Pings(20, 17, busy)), calling(18_000, 500)), Want: "stays-busy"},
		{Name: "a declared job may well last as long as the run", Set: declared, Want: "pass"},
	})
}

func TestRestampedAtItsLimits(t *testing.T) {
	// moving are that many quiet pairs of polls in which the stamp jumps at some.
	moving := func(pairs int, at ...int) *record.Set {
		stamps, now := make([]int, pairs+2), 0
		for i := range stamps {
			for _, a := range at {
				if i == a {
					now += 13
				}
			}
			stamps[i] = now
		}
		return idle(stamped(stamps...)...)
	}
	everySecond := stamped(10, 11, 12, 13)
	for i := range everySecond {
		everySecond[i] = checktest.Ping(10+float64(i), everySecond[i].Body)
	}
	gaps := stamped(10, 10, 10, 10, 10, 10)
	for i := 0; i < len(gaps); i += 2 {
		gaps[i].Body = checktest.Body("Healthy", nil)
	}
	checktest.Judge(t, Checks, "PING-06", []checktest.Case{
		{Name: "two moves in three minutes, a tenth of the idle timeout each", Set: moving(90, 20, 70), Want: "unsteady"},
		{Name: "two moves in more", Set: moving(91, 20, 70), Want: "pass", Says: "changed in 2 of 91"},
		{Name: "three moves in more", Set: moving(91, 20, 50, 70), Want: "unsteady"},
		{Name: "seldom, but kept from being idle for longer than the timeout", Set: moving(500, 100, 200, 300, 400), Want: "unsteady"},
		{Name: "stopped as idle in between", Set: moving(900, 100, 200, 300, 800), Want: "pass", Says: "changed in 4 of 900"},
		{Name: "one move", Set: moving(10, 5), Want: "pass", Says: "changed in 1 of 10"},
		{Name: "polled each second", Set: idle(everySecond...), Want: "restamped"},
		{Name: "every other answer carries a stamp", Set: idle(gaps...), Want: "untestable"},
		{Name: "one second too far for a clock in whole seconds", Set: idle(stamped(0, 0, 3, 6)...), Want: "restamped"},
		{Name: "two seconds too far", Set: idle(stamped(0, 0, 4, 8)...), Want: "unsteady"},
	})
}

func TestReadyAndOpenByStatus(t *testing.T) {
	first := func(status int) *record.Set {
		return changed(&record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil)}, func(s *record.Set) { s.Boot.First = checktest.Answer(status, "{}") })
	}
	var cases []checktest.Case
	for status, want := range map[int]string{
		403: "pass", 404: "too-early", 405: "pass", 500: "pass", 501: "pass", 502: "too-early", 503: "too-early", 504: "too-early", 505: "pass",
	} {
		cases = append(cases, checktest.Case{Name: strconv.Itoa(status), Set: first(status), Want: want})
	}
	checktest.Judge(t, Checks, "PING-10", append(cases,
		checktest.Case{Name: "no boot", Set: &record.Set{Calls: checktest.Calls(nil)}, Want: "untestable", Says: "no boot record"},
		checktest.Case{Name: "no calls", Set: &record.Set{Boot: checktest.Ready(900)}, Want: "untestable", Says: "no calls record"}))
	busy := changed(said(healthy), func(s *record.Set) { s.Idle.Bare = checktest.Get(checktest.Answer(429, "{}"), "/ping") })
	checktest.Judge(t, Checks, "PING-12", []checktest.Case{{Name: "busy just then", Set: busy, Want: "untestable"}})
	pong := changed(said(healthy), func(s *record.Set) { s.Idle.Burst = []record.Ping{checktest.Ping(20, "pong")} })
	checktest.Judge(t, Checks, "PING-02", []checktest.Case{{Name: "only a later one is no JSON", Set: pong, Want: "not-json"}})
	alone := &record.Set{Boot: checktest.Ready(900), Clean: &record.Clean{Boot: *checktest.Never(record.ProcessExited)}}
	checktest.Judge(t, Checks, "PING-13", []checktest.Case{{Name: "never ready alone", Set: alone, Want: "untestable", Says: "see LIFE-09"}})
}
