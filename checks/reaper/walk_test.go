package reaper

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestCallWithin(t *testing.T) {
	calls := []Call{{10, 20}, {30, 30}, {40, 50}}
	for _, tt := range []struct {
		after, until float64
		want         bool
	}{
		{0, 9, false}, {0, 10, true}, {15, 16, true}, {19, 25, true}, {20, 25, false}, {20, 30, true}, {29, 30, true}, {30, 39, false},
		{50, 60, false}, {49, 49, true}, {50, 50, false}, {10, 10, true}, {9, 9, false},
	} {
		if got := callWithin(calls, tt.after, tt.until); got != tt.want {
			t.Errorf("after %v until %v: %t", tt.after, tt.until, got)
		}
	}
}

func TestHabits(t *testing.T) {
	for _, tt := range []struct {
		name         string
		line         *TimeLine
		pairs, moves int
		quiet        float64
		busy         int
	}{
		{"the first pair tells nothing", line(nil, polls(0, 6, "Healthy", now)), 1, 1, 2, 0},
		{"nor does it where the stamp stays", line(nil, polls(0, 6, "Healthy", constant(0))), 1, 0, 2, 0},
		{"a second apart", line(nil, []Poll{poll(0, "Healthy", now(0)), poll(1, "Healthy", now(1)), poll(2, "Healthy", now(2))}), 1, 1, 1, 0},
		{"less than a second apart", line(nil, []Poll{poll(0, "Healthy", now(0)), poll(1, "Healthy", now(1)), poll(1.9, "Healthy", now(2))}), 0, 0, 0, 0},
		{"a move right after a call", line([]Call{{2.5, 3}}, polls(0, 10, "Healthy", now)), 1, 1, 2, 0},
		{"none right after a call", line([]Call{{2.5, 3}}, polls(0, 10, "Healthy", constant(0))), 2, 0, 4, 0},
		{"another word", line(nil, polls(0, 6, "Healthy", now), polls(6, 12, "OK", now)), 3, 3, 6, 0},
		{"busy", line(nil, polls(0, 6, "Healthy", constant(0)), polls(6, 12, HealthyBusy, now)), 1, 0, 2, 2},
		{"no stamps", line(nil, polls(0, 10, "Healthy", none)), 0, 0, 0, 0},
		{"texts", line(nil, polls(0, 10, "Healthy", text)), 0, 0, 0, 0},
		{"a bad answer with a stamp breaks it too", with(line(nil, polls(0, 12, "Healthy", now)), 3, func(p *Poll) { p.Status = 503 }), 2, 2, 4, 0},
		{"one without an end as well", with(line(nil, polls(0, 12, "Healthy", now)), 3, func(p *Poll) { p.Outcome = record.TimedOut }), 2, 2, 4, 0},
		{"a bad answer breaks the row", with(line(nil, polls(0, 12, "Healthy", now)), 3, status(503)), 2, 2, 4, 0},
	} {
		idle, busy := Habits(tt.line)
		if len(idle.Pairs) != tt.pairs || len(idle.Moves) != tt.moves || idle.Quiet != tt.quiet || len(busy.Moves) != tt.busy {
			t.Errorf("%s: %+v, busy %+v", tt.name, idle, busy)
		}
	}
	// One short job after the other: the polls see the one status alone, the glances between them the other as well.
	for seen, other := range map[string]string{"Healthy": HealthyBusy, HealthyBusy: "Healthy"} {
		l := line(nil, polls(0, 20, seen, now))
		if idle, busy := Habits(l); len(idle.Moves)+len(busy.Moves) != 8 {
			t.Errorf("%s without glances: %+v, %+v", seen, idle, busy)
		}
		for at := 1.0; at < 20; at += 2 {
			l.Glances = append(l.Glances, poll(at, other, now(at)))
		}
		if idle, busy := Habits(l); len(idle.Pairs)+len(busy.Pairs) != 0 {
			t.Errorf("%s with glances: %+v, %+v", seen, idle, busy)
		}
		for i := range l.Glances {
			l.Glances[i].Word = seen
		}
		l.Glances[0].Word, l.Glances[0].At = other, 4 // at a poll, not between two
		l.Glances[1].Word, l.Glances[1].Status = other, 503
		if idle, busy := Habits(l); len(idle.Moves)+len(busy.Moves) != 8 {
			t.Errorf("%s with glances that saw the same: %+v, %+v", seen, idle, busy)
		}
	}
	if idle, _ := Habits(line(nil, polls(0, 6, "Healthy", now))); idle.Pairs[0] != (Pair{A: 1, B: 2, Moved: 2, Passed: 2}) {
		t.Errorf("got %+v", idle.Pairs)
	}
}

