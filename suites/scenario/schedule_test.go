package scenario

import (
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// TestSessionsAreDrawnUpByTheirLength: a gate's session is all turns, a longer one holds the rest as well, each as often.
func TestSessionsAreDrawnUpByTheirLength(t *testing.T) {
	for _, tt := range []struct {
		planned       time.Duration
		mixed         bool
		quiet         time.Duration
		least, most   int // rounds
		turnsPerRound int
	}{
		{time.Second, false, 5 * time.Second, 1, 1, 5},
		{30 * time.Second, false, 5 * time.Second, 5, 5, 5},
		{59 * time.Second, false, 5 * time.Second, 9, 9, 5},
		{time.Minute, true, 5 * time.Second, 4, 5, 25},
		{10 * time.Minute, true, 40 * time.Second, 9, 10, 25},
		{8 * time.Hour, true, 40 * time.Second, 400, 500, 25},
	} {
		t.Run(tt.planned.String(), func(t *testing.T) {
			pace := paceOf(tt.planned)
			phases := pace.draw(tt.planned)
			turns, rounds, length := 0, 0, time.Duration(0)
			asides := map[record.AsideKind]int{}
			for _, p := range phases {
				turns, length = turns+p.turns, length+p.least(pace)
				if p.quiet > 0 {
					rounds++
				}
				if p.aside != "" {
					asides[p.aside]++
				}
				if p.turns != burstTurns || p.quiet > 0 && p.quiet != tt.quiet {
					t.Fatalf("a phase of %d turns and %s of quiet", p.turns, p.quiet)
				}
			}
			if length < tt.planned || rounds < tt.least || rounds > tt.most || turns != rounds*tt.turnsPerRound {
				t.Errorf("%d rounds of %d turns in %s", rounds, turns, length)
			}
			for _, kind := range mix {
				if want := map[bool]int{true: rounds}[tt.mixed]; asides[kind] != want {
					t.Errorf("%s is played %d times in %d rounds", kind, asides[kind], rounds)
				}
			}
		})
	}
}

// TestNothingIsSaidForAWhileAfterTheLastTurn of a round, and only there.
func TestNothingIsSaidForAWhileAfterTheLastTurn(t *testing.T) {
	pace := pace{turn: time.Second, quiet: time.Minute}
	p := phase{turns: 3, quiet: time.Minute}
	if a, b, c := p.wait(0, pace), p.wait(1, pace), p.wait(2, pace); a != time.Second || b != time.Second || c != time.Minute {
		t.Errorf("waits %s, %s, %s", a, b, c)
	}
	if got := p.least(pace); got != 62*time.Second {
		t.Errorf("lasts %s", got)
	}
}
