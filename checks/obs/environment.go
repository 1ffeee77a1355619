package obs

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var environment = checks.Check{Clause: "OBS-06", Needs: []record.Kind{record.KindLongSession}, Judge: judgeEnvironment}

// judgeEnvironment blames the variables only where the same process becomes ready without them.
func judgeEnvironment(set *record.Set) []checks.Verdict {
	l := set.LongSession
	given := strings.Join(l.Observed, ", ")
	switch {
	case l.Untolerated != nil && l.Boot.Ready:
		return []checks.Verdict{checks.Found("not-tolerated", "a start with the platform's observability variables",
			"with "+given+": "+l.Untolerated.Detail, checks.LogLines("last lines of the container", l.Untolerated.Logs))}
	case len(l.Observed) == 0:
		return []checks.Verdict{checks.Remark("the variables of the platform's observability are the image's or the user's own")}
	case l.Untolerated != nil || !l.Boot.Ready:
		return []checks.Verdict{checks.CannotTell("the process did not become ready without the variables either: %s", l.Boot.Detail)}
	}
	return []checks.Verdict{checks.Passed("became ready with %s", given)}
}
