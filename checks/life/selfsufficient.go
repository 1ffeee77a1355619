package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var selfSufficient = checks.Check{
	Clause: "LIFE-09", Needs: []record.Kind{record.KindBoot, record.KindClean}, Judge: judgeSelfSufficient,
}

func judgeSelfSufficient(set *record.Set) []checks.Verdict {
	c := set.Clean
	switch {
	case c.Boot.Ready:
		return []checks.Verdict{checks.Passed("became ready with nothing but the image")}
	case !set.Boot.Ready:
		return []checks.Verdict{checks.CannotTell("never ready with the declared environment either: %s", set.Boot.Detail)}
	}
	return []checks.Verdict{checks.Found("needs-environment", "ready without variables, credentials and network", c.Boot.Detail,
		checks.LogLines("last lines of the container without variables", c.Boot.Logs))}
}
