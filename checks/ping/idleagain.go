package ping

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What makes an agent busy, callers who leave a stream among it, is played for the polls' sake.
var idleAgain = checks.Check{
	Clause: "PING-14", Needs: []record.Kind{record.KindIdle},
	Wants: append([]record.Kind{record.KindCalls, record.KindStream, record.KindDisconnect}, reading.PollKinds...), Judge: judgeIdleAgain,
}

// workEnds is how long after the last work a busy status is nobody's fault, in seconds: reaper.LongBusy, or two calls of an
// agent that is slower than that, for the turn of a caller who left goes on for one.
func workEnds(set *record.Set) float64 {
	x := reading.Happy(set.Calls)
	if !reading.Success(x) {
		return reaper.LongBusy
	}
	return max(reaper.LongBusy, 2*x.Took.Seconds())
}

func judgeIdleAgain(set *record.Set) []checks.Verdict {
	busy, other, longest := 0, 0, 0.0
	for _, series := range reading.Polls(set) {
		b := reaper.BusynessOf(reading.TimeLine(series))
		busy, other, longest = busy+b.Busy, other+b.Other, max(longest, b.Alone)
	}
	const want = "Healthy again once the work has ended"
	switch {
	case busy == 0:
		return []checks.Verdict{checks.DoesNotApply("the agent never said HealthyBusy")}
	case other == 0 && !set.Terms.AsyncDeclared:
		return []checks.Verdict{checks.Found("always-busy", want, fmt.Sprintf("HealthyBusy in all of %d polls of the run", busy),
			reading.ReaperLines(reading.Reaped(set)))}
	case longest > workEnds(set):
		return []checks.Verdict{checks.Found("stays-busy", want, fmt.Sprintf("HealthyBusy for %.0f s after the last call had ended", longest),
			reading.ReaperLines(reading.Reaped(set)))}
	}
	return []checks.Verdict{checks.Passed("HealthyBusy for at most %.0f s without a call, Healthy in %d polls", longest, other)}
}
