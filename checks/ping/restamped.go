package ping

import (
	"fmt"
	"math"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var restamped = checks.Check{Clause: "PING-06", Needs: []record.Kind{record.KindIdle}, Wants: reading.PollKinds, Judge: judgeRestamped}

// quietPair is two consecutive polls of an agent that the harness left alone in between, with the same status.
type quietPair struct {
	a, b record.Ping
	// moved is how far the stamp went, passed how much time went by, both in seconds.
	moved, passed float64
}

// followsClock reports that the stamp went on with the time. One second of slack: stamps are whole seconds.
func (q quietPair) followsClock() bool {
	return q.moved > 0 && math.Abs(q.moved-q.passed) <= 1.1
}

// fewMoves is the part of all quiet pairs below which moves are no habit. A timer that stamps every minute moves one
// pair in thirty, and keeps a session from ever being idle as well as one that stamps at each poll.
const fewMoves = 40

// judgeRestamped wants the stamp to move twice with the clock before it fails: a single change may be a transition that
// fell between two polls.
func judgeRestamped(set *record.Set) []checks.Verdict {
	pairs, stamps := quietPairs(set)
	var clock, other []quietPair
	for _, q := range pairs {
		switch {
		case q.followsClock():
			clock = append(clock, q)
		case q.moved != 0:
			other = append(other, q)
		}
	}
	const want = "the same time_of_last_update while the status stays the same"
	switch {
	case stamps == 0:
		return []checks.Verdict{checks.DoesNotApply("no answer carries a numeric time_of_last_update")}
	case len(clock) >= 2:
		return []checks.Verdict{checks.Found("restamped", want, moves(clock, pairs), bodies(clock))}
	case len(clock)+len(other) >= max(2, len(pairs)/fewMoves):
		return []checks.Verdict{checks.Found("unsteady", want, moves(append(clock, other...), pairs), bodies(append(clock, other...)))}
	case len(pairs) == 0:
		return []checks.Verdict{checks.CannotTell("no two polls saw the agent idle with the same status")}
	case len(clock)+len(other) > 0:
		return []checks.Verdict{checks.Passed("changed in %d of %d quiet pairs of polls, as a transition between two polls does",
			len(clock)+len(other), len(pairs))}
	}
	return []checks.Verdict{checks.Passed("unchanged over %d quiet pairs of polls", len(pairs))}
}

// quietPairs pairs polls from the second of each series on: the Python SDK re-stamps once, at its very first answer. Of an
// agent that is busy at times, a stamp that moved between two busy polls tells nothing: one job may have ended and another
// begun. Nor does one that moved while the status was seen to be another in between.
func quietPairs(set *record.Set) (pairs []quietPair, stamps int) {
	changes := changesStatus(set)
	for _, series := range reading.Polls(set) {
		for i, p := range series.Pings {
			if _, ok := reading.StampSeconds(p); ok {
				stamps++
			}
			if i < 2 {
				continue
			}
			q, ok := quiet(series.Pings[i-1], p)
			betweenJobs := changes && reading.StatusWord(p) == reading.HealthyBusy || series.Otherwise(q.a, q.b)
			if ok && (q.moved == 0 || !betweenJobs) {
				pairs = append(pairs, q)
			}
		}
	}
	return pairs, stamps
}

// changesStatus reports that the agent was seen busy, and not busy.
func changesStatus(set *record.Set) bool {
	busy, other := false, false
	for _, series := range reading.Polls(set) {
		for _, p := range series.Pings {
			is := reading.StatusWord(p) == reading.HealthyBusy
			busy, other = busy || is, other || p.OK() && !is
		}
	}
	return busy && other
}

// leastApart is the shortest time between two polls in which a clock in whole seconds must move.
const leastApart = 1.0

func quiet(a, b record.Ping) (quietPair, bool) {
	before, ok1 := reading.StampSeconds(a)
	after, ok2 := reading.StampSeconds(b)
	q := quietPair{a: a, b: b, moved: after - before, passed: b.Unix - a.Unix}
	same := reading.StatusWord(a) == reading.StatusWord(b)
	alone := a.InFlight == 0 && b.InFlight == 0 && a.Activity == b.Activity
	return q, ok1 && ok2 && same && alone && q.passed >= leastApart
}

func moves(moved, all []quietPair) string {
	first := moved[0]
	return fmt.Sprintf("it moved in %d of %d quiet pairs of polls, at first by %.0f s within %.1f s", len(moved), len(all), first.moved, first.passed)
}

func bodies(pairs []quietPair) checks.Evidence {
	var lines []string
	for _, q := range pairs[:min(len(pairs), 3)] {
		lines = append(lines, fmt.Sprintf("at %.1f s: %s", q.a.At.Seconds(), q.a.Body), fmt.Sprintf("at %.1f s: %s", q.b.At.Seconds(), q.b.Body))
	}
	return checks.Text("polls with nothing between them", lines...)
}
