package reaper

// step is what lies between two polls that follow each other.
type step struct {
	Pair
	a, b *Poll
	// first is the first of a time line. quiet says that no call began or ran; settled that the step before was quiet as
	// well: what a call leaves behind, such as a moment of background work, shows in the first quiet step after it.
	first, quiet, settled bool
	// hidden says that the status was another in between.
	hidden bool
}

// Pair is two polls that follow each other, as places in the time line.
type Pair struct {
	A, B int
	// Moved is how far the stamp went, Passed how much time went by, both in seconds.
	Moved, Passed float64
}

// leastApart is the shortest time between two polls, in seconds, in which a stamp in whole seconds must move if it is now.
const leastApart = 1.0

// steps are all steps of a time line.
func (l *TimeLine) steps() []step {
	var out []step
	order, calls, before := l.inOrder(), l.merged(), false
	for i := 1; i < len(order); i++ {
		s := step{Pair: Pair{A: order[i-1], B: order[i]}, a: &l.Polls[order[i-1]], b: &l.Polls[order[i]], first: i == 1}
		s.Passed, s.Moved = s.b.At-s.a.At, s.b.Stamp.Seconds-s.a.Stamp.Seconds
		s.quiet = !callWithin(calls, min(s.a.Sent, s.b.Sent), max(s.a.Sent, s.b.Sent))
		s.settled, before = s.quiet && before, s.quiet
		s.hidden = s.Moved != 0 && l.otherwise(s.a, s.b)
		out = append(out, s)
	}
	return out
}

// tells reports a step across which the stamp has no reason to move, or may have had one and stayed.
func (s *step) tells() bool {
	return !s.hidden && (s.settled || s.quiet && !s.first && s.Moved == 0) && s.a.good() && s.b.good() && s.a.Word == s.b.Word &&
		s.a.Stamp.Kind == Number && s.b.Stamp.Kind == Number && s.Passed >= leastApart
}

// Habit is how time_of_last_update behaves while the status stays and nobody calls. The first poll of a time line tells
// nothing of it: the Python SDK stamps once at its first answer.
type Habit struct {
	// Pairs are the polls that tell; Moves those across which the stamp moved.
	Pairs, Moves []Pair
	// Quiet is the time between them in seconds.
	Quiet float64
}

func (h *Habit) add(p Pair) {
	h.Pairs, h.Quiet = append(h.Pairs, p), h.Quiet+p.Passed
	if p.Moved != 0 {
		h.Moves = append(h.Moves, p)
	}
}

// oftenEnough is how many moves an idle timeout must hold before they are taken for a habit that goes on: then even moves
// at random leave no gap as long as the timeout.
const oftenEnough = 10

// GoesOn reports that the stamp moves so often that an idle timeout of that many seconds never runs out. A single move is
// a change of status that fell between two polls.
func (h *Habit) GoesOn(timeout float64) bool {
	return len(h.Moves) >= 2 && h.Quiet/float64(len(h.Moves))*oftenEnough <= timeout
}

// Habits are the habit of an idle agent, and of one that says HealthyBusy.
func Habits(l *TimeLine) (idle, busy Habit) {
	for _, s := range l.steps() {
		switch {
		case !s.tells():
		case s.a.busy():
			busy.add(s.Pair)
		default:
			idle.add(s.Pair)
		}
	}
	return idle, busy
}

// Busyness is how much of its time an agent says HealthyBusy.
type Busyness struct {
	// Busy and Other count the good polls that say so and that do not.
	Busy, Other int
	// Alone is the longest time in seconds over which all polls said so with no call begun or running.
	Alone float64
}

// BusynessOf counts, whether or not the platform recognises what is said. Polls that were not answered well say nothing.
func BusynessOf(l *TimeLine) Busyness {
	var out Busyness
	var began, last *Poll
	calls := l.merged()
	for _, i := range l.inOrder() {
		p := &l.Polls[i]
		switch {
		case !p.good():
			continue
		case !p.busy():
			out.Other++
			began = nil
		case callWithin(calls, p.Sent, p.Sent):
			out.Busy++
			began = nil
		default:
			out.Busy++
			if began == nil || callWithin(calls, last.Sent, p.Sent) {
				began = p
			}
			out.Alone = max(out.Alone, p.At-began.At)
		}
		last = p
	}
	return out
}

// Transition is a change of the status word between two polls that follow each other, with a numeric stamp after it.
type Transition struct {
	Pair
	// Stale says that the stamp did not move forward with the status, although the old one had been seen a second earlier
	// or more: two changes within one second may well have the same stamp.
	Stale bool
}

// Transitions are those of a time line.
func Transitions(l *TimeLine) []Transition {
	var out []Transition
	var seen marks
	for _, s := range l.steps() {
		seen.look(s.a)
		if s.a.good() && s.b.good() && s.a.Word != "" && s.a.Word != s.b.Word && s.b.Stamp.Kind == Number {
			out = append(out, Transition{s.Pair, seen.stale(s.a, s.b)})
		}
	}
	return out
}

// marks remembers the last numeric stamp and when it was first seen.
type marks struct {
	known bool
	last  float64
	since float64
}

func (m *marks) look(p *Poll) {
	if p.good() && p.Stamp.Kind == Number && (!m.known || m.last != p.Stamp.Seconds) {
		*m = marks{known: true, last: p.Stamp.Seconds, since: p.At}
	}
}

func (m *marks) stale(a, b *Poll) bool {
	return m.known && (b.Stamp.Seconds < m.last || b.Stamp.Seconds == m.last && a.Sent-m.since >= leastApart)
}
