package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

var workingSet = quantity{name: "the working set", holds: "memory stays below 8 GB", limit: "8 GB", unit: megabytes}

func judgeMemoryTrend(set *record.Set) []checks.Verdict {
	l := set.LongSession
	memory := func(s record.Sample) (float64, bool) { return float64(s.Memory), true }
	series := sampled(l.Samples, turnEnds(l), memory)
	if len(series) == 0 {
		return []checks.Verdict{unseen(set, "memory")}
	}
	var control trend.Series
	if l.Control != nil {
		control = sampled(l.Control.Samples, l.Control.Turns, memory)
	}
	bounds := trend.Memory()
	if set.Terms.Emulated && len(control) == 0 {
		bounds = bounds.Emulated()
	}
	f, v, ok := foresee(workingSet, series, control, bounds)
	if !ok {
		return []checks.Verdict{v}
	}
	v = f.verdict("runs-out", "grows")
	if set.Terms.Emulated && !f.Controlled {
		v.Actual += "; the emulator's own share is in it"
	}
	first, last := series[0].Value, series[len(series)-1].Value
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
