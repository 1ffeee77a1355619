package suites_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// slowPayload tells the reference agent how long to take.
const slowPayload = `{"prompt":"{{prompt}}","delay_ms":{{milliseconds}}}`

// goodImage is what facts would say of a good image of the reference agent.
func goodImage() *record.Image {
	return &record.Image{
		Reference: "reference:test", Origin: "engine", ConfigDigest: "sha256:0", MediaType: "application/vnd.oci.image.manifest.v1+json",
		OS: "linux", Architecture: "arm64", User: "65532:65532", Entrypoint: []string{"/agent"},
		Layers: []record.Layer{{Size: 1 << 20}}, CompressedSize: 1 << 20, UncompressedSize: 2 << 20, Scanned: true, Shell: "/bin/sh",
		Program: &record.Program{
			Argv0: "/agent", Machine: "EM_AARCH64", MachineCode: 183, Steps: []record.Step{{Path: "/agent", Kind: "elf", Mode: 0o755}},
		},
	}
}

// options run the agent in process with a short session lane.
func options(cfg reference.Config) suites.Options {
	return suites.Options{
		Image: "reference:test", Engine: fake.New(reference.Main(cfg)), Facts: goodImage(), SessionDuration: 4 * time.Second,
		SlowPayload: slowPayload,
	}
}

func play(t *testing.T, o suites.Options) *reports.Run {
	t.Helper()
	run, err := suites.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// list shows findings of the given outcomes, for failure messages.
func list(run *reports.Run, outcomes ...checks.Outcome) string {
	var b bytes.Buffer
	for _, f := range run.Findings {
		if slices.Contains(outcomes, f.Outcome) {
			fmt.Fprintf(&b, "\n%s %s %s: %s (expected %s)", f.ID, f.Outcome, f.Reason, f.Actual, f.Expected)
		}
	}
	for _, e := range run.Errors {
		fmt.Fprintf(&b, "\nerror: %s", e)
	}
	return b.String()
}

func TestReferenceAgentIsConformant(t *testing.T) {
	t.Parallel()
	run := play(t, options(reference.Config{}))
	if run.Verdict != reports.Conformant || run.Scope != reports.Full {
		t.Errorf("verdict %s in %s scope:%s", run.Verdict, run.Scope, list(run, checks.Fail, checks.Error, checks.Untestable))
	}
	if bad := list(run, checks.Fail, checks.Error, checks.Untestable, checks.Warn); bad != "" {
		t.Errorf("the reference agent has findings:%s", bad)
	}
	if run.ExitCode(false) != 0 {
		t.Errorf("exit code %d", run.ExitCode(false))
	}
}

func TestRecordsSurviveJSONAndJudgeTheSame(t *testing.T) {
	t.Parallel()
	run := play(t, options(reference.With(reference.Restamp)))
	if run.Verdict != reports.Nonconformant {
		t.Fatalf("verdict %s", run.Verdict)
	}
	data, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	old, err := reports.ReadRun(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	again, err := suites.Rejudge(old)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := brief(run), brief(again); !slices.Equal(a, b) {
		t.Errorf("judged again:\n%v\nwant\n%v", b, a)
	}
	if again.Verdict != run.Verdict {
		t.Errorf("verdict %s, was %s", again.Verdict, run.Verdict)
	}
}

// brief is what must be equal between two rulings on the same records.
func brief(run *reports.Run) []string {
	var out []string
	for _, f := range run.Findings {
		out = append(out, fmt.Sprintf("%s %s %s", f.ID, f.Outcome, f.Reason))
	}
	return out
}

func TestInterruptedRunKeepsWhatItSaw(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := options(reference.Config{})
	o.SessionDuration = time.Minute
	o.Progress = func(e suites.Event) {
		if e.Kind == suites.EventEnd && e.Scenario == "stream" {
			cancel()
		}
	}
	run, err := suites.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if l := run.Records.LongSession; l == nil || !l.Interrupted || len(l.Turns) == 0 || !l.After.Running {
		t.Errorf("the session that ran is not told: %+v", l)
	}
	for _, f := range run.Findings {
		if f.ID == "LIFE-22" && (f.Outcome != checks.Untestable || !strings.Contains(f.Actual, "interrupted after")) {
			t.Errorf("part of a session is %s: %s", f.Outcome, f.Actual)
		}
	}
	if !run.Interrupted || run.ExitCode(false) != 130 {
		t.Errorf("interrupted %v, exit code %d", run.Interrupted, run.ExitCode(false))
	}
	if run.Records.Calls == nil || run.Records.Stream == nil {
		t.Error("records taken before the interruption are gone")
	}
	if run.Verdict == reports.Conformant || run.Verdict == reports.Passed {
		t.Errorf("an interrupted run is called %s", run.Verdict)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*suites.Options)
	}{
		{"only", func(o *suites.Options) { o.Only = []string{"PING-01"} }},
		{"skip", func(o *suites.Options) { o.Skip = []string{"LIFE", "SES"} }},
		{"smoke", func(o *suites.Options) { o.Profile = suites.Smoke }},
		{"inspect", func(o *suites.Options) { o.Inspect = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(reference.Config{})
			c.change(&o)
			run := play(t, o)
			if run.Scope != reports.Reduced || run.Verdict != reports.Passed {
				t.Errorf("scope %s, verdict %s:%s", run.Scope, run.Verdict, list(run, checks.Fail, checks.Error, checks.Untestable))
			}
			if len(run.ScopeWhy) == 0 {
				t.Error("nothing says what reduced the scope")
			}
		})
	}
}

func TestSessionModelsAreBothComputed(t *testing.T) {
	t.Parallel()
	o := options(reference.With(reference.SharedHistory))
	run := play(t, o)
	if run.SessionModels[suites.ProcessModel] != reports.Nonconformant {
		t.Errorf("process model: %s", run.SessionModels[suites.ProcessModel])
	}
	if run.SessionModels[suites.MicroVM] != reports.Conformant {
		t.Errorf("microvm model: %s", run.SessionModels[suites.MicroVM])
	}
}

// TestIdleConnectionIsTold: what came back after the rest is in the record, for it is what NET-11 rules on.
func TestIdleConnectionIsTold(t *testing.T) {
	t.Parallel()
	o := options(reference.Config{})
	o.Only = []string{"NET-11"}
	idle := play(t, o).Records.Wire.Idle
	if idle == nil || idle.Next == nil || !idle.Next.OK() || idle.Stale {
		t.Errorf("recorded: %+v", idle)
	}
}
