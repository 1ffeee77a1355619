package inengine

import (
	"context"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/templates"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// daily are the templates of the daily tests: Strands speaks HTTP/2 and event streams to Bedrock, the walkthrough blocks
// its health checks while it asks the model. make certify plays all.
var daily = []string{"strands", "fastapi-walkthrough"}

func TestTemplates(t *testing.T) {
	t.Parallel()
	enginetest.Need(t)
	for _, name := range daily {
		t.Run(name, func(t *testing.T) {
			take(t, full)
			template, err := templates.ByName(name)
			if err != nil {
				t.Fatal(err)
			}
			img, err := templates.Image(context.Background(), name)
			o := declaring(archived(t, img, err), template.Payloads)
			o.SessionDuration = shortSession
			certify(t, template, play(t, o))
		})
	}
}

// certify demands what make certify does: a good agent fails nothing and shows every MUST, a naive one fails its clause
// alone, and either speaks to its own vendor's model.
func certify(t *testing.T, template templates.Template, run *reports.Run) {
	t.Helper()
	want := reports.Conformant
	if template.Fails != "" {
		want = reports.Nonconformant
	}
	if run.Verdict != want {
		t.Errorf("verdict %s, want %s", run.Verdict, want)
	}
	for _, f := range run.Findings {
		switch {
		case f.ID == template.Fails && f.Outcome == checks.Fail && f.Reason == template.Reason:
		case f.Outcome == checks.Fail, f.Outcome == checks.Error, reports.Lacking(f), f.ID == template.Fails:
			t.Errorf("%s %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
		}
	}
	m := run.Records.Model
	if m == nil || len(m.Spoken) == 0 || m.Spoken[0].Provider != template.Provider || len(m.Unknown) > 0 {
		t.Errorf("asked of the model: %+v", m)
	}
}