func TestGoesOn(t *testing.T) {
	for _, tt := range []struct {
		moves          int
		quiet, timeout float64
		want           bool
	}{{0, 10, 900, false}, {1, 1, 900, false}, {2, 4, 900, true}, {2, 180, 900, true}, {2, 181, 900, false}, {3, 181, 900, true}, {2, 12, 60, true}, {2, 13, 60, false}} {
		h := Habit{Moves: make([]Pair, tt.moves), Quiet: tt.quiet}
		if got := h.GoesOn(tt.timeout); got != tt.want {
			t.Errorf("%+v: %t", tt, got)
		}
	}
}

func TestBusyness(t *testing.T) {
	lost := with(line(nil, polls(0, 10, HealthyBusy, none)), 2, ended(record.TimedOut))
	for _, tt := range []struct {
		name string
		line *TimeLine
		want Busyness
	}{
		{"never", line(nil, polls(0, 10, "Healthy", none)), Busyness{Other: 5}},
		{"always", line(nil, polls(0, 10, HealthyBusy, none)), Busyness{Busy: 5, Alone: 8}},
		{"once", line(nil, polls(0, 2, HealthyBusy, none)), Busyness{Busy: 1}},
		{"beside a call", line([]Call{{1, 7}}, polls(0, 10, HealthyBusy, none)), Busyness{Busy: 5}},
		{"a call in between", line([]Call{{2.5, 3}}, polls(0, 12, HealthyBusy, none)), Busyness{Busy: 6, Alone: 6}},
		{"healthy in between", line(nil, polls(0, 6, HealthyBusy, none), polls(6, 8, "Healthy", none), polls(8, 16, HealthyBusy, none)), Busyness{Busy: 7, Other: 1, Alone: 6}},
		{"a call in between, and no answer after it", with(line([]Call{{2.5, 3}}, polls(0, 12, HealthyBusy, none)), 2, ended(record.TimedOut)), Busyness{Busy: 5, Alone: 4}},
		{"beside a call, and an earlier one that was answered later", line([]Call{{14, 16}}, []Poll{poll(0, HealthyBusy, Stamp{}),
			{Sent: 15, At: 17, Outcome: record.Answered, Status: 200, Word: HealthyBusy}, {Sent: 10, At: 20, Outcome: record.Answered, Status: 200, Word: HealthyBusy}}), Busyness{Busy: 3}},
		{"no answer in between", lost, Busyness{Busy: 4, Alone: 8}},
	} {
		if got := BusynessOf(tt.line); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestTransitions(t *testing.T) {
	for _, tt := range []struct {
		name   string
		line   *TimeLine
		stales []bool
	}{
		{"none", line(nil, polls(0, 10, "Healthy", now)), nil},
		{"moves with it", line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, HealthyBusy, constant(3)), polls(8, 10, "Healthy", constant(7))), []bool{false, false}},
		{"stays", line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, HealthyBusy, constant(0))), []bool{true}},
		{"seen in the very poll before", line(nil, polls(0, 2, "Healthy", constant(0)), polls(2, 4, HealthyBusy, constant(0))), []bool{false}},
		{"goes back", line(nil, polls(0, 2, "Healthy", constant(0)), polls(2, 4, HealthyBusy, constant(-1))), []bool{true}},
		{"no stamp before", line(nil, polls(0, 4, "Healthy", none), polls(4, 8, HealthyBusy, constant(3))), []bool{false}},
		{"no stamp before, and zero after", line(nil, polls(0, 4, "Healthy", none), polls(4, 8, HealthyBusy, func(float64) Stamp { return Stamped(0) })), []bool{false}},
		{"no stamp after", line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, HealthyBusy, none)), nil},
		{"none while busy, and the old one after", line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, HealthyBusy, none), polls(8, 10, "Healthy", constant(0))), []bool{true}},
		{"no word before", line(nil, polls(0, 4, "", constant(0)), polls(4, 8, HealthyBusy, constant(0))), nil},
		{"a stamp of zero that stays", line(nil, polls(0, 4, "Healthy", func(float64) Stamp { return Stamped(0) }), polls(4, 8, HealthyBusy, func(float64) Stamp { return Stamped(0) })), []bool{true}},
		{"a bad answer before, with a stamp", with(line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, HealthyBusy, constant(0))), 1, func(p *Poll) { p.Status = 503 }), nil},
		{"a bad answer after, with a stamp", with(line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 6, HealthyBusy, constant(0))), 2, func(p *Poll) { p.Status = 503 }), nil},
		{"a stamp of a bad answer is none", with(line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, "Healthy", constant(9)), polls(8, 10, HealthyBusy, constant(5))), 2, func(p *Poll) { p.Status = 503 }), []bool{true}},
		{"a bad answer before", with(line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 8, HealthyBusy, constant(0))), 1, status(503)), nil},
		{"a bad answer after", with(line(nil, polls(0, 4, "Healthy", constant(0)), polls(4, 6, HealthyBusy, constant(0))), 2, status(503)), nil},
	} {
		var got []bool
		for _, c := range Transitions(tt.line) {
			got = append(got, c.Stale)
		}
		if len(got) != len(tt.stales) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.stales)
			continue
		}
		for i := range got {
			if got[i] != tt.stales[i] {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.stales)
			}
		}
	}
}
