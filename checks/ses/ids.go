package ses

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var longIDs = checks.Check{Clause: "SES-03", Needs: []record.Kind{record.KindCalls}, Judge: func(set *record.Set) []checks.Verdict {
	return judgeIDs(set, "an id of 100 and of 256 characters is served like any other", record.Session100, record.Session256)
}}

var noID = checks.Check{Clause: "SES-04", Needs: []record.Kind{record.KindCalls}, Judge: func(set *record.Set) []checks.Verdict {
	return judgeIDs(set, "a call without the session header is served or refused cleanly", record.NoSession)
}}

// judgeIDs rules on unusual session ids. Both clauses have the reasons exit, hang and refused.
func judgeIDs(set *record.Set, want string, variants ...record.Variant) []checks.Verdict {
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	how, ended := reading.Ended(set.Calls.Before, set.Calls.After)
	served := 0
	var refused *record.Exchange
	for _, v := range variants {
		x := set.Calls.Variants[v]
		switch f := reading.FateOf(x); {
		case f == reading.Served:
			served++
		case f == reading.Broken && ended:
			return []checks.Verdict{checks.Found("exit", want, how, checks.Wire(string(v), x))}
		case f == reading.Hung:
			return []checks.Verdict{checks.Found("hang", want, reading.Says(x), checks.Wire(string(v), x))}
		case f == reading.Broken || reading.Rejected(x):
			refused = x
		}
	}
	switch {
	case refused != nil:
		return []checks.Verdict{checks.Found("refused", want, reading.Says(refused), checks.Wire("refused", refused))}
	case served < len(variants):
		return []checks.Verdict{checks.CannotTell("only %d of %d such calls were answered", served, len(variants))}
	}
	return []checks.Verdict{checks.Passed("served")}
}
