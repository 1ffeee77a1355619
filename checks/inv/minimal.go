package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var minimalHeaders = checks.Check{Clause: "INV-13", Needs: []record.Kind{record.KindCalls}, Judge: judgeMinimal}

// judgeMinimal tells a missing Accept, which SDKs insist on for streams, from every other missing field.
func judgeMinimal(set *record.Set) []checks.Verdict {
	minimal, without := set.Calls.Variants[record.Minimal], set.Calls.Variants[record.AcceptNone]
	if plain, rich := set.Calls.Variants[record.Platform], set.Calls.Variants[record.Rich]; reading.Rejected(plain) && rich.OK() {
		return []checks.Verdict{checks.Found("field-required", "a call without optional fields is served", reading.Says(plain)+"; with a test client's fields: "+reading.Says(rich),
			checks.Wire("as the platform sends it", plain), checks.Wire("with a test client's fields", rich))}
	}
	byAccept := minimal.Status() == 406 || reading.Rejected(without) && without.Status() == minimal.Status()
	if set.Calls.Worked && reading.Rejected(minimal) && byAccept {
		return []checks.Verdict{checks.Found("accept-required", "a call without Accept is served", reading.Says(minimal), checks.Wire("without optional fields", minimal))}
	}
	return []checks.Verdict{reading.Pair(set, record.Minimal, "field-required", "a call without optional fields is served: no Accept, no User-Agent, no request id")}
}
