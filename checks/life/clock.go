package life

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// judgeClock rules on a process whose wall clock was off from its start on, as that of a snapshot is at first: only where the
// process shows that it was, and where others with the right clock do well. Where that leaves nothing to find, seen is what was
// seen; it is empty where nothing was played.
func judgeClock(set *record.Set) (found []checks.Verdict, seen checks.Verdict) {
	c := set.Clock
	if c == nil {
		return nil, checks.Verdict{}
	}
	by, _ := reading.ClockSeen(c)
	if c.Untold != "" || by == "" {
		return nil, checks.DoesNotApply("%s", unseenClock(c))
	}
	off := fmt.Sprintf("with its clock %s, as %s, ", reading.ClockOff(c), by)
	if set.Terms.Model == modelReal {
		return nil, checks.DoesNotApply("%sthe real model may have refused what was signed at a wrong time", off)
	}
	if what, evidence := clockFault(set, c); what != "" {
		v := checks.Found(onVersion(set, "clock-off-fails"), "becomes ready and answers, whatever its clock says", off+what, evidence...)
		return []checks.Verdict{v}, checks.Verdict{}
	}
	return nil, worksWithClock(c, off)
}

func worksWithClock(c *record.Clock, off string) checks.Verdict {
	switch {
	case !c.Boot.Ready:
		return checks.DoesNotApply("%sit did not become ready, and whether the clock is why cannot be told", off)
	case !c.Call.OK() || badCall(c.Call) || c.After == nil || !c.After.OK():
		return checks.DoesNotApply("%sit becomes ready, and whether it answers cannot be told", off)
	}
	return checks.Passed("%sit becomes ready and answers", off)
}

// andSeen adds to a verdict what was seen of another process: where that passes, the clause has been tested.
func andSeen(v, seen checks.Verdict) checks.Verdict {
	if seen.Actual == "" {
		return v
	}
	if v.Outcome == checks.NotApplicable {
		v.Outcome = seen.Outcome
	}
	v.Actual += "; " + seen.Actual
	return v
}

// preloadRefused are the words of loaders that do not take what is to put the clock off.
var preloadRefused = []string{"cannot be preloaded", "wrong ELF class"}

// unseenClock says why nothing is told of a wrong clock.
func unseenClock(c *record.Clock) string {
	if c.Untold != "" {
		return "not played with a wrong clock: " + c.Untold
	}
	for _, line := range append(c.Boot.Logs.Lines[:len(c.Boot.Logs.Lines):len(c.Boot.Logs.Lines)], c.Logs.Lines...) {
		for _, words := range preloadRefused {
			if strings.Contains(line, words) {
				return "its clock could not be put off: the loader refused"
			}
		}
	}
	if _, right := reading.ClockSeen(c); right {
		return "its clock could not be put off: it asks the kernel itself, as static programs do"
	}
	return "whether its clock could be put off was not seen"
}

// clockFault is what a process with a wrong clock does not do that others do; empty where it does all, or where that may have
// another cause. One that a signal ended may have been ended by what put its clock off.
func clockFault(set *record.Set, c *record.Clock) (string, []checks.Evidence) {
	switch {
	case endedBySignal(c.Boot.State), endedBySignal(c.State):
		return "", nil
	case !c.Boot.Ready:
		if c.Right == nil || !c.Right.Ready {
			return "", nil
		}
		return "it does not become ready (" + startSays(&c.Boot) + "), with the right one it does",
			[]checks.Evidence{checks.Wire("the last health check", c.Boot.Last), checks.LogLines("what it logged", c.Boot.Logs)}
	case badCall(c.Call) && badCall(c.Again) && answersElsewhere(set):
		return fmt.Sprintf("its calls fail (%s), with the right one they do not", callSays(c.Call)),
			[]checks.Evidence{checks.Wire("a call with a wrong clock", c.Call), checks.Wire("the same call with the right one", reading.Happy(set.Calls))}
	case badPing(c.Before) && badPing(c.After) && healthyElsewhere(set):
		return fmt.Sprintf("its health checks fail (%s), with the right one they do not", pingSays(c.After)),
			[]checks.Evidence{checks.Text("body", c.After.Body), checks.LogLines("what it logged", c.Logs)}
	}
	return "", nil
}

func endedBySignal(s record.State) bool { return !s.Running && !s.Unknown && s.ExitCode >= 128 }

func startSays(b *record.Boot) string {
	if b.Detail != "" {
		return b.Detail
	}
	return reading.Says(b.Last)
}

// badCall reports a call that was sent and was no success.
func badCall(x *record.Exchange) bool {
	if x == nil || x.Outcome == "" || x.Outcome == record.Unsent || x.Outcome == record.Abandoned {
		return false
	}
	_, inStream := record.ErrorInStream(x.Events)
	return !x.OK() || inStream
}

func callSays(x *record.Exchange) string {
	if text, inStream := record.ErrorInStream(x.Events); inStream {
		return reading.Says(x) + " with an error inside: " + reading.Quote(text)
	}
	return reading.Says(x)
}

func badPing(p *record.Ping) bool { return p != nil && reading.Counts(*p) && !p.OK() }

func pingSays(p *record.Ping) string {
	if p.Status != 0 {
		return fmt.Sprint(p.Status)
	}
	return string(p.Outcome)
}

// answersElsewhere reports that the same call is answered by the main process and, as the first of a fresh one, by the long
// session's.
func answersElsewhere(set *record.Set) bool {
	happy, turns := reading.Happy(set.Calls), set.LongSession.Turns
	return happy != nil && happy.OK() && !badCall(happy) && len(turns) > 0 && turns[0].OK() && !badCall(&turns[0])
}

func healthyElsewhere(set *record.Set) bool {
	polls := set.LongSession.Polls
	return len(polls) > 1 && polls[0].OK() && polls[1].OK()
}
