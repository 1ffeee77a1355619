package ping

import (
	"fmt"
	"math"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var restamped = checks.Check{Clause: "PING-06", Needs: []record.Kind{record.KindIdle}, Wants: reading.PollKinds, Judge: judgeRestamped}

// quietPair is two consecutive polls of an agent that the harness left alone, with the same status.
type quietPair struct {
	a, b record.Ping
	reaper.Pair
}

// followsClock reports that the stamp went on with the time. One second of slack: stamps are whole seconds.
func (q quietPair) followsClock() bool {
	return q.Moved > 0 && math.Abs(q.Moved-q.Passed) <= 1.1
}

// stampLook is what the polls of a run show of the stamp of an agent that is left alone.
type stampLook struct {
	// stamps counts the answers with a numeric one, pairs those polls that tell, moved those across which it moved.
	stamps, pairs, moved int
	// endless are the moves of a process that so kept its idle timeout from running out; heartbeat those of one that says
	// HealthyBusy, whose idle clock does not run anyway.
	endless, heartbeat []quietPair
}

func lookAtStamps(set *record.Set) stampLook {
	var out stampLook
	settings := reading.ReaperSettings(set.Terms)
	for _, series := range reading.Polls(set) {
		line := reading.TimeLine(series)
		for _, p := range line.Polls {
			if p.Stamp.Kind == reaper.Number {
				out.stamps++
			}
		}
		idle, busy := reaper.Habits(line)
		out.pairs += len(idle.Pairs) + len(busy.Pairs)
		out.moved += len(idle.Moves) + len(busy.Moves)
		if reaper.EndlessBy(line, settings) {
			out.endless = append(out.endless, pairsOf(series, idle.Moves)...)
		}
		if busy.GoesOn(settings.Idle) {
			out.heartbeat = append(out.heartbeat, pairsOf(series, busy.Moves)...)
		}
	}
	return out
}

func pairsOf(s reading.Series, moves []reaper.Pair) []quietPair {
	var out []quietPair
	for _, m := range moves {
		out = append(out, quietPair{s.Pings[m.A], s.Pings[m.B], m})
	}
	return out
}

// judgeRestamped holds moves of the stamp against an agent where they keep its sessions from ever being idle: a single
// change may be a transition that fell between two polls.
func judgeRestamped(set *record.Set) []checks.Verdict {
	look := lookAtStamps(set)
	var clock []quietPair
	for _, q := range look.endless {
		if q.followsClock() {
			clock = append(clock, q)
		}
	}
	const want = "the same time_of_last_update while the status stays the same"
	switch {
	case look.stamps == 0:
		return []checks.Verdict{checks.DoesNotApply("no answer carries a numeric time_of_last_update")}
	case len(clock) >= 2:
		return []checks.Verdict{checks.Found("restamped", want, moves(clock, look.pairs), bodies(clock), reading.ReaperLines(reading.Reaped(set)))}
	case len(look.endless) > 0:
		return []checks.Verdict{checks.Found("unsteady", want, moves(look.endless, look.pairs), bodies(look.endless), reading.ReaperLines(reading.Reaped(set)))}
	case look.pairs == 0:
		return []checks.Verdict{checks.CannotTell("no two polls saw the agent idle with the same status")}
	case len(look.heartbeat) > 0:
		return []checks.Verdict{checks.Found("heartbeat", want, moves(look.heartbeat, look.pairs)+", with HealthyBusy", bodies(look.heartbeat))}
	case look.moved > 0:
		return []checks.Verdict{checks.Passed("changed in %d of %d quiet pairs of polls, as a transition between two polls does", look.moved, look.pairs)}
	}
	return []checks.Verdict{checks.Passed("unchanged over %d quiet pairs of polls", look.pairs)}
}

func moves(moved []quietPair, pairs int) string {
	first := moved[0]
	return fmt.Sprintf("it moved in %d of %d quiet pairs of polls, at first by %.0f s within %.1f s", len(moved), pairs, first.Moved, first.Passed)
}

func bodies(pairs []quietPair) checks.Evidence {
	var lines []string
	for _, q := range pairs[:min(len(pairs), 3)] {
		lines = append(lines, fmt.Sprintf("at %.1f s: %s", q.a.At.Seconds(), q.a.Body), fmt.Sprintf("at %.1f s: %s", q.b.At.Seconds(), q.b.Body))
	}
	return checks.Text("polls with nothing between them", lines...)
}
