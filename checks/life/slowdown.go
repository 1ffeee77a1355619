package life

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

var turnTime = quantity{name: "the time of a turn", holds: "the same turn takes as long", limit: "15 minutes", unit: milliseconds}

// judgeSlowdown compares turns of one session. A real model takes longer by itself as the history grows, which cannot be
// told from the agent's own time; the scripted one does not.
func judgeSlowdown(set *record.Set) []checks.Verdict {
	series := turnTimes(set.LongSession)
	if len(series) == 0 {
		return []checks.Verdict{checks.CannotTell("no turn was served in the session")}
	}
	half := (len(series) + 1) / 2
	early, late := series[:half].Usual(), series[len(series)-half:].Usual()
	measured := func(v checks.Verdict) []checks.Verdict {
		return []checks.Verdict{v.Measuring("session.turnEarlyMs", early).Measuring("session.turnLateMs", late)}
	}
	if set.Terms.Model == "real" {
		return measured(checks.Remark("the median turn took %s in the first half and %s in the second, %d turns in all; a real model's own time is in it, which grows with the history",
			milliseconds(early), milliseconds(late), len(series)))
	}
	f, v, ok := foresee(turnTime, series, trend.Latency(early, float64(reading.Scale(set))))
	if !ok {
		return []checks.Verdict{v}
	}
	v = f.verdict("times-out", "slows-down")
	if f.Measured {
		v = v.Measuring("session.turnSlowerMs", f.PerTurn.Best)
	}
	return measured(v)
}

// turnTimes are how long the turns took that were served. Streams and whole answers take turns in a session and differ in
// what they take: each is moved to the median of all.
func turnTimes(l *record.LongSession) trend.Series {
	var out trend.Series
	var streamed []bool
	for _, t := range reading.SessionTurns(l) {
		if x := t.Call; t.Success {
			out = append(out, trend.Point{At: float64(x.At + x.Took), Turns: float64(t.Number), Value: float64(x.Took)})
			streamed = append(streamed, t.Streamed)
		}
	}
	usual, of := out.Usual(), map[bool]trend.Series{}
	for i, p := range out {
		of[streamed[i]] = append(of[streamed[i]], p)
	}
	moved := slices.Clone(out)
	for i, p := range out {
		moved[i].Value = max(p.Value-of[streamed[i]].Usual()+usual, 0)
	}
	return moved
}
