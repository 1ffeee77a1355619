package net

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var address = checks.Check{Clause: "NET-02", Needs: []record.Kind{record.KindBoot}, Judge: judgeAddress}

// judgeAddress trusts the listener table over an answer: a relay or a port proxy can make loopback look reachable.
func judgeAddress(set *record.Set) []checks.Verdict {
	b, want := set.Boot, set.Terms.Port
	if set.Terms.Attached {
		return []checks.Verdict{checks.DoesNotApply("the address that a running server binds cannot be seen from its URL")}
	}
	onlyLoopback := b.ListenersKnown && listensOn(b, want, false) && !listensOn(b, want, true)
	switch {
	case onlyLoopback || reading.Blame(set) == "NET-02":
		return []checks.Verdict{checks.Found("loopback-only",
			fmt.Sprintf("port %d open on 0.0.0.0 or ::", want), fmt.Sprintf("port %d is open on loopback only", want), listenerLines(b))}
	case listensOn(b, want, true):
		return []checks.Verdict{checks.Passed("port %d is open to the outside", want)}
	case b.Ready || b.Last.Reached():
		return []checks.Verdict{checks.Passed("answers on the container's own address")}
	}
	return []checks.Verdict{checks.CannotTell("nothing listens on port %d: %s", want, b.Detail)}
}
