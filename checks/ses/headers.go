package ses

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var custom = checks.Check{Clause: "SES-09", Needs: []record.Kind{record.KindCalls}, Judge: judgeCustom}

func judgeCustom(set *record.Set) []checks.Verdict {
	without, with := set.Calls.Happy(), set.Calls.Variants[record.CustomHeader]
	wires := []checks.Evidence{checks.Wire("without the header", without), checks.Wire("with the header", with)}
	actual := "without: " + reading.Says(without) + "; with: " + reading.Says(with)
	const want = "a custom header makes no difference"
	switch {
	case reading.Rejected(without) && reading.Success(with):
		return []checks.Verdict{checks.Found("field-required", want, actual, wires...)}
	case reading.Success(without) && (reading.Rejected(with) || reading.Lost(with)):
		return []checks.Verdict{checks.Found("field-refused", want, actual, wires...)}
	case reading.Success(without) && reading.Success(with):
		return []checks.Verdict{checks.Passed("served with and without a custom header")}
	}
	return []checks.Verdict{cannotCompare(set)}
}

func cannotCompare(set *record.Set) checks.Verdict {
	if v, unanswered := reading.Unanswered(set); unanswered {
		return v
	}
	return checks.CannotTell("the calls to compare were not made, or found the agent busy")
}

var token = checks.Check{Clause: "SES-11", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindMalformed}, Judge: judgeToken}

func judgeToken(set *record.Set) []checks.Verdict {
	x, sure := reading.AsksForToken(set)
	switch {
	case x != nil && sure:
		return []checks.Verdict{checks.Found("token-required", "a call without Authorization is served", reading.Says(x), checks.Wire("without Authorization", x))}
	case x != nil:
		return []checks.Verdict{checks.CannotTell("%s without Authorization: the agent's own guard, or its model's refusal handed on", reading.Says(x))}
	case reading.Success(set.Calls.Happy()):
		return []checks.Verdict{checks.Passed("served without Authorization")}
	}
	return []checks.Verdict{cannotCompare(set)}
}
