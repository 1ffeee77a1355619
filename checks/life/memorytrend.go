package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var workingSet = quantity{name: "the working set", holds: "memory stays below 8 GB", limit: "8 GB", unit: megabytes}

func judgeMemoryTrend(set *record.Set) []checks.Verdict {
	f := forecast{reading.ForecastMemory(set), workingSet}
	if len(f.Series) == 0 {
		return []checks.Verdict{unseen(set, "memory")}
	}
	if v, ok := f.impossible(); ok {
		return []checks.Verdict{v}
	}
	v := f.verdict("runs-out", "grows")
	if last, known := reading.Translated(set); known {
		v.Actual += "; without the emulator's translated code, " + megabytes(last) + " at the end"
	} else if set.Terms.Emulated {
		v.Actual += "; the emulator's own share is in it"
	}
	first, last := f.Series[0].Value, f.Series[len(f.Series)-1].Value
	v = v.Measuring("session.memoryFirstBytes", first).Measuring("session.memoryLastBytes", last)
	if f.Measured {
		v = v.Measuring("session.memoryPerTurnBytes", f.PerTurn.Best).Measuring("session.memoryAt8hBytes", f.AtHorizon.Best)
	}
	return []checks.Verdict{v}
}

// unseen is the verdict on a session without figures of a kind.
func unseen(set *record.Set, what string) checks.Verdict {
	if set.Terms.Attached {
		return checks.DoesNotApply("the %s of a server that already runs cannot be seen from its URL", what)
	}
	return checks.CannotTell("the engine showed no figures of %s over the session", what)
}
