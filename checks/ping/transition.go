package ping

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var transition = checks.Check{Clause: "PING-07", Needs: []record.Kind{record.KindIdle}, Wants: reading.PollKinds, Judge: judgeTransition}

// transitionSlack is how far before the poll that still saw the old status a new stamp may lie, in seconds.
const transitionSlack = 5

func judgeTransition(set *record.Set) []checks.Verdict {
	seen := 0
	for _, series := range reading.Polls(set) {
		for i := 1; i < len(series.Pings); i++ {
			a, b := series.Pings[i-1], series.Pings[i]
			after, ok := reading.StampSeconds(b)
			if !ok || !a.OK() || reading.StatusWord(a) == reading.StatusWord(b) || reading.StatusWord(a) == "" {
				continue
			}
			seen++
			if after < a.Unix-transitionSlack {
				return []checks.Verdict{checks.Found("stale", "a new time_of_last_update when the status changes",
					fmt.Sprintf("%s to %s with a stamp %.0f s old", reading.StatusWord(a), reading.StatusWord(b), b.Unix-after),
					checks.Text(series.Name, a.Body, b.Body))}
			}
		}
	}
	if seen == 0 {
		return []checks.Verdict{checks.DoesNotApply("no change of status was seen beside a numeric time_of_last_update")}
	}
	return []checks.Verdict{checks.Passed("the stamp moved with each of %d changes of status", seen)}
}
