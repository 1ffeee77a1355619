package inv

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What is no sensible number of tries.
const (
	// mostTries is how many requests one call may send to a model that fails: frameworks whose retries are nested come to
	// about ten in the time that a fault lasts.
	mostTries = 40
	// mostLater is how many may come after the answer that they were for.
	mostLater = 3
)

// afterModelFaults rules on what a failing model left behind (INV-09): the process, its health, its next call, and tries
// without an end.
func afterModelFaults(set *record.Set) (checks.Verdict, bool) {
	if set.ModelFaults == nil {
		return checks.Verdict{}, false
	}
	before := set.ModelFaults.Before
	for i := range set.ModelFaults.Rounds {
		r := &set.ModelFaults.Rounds[i]
		when, call := " after the model failed ("+r.Fault+")", checks.Wire("the call whose model failed", &r.Call)
		if how, ended := reading.Ended(before, r.State); ended {
			return checks.Found("gone-with-model", "the process survives a model that fails", how+when, call), true
		}
		before = r.State
		if r.Ping != nil && reading.Counts(*r.Ping) && r.Ping.Outcome != record.Answered {
			return checks.Found("health-lost", "a health check answered after the model failed", reading.SaysPing(*r.Ping)+when, call), true
		}
		if r.Again != nil && set.Calls.Worked && reading.FateOf(r.Again) != reading.NotSent && !reading.Success(r.Again) {
			return checks.Found("lost-with-model", "calls are served once the model is well again",
				fmt.Sprintf("%s, retried for %s%s", reading.Says(r.Again), reading.Seconds(r.Waited), when), call, checks.Wire("the next call", r.Again)), true
		}
		if tries := len(r.Model); tries > mostTries || r.Later > mostLater {
			return checks.Found("retry-storm", fmt.Sprintf("at most %d requests to a failing model, none once the call was answered", mostTries),
				fmt.Sprintf("%d requests for one call, %d of them after its answer%s", tries, r.Later, when), call), true
		}
	}
	return checks.Verdict{}, false
}
