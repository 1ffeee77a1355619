package ping

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var transition = checks.Check{Clause: "PING-07", Needs: []record.Kind{record.KindIdle}, Wants: reading.PollKinds, Judge: judgeTransition}

// judgeTransition compares stamps with each other alone: how far the container's clock lies from this machine's is no fault.
func judgeTransition(set *record.Set) []checks.Verdict {
	seen := 0
	for _, series := range reading.Polls(set) {
		for _, c := range reaper.Transitions(reading.TimeLine(series)) {
			if seen++; c.Stale {
				a, b := series.Pings[c.A], series.Pings[c.B]
				return []checks.Verdict{checks.Found("stale", "a new time_of_last_update when the status changes",
					fmt.Sprintf("%s to %s, and the stamp stays where it was", reading.Quote(reading.StatusWord(a)), reading.Quote(reading.StatusWord(b))),
					checks.Text(series.Name, a.Body, b.Body), reading.ReaperLines(reading.Reaped(set)))}
			}
		}
	}
	if seen == 0 {
		return []checks.Verdict{checks.DoesNotApply("no change of status was seen beside a numeric time_of_last_update")}
	}
	return []checks.Verdict{checks.Passed("the stamp moved with each of %d changes of status", seen)}
}
