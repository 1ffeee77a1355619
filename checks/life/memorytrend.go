package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

var workingSet = quantity{name: "the working set", holds: "memory stays below 8 GB", limit: "8 GB", unit: megabytes}

func judgeMemoryTrend(set *record.Set) []checks.Verdict {
	l := set.LongSession
	series := sampled(l.Samples, turnEnds(l), ownMemory)
	bounds, aside := trend.Memory(), ""
	if last, known := translatedAtEnd(l.Samples); known {
		aside = "; without the emulator's translated code, " + megabytes(last) + " at the end"
	} else if set.Terms.Emulated {
		bounds, aside = bounds.Emulated(), "; the emulator's own share is in it"
		series = sampled(l.Samples, turnEnds(l), func(s record.Sample) (float64, bool) { return float64(s.Memory), true })
	}
	if len(series) == 0 {
		return []checks.Verdict{unseen(set, "memory")}
	}
	f, v, ok := foresee(workingSet, series, bounds)
	if !ok {
		return []checks.Verdict{v}
	}
	v = f.verdict("runs-out", "grows")
	v.Actual += aside
	first, last := series[0].Value, series[len(series)-1].Value
	v = v.Measuring("session.memoryFirstBytes", first).Measuring("session.memoryLastBytes", last)
	if f.Measured {
		v = v.Measuring("session.memoryPerTurnBytes", f.PerTurn.Best).Measuring("session.memoryAt8hBytes", f.AtHorizon.Best)
	}
	return []checks.Verdict{v}
}

// ownMemory is what the agent holds itself.
func ownMemory(s record.Sample) (float64, bool) {
	if s.Translated != nil {
		return max(float64(s.Memory-*s.Translated), 0), true
	}
	return float64(s.Memory), true
}

// translatedAtEnd is what an emulator held at last. It is known only where each sample tells: a part that comes and goes
// would look like growth.
func translatedAtEnd(samples []record.Sample) (last float64, known bool) {
	for _, s := range samples {
		if s.Translated == nil {
			return 0, false
		}
		last, known = float64(*s.Translated), true
	}
	return last, known
}

// unseen is the verdict on a session without figures of a kind.
func unseen(set *record.Set, what string) checks.Verdict {
	if set.Terms.Attached {
		return checks.DoesNotApply("the %s of a server that already runs cannot be seen from its URL", what)
	}
	return checks.CannotTell("the engine showed no figures of %s over the session", what)
}
