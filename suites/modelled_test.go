package suites_test

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/modelled"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// asking is a full gate of the modelled agent, with no bodies declared.
func asking(ways ...modelled.Way) suites.Options {
	o := declaring(fixtures.Payloads{})
	o.Engine = fake.New(modelled.Main(ways...))
	return o
}

// finding is the first of that clause.
func finding(run *reports.Run, clause string) checks.Finding {
	for _, f := range run.Findings {
		if f.ID == clause {
			return f
		}
	}
	return checks.Finding{}
}

// TestSharedHistoryUnderMicroVM: what fails for one process of many sessions is accepted for one of each, and said.
func TestSharedHistoryUnderMicroVM(t *testing.T) {
	t.Parallel()
	for _, way := range []modelled.Way{modelled.Naive, modelled.SharedHistory} {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			o := asking(way)
			o.SessionModel = suites.MicroVM
			run := play(t, o)
			if run.Verdict != reports.Conformant {
				t.Errorf("verdict %s%s", run.Verdict, list(run, checks.Fail, checks.Error, checks.Untestable))
			}
			if f := finding(run, "SES-06"); f.Reason != "foreign-marker-microvm" {
				t.Errorf("SES-06 %s %s: %s", f.Outcome, f.Reason, f.Actual)
			}
		})
	}
}

// TestModelledWithoutItsModel: an agent that lacks its model is no broken one; what it would have shown is missing.
func TestModelledWithoutItsModel(t *testing.T) {
	t.Parallel()
	o := asking()
	o.Model = suites.ModelNone
	run := play(t, o)
	if run.Verdict != reports.Partial {
		t.Errorf("verdict %s%s", run.Verdict, list(run, checks.Fail, checks.Error))
	}
	if f := finding(run, "SES-06"); f.Outcome != checks.Untestable {
		t.Errorf("SES-06 %s %s: %s", f.Outcome, f.Reason, f.Actual)
	}
}
