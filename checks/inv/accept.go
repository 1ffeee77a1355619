package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var accept = checks.Check{Clause: "INV-14", Needs: []record.Kind{record.KindCalls}, Judge: judgeAccept}

func judgeAccept(set *record.Set) []checks.Verdict {
	c := set.Calls
	for _, x := range []*record.Exchange{reading.Happy(c), reading.Settled(c)} {
		if x.Status() == 406 {
			return []checks.Verdict{checks.Found("both-refused", "Accept that names JSON and event streams is served", reading.Says(x), checks.Wire("both types", x))}
		}
	}
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if x := c.Variants[record.AcceptJSON]; x.Status() == 406 {
		return []checks.Verdict{checks.Found("json-refused", "a caller that accepts JSON only gets JSON", reading.Says(x), checks.Wire("JSON only", x))}
	}
	if x := c.Variants[record.AcceptSSE]; x.Status() == 406 {
		return []checks.Verdict{checks.Found("stream-refused", "a caller that accepts event streams only is served", reading.Says(x), checks.Wire("event streams only", x))}
	}
	return []checks.Verdict{checks.Passed("no 406 for JSON, event streams, or both")}
}
