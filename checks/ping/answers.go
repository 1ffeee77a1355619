package ping

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var answers = checks.Check{Clause: "PING-01", Needs: []record.Kind{record.KindBoot}, Judge: judgeAnswers}

func judgeAnswers(set *record.Set) []checks.Verdict {
	b := set.Boot
	if b.Ready {
		return []checks.Verdict{checks.Passed("GET /ping answered 200")}
	}
	if reading.Blame(set) != "PING-01" {
		return []checks.Verdict{checks.CannotTell("never ready for another reason: %s", b.Detail)}
	}
	reason, actual := "not-200", "GET /ping: "+reading.Says(b.Last)
	if s := b.Last.Status(); s == 404 || s == 405 || s == 501 {
		reason = "not-found"
	}
	if len(b.OtherPaths) > 0 {
		actual += "; answered instead: " + strings.Join(b.OtherPaths, ", ")
	}
	return []checks.Verdict{checks.Found(reason, "GET /ping answers 200", actual,
		checks.Wire("readiness probe", b.Last), checks.LogLines("last lines of the container", b.Logs))}
}
