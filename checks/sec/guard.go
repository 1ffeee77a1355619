package sec

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var guard = checks.Check{Clause: "SEC-03", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindCalls, record.KindMalformed}, Judge: judgeGuard}

// judgeGuard looks for 401 and 403 to invocations without Authorization. A guard against foreign hosts answers so too,
// which is NET-04's finding, and a guarded health check is PING-12's.
func judgeGuard(set *record.Set) []checks.Verdict {
	const want = "invocations without Authorization are let in"
	if set.Calls == nil {
		return []checks.Verdict{checks.CannotTell("no invocation was made: %s", set.Boot.Detail)}
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
		return []checks.Verdict{checks.Passed("invocations are let in without Authorization (%s)", reading.Says(happy))}
	}
	return []checks.Verdict{checks.CannotTell("no invocation was answered: %s", reading.Says(reading.Happy(set.Calls)))}
}
