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
	checktest.Judge(t, Checks, "OBS-01", []checktest.Case{{Name: "one line for all calls", Set: one, Want: "pass", Says: "1 lines of output during"}})
	checktest.Judge(t, Checks, "OBS-08", []checktest.Case{
		{Name: "one line fewer than health checks", Set: polled(40, 39), Want: "pass"},
		{Name: "twenty are enough", Set: polled(20, 20), Want: "chatty"},
		{Name: "nineteen are not", Set: polled(19, 19), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "OBS-04", []checktest.Case{
		{Name: "an exporter that sent no span", Set: noSpans, Want: "note", Says: "no opentelemetry-instrument"},
	})
	// A call takes 12 ms with an open collector, so three times that and three seconds are allowed.
	checktest.Judge(t, Checks, "OBS-05", []checktest.Case{
		{Name: "as slow as allowed", Set: exporting(3036, 3036, 3036), Want: "pass"},
		{Name: "slower", Set: exporting(3037, 3037, 3037), Want: "stalls"},
		{Name: "one of four is quick", Set: exporting(12, 9000, 9000, 9000), Want: "stalls"},
		{Name: "two of seven are quick", Set: exporting(12, 12, 9000, 9000, 9000, 9000, 9000), Want: "pass"},
		{Name: "one of six is quick", Set: exporting(12, 9000, 9000, 9000, 9000, 9000), Want: "stalls"},
	})
	checktest.Judge(t, Checks, "OBS-05", []checktest.Case{{Name: "no call with an open collector", Set: noCalls, Want: "untestable"}})
}
