package sec

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var guard = checks.Check{Clause: "SEC-03", Needs: []record.Kind{record.KindBoot}, Judge: judgeGuard}

// judgeGuard looks for 401 and 403 to requests without Authorization. A guard against foreign hosts answers so too; that
// is NET-04's finding.
func judgeGuard(set *record.Set) []checks.Verdict {
	b := set.Boot
	const want = "requests without Authorization are let in"
	if x := guardedPing(set); x != nil {
		return []checks.Verdict{checks.Found("ping-guarded", want, "readiness probe: "+reading.Says(x), checks.Wire("readiness probe", x))}
	}
	if set.Calls == nil {
		return []checks.Verdict{checks.CannotTell("no invocation was made: %s", b.Detail)}
	}
	x, sure := reading.AsksForToken(set)
	switch {
	case x != nil && sure:
		return []checks.Verdict{checks.Found("invocations-guarded", want, "invocation: "+reading.Says(x), checks.Wire("the invocation", x))}
	case x != nil:
		return []checks.Verdict{checks.CannotTell("%s without Authorization: the agent's own guard, or its model's refusal handed on: "+
			"give the agent credentials, or a payload without a model with --payload", reading.Says(x)).With(checks.Wire("the invocation", x))}
	}
	if happy := reading.Happy(set.Calls); happy.Reached() {
		return []checks.Verdict{checks.Passed("the health check and the invocation are let in without Authorization (%s)", reading.Says(happy))}
	}
	return []checks.Verdict{checks.CannotTell("no invocation was answered: %s", reading.Says(reading.Happy(set.Calls)))}
}

// guardedPing is the readiness probe that was refused for want of credentials, nil when none was.
func guardedPing(set *record.Set) *record.Exchange {
	if b := set.Boot; !b.Ready && reading.Unauthorized(b.Last) && !reading.HostDecides(b.Last, b.Localhost) {
		return b.Last
	}
	if i := set.Idle; i != nil && reading.Unauthorized(i.Bare) {
		return i.Bare
	}
	return nil
}
