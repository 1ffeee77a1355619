package inv

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var survives = checks.Check{Clause: "INV-09", Needs: malformedNeeds, Wants: []record.Kind{record.KindModelFaults, record.KindWire}, Judge: judgeSurvives}

// judgeSurvives looks at what came after each odd body. A lost call counts when no later one was served again.
func judgeSurvives(set *record.Set) []checks.Verdict {
	if v, ended := endedOnTheWire(set.Wire); ended {
		return []checks.Verdict{v}
	}
	worked, before, fine := set.Calls.Worked, set.Malformed.Before, 0
	var lost *record.Probe
	for i := range set.Malformed.Probes {
		p := &set.Malformed.Probes[i]
		if v, bad := hurt(p, before, worked); bad {
			return []checks.Verdict{v}
		}
		before = p.State
		switch {
		case !worked && p.Ping != nil && p.Ping.OK():
			fine++
		case !worked || p.Again == nil || reading.FateOf(p.Again) == reading.NotSent:
		case reading.Success(p.Again):
			fine, lost = fine+1, nil
		case lost == nil:
			lost = p
		}
	}
	if lost != nil {
		return []checks.Verdict{checks.Found("next-call-lost", "the next good request is served", fmt.Sprintf("from %s on: %s", lost.Name, reading.Says(lost.Again)),
			checks.Wire(lost.Name, &lost.Call), checks.Wire("the next call", lost.Again))}
	}
	if v, bad := afterModelFaults(set); bad {
		return []checks.Verdict{v}
	}
	return []checks.Verdict{survived(set, fine)}
}

// hurt rules on an agent that an odd body ended, or whose health it took. An end of the process counts where the body
// alone can be the cause.
func hurt(p *record.Probe, before record.State, worked bool) (checks.Verdict, bool) {
	if how, ended := reading.Ended(before, p.State); ended {
		if (reachesHandler(p.Name) && !worked) || reading.Known(before) && !before.Running {
			return checks.CannotTell("%s, but the agent never answered a call here", how), true
		}
		return checks.Found("process-gone", "the process survives a bad request", how+" after "+p.Name, checks.Wire(p.Name, &p.Call)), true
	}
	if p.Ping != nil && reading.Counts(*p.Ping) && p.Ping.Outcome != record.Answered {
		return checks.Found("health-lost", "a health check answered after a bad request",
			fmt.Sprintf("after %s: %s", p.Name, reading.SaysPing(*p.Ping)), checks.Wire(p.Name, &p.Call)), true
	}
	return checks.Verdict{}, false
}

func survived(set *record.Set, fine int) checks.Verdict {
	f := set.ModelFaults
	switch {
	case fine == 0:
		return checks.CannotTell("nothing was seen after the bad requests")
	case f != nil && len(f.Rounds) > 0:
		return checks.Passed("still itself after %d bad requests and %d failures of the model", fine, len(f.Rounds))
	}
	return checks.Passed("still itself after %d bad requests", fine)
}
