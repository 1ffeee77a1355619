package suites_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// TestDoctoredReportsAreNotConformant takes the report of a good agent and leaves something out, or excuses it by what no
// engine measured. A quota that was measured is an excuse.
func TestDoctoredReportsAreNotConformant(t *testing.T) {
	t.Parallel()
	good, err := json.Marshal(play(t, options(reference.Config{})))
	if err != nil {
		t.Fatal(err)
	}
	for name, doctor := range map[string]func(*reports.Run){
		"untouched":           func(*reports.Run) {},
		"findings left out":   func(r *reports.Run) { r.Findings = r.Findings[:40] },
		"a record left out":   func(r *reports.Run) { r.Records.Sessions = nil },
		"out of scope":        func(r *reports.Run) { lose(r, record.GapScope) },
		"not of its nature":   func(r *reports.Run) { lose(r, record.GapNature) },
		"called attached":     func(r *reports.Run) { lose(r, record.GapNature); r.Records.Terms.Attached = true },
		"called smoke":        func(r *reports.Run) { r.Records.Terms.Profile = suites.Smoke },
		"called interrupted":  func(r *reports.Run) { r.Interrupted = true },
		"stretched limits":    func(r *reports.Run) { r.Records.Terms.TimeScale = 500 },
		"stretched natively":  func(r *reports.Run) { r.Records.Terms.TimeScale = 4 },
		"throttled":           func(r *reports.Run) { r.Records.Terms.TimeScale, r.Records.Terms.Throttled = 4, 4 },
		"stretched further":   func(r *reports.Run) { r.Records.Terms.TimeScale, r.Records.Terms.Throttled = 5, 4 },
		"throttled to death":  func(r *reports.Run) { r.Records.Terms.TimeScale, r.Records.Terms.Throttled = 500, 500 },
		"records emptied":     func(r *reports.Run) { r.Records.Calls = &record.Calls{Worked: true} },
		"sessions emptied":    func(r *reports.Run) { r.Records.Sessions = &record.Sessions{} },
		"a turn made of none": func(r *reports.Run) { r.Records.LongSession.Turns = nil },
	} {
		t.Run(name, func(t *testing.T) {
			old, err := reports.ReadRun(bytes.NewReader(good))
			if err != nil {
				t.Fatal(err)
			}
			doctor(old)
			run, err := suites.Rejudge(old)
			if err != nil {
				t.Fatal(err)
			}
			if green := run.Verdict == reports.Conformant; green != (name == "untouched" || name == "throttled") {
				t.Errorf("verdict %s in %s scope", run.Verdict, run.Scope)
			}
		})
	}
}

func lose(r *reports.Run, why record.GapCause) {
	r.Records.Sessions = nil
	r.Records.Gaps = append(r.Records.Gaps, record.Gap{Kind: record.KindSessions, Why: why, Text: "left out"})
}
