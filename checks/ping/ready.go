package ping

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var ready = checks.Check{Clause: "PING-10", Needs: []record.Kind{record.KindBoot, record.KindCalls}, Judge: judgeReady}

// judgeReady blames the first call only where calls work later: what fails for good is not a matter of readiness.
func judgeReady(set *record.Set) []checks.Verdict {
	first := set.Boot.First
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if first == nil || reading.FateOf(first) == reading.NotSent {
		return []checks.Verdict{checks.CannotTell("no call was made right after readiness")}
	}
	if tooEarly(first) {
		return []checks.Verdict{checks.Found("too-early", "the first call after the first healthy answer is served as later ones are",
			"first call: "+reading.Says(first)+"; later: "+reading.Says(reading.Happy(set.Calls)),
			checks.Wire("the first call", first), checks.Wire("a later call", reading.Happy(set.Calls)))}
	}
	return []checks.Verdict{checks.Passed("the first call was answered: %s", reading.Says(first))}
}

// tooEarly reports an answer of an app that has not begun: the route missing, a gateway's excuse, no connection.
func tooEarly(x *record.Exchange) bool {
	switch x.Status() {
	case 404, 502, 503, 504:
		return true
	}
	f := reading.FateOf(x)
	return f == reading.Gone || f == reading.Broken
}
