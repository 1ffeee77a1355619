package ping

import (
	"cmp"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// beside is one round: a call of that length and health checks every 100 ms, each of which takes what took says, given
// how far into the call it was sent.
func beside(length record.Millis, took func(at record.Millis) record.Millis) record.InFlightRound {
	call := *checktest.OK()
	call.At, call.Took = 1000, length
	r := record.InFlightRound{Calls: []record.Exchange{call}}
	for at := record.Millis(50); at < length; at += 100 {
		p := checktest.Ping(0, healthy)
		p.At, p.Took, p.InFlight = 1000+at, took(at), 1
		r.Pings = append(r.Pings, p)
	}
	return r
}

func waits(length record.Millis) func(record.Millis) record.Millis {
	return func(at record.Millis) record.Millis { return length - at + 5 }
}

// queues has health checks wait for the end of the call and then be answered one after another, each after so long.
func queues(length, each record.Millis) func(record.Millis) record.Millis {
	n := record.Millis(0)
	return func(at record.Millis) record.Millis {
		n++
		return length - at + n*each
	}
}

func always(took record.Millis) func(record.Millis) record.Millis {
	return func(record.Millis) record.Millis { return took }
}

func inFlight(calls *record.Calls, rounds ...record.InFlightRound) *record.Set {
	f := &record.InFlight{Rounds: rounds}
	for _, r := range rounds {
		f.Longest = max(f.Longest, r.Calls[0].Took)
	}
	set := said(healthy)
	set.Calls, set.InFlight = calls, f
	return set
}

func TestBesideCalls(t *testing.T) {
	works := checktest.Calls(nil)
	reset := beside(1500, always(5))
	reset.Pings[3].Outcome, reset.Pings[3].Status = record.Reset, 0
	refused := beside(1500, always(5))
	refused.Pings[3].Status = 503
	late := beside(9000, always(800))
	for i := range late.Pings {
		late.Pings[i].Lag = 400
	}
	oneSlow := beside(3000, always(20))
	oneSlow.Pings[2].Took = 2500
	emulated := func(s *record.Set) { s.Terms.TimeScale, s.Terms.Emulated = 8, true }
	lost := beside(20_000, always(10_000))
	for i := range lost.Pings {
		lost.Pings[i].Outcome, lost.Pings[i].Status = record.TimedOut, 0
	}
	checktest.Judge(t, Checks, "PING-08", []checktest.Case{
		{Name: "independent", Set: inFlight(works, beside(1500, always(5)), beside(3000, always(5))), Want: "pass"},
		{Name: "blocked at two lengths", Set: inFlight(works, beside(1500, waits(1500)), beside(3000, waits(3000))), Want: "blocked"},
		{Name: "blocked, on a slow machine", Set: changed(inFlight(works, beside(2500, waits(2500)), beside(5000, waits(5000))), emulated), Want: "blocked"},
		{Name: "blocked, and slowly answered afterwards", Set: inFlight(works, beside(1600, queues(1600, 60)), beside(3000, queues(3000, 60))), Want: "blocked"},
		{Name: "blocked at one length, shortly", Set: changed(inFlight(works, beside(1500, waits(1500)), beside(1500, waits(1500))), emulated), Want: "blocked-once"},
		{Name: "slow but independent", Set: inFlight(works, beside(6000, always(1500))), Want: "slow"},
		{Name: "very slow but independent", Set: inFlight(works, beside(30_000, always(6000))), Want: "very-slow"},
		{Name: "unanswered throughout", Set: inFlight(works, lost), Want: "very-slow"},
		{Name: "one hiccup of a busy machine", Set: inFlight(works, oneSlow), Want: "pass"},
		{Name: "slow under emulation is within the scaled limit", Set: changed(inFlight(works, beside(30_000, always(6000))), emulated), Want: "pass"},
		{Name: "the harness was late itself", Set: inFlight(works, late), Want: "untestable"},
		{Name: "a connection broke", Set: inFlight(works, reset), Want: "lost"},
		{Name: "503 while busy", Set: inFlight(works, refused), Want: "lost"},
		{Name: "answers come at once", Set: inFlight(works, beside(300, always(5))), Want: "no-long-call"},
		{Name: "no model", Set: inFlight(checktest.NoModel(500), beside(300, always(5))), Want: "untestable"},
		{Name: "no model, but a long failure", Set: inFlight(checktest.NoModel(500), beside(9000, always(5))), Want: "pass"},
	})
}

// TestSlowIsNotBlocked has health checks that take the same time beside calls of any length, and such as take a tenth more
// or less by turns, of which a short call's few may look blocked, but not beside a second length.
func TestSlowIsNotBlocked(t *testing.T) {
	for took := record.Millis(5); took < 8000; took += 20 {
		wavers := func(at record.Millis) record.Millis { return took + took/10*record.Millis(int(at/100)%3-1) }
		var shortest, longest record.Millis
		for length := record.Millis(1000); length < 6000; length += 100 {
			if r := beside(length, always(took)); blockedRound(&r, 3) {
				t.Fatalf("health checks of %v look blocked beside a call of %v", took, length)
			}
			if r := beside(length, wavers); blockedRound(&r, 3) {
				shortest, longest = min(length, cmp.Or(shortest, length)), max(longest, length)
			}
		}
		if longest >= leastDiffer*shortest && longest > 0 {
			t.Errorf("health checks of about %v look blocked beside calls of %v and %v", took, shortest, longest)
		}
	}
}

func TestBlockedRoundNeedsMoreThanChance(t *testing.T) {
	// Health checks of 700 ms that were sent 700 ms before the end of the call end with it, but so do the others not.
	if r := beside(2000, always(700)); blockedRound(&r, 3) {
		t.Error("a constant delay was taken for a blocked loop")
	}
	if r := beside(2000, waits(2000)); !blockedRound(&r, 3) {
		t.Error("a blocked loop was not seen")
	}
	if r := beside(2000, waits(2000)); blockedRound(&r, 800) {
		t.Error("health checks that are slow on an idle agent too were taken for a blocked loop")
	}
}

func TestQuick(t *testing.T) {
	burst := func(n int, slow int, took, lag record.Millis) *record.Set {
		set := said(healthy)
		for i := range n {
			p := checktest.Ping(float64(i)/20, healthy)
			if i < slow {
				p.Took, p.Lag = took, lag
			}
			set.Idle.Burst = append(set.Idle.Burst, p)
		}
		return set
	}
	emulated := func(s *record.Set) { s.Terms.TimeScale = 8 }
	afterErrors := func(took record.Millis, beside int) *record.Set {
		return changed(burst(40, 0, 0, 0), func(s *record.Set) {
			polls := checktest.Pings(60, 4, healthy)
			for i := range polls {
				polls[i].Took, polls[i].InFlight = took, beside
			}
			s.End = &record.End{Start: checktest.Alive(), State: checktest.Alive(), Polls: polls}
		})
	}
	checktest.Judge(t, Checks, "PING-09", []checktest.Case{
		{Name: "quick", Set: burst(40, 0, 0, 0), Want: "pass"},
		{Name: "185 ms now and then, as was measured", Set: burst(40, 5, 185, 0), Want: "pass"},
		{Name: "one hiccup", Set: burst(40, 1, 3000, 0), Want: "pass"},
		{Name: "slow", Set: burst(40, 4, 1500, 0), Want: "slow"},
		{Name: "very slow", Set: burst(40, 40, 6000, 0), Want: "very-slow"},
		{Name: "slow on a slow machine", Set: changed(burst(40, 40, 6000, 0), emulated), Want: "pass"},
		{Name: "slow only after an error", Set: afterErrors(7000, 0), Want: "very-slow"},
		{Name: "slow beside calls: PING-08's", Set: afterErrors(7000, 1), Want: "pass"},
		{Name: "the harness was late itself", Set: burst(40, 4, 500, 900), Want: "untestable"},
		{Name: "slow beyond the harness's own lateness", Set: burst(40, 10, 1500, 103), Want: "slow"},
		{Name: "too few", Set: burst(3, 0, 0, 0), Want: "untestable"},
	})
}

func TestSteady(t *testing.T) {
	polls := func(change func(*record.Ping)) *record.Set {
		pings := checktest.Pings(10, 20, healthy)
		change(&pings[7])
		return idle(pings...)
	}
	lost := func(p *record.Ping) { p.Outcome, p.Status, p.Took = record.TimedOut, 0, 10_000 }
	dead := changed(said(healthy), func(s *record.Set) {
		p := checktest.Pings(10, 12, healthy)
		p[11].Outcome, p[11].Status = record.Refused, 0
		s.End = &record.End{Start: checktest.Alive(), State: checktest.Dead(1), Polls: p}
	})
	checktest.Judge(t, Checks, "PING-11", []checktest.Case{
		{Name: "all 200", Set: polls(func(*record.Ping) {}), Want: "pass"},
		{Name: "a 503", Set: polls(func(p *record.Ping) { p.Status = 503 }), Want: "not-200"},
		{Name: "a 503 after an odd request only", Want: "not-200", Set: changed(polls(func(*record.Ping) {}), func(s *record.Set) {
			down := checktest.Ping(30, healthy)
			down.Status = 503
			s.Malformed = &record.Malformed{Probes: []record.Probe{{Name: "null", Ping: &down}}}
		})},
		{Name: "a 429", Set: polls(func(p *record.Ping) { p.Status = 429 }), Want: "not-200"},
		{Name: "no answer", Set: polls(lost), Want: "lost"},
		{Name: "a reset", Set: polls(func(p *record.Ping) { p.Outcome, p.Status = record.Reset, 0 }), Want: "lost"},
		{Name: "waits beside a call: PING-08's", Set: polls(func(p *record.Ping) { lost(p); p.InFlight = 1 }), Want: "pass"},
		{Name: "patience was short for emulation", Want: "pass",
			Set: changed(polls(lost), func(s *record.Set) { s.Terms.TimeScale = 8 })},
		{Name: "the process had ended: another clause's", Set: dead, Want: "pass"},
		{Name: "the harness did not send one", Set: polls(func(p *record.Ping) { p.Outcome = record.Unsent }), Want: "pass"},
		{Name: "says Unhealthy with 200", Set: said(checktest.Body("Unhealthy", nil)), Want: "says-unhealthy"},
		{Name: "too few", Set: said(healthy), Want: "untestable"},
	})
}

func TestServesWhileBusy(t *testing.T) {
	during := func(x *record.Exchange) *record.Set { return &record.Set{Async: &record.Async{During: x}} }
	checktest.Judge(t, Checks, "PING-15", []checktest.Case{
		{Name: "served", Set: during(checktest.OK()), Want: "pass"},
		{Name: "409", Set: during(checktest.Answer(409, "{}")), Want: "rejected"},
		{Name: "no call fell into it", Set: during(nil), Want: "untestable"},
	})
}
