package inv

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var hiddenFailure = checks.Check{
	Clause: "INV-05", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindModelFaults}, Judge: judgeHiddenFailure,
}

// judgeHiddenFailure looks for calls whose model never answered and that were answered as a success all the same. What
// else the clause says is a property of the platform.
func judgeHiddenFailure(set *record.Set) []checks.Verdict {
	const platform = "callers see 424 for every 4xx and 5xx of the container and never its body: log what they need to know, or answer 200 with an error in the body"
	if set.ModelFaults == nil {
		return []checks.Verdict{checks.Remark(platform)}
	}
	told := 0
	for i := range set.ModelFaults.Rounds {
		r := &set.ModelFaults.Rounds[i]
		switch {
		case !failedThroughout(r), reading.FateOf(&r.Call) == reading.Hung: // one that never ends hides nothing and tells nothing
		case reading.Success(&r.Call):
			return []checks.Verdict{checks.Found("failure-hidden", "a status from 400 up, or an error in the answer", "the model failed ("+r.Fault+"), the call: "+reading.Says(&r.Call),
				checks.Wire("the call whose model failed", &r.Call))}
		default:
			told++
		}
	}
	if told == 0 {
		return []checks.Verdict{checks.Remark(platform)}
	}
	return []checks.Verdict{checks.Passed("%d failures of the model were told to the caller; callers see 424 for every 4xx and 5xx, and never the body", told)}
}

// asides are operations that are no conversation: no script has them fail.
var asides = []string{"embeddings", "models", "count"}

// failedThroughout reports that the model gave the agent no whole answer during the call.
func failedThroughout(r *record.ModelFaultRound) bool {
	asked := false
	for _, q := range r.Model {
		if slices.Contains(asides, q.API) {
			continue
		}
		if q.Fault == "" {
			return false
		}
		asked = true
	}
	return asked
}
