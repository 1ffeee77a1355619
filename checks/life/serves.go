package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var serves = checks.Check{Clause: "LIFE-03", Needs: []record.Kind{record.KindCalls, record.KindEnd}, Judge: judgeServes}

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
		return []checks.Verdict{checks.Found("second-call-lost", "the process serves call after call", "the first call was served, none of the next "+
			reading.Says(c.Variants[record.PlatformAgain]), checks.Wire("the first call", reading.Settled(c)), checks.Wire("a later call", c.Variants[record.PlatformAgain]))}
	case later == 0:
		return []checks.Verdict{checks.CannotTell("only one call was made")}
	case reading.Unbroken(c.Before, c.After):
		return []checks.Verdict{checks.Passed("one process served %d calls", later+1)}
	}
	return []checks.Verdict{checks.Passed("%d calls were served; the process itself cannot be seen here", later+1)}
}
