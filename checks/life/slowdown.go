package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var turnTime = quantity{name: "the time of a turn", holds: "the same turn takes as long", limit: "15 minutes", unit: milliseconds}

// judgeSlowdown compares turns of one session. A real model takes longer by itself as the history grows, which cannot be
// told from the agent's own time; the scripted one does not.
func judgeSlowdown(set *record.Set) []checks.Verdict {
	f := forecast{reading.ForecastTurns(set), turnTime}
	if len(f.Series) == 0 {
		return []checks.Verdict{checks.CannotTell("no turn was served in the session")}
	}
	if v, ok := f.impossible(); ok {
		return []checks.Verdict{v}
	}
	half := (len(f.Series) + 1) / 2
	early, late := f.Series[:half].Usual(), f.Series[len(f.Series)-half:].Usual()
	v := f.verdict("times-out", "slows-down")
	if set.Terms.Model == "real" {
		v = checks.Remark("the median turn took %s in the first half and %s in the second, %d turns in all; a real model's own time is in it, which grows with the history",
			milliseconds(early), milliseconds(late), len(f.Series))
	} else if f.Measured {
		v = v.Measuring("session.turnSlowerMs", f.PerTurn.Best)
	}
	return []checks.Verdict{v.Measuring("session.turnEarlyMs", early).Measuring("session.turnLateMs", late)}
}
