package obs

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestOutputAndPollsAtTheirLimits(t *testing.T) {
	one := logging(0, 1, 1)
	polled := func(n, lines int) *record.Set {
		return &record.Set{Idle: &record.Idle{Burst: checktest.Pings(1, n, `{"status":"Healthy"}`), LogGrowth: lines}}
	}
	noSpans := exporting(10)
	noSpans.Model.Spans.Spans = 0
	noCalls := exporting(10)
	noCalls.Calls.Variants, noCalls.Calls.Ladder = nil, nil
	checktest.Judge(t, Checks, "OBS-01", []checktest.Case{{Name: "one line for all calls", Set: one, Want: "pass", Says: "1 line"}})
	checktest.Judge(t, Checks, "OBS-08", []checktest.Case{
		{Name: "one line fewer than health checks", Set: polled(40, 39), Want: "pass"},
		{Name: "twenty are enough", Set: polled(20, 20), Want: "chatty"},
		{Name: "nineteen are not", Set: polled(19, 19), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "OBS-04", []checktest.Case{
		{Name: "an exporter that sent no span", Set: noSpans, Want: "note", Says: "no opentelemetry-instrument"},
	})
	checktest.Judge(t, Checks, "OBS-05", []checktest.Case{{Name: "no call with an open collector", Set: noCalls, Want: "untestable"}})
}
