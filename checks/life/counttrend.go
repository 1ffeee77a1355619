package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

// counter is one thing of which a process must not have ever more.
type counter struct {
	quantity
	// measured begins the name of its measurement.
	measured string
	count    func(record.Sample) (float64, bool)
	bounds   func(now float64) trend.Bounds
}

func counted(name, measured, limit string, bounds func(float64) trend.Bounds, count func(record.Sample) *int) counter {
	return counter{
		quantity{name: name, holds: "as many descriptors, sockets, threads and processes", limit: limit, unit: digits}, measured,
		func(s record.Sample) (float64, bool) {
			n := count(s)
			if n == nil {
				return 0, false
			}
			return float64(*n), true
		}, bounds,
	}
}

const (
	moreFiles   = "1024 more than at the start, which a process may usually open,"
	moreThreads = "4096 more than at the start, which is what container platforms usually allow,"
)

// counters are the clause's. The control group's own count stands for threads and processes where those were not read.
var counters = []counter{
	counted("open descriptors", "descriptors", moreFiles, trend.Descriptors, func(s record.Sample) *int { return s.Descriptors }),
	counted("sockets", "sockets", moreFiles, trend.Descriptors, func(s record.Sample) *int { return s.Sockets }),
	counted("threads", "threads", moreThreads, trend.Threads, func(s record.Sample) *int { return s.Threads }),
	counted("processes", "processes", moreThreads, trend.Threads, func(s record.Sample) *int { return s.Processes }),
	counted("threads and processes", "pids", moreThreads, trend.Threads, func(s record.Sample) *int {
		if s.PIDs == 0 || s.Threads != nil && s.Processes != nil {
			return nil
		}
		return &s.PIDs
	}),
}

func judgeCountTrend(set *record.Set) []checks.Verdict {
	var all []forecast
	rates := map[string]float64{}
	for _, c := range counters {
		series := sampled(set.LongSession.Samples, turnEnds(set.LongSession), c.count)
		if len(series) == 0 {
			continue
		}
		f, v, ok := foresee(c.quantity, series, c.bounds(series[0].Value))
		if !ok {
			return []checks.Verdict{v}
		}
		all = append(all, f)
		if f.Measured {
			rates["session."+c.measured+"PerTurn"] = f.PerTurn.Best
		}
	}
	if len(all) == 0 {
		return []checks.Verdict{unseen(set, "processes")}
	}
	v := worstOf(all)
	for name, rate := range rates {
		v = v.Measuring(name, rate)
	}
	return []checks.Verdict{v}
}

// gravity orders outcomes: what is worse than level is told, and what cannot be told is never level.
var gravity = map[trend.Outcome]int{trend.Certain: 3, trend.Likely: 2, trend.TooShort: 1}

// worstOf rules by the worst of several forecasts, the first of them where there are more, and shows the others beside it.
// Without a count of descriptors there is no pass.
func worstOf(all []forecast) checks.Verdict {
	worst, descriptors := all[0], false
	for _, f := range all {
		if gravity[f.Outcome] > gravity[worst.Outcome] {
			worst = f
		}
		descriptors = descriptors || f.name == counters[0].name
	}
	v := worst.verdict("runs-out", "grows")
	if v.Outcome == checks.Pass && !descriptors {
		v.Outcome, v.Actual = checks.Note, v.Actual+"; open descriptors were not seen"
	}
	for _, f := range all {
		if f.name != worst.name {
			v = v.With(checks.Text("the forecast for "+f.name, f.lines()...))
		}
	}
	return v
}
