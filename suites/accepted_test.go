package suites_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

func waiverUntil(day time.Time) reports.Waiver {
	return reports.Waiver{ID: "PING-06/restamped", Reason: "until the next release", Owner: "team-a", Expires: day.UTC().Format(time.DateOnly)}
}

// TestWaivedRunIsConformant plays an agent with one fault and accepts it, by a waiver and then by a baseline.
func TestWaivedRunIsConformant(t *testing.T) {
	t.Parallel()
	o := options(reference.With(reference.Restamp))
	o.Waivers = []reports.Waiver{waiverUntil(time.Now().AddDate(0, 1, 0))}
	run := play(t, o)
	if run.Verdict != reports.Conformant || run.ExitCode(false) != 0 || run.Counts["waived"] == 0 || run.Waivers[0].Use != reports.WaiverUsed {
		t.Fatalf("%s, waivers %+v%s", run.Verdict, run.Waivers, list(run, checks.Fail, checks.Error, checks.Untestable, checks.Waived))
	}
	for model, verdict := range run.SessionModels {
		if verdict != reports.Conformant {
			t.Errorf("by session model %s it is %s", model, verdict)
		}
	}
	run.Waivers = nil
	bare, err := suites.Rejudge(run)
	if err != nil || bare.Verdict != reports.Nonconformant {
		t.Fatalf("without the waiver: %+v, %v", bare, err)
	}
	if bare.Baseline, err = reports.BaselineOf(bare); err != nil {
		t.Fatal(err)
	}
	again, err := suites.Rejudge(bare)
	if err != nil || again.Verdict != reports.Conformant || again.SessionModels["process"] != reports.Conformant {
		t.Errorf("with a baseline: %+v, %v", again, err)
	}
}

func TestWaiversAreCheckedBeforeTheRun(t *testing.T) {
	t.Parallel()
	o := options(reference.Config{})
	o.Waivers = []reports.Waiver{waiverUntil(time.Now().AddDate(0, 0, -2))}
	var usage *suites.UsageError
	if _, err := suites.Run(context.Background(), o); !errors.As(err, &usage) || !strings.Contains(err.Error(), "expired with") {
		t.Errorf("got %v", err)
	}
}
