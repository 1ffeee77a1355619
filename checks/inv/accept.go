package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var accept = checks.Check{Clause: "INV-14", Needs: []record.Kind{record.KindCalls}, Judge: judgeAccept}

func judgeAccept(set *record.Set) []checks.Verdict {
	c := set.Calls
	for _, x := range []*record.Exchange{reading.Happy(c), reading.Settled(c), c.Variants[record.AcceptWeighted]} {
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
	if x := c.Variants[record.AcceptAny]; reading.Success(reading.Happy(c)) && reading.FateOf(x) == reading.Refused && !reading.Busy(x) {
		return []checks.Verdict{checks.Found("any-refused", "a caller that accepts anything is served", reading.Says(x), checks.Wire("*/*", x))}
	}
	if v, bad := oneTypeFails(set); bad {
		return []checks.Verdict{v}
	}
	if reading.FateOf(reading.Happy(c)) == reading.NotSent {
		return []checks.Verdict{checks.CannotTell("no complete answer was kept")}
	}
	return []checks.Verdict{checks.Passed("no 406 for JSON, event streams, or both")}
}

// oneTypeFails finds an Accept that breaks the call where the happy path is served: a 5xx or no answer is no refusal.
func oneTypeFails(set *record.Set) (checks.Verdict, bool) {
	c := set.Calls
	if !reading.Success(reading.Happy(c)) {
		return checks.Verdict{}, false
	}
	for _, one := range []struct {
		variant      record.Variant
		reason, want string
	}{
		{record.AcceptJSON, "json-fails", "a caller that accepts JSON only is served or refused with 406"},
		{record.AcceptSSE, "stream-fails", "a caller that accepts event streams only is served or refused with 406"},
		{record.AcceptAny, "list-fails", "a caller that accepts anything is served"},
		{record.AcceptWeighted, "list-fails", "a caller that accepts both types with weights is served"},
	} {
		x := c.Variants[one.variant]
		if reading.Denied(c, x) && reading.FateOf(x) != reading.Refused {
			return checks.Found(one.reason, one.want, reading.Says(x)+"; both types: "+reading.Says(reading.Happy(c)),
				checks.Wire("with that Accept", x), checks.Wire("both types", reading.Happy(c))), true
		}
	}
	return checks.Verdict{}, false
}
