package inv

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var duration = checks.Check{
	Clause: "INV-15", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindModelFaults}, Judge: judgeDuration,
}

// mostCall is the platform's limit on a synchronous answer; it counts waiting, so it is not scaled.
const mostCall = record.Millis(15 * 60 * 1000)

func judgeDuration(set *record.Set) []checks.Verdict {
	happy := reading.Happy(set.Calls)
	if reading.FateOf(happy) == reading.Hung && happy.Took >= mostCall || happy.OK() && happy.Events == nil && happy.Took > mostCall {
		return []checks.Verdict{checks.Found("too-long", "an answer within 15 minutes", reading.Says(happy), checks.Wire("the call", happy))}
	}
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if v, bad := forgotten(set.ModelFaults); bad {
		return []checks.Verdict{v}
	}
	var took []record.Millis
	for _, x := range served(set.Calls) {
		took = append(took, x.Took)
	}
	if len(took) == 0 {
		return []checks.Verdict{checks.CannotTell("no complete answer was kept")}
	}
	slices.Sort(took)
	median := took[len(took)/2]
	return []checks.Verdict{checks.Passed("%d calls: median %s, longest %s", len(took), reading.Seconds(median), reading.Seconds(took[len(took)-1])).
		Measuring("call.p50Ms", float64(median)).Measuring("call.maxMs", float64(took[len(took)-1]))}
}

var twice = checks.Check{Clause: "INV-16", Needs: []record.Kind{record.KindCalls}, Judge: func(set *record.Set) []checks.Verdict {
	return []checks.Verdict{reading.Pair(set, record.PlatformAgain, "second-refused", "the same call in the same session is answered again")}
}}

var unknownFields = checks.Check{Clause: "INV-21", Needs: []record.Kind{record.KindCalls}, Judge: func(set *record.Set) []checks.Verdict {
	return []checks.Verdict{reading.Pair(set, record.UnknownField, "unknown-field-refused", "a field that the agent does not know is ignored")}
}}

var nonASCII = checks.Check{
	Clause: "INV-22", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindWire}, Judge: judgeNonASCII,
}

func judgeNonASCII(set *record.Set) []checks.Verdict {
	x := set.Calls.Variants[record.NonASCII]
	if x == nil && set.Calls.Worked {
		return []checks.Verdict{checks.DoesNotApply("the payload has no place for a prompt")}
	}
	if x.OK() && !x.Response.ValidUTF8 {
		return []checks.Verdict{checks.Found("not-utf8", "an answer in UTF-8", "the answer's bytes are not UTF-8", checks.Wire("the call", x))}
	}
	if v, bad := damaged(set.Wire); bad {
		return []checks.Verdict{v}
	}
	return []checks.Verdict{reading.Pair(set, record.NonASCII, "non-ascii-refused", "a prompt of two to four byte characters is served")}
}
