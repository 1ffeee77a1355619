package ses

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var sideBySide = checks.Check{Clause: "SES-07", Needs: []record.Kind{record.KindCalls, record.KindOverlap}, Judge: judgeSideBySide}

// queueSlack is how much longer than one call after the other a set of calls may take before the missing ones are lost
// rather than waiting.
const queueSlack = 5

// judgeSideBySide asks whether the process bears calls side by side. What it answers to them is INV-17's question, what
// health checks see PING-08's.
func judgeSideBySide(set *record.Set) []checks.Verdict {
	o := set.Overlap
	how, ended := reading.Ended(o.Before, o.StateAfter)
	if v, unanswered := reading.Unanswered(set); unanswered {
		return []checks.Verdict{v}
	}
	if !reading.Success(&o.Solo.Call) {
		return []checks.Verdict{checks.CannotTell("the one call alone was not served: %s", reading.Says(&o.Solo.Call))}
	}
	const want = "calls of one session side by side are served, queued or refused"
	if ended {
		return []checks.Verdict{checks.Found("process-gone", want, how, checks.Wire("one of the calls", firstUnserved(o)))}
	}
	served, lost := fates(o)
	switch {
	case lost > 0:
		return []checks.Verdict{checks.Found("hang", want,
			fmt.Sprintf("%d of %d calls got no answer, where one alone takes %s", lost, len(o.Turns), reading.Seconds(o.Solo.Call.Took)),
			checks.Wire("one of the calls", firstUnserved(o)))}
	case reading.FateOf(&o.After.Call) != reading.NotSent && !reading.Success(&o.After.Call) && !reading.Busy(&o.After.Call):
		return []checks.Verdict{checks.Found("stuck", "a call alone is served again afterwards", reading.Says(&o.After.Call), checks.Wire("the call afterwards", &o.After.Call))}
	case served == len(o.Turns) && served > 0:
		return []checks.Verdict{checks.Passed("%d calls of one session side by side were served", served)}
	case len(o.Turns) == 0:
		return []checks.Verdict{checks.CannotTell("no calls were made side by side")}
	}
	return []checks.Verdict{checks.Found("one-at-a-time", want, fmt.Sprintf("%d of %d calls were served, and the call afterwards too", served, len(o.Turns)),
		checks.Wire("one of the calls", firstUnserved(o)))}
}

// fates counts the calls that were served, and those that can only be lost.
func fates(o *record.Overlap) (served, lost int) {
	patience := queueSlack * o.Solo.Call.Took * record.Millis(len(o.Turns))
	for i := range o.Turns {
		switch call := &o.Turns[i].Call; {
		case reading.Success(call):
			served++
		case reading.FateOf(call) == reading.Hung && call.Timeout > patience:
			lost++
		}
	}
	return served, lost
}

func firstUnserved(o *record.Overlap) *record.Exchange {
	for i := range o.Turns {
		if !reading.Success(&o.Turns[i].Call) {
			return &o.Turns[i].Call
		}
	}
	return &o.After.Call
}
