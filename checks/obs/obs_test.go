package obs

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// logging is a working agent that wrote so many lines at start, during calls, and in all.
func logging(start, calls, total int) *record.Set {
	set := &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil), End: &record.End{}}
	set.Boot.Logs.TotalLines, set.Calls.LogLines, set.End.Logs.TotalLines = start, calls, total
	return set
}

func attached(set *record.Set) *record.Set {
	set.Terms.Attached = true
	return set
}

func TestOutput(t *testing.T) {
	noCall := logging(0, 0, 0)
	noCall.Calls.Variants, noCall.Calls.Ladder = nil, nil
	checktest.Judge(t, Checks, "OBS-01", []checktest.Case{
		{Name: "a line per call, as the Python SDK", Set: logging(1, 12, 40), Want: "pass"},
		{Name: "a line at start", Set: logging(1, 0, 1), Want: "pass"},
		{Name: "lines that came late", Set: logging(0, 0, 7), Want: "pass"},
		{Name: "nothing, as Go and Java samples", Set: logging(0, 0, 0), Want: "silent"},
		{Name: "unknown", Set: logging(0, -1, 0), Want: "untestable"},
		{Name: "nothing, but nothing was called either", Set: noCall, Want: "untestable"},
		{Name: "attached", Set: attached(logging(0, -1, 0)), Want: "not-applicable"},
	})
}

func TestTraceFields(t *testing.T) {
	for clause, pair := range map[string]struct {
		variant record.Variant
		reason  string
	}{"OBS-02": {record.TraceLong, "long-trace-refused"}, "OBS-03": {record.TraceBroken, "broken-trace-refused"}} {
		with := func(x *record.Exchange) *record.Set {
			return &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{pair.variant: x})}
		}
		checktest.Judge(t, Checks, clause, []checktest.Case{
			{Name: "no difference", Set: with(checktest.OK()), Want: "pass"},
			{Name: "431", Set: with(checktest.Answer(431, "")), Want: pair.reason},
			{Name: "the parser fails", Set: with(checktest.Answer(500, "{}")), Want: pair.reason},
			{Name: "no answer", Set: with(checktest.Ended(record.TimedOut)), Want: pair.reason},
			{Name: "busy just then", Set: with(checktest.Answer(429, "")), Want: "untestable"},
			{Name: "no model", Set: &record.Set{Calls: checktest.NoModel(500)}, Want: "untestable"},
		})
	}
}

func TestQuietPolls(t *testing.T) {
	polled := func(n, lines int) *record.Set {
		return &record.Set{Idle: &record.Idle{Burst: checktest.Pings(1, n, `{"status":"Healthy"}`), LogGrowth: lines}}
	}
	checktest.Judge(t, Checks, "OBS-08", []checktest.Case{
		{Name: "silent", Set: polled(40, 0), Want: "pass"},
		{Name: "other lines meanwhile", Set: polled(40, 12), Want: "pass"},
		{Name: "an access line each, as guide-style uvicorn", Set: polled(40, 40), Want: "chatty"},
		{Name: "two lines each", Set: polled(40, 81), Want: "chatty"},
		{Name: "too few", Set: polled(6, 6), Want: "untestable"},
		{Name: "unknown", Set: polled(40, -1), Want: "untestable"},
		{Name: "attached", Set: attached(polled(40, -1)), Want: "not-applicable"},
	})
}

func TestNotes(t *testing.T) {
	image := func(i *record.Image) *record.Set { return &record.Set{Image: i} }
	checktest.Judge(t, Checks, "OBS-04", []checktest.Case{
		{Name: "wrapped", Set: image(&record.Image{Cmd: []string{"opentelemetry-instrument", "python", "-m", "app"}}), Want: "note"},
		{Name: "preloaded", Set: image(&record.Image{Env: []string{"NODE_OPTIONS=--require @opentelemetry/auto-instrumentations-node/register"}}), Want: "note"},
		{Name: "neither", Set: image(&record.Image{Cmd: []string{"/agent"}}), Want: "note"},
	})
	for _, clause := range []string{"OBS-05", "OBS-07"} {
		checktest.Judge(t, Checks, clause, []checktest.Case{{Name: clause, Set: &record.Set{Boot: checktest.Ready(900)}, Want: "note"}})
	}
}
