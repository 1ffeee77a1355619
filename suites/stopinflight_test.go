package suites_test

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// stopsOf plays LIFE-04 alone and returns its finding and what became of each work.
func stopsOf(t *testing.T, o suites.Options) (checks.Finding, map[record.Work]record.StopRound) {
	t.Helper()
	o.Only = []string{"LIFE-04"}
	run := play(t, o)
	if run.Verdict != reports.Passed || run.Records.StopInFlight == nil {
		t.Fatalf("verdict %s:%s", run.Verdict, list(run, checks.Pass, checks.Warn, checks.Untestable))
	}
	rounds := map[record.Work]record.StopRound{}
	for _, r := range run.Records.StopInFlight.Rounds {
		rounds[r.Work] = r
	}
	return finding(run, "LIFE-04"), rounds
}

// TestStopMeetsWork: the signal comes in the middle of a call and of a stream, whatever makes them long.
func TestStopMeetsWork(t *testing.T) {
	t.Parallel()
	undeclared := options(reference.Config{})
	undeclared.SlowPayload, undeclared.StreamPayload = "", `{"prompt":"{{prompt}}","stream":true,"delay_ms":{{milliseconds}}}`
	for name, c := range map[string]struct {
		o    suites.Options
		meet []record.Work
	}{
		"slow payload":   {options(reference.Config{}), []record.Work{record.WorkCall, record.WorkStream}},
		"stream payload": {undeclared, []record.Work{record.WorkStream}},
		"scripted model": {asking(), []record.Work{record.WorkCall, record.WorkStream}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, rounds := stopsOf(t, c.o)
			for _, w := range c.meet {
				r := rounds[w]
				if !r.InFlight() || r.Stop.Killed || r.Stop.ExitedAfter > 5000 || r.Call.Outcome == record.Answered || (r.Call.Events != nil) != (w == record.WorkStream) {
					t.Errorf("%s: %+v, stop %+v", w, r, r.Stop)
				}
			}
			if f.Outcome != checks.Pass {
				t.Errorf("%s %s: %s", f.Outcome, f.Reason, f.Actual)
			}
		})
	}
}

// TestStopIsNotPlayedAtWorkThatCannotLast: where nothing can be asked to take long, nothing more is booted, and it is said.
func TestStopIsNotPlayedAtWorkThatCannotLast(t *testing.T) {
	t.Parallel()
	o := options(reference.Config{})
	eng := fake.New(reference.Main(reference.Config{}))
	o.Engine, o.SlowPayload = eng, ""
	f, rounds := stopsOf(t, o)
	for w, r := range rounds {
		if r.Stop != nil || !strings.Contains(r.Untold, "--slow-payload") {
			t.Errorf("%s: %+v", w, r)
		}
	}
	if f.Outcome != checks.Pass || !strings.Contains(f.Actual, "not played with a call in flight") || !strings.Contains(f.Actual, "not played with a stream in flight") {
		t.Errorf("%s %s: %s", f.Outcome, f.Reason, f.Actual)
	}
	for _, b := range eng.Boots() {
		if strings.HasPrefix(b.Name, "stop") {
			t.Errorf("%s was booted for nothing", b.Name)
		}
	}
}
