package reaper

import (
	"slices"
	"strings"
	"testing"
)

func TestReadingsThatAgreeAreOneCourse(t *testing.T) {
	steady := line([]Call{{0, 10}}, polls(11, 20, "Healthy", constant(0)))
	unstamped := line([]Call{{0, 10}}, polls(11, 20, HealthyBusy, none), polls(20, 24, "Healthy", none))
	unstamped.Name = "job"
	s := Play([]TimeLine{{Name: "empty"}, *steady, *unstamped}, usual)
	if len(s.Lines) != 2 || s.IdleTimeout != 900 || s.MaxLifetime != 28_800 || len(s.Readings) != 2 {
		t.Fatalf("got %+v", s)
	}
	one, two := s.Lines[0], s.Lines[1]
	if len(one.Courses) != 1 || !slices.Equal(one.Courses[0].Readings, []Reading{Documented, Measured}) {
		t.Errorf("steady: %+v", one.Courses)
	}
	if one.Name != "test" || one.From != 0 || one.To != 19 || one.Polls != 5 || one.Calls != 1 {
		t.Errorf("steady: %+v", one)
	}
	if len(two.Courses) != 2 || two.Courses[0].Class != BusyWhileWorking || two.Courses[1].Class != KilledWhileBusy {
		t.Errorf("unstamped: %+v", two.Courses)
	}
	if s.Class != KilledWhileBusy || s.Worst().Name != "job" {
		t.Errorf("%s on %s", s.Class, s.Worst().Name)
	}
	text := s.Text()
	if len(text) != 2 || !strings.HasPrefix(text[0], "killed-while-busy (job, measured): ") || !strings.HasPrefix(text[1], "busy-while-working (documented): ") {
		t.Errorf("it says %q", text)
	}
}

func TestTheWorstTimeLineIsTheFirstOfItsClass(t *testing.T) {
	named := func(name string, l *TimeLine) TimeLine {
		l.Name = name
		return *l
	}
	idle := named("idle", line(nil, polls(1, 20, "Healthy", constant(0))))
	first := named("first", line([]Call{{0, 5}}, polls(11, 20, "Healthy", now)))
	second := named("second", line(nil, polls(11, 20, "Healthy", now)))
	s := Play([]TimeLine{idle, first, second}, usual)
	if s.Class != NeverIdle || s.Worst().Name != "first" {
		t.Errorf("%s on %s", s.Class, s.Worst().Name)
	}
	want := []string{"never-idle (first): time_of_last_update moves although nothing happens (3 times in 6 s), so the idle clock never runs out: " +
		"it lives, and bills, to the maximum lifetime, 8 h in place of 15 min 5 s"}
	if got := s.Text(); !slices.Equal(got, want) {
		t.Errorf("it says %q", got)
	}
}

func TestTheWorstCourseIsTheFirstOfItsClass(t *testing.T) {
	// What is said beside the call alone restarts the idle clock in one reading and not in the other.
	s := Play([]TimeLine{*line([]Call{{0, 10}}, polls(1, 10, HealthyBusy, none), polls(12, 40, "Healthy", none))}, usual)
	text := s.Text()
	if len(text) != 2 || !strings.HasPrefix(text[0], "idle (test, documented): ") || !strings.HasPrefix(text[1], "idle (measured): ") {
		t.Errorf("it says %q", text)
	}
}

func TestGravity(t *testing.T) {
	order := []Class{Idle, Replaced, BusyWhileWorking, KilledWhileBusy, NeverIdle}
	for i, c := range order {
		if grave[c] != i+1 {
			t.Errorf("%s is ranked %d", c, grave[c])
		}
		if c.Costly() != (i >= 3) {
			t.Errorf("%s: costly is %t", c, c.Costly())
		}
	}
	if len(grave) != len(order) {
		t.Errorf("%d classes are ranked", len(grave))
	}
}

func TestEveryReadingIsAccountedFor(t *testing.T) {
	var names []Reading
	for _, a := range Accounts() {
		if names = append(names, a.Name); a.Says == "" || a.Source == "" {
			t.Errorf("%+v", a)
		}
	}
	if !slices.Equal(names, []Reading{Documented, Measured}) {
		t.Errorf("got %v", names)
	}
}
