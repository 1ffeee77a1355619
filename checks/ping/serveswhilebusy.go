package ping

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var servesWhileBusy = checks.Check{Clause: "PING-15", Needs: []record.Kind{record.KindAsync}, Judge: judgeServesWhileBusy}

func judgeServesWhileBusy(set *record.Set) []checks.Verdict {
	x := set.Async.During
	switch {
	case reading.FateOf(x) == reading.NotSent:
		return []checks.Verdict{checks.CannotTell("the background job was never reported as HealthyBusy, so no call fell into it")}
	case !reading.Success(x):
		return []checks.Verdict{checks.Found("rejected", "a call is served while background work runs", reading.Says(x), checks.Wire("the call", x))}
	}
	return []checks.Verdict{checks.Passed("a call was served beside the background job: %s", reading.Says(x))}
}
