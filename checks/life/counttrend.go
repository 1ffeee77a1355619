package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

// counted is what words are about a count, and how its measurement begins.
type counted struct {
	quantity
	measured string
}

func count(name, measured, limit string) counted {
	return counted{quantity{name: name, holds: "as many descriptors, sockets, threads and processes", limit: limit, unit: digits}, measured}
}

const (
	moreFiles   = "1024 more than at the start, which a process may usually open,"
	moreThreads = "4096 more than at the start, which is what container platforms usually allow,"
)

const descriptors = "Descriptors"

var counts = map[string]counted{
	descriptors: count("open descriptors", "descriptors", moreFiles),
	"Sockets":   count("sockets", "sockets", moreFiles),
	"Threads":   count("threads", "threads", moreThreads),
	"Processes": count("processes", "processes", moreThreads),
	"PIDs":      count("threads and processes", "pids", moreThreads),
}

func judgeCountTrend(set *record.Set) []checks.Verdict {
	var all []forecast
	for _, x := range reading.ForecastCounts(set) {
		f := forecast{x, counts[x.Key].quantity}
		if v, ok := f.impossible(); ok {
			return []checks.Verdict{v}
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return []checks.Verdict{unseen(set, "processes")}
	}
	v := worstOf(all)
	for _, f := range all {
		if f.Measured {
			v = v.Measuring("session."+counts[f.Key].measured+"PerTurn", f.PerTurn.Best)
		}
	}
	return []checks.Verdict{v}
}

// gravity orders outcomes: what is worse than level is told, and what cannot be told is never level.
var gravity = map[trend.Outcome]int{trend.Certain: 3, trend.Likely: 2, trend.TooShort: 1}

// worstOf rules by the worst of several forecasts, the first of them where there are more, and shows the others beside it.
// Without a count of descriptors there is no pass.
func worstOf(all []forecast) checks.Verdict {
	worst, seen := all[0], false
	for _, f := range all {
		if gravity[f.Outcome] > gravity[worst.Outcome] {
			worst = f
		}
		seen = seen || f.Key == descriptors
	}
	v := worst.verdict("runs-out", "grows")
	if v.Outcome == checks.Pass && !seen {
		v.Outcome, v.Actual = checks.Note, v.Actual+"; open descriptors were not seen"
	}
	for _, f := range all {
		if f.Key != worst.Key {
			v = v.With(checks.Text("the forecast for "+f.name, f.lines()...))
		}
	}
	return v
}
