package reading

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// AfterLeaving rules on what worked after callers left in the phases that count: NET-12 before the answer, SSE-09 in the
// middle of a stream. Both clauses have the reasons process-gone, health-lost and next-call-lost.
func AfterLeaving(set *record.Set, counts func(phase string) bool) []checks.Verdict {
	d, worked := set.Disconnect, set.Calls != nil && set.Calls.Worked
	if how, ended := Ended(d.Before, d.After); ended {
		return []checks.Verdict{goneAfterLeaving(d, worked, how)}
	}
	rounds := 0
	for i := range d.Rounds {
		r := &d.Rounds[i]
		if !counts(r.Phase) {
			continue
		}
		if v, bad := roundAfterLeaving(r, worked); bad {
			return []checks.Verdict{v}
		}
		if r.Ping != nil && r.Ping.OK() || r.Again.OK() {
			rounds++
		}
	}
	if rounds == 0 {
		return []checks.Verdict{checks.CannotTell("no caller could be made to leave, or nothing was seen afterwards")}
	}
	return []checks.Verdict{checks.Passed("still served after %d callers left early", rounds)}
}

func goneAfterLeaving(d *record.Disconnect, worked bool, how string) checks.Verdict {
	if !worked {
		return checks.CannotTell("%s, but no call ever worked here", how)
	}
	v := checks.Found("process-gone", "the process survives callers who leave", how)
	if len(d.Rounds) > 0 {
		last := &d.Rounds[len(d.Rounds)-1]
		v = v.With(checks.Wire("the last caller who left: "+last.Phase, &last.Call))
	}
	return v
}

func roundAfterLeaving(r *record.DisconnectRound, worked bool) (checks.Verdict, bool) {
	left := checks.Wire("the caller who left: "+r.Phase, &r.Call)
	if p := r.Ping; p != nil && Counts(*p) && p.Outcome != record.Answered {
		return checks.Found("health-lost", "a health check answered after a caller left", SaysPing(*p), left), true
	}
	if worked && FateOf(r.Again) != NotSent && !Success(r.Again) {
		return checks.Found("next-call-lost", "the next call served within a while",
			fmt.Sprintf("%s, retried for %s", Says(r.Again), Seconds(r.Waited)), left, checks.Wire("the next call", r.Again)), true
	}
	return checks.Verdict{}, false
}
