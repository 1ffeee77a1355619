package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var serves = checks.Check{Clause: "LIFE-03", Needs: []record.Kind{record.KindCalls, record.KindEnd}, Wants: []record.Kind{record.KindInFlight, record.KindSessions}, Judge: judgeServes}

// judgeServes holds an end of the process against the image only after a call that worked: agents without a model may end
// at their first.
func judgeServes(set *record.Set) []checks.Verdict {
	c := set.Calls
	if how, ended := reading.Ended(c.Before, c.After); ended {
		if v, none := reading.Unanswered(set); none {
			v.Actual = how + " at a call that was not answered; " + v.Actual
			return []checks.Verdict{v}
		}
		return []checks.Verdict{checks.Found("exited-after-call", "the process serves call after call", how, checks.Wire("the last call that worked", reading.Settled(c)))}
	}
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if l := set.End.Lost; len(l) > 0 {
		return []checks.Verdict{checks.Found("exited-after-call", "the process serves call after call",
			fmt.Sprintf("the process exited with code %d after %q was played", l[0].State.ExitCode, l[0].After), checks.LogLines("its last lines", l[0].Logs))}
	}
	if lost := lostLater(set); len(lost) >= leastLost {
		return []checks.Verdict{checks.Found("later-calls-lost", "the process serves call after call",
			fmt.Sprintf("%d later calls with none beside them were not: the first %s", len(lost), reading.Says(lost[0])), checks.Wire("the first of them", lost[0]))}
	}
	return []checks.Verdict{servedOn(c)}
}

// leastLost is how many later calls must fail: a model may fail one.
const leastLost = 2

// lostLater are calls that ran alone, long after the first ones, and broke: refusals and answers of a busy agent are not
// among them, nor what was asked to take long, which not every agent understands.
func lostLater(set *record.Set) []*record.Exchange {
	var out []*record.Exchange
	for _, x := range alone(set) {
		f := reading.FateOf(x)
		if f == reading.Failed || reading.Lost(x) || f == reading.Served && !reading.Success(x) {
			out = append(out, x)
		}
	}
	return out
}

// alone are the calls of the main container's later scenarios that had no other call beside them.
func alone(set *record.Set) []*record.Exchange {
	var out []*record.Exchange
	if f := set.InFlight; f != nil {
		for i := range f.Rounds {
			if r := &f.Rounds[i]; r.Asked == 0 && len(r.Calls) == 1 {
				out = append(out, &r.Calls[0])
			}
		}
	}
	if s := set.Sessions; s != nil {
		for i := range s.Rounds {
			for j := range s.Rounds[i].Turns {
				if s.Rounds[i].Mode == "serial" {
					out = append(out, &s.Rounds[i].Turns[j].Call)
				}
			}
		}
	}
	return out
}

// servedOn rules on the calls that followed the first.
func servedOn(c *record.Calls) checks.Verdict {
	later, sent := 0, 0
	for _, x := range c.Variants {
		if reading.FateOf(x) != reading.NotSent {
			sent++
		}
		if reading.Success(x) {
			later++
		}
	}
	switch {
	case later == 0 && sent >= 2:
		return checks.Found("second-call-lost", "the process serves call after call", "the first call was served, none of the next "+
			reading.Says(c.Variants[record.PlatformAgain]), checks.Wire("the first call", reading.Settled(c)), checks.Wire("a later call", c.Variants[record.PlatformAgain]))
	case later == 0:
		return checks.CannotTell("only one call was made")
	case reading.Unbroken(c.Before, c.After):
		return checks.Passed("one process served %d calls", later+1)
	}
	return checks.Passed("%d calls were served; the process itself cannot be seen here", later+1)
}
