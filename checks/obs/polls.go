package obs

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var quietPolls = checks.Check{Clause: "OBS-08", Needs: []record.Kind{record.KindIdle}, Judge: judgeQuietPolls}

// leastPolls is how many health checks a habit shows in.
const leastPolls = 20

// judgeQuietPolls wants a line per health check before it speaks of a habit: other lines may fall into the same seconds.
func judgeQuietPolls(set *record.Set) []checks.Verdict {
	if set.Terms.Attached {
		return []checks.Verdict{checks.DoesNotApply("the output of a server that already runs is not seen here")}
	}
	answered, lines := 0, set.Idle.LogGrowth
	for _, p := range set.Idle.Burst {
		if reading.Counts(p) {
			answered++
		}
	}
	switch {
	case lines < 0:
		return []checks.Verdict{checks.CannotTell("the engine does not show the container's output")}
	case answered < leastPolls:
		return []checks.Verdict{checks.CannotTell("only %d health checks were sent in a row", answered)}
	case lines >= answered:
		return []checks.Verdict{checks.Found("chatty", "health checks leave no line each", fmt.Sprintf("%d lines of output during %d health checks", lines, answered))}
	}
	return []checks.Verdict{checks.Passed("%d lines of output during %d health checks", lines, answered)}
}
