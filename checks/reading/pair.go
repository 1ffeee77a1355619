package reading

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Pair rules that a variant of the happy path is served like the happy path: the same body, one difference. It is
// silent about variants that were not sent, or sent to an agent that serves nothing.
func Pair(set *record.Set, v record.Variant, reason, expected string) checks.Verdict {
	happy, x := set.Calls.Happy(), set.Calls.Variants[v]
	if none, ok := Unanswered(set); ok {
		return none
	}
	switch f := FateOf(x); {
	case !happy.OK():
		return checks.CannotTell("the happy path itself was not served in this row: %s", Says(happy))
	case f == NotSent:
		return checks.CannotTell("the request was not made")
	case f == Served:
		return checks.Passed("served: %s", Says(x))
	case Busy(x):
		return checks.CannotTell("the agent was busy: %s", Says(x))
	}
	return checks.Found(reason, expected, Says(x)+"; the plain call: "+Says(happy),
		checks.Wire("with the difference", x), checks.Wire("the plain call", happy))
}

// Answers are the exchanges of the calls record in a stable order: the ladder, then the variants by name.
func Answers(c *record.Calls) []*record.Exchange {
	var out []*record.Exchange
	for i := range c.Ladder {
		out = append(out, &c.Ladder[i])
	}
	for _, v := range variantOrder(c) {
		out = append(out, c.Variants[v])
	}
	return out
}
