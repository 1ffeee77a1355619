package obs

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// exporting is an agent that exported spans, and whose turns with a closed collector took that long.
func exporting(turns ...record.Millis) *record.Set {
	set := &record.Set{Boot: checktest.Ready(100), Calls: checktest.Calls(nil), LongSession: &record.LongSession{}, Image: &record.Image{}}
	set.Model = &record.ModelUse{Spans: &record.Spans{Spans: 9, WithSession: 4}}
	for _, took := range turns {
		x := *checktest.OK()
		x.Took = took
		set.LongSession.Turns = append(set.LongSession.Turns, x)
	}
	return set
}

func TestCollector(t *testing.T) {
	silent, alone := exporting(10), exporting(10)
	silent.Model.Spans, alone.LongSession = nil, nil
	checktest.Judge(t, Checks, "OBS-05", []checktest.Case{
		{Name: "as quick", Set: exporting(12, 14, 11), Want: "pass"},
		{Name: "somewhat slower beside other work", Set: exporting(900, 1200, 2500), Want: "pass"},
		{Name: "waits ten seconds for each export", Set: exporting(10_010, 10_020, 10_030), Want: "stalls"},
		{Name: "one slow turn is none", Set: exporting(12, 10_000, 11), Want: "pass"},
		{Name: "exports nothing", Set: silent, Want: "note"},
		{Name: "no second container", Set: alone, Want: "note"},
		{Name: "no turn worked", Set: exporting(), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "OBS-04", []checktest.Case{{Name: "spans came", Set: exporting(10), Want: "note"}})
}
