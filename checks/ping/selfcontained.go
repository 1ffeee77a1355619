package ping

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var selfContained = checks.Check{Clause: "PING-13", Needs: []record.Kind{record.KindClean}, Judge: judgeSelfContained}

// judgeSelfContained looks at the container that has no credentials and, on an internal network, no way out.
func judgeSelfContained(set *record.Set) []checks.Verdict {
	c := set.Clean
	switch {
	case c.Boot.Cause == record.AnswersBadly && set.Boot != nil && set.Boot.Ready:
		return []checks.Verdict{checks.Found("needs-surroundings", "a health check that needs nothing but the process itself",
			"without network and credentials: "+reading.Says(c.Boot.Last), checks.Wire("readiness probe", c.Boot.Last),
			checks.LogLines("last lines of the container", c.Boot.Logs))}
	case !c.Boot.Ready:
		return []checks.Verdict{checks.CannotTell("without any variables the container never became ready: see LIFE-09")}
	case c.Ping == nil || !reading.Counts(*c.Ping):
		return []checks.Verdict{checks.CannotTell("no health check was sent to the container without credentials")}
	case !c.Ping.OK():
		return []checks.Verdict{checks.Found("needs-surroundings", "a health check that needs nothing but the process itself",
			"without network and credentials: "+reading.SaysPing(*c.Ping), checks.LogLines("last lines of the container", c.Logs))}
	}
	return []checks.Verdict{checks.Passed("answered 200 without network and credentials")}
}
