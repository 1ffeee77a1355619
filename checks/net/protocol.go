package net

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var protocol = checks.Check{Clause: "NET-09", Needs: []record.Kind{record.KindBoot}, Judge: judgeProtocol}

func judgeProtocol(set *record.Set) []checks.Verdict {
	b := set.Boot
	switch {
	case b.Ready:
		return []checks.Verdict{checks.Passed("ready as %s", set.Terms.Protocol)}
	case reading.Blame(set) == "NET-09":
		return []checks.Verdict{checks.Found("other-protocol",
			fmt.Sprintf("a server that speaks %s on port %d", set.Terms.Protocol, set.Terms.Port),
			fmt.Sprintf("it looks like %s: %s", b.OtherProtocol, b.Detail), listenerLines(b), checks.Wire("readiness probe", b.Last))}
	}
	return []checks.Verdict{checks.CannotTell("never ready, and no other protocol answered: %s", b.Detail)}
}
