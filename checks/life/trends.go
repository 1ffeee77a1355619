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

// forecast is what a quantity's series comes to, and what it is called.
type forecast struct {
	reading.Forecast
	quantity
}

// impossible is the verdict on figures that no clock and no counter shows; ok is false where they are none.
func (f forecast) impossible() (v checks.Verdict, ok bool) {
	if f.Err == nil {
		return checks.Verdict{}, false
	}
	return checks.CannotTell("the figures of %s are not in order: %v", f.name, f.Err), true
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
