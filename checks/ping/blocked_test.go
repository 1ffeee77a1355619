package ping

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// span is a health check from one time to another, in milliseconds from the start of the container.
func span(from, to record.Millis) record.Ping {
	p := checktest.Ping(0, healthy)
	p.At, p.Took, p.InFlight = from, to-from, 1
	return p
}

// call is one of two seconds, from 1000 to 3000.
func call(pings ...record.Ping) record.InFlightRound {
	x := *checktest.OK()
	x.At, x.Took = 1000, 2000
	return record.InFlightRound{Calls: []record.Exchange{x}, Pings: pings}
}

func TestBlockedRoundAtItsLimits(t *testing.T) {
	waits, quick := span(1400, 3000), span(1400, 1405)
	cases := []struct {
		name string
		r    record.InFlightRound
		idle record.Millis
		want bool
	}{
		{"one is chance", call(waits), 3, false},
		{"two are not", call(waits, waits), 3, true},
		{"two of three", call(waits, waits, quick), 3, true},
		{"two of four", call(waits, waits, quick, quick), 3, false},
		{"early ones do not tell", call(waits, waits, span(1199, 1205), span(1199, 1205)), 3, true},
		{"late ones do not tell", call(waits, waits, span(2201, 2205), span(2201, 2205)), 3, true},
		{"from a tenth of the call on they do", call(span(1200, 3000), span(1200, 3000)), 3, true},
		{"until six tenths they do", call(span(2200, 3000), span(2200, 3000)), 3, true},
		{"a tenth of the call on an idle agent", call(waits, waits), 200, true},
		{"more than a tenth", call(waits, waits), 201, false},
	}
	for _, c := range cases {
		if got := blockedRound(&c.r, c.idle); got != c.want {
			t.Errorf("%s: blocked is %v", c.name, got)
		}
	}
	short := call(waits, waits)
	short.Calls[0].Took = 999
	if blockedRound(&short, 3) {
		t.Error("a call of less than a second tells nothing")
	}
}

func TestEndedWith(t *testing.T) {
	r := call()
	cases := []struct {
		from, to record.Millis
		want     bool
	}{
		{1000, 3000, false}, {1001, 3000, true}, {900, 3000, false}, // sent once the call runs
		{2699, 3000, true}, {2700, 3000, false}, {2800, 3000, false}, // and well before its end
		{1500, 2699, false}, {1500, 2700, true}, {1500, 5000, true}, {1500, 5001, false}, // ended near it
	}
	for _, c := range cases {
		if _, got := endedWith(span(c.from, c.to), r.Calls); got != c.want {
			t.Errorf("from %v to %v: %v", c.from, c.to, got)
		}
	}
}

func TestEndedWithTheNearest(t *testing.T) {
	r := call()
	r.Calls = append(r.Calls, r.Calls[0])
	r.Calls[1].Took = 2600
	for to, want := range map[record.Millis]int{3000: 0, 3250: 0, 3350: 1, 3700: 1} {
		if got, ok := endedWith(span(1500, to), r.Calls); !ok || got != want {
			t.Errorf("ended at %v: with call %d, %v", to, got, ok)
		}
	}
}

func TestTogether(t *testing.T) {
	cases := []struct {
		name  string
		pings []record.Ping
		want  bool
	}{
		{"none", nil, false},
		{"one", []record.Ping{span(1400, 3000)}, true},
		{"nearer than they were sent", []record.Ping{span(1400, 3000), span(1800, 3279)}, true},
		{"hardly nearer", []record.Ping{span(1400, 3000), span(1800, 3281)}, false},
		{"whatever their order", []record.Ping{span(1400, 3200), span(1600, 3100), span(1800, 3000)}, true},
	}
	for _, c := range cases {
		if got := together(c.pings); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestPingsBesideACall(t *testing.T) {
	r := call(span(1000, 1001), span(1001, 1002), span(2999, 3001), span(3000, 3001))
	if got := pingsBeside(&r); len(got) != 2 || got[0].At != 1001 || got[1].At != 2999 {
		t.Errorf("those that were sent while it ran: got %+v", got)
	}
	r.Calls[0].Took = 999
	if got := pingsBeside(&r); len(got) != 0 {
		t.Errorf("a call of less than a second tells nothing, got %+v", got)
	}
	r = call(span(1500, 1501))
	r.Calls[0].Took = 1000
	if got := pingsBeside(&r); len(got) != 1 {
		t.Errorf("a call of a second tells, got %+v", got)
	}
}

func TestIdleMedian(t *testing.T) {
	set := said(healthy)
	for i := range set.Idle.Poll {
		set.Idle.Poll[i].Took = 500
	}
	if got := idleMedian(set); got < 499 || got > 501 {
		t.Errorf("the polls count where there is nothing else, got %v", got)
	}
	set.Idle.Burst = checktest.Pings(20, 1, healthy)
	if got := idleMedian(set); got > 4 {
		t.Errorf("the burst counts, got %v", got)
	}
}

func TestDiffer(t *testing.T) {
	long := func(took record.Millis) *record.InFlightRound {
		r := call()
		r.Calls[0].Took = took
		return &r
	}
	if differ([]*record.InFlightRound{long(2000), long(2499)}) || !differ([]*record.InFlightRound{long(2500), long(2000)}) {
		t.Error("lengths differ from a quarter on")
	}
}

func TestBesideCallsCounts(t *testing.T) {
	works := checktest.Calls(nil)
	one := inFlight(works, call(span(1500, 1505)))
	noCalls := inFlight(works, call(span(1500, 1505)))
	noCalls.Calls = nil
	checktest.Judge(t, Checks, "PING-08", []checktest.Case{
		{Name: "one health check", Set: one, Want: "pass", Says: "1 health checks",
			Measures: map[string]float64{"ping.busy.maxMs": 5, "ping.busy.p50Ms": 5, "ping.busy.p99Ms": 5, "ping.busy.longestCallMs": 2000}},
		{Name: "blocked in one round of a second", Set: inFlight(works, beside(1000, waits(1000))), Want: "blocked-once"},
		{Name: "answers come at once", Set: inFlight(works, beside(300, always(5))), Want: "no-long-call", Says: "3 health checks around the calls took at most 5 ms"},
		{Name: "no calls", Set: noCalls, Want: "untestable", Says: "no calls record"},
	})
}
