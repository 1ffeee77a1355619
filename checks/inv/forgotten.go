package inv

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// forgotten rules on a call that nobody works on any more once its model failed (INV-15). One that broke off in the middle of
// a stream is SSE-06's.
func forgotten(f *record.ModelFaults) (checks.Verdict, bool) {
	if f == nil {
		return checks.Verdict{}, false
	}
	for i := range f.Rounds {
		r := &f.Rounds[i]
		if r.Forgotten() && !reading.Streams(&r.Call) {
			return checks.Found("hangs-with-model", "an answer, be it of the failure, when the model fails",
				fmt.Sprintf("the model failed (%s), the call: %s; requests of the agent to the model: %d, none for the last %s", r.Fault,
					reading.Says(&r.Call), len(r.Model), reading.Seconds(r.Silent)), checks.Wire("the call whose model failed", &r.Call)), true
		}
	}
	return checks.Verdict{}, false
}
