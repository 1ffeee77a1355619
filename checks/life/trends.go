package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

var sessionNeeds = []record.Kind{record.KindLongSession}

var (
	memoryTrend   = checks.Check{Clause: "LIFE-19", Needs: sessionNeeds, Judge: judgeMemoryTrend}
	countTrend    = checks.Check{Clause: "LIFE-20", Needs: sessionNeeds, Judge: judgeCountTrend}
	slowdownTrend = checks.Check{Clause: "LIFE-21", Needs: sessionNeeds, Judge: judgeSlowdown}
)

// sampled puts a quantity beside the turns that had ended when it was sampled. Samples that do not have it are left out.
func sampled(samples []record.Sample, ended []record.Millis, quantity func(record.Sample) (float64, bool)) trend.Series {
	var out trend.Series
	done := 0
	for _, s := range samples {
		for done < len(ended) && ended[done] <= s.At {
			done++
		}
		if v, ok := quantity(s); ok {
			out = append(out, trend.Point{At: float64(s.At), Turns: float64(done), Value: v})
		}
	}
	return out
}

// turnEnds are when the turns of a session ended, from the container's start.
func turnEnds(l *record.LongSession) []record.Millis {
	var out []record.Millis
	for _, t := range reading.SessionTurns(l) {
		if reading.FateOf(t.Call) != reading.NotSent {
			out = append(out, t.Call.At+t.Call.Took)
		}
	}
	return out
}

// forecast is what a quantity's series comes to, and what it is called.
type forecast struct {
	trend.Forecast
	series trend.Series
	quantity
}

// foresee forecasts a quantity. The verdict tells why it cannot, and ok is false then.
func foresee(q quantity, series trend.Series, b trend.Bounds) (f forecast, v checks.Verdict, ok bool) {
	t, err := trend.Predict(series, b)
	if err != nil {
		return forecast{}, checks.CannotTell("the figures of %s are not in order: %v", q.name, err), false
	}
	return forecast{t, series, q}, checks.Verdict{}, true
}

// verdict rules by the outcome of a forecast: reasons are those of what is certain and of what is likely.
func (f forecast) verdict(certain, likely string) checks.Verdict {
	expected := fmt.Sprintf("%s for the 8 hours of a session", f.holds)
	var v checks.Verdict
	switch f.Outcome {
	case trend.Certain:
		v = checks.Found(certain, expected, f.saysGrowth()+"; "+f.saysDeath()+"; certain, from "+f.saysSeen())
	case trend.Likely:
		v = checks.Found(likely, expected, f.saysGrowth()+"; "+f.saysDeath()+"; likely, from "+f.saysSeen()+f.saysDoubt())
	case trend.Level:
		v = checks.Passed("%s; from %s", f.saysLevel(), f.saysSeen())
	default:
		v = checks.Found("too-short", expected, f.saysFigures()+": too short to tell what 8 hours bring"+f.saysWhy()+f.saysNeeded())
	}
	return v.With(checks.Text("the forecast for "+f.name, f.lines()...))
}
