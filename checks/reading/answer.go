package reading

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Happy is the happy path's exchange: the platform's shape, else the rung that was settled on; nil when no call was made.
func Happy(c *record.Calls) *record.Exchange {
	if c == nil {
		return nil
	}
	if x := c.Happy(); x != nil {
		return x
	}
	return Settled(c)
}

// Settled is the rung of the payload ladder that was settled on, nil when none was tried.
func Settled(c *record.Calls) *record.Exchange {
	if c == nil || c.Rung < 0 || c.Rung >= len(c.Ladder) {
		return nil
	}
	return &c.Ladder[c.Rung]
}

// Streams reports an answer of which at least one event came.
func Streams(x *record.Exchange) bool { return x.Events != nil && len(x.Events.Events) > 0 }

// Unanswered rules on a clause that depends on an answer when no call was answered with success: VERDICTS, "Model
// absent". It reports false when there was an answer.
func Unanswered(set *record.Set) (checks.Verdict, bool) {
	c := set.Calls
	if c != nil && c.Worked {
		return checks.Verdict{}, false
	}
	what := "no call was made"
	if x := Settled(c); x != nil {
		what = fmt.Sprintf("no call was answered with success (%s)", Says(x))
		if text, bad := record.ErrorInStream(x.Events); bad {
			what = fmt.Sprintf("the answer was a 200 with an error inside (%s)", Quote(text))
		}
	}
	return checks.CannotTell("%s: %s", what, remedy(set)), true
}

func remedy(set *record.Set) string {
	if set.Terms.PayloadDeclared {
		return "give the agent credentials or a model that answers"
	}
	return "give the agent credentials or a model that answers, or a body that it takes with --payload"
}
