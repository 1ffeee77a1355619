package scenario

import (
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The pace of a long session: people talk in bursts, and quiet polls lie in between.
const (
	burstTurns = 5
	turnPause  = 400 * time.Millisecond
	quietPause = 5 * time.Second
	// Sessions are slower from longFrom on: a turn a second is enough to show what grows, and longQuiet lasts long enough to
	// see an agent that stays HealthyBusy (PING-14).
	longFrom  = 10 * time.Minute
	longPause = time.Second
	longQuiet = 40 * time.Second
	// mixedFrom is the length from which a session has more in it than its own turns: a gate's would lose turns to it.
	mixedFrom = time.Minute
)

// phase is a part of a long session: a call of another kind, then turns, then a quiet time, each where there is one.
type phase struct {
	aside record.AsideKind
	turns int
	quiet time.Duration
}

// wait is how long nothing is said after a turn of the phase, counted from 0.
func (p phase) wait(turn int, pace pace) time.Duration {
	if turn == p.turns-1 && p.quiet > 0 {
		return p.quiet
	}
	return pace.turn
}

// least is how long the phase lasts where everything is answered at once.
func (p phase) least(pace pace) (d time.Duration) {
	for i := range p.turns {
		d += p.wait(i, pace)
	}
	return d
}

// pace says what a session of some length is made of.
type pace struct {
	// turn is the pause after each turn, quiet the one after each round.
	turn, quiet time.Duration
	mixed       bool
}

func paceOf(planned time.Duration) pace {
	p := pace{turn: turnPause, quiet: quietPause, mixed: planned >= mixedFrom}
	if planned >= longFrom {
		p.turn, p.quiet = longPause, longQuiet
	}
	return p
}

// mix is what is played on the process of a long session beside its turns, in this order, with turns after each.
var mix = []record.AsideKind{record.AsideSession, record.AsideStream, record.AsideLeft, record.AsideMalformed}

// round is what a session repeats.
func (p pace) round() []phase {
	out := []phase{{turns: burstTurns}}
	if p.mixed {
		for _, kind := range mix {
			out = append(out, phase{aside: kind, turns: burstTurns})
		}
	}
	out[len(out)-1].quiet = p.quiet
	return out
}

// draw draws up a session: as many rounds as an agent that answers at once has in the planned time. The clock ends those of
// all others.
func (p pace) draw(planned time.Duration) []phase {
	var out []phase
	for spent := time.Duration(0); spent < planned; {
		for _, next := range p.round() {
			out = append(out, next)
			spent += next.least(p)
		}
	}
	return out
}
