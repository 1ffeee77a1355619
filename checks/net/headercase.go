package net

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var headerCase = checks.Check{Clause: "NET-10", Needs: []record.Kind{record.KindCalls}, Judge: judgeHeaderCase}

// judgeHeaderCase compares lower-case names, which the platform sends, with mixed-case ones.
func judgeHeaderCase(set *record.Set) []checks.Verdict {
	lower, mixed := set.Calls.Happy(), set.Calls.Variants[record.MixedCase]
	wires := []checks.Evidence{checks.Wire("lower-case names", lower), checks.Wire("mixed-case names", mixed)}
	const want = "the same answer whatever the case of header names"
	switch {
	case mixed.OK() && reading.Rejected(lower):
		return []checks.Verdict{checks.Found("lower-case-lost", want,
			"lower case: "+reading.Says(lower)+"; mixed case: "+reading.Says(mixed), wires...)}
	case echoes(mixed) && lower.OK() && !echoes(lower):
		return []checks.Verdict{checks.Found("lower-case-lost", want,
			"the session id comes back in the answer only when its field is written in mixed case", wires...)}
	case lower.OK() && reading.Rejected(mixed):
		return []checks.Verdict{checks.Found("mixed-case-lost", want,
			"lower case: "+reading.Says(lower)+"; mixed case: "+reading.Says(mixed), wires...)}
	case lower.OK() && mixed.OK():
		return []checks.Verdict{checks.Passed("lower-case and mixed-case names are answered alike")}
	}
	v, _ := reading.Unanswered(set)
	return []checks.Verdict{orCannotTell(v)}
}

// echoes reports that the answer holds the session id that was sent in the header. An agent whose body carries the id
// as well echoes that, which shows nothing.
func echoes(x *record.Exchange) bool {
	return x.OK() && x.Session != "" && strings.Contains(x.Response.Body, x.Session) && !strings.Contains(x.Request.Body, x.Session)
}
