package ping

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var open = checks.Check{Clause: "PING-12", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindIdle}, Judge: judgeOpen}

// judgeOpen rules that the bare health check is served: readiness was probed without credentials and session too.
func judgeOpen(set *record.Set) []checks.Verdict {
	b := set.Boot
	bare := b.Last
	if set.Idle != nil && set.Idle.Bare != nil {
		bare = set.Idle.Bare
		if reading.Rejected(bare) && b.Ready {
			return []checks.Verdict{checks.Found("field-required", "GET /ping served with no field but Host", reading.Says(bare),
				checks.Wire("without fields", bare), checks.Wire("the platform's", b.Last))}
		}
	}
	switch {
	case reading.Blame(set) == "PING-12" && !reading.Unauthorized(b.Last):
		return []checks.Verdict{checks.Found("field-required", "GET /ping served with no field but Host",
			reading.Says(b.Last)+"; with a session, a token and all of the platform's fields: "+reading.Says(b.Dressed),
			checks.Wire("without fields", b.Last), checks.Wire("with all of them", b.Dressed))}
	case reading.Blame(set) == "PING-12":
		return []checks.Verdict{checks.Found("auth-required", "GET /ping served without credentials", reading.Says(b.Last),
			checks.Wire("readiness probe", b.Last))}
	case b.Ready && bare.OK():
		return []checks.Verdict{checks.Passed("served without Authorization and without a session")}
	}
	return []checks.Verdict{checks.CannotTell("no health check was served: %s", b.Detail)}
}
