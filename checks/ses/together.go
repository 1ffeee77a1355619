package ses

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var together = checks.Check{Clause: "SES-07", Needs: []record.Kind{record.KindCalls, record.KindOverlap}, Judge: judgeTogether}

// judgeTogether leaves refusals to INV-17: a session that refuses overlap still takes several requests.
func judgeTogether(set *record.Set) []checks.Verdict {
	o := set.Overlap
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if how, ended := reading.Ended(o.Before, o.StateAfter); ended {
		return []checks.Verdict{checks.Found("process-gone", "the process takes several requests of one session at once", how)}
	}
	answered := 0
	for i := range o.Turns {
		if o.Turns[i].Call.Outcome == record.Answered {
			answered++
		}
	}
	if answered < 2 {
		return []checks.Verdict{checks.CannotTell("%d of %d overlapping calls were answered: see INV-17", answered, len(o.Turns))}
	}
	return []checks.Verdict{checks.Passed("%d of %d overlapping calls of one session were answered, and the process lived on", answered, len(o.Turns))}
}
