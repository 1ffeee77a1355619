package ses

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var (
	opaque  = checks.Check{Clause: "SES-03", Needs: []record.Kind{record.KindCalls}, Judge: judgeOpaque}
	missing = checks.Check{Clause: "SES-04", Needs: []record.Kind{record.KindCalls}, Judge: judgeMissing}
)

func judgeOpaque(set *record.Set) []checks.Verdict {
	return judgeOdd(set, "an id of any length up to 256 is served", "long-id-", []oddCall{
		{"an id of 100 characters", set.Calls.Variants[record.Session100]},
		{"an id of 256 characters", set.Calls.Variants[record.Session256]},
	})
}

func judgeMissing(set *record.Set) []checks.Verdict {
	return judgeOdd(set, "a call without a session id is served", "", []oddCall{{"a call without a session id", set.Calls.Variants[record.NoSession]}})
}

// oddCall is the happy path with an odd session id.
type oddCall struct {
	what string
	x    *record.Exchange
}

// judgeOdd compares with the happy path: only of an agent that serves that can it be said that the id made a difference.
// Both clauses have the reasons process-gone, hang, refused and error; those of a mere answer bear the prefix.
func judgeOdd(set *record.Set, want, prefix string, odd []oddCall) []checks.Verdict {
	if v, unanswered := reading.Unanswered(set); unanswered {
		return []checks.Verdict{v}
	}
	if !reading.Success(set.Calls.Happy()) {
		return []checks.Verdict{checks.CannotTell("the happy path was not served, so there is nothing to compare with: %s", reading.Says(set.Calls.Happy()))}
	}
	served := ""
	for _, o := range odd {
		if reason, actual := oddReason(set.Calls, o.x); reason != "" {
			if reason == "refused" || reason == "error" {
				reason = prefix + reason
			}
			return []checks.Verdict{checks.Found(reason, want, o.what+": "+actual, checks.Wire(o.what, o.x))}
		}
		if reading.Success(o.x) {
			served = o.what
		}
	}
	if served == "" {
		return []checks.Verdict{checks.CannotTell("the calls to compare were not made, or found the agent busy")}
	}
	return []checks.Verdict{checks.Passed("%s is served", served)}
}

func oddReason(c *record.Calls, x *record.Exchange) (reason, actual string) {
	switch reading.FateOf(x) {
	case reading.Hung, reading.Broken, reading.Gone:
		if how, ended := reading.Ended(c.Before, c.After); ended && !x.Reached() {
			return "process-gone", how
		}
		if reading.FateOf(x) == reading.Hung || !x.Reached() {
			return "hang", reading.Says(x)
		}
	case reading.Refused:
		if !reading.Busy(x) {
			return "refused", reading.Says(x)
		}
	case reading.Failed:
		return "error", reading.Says(x)
	case reading.Served:
		if text, bad := record.ErrorInStream(x.Events); bad {
			return "error", "a 200 with an error inside: " + reading.Quote(text)
		}
	}
	return "", ""
}
