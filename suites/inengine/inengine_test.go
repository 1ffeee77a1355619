// Package inengine plays the gate on real containers: the good agents in full, some mutants in full, and with the
// nightly tag every other mutant on its own clause. The engine is the one that the command would find.
package inengine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/fixtures/real"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// shortSession keeps the session lane short where its length is not what is tested.
const shortSession = 6 * time.Second

// archived writes the image as a docker-save archive and returns the reference to it.
func archived(t *testing.T, img v1.Image, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r, err := images.Archive(img, "agentcore-conform/fixture:test")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	file := filepath.Join(t.TempDir(), "image.tar")
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	return "docker-archive:" + file
}

// declaring is a gate with the bodies that a fixture understands.
func declaring(image string, p fixtures.Payloads) suites.Options {
	return suites.Options{
		Image: image, Payload: p.Prompt, StreamPayload: p.Stream, SlowPayload: p.Slow, AsyncPayload: p.Async, AsyncFailingPayload: p.AsyncFailing, MaxPayload: p.MaxBody,
	}
}

func play(t *testing.T, o suites.Options) *reports.Run {
	t.Helper()
	run, err := suites.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s after %.0f s", run.Verdict, run.DurationMs/1000)
	readable(t, run)
	return run
}

// readable writes the run and has it read back: JSON by its schema, JUnit by an XML parser. That every other format can be
// written is tried with whole runs alone, of which each clause is a part.
func readable(t *testing.T, run *reports.Run) {
	t.Helper()
	formats := []string{"json", "junit"}
	if run.Scope == reports.Full {
		formats = reports.Formats()
	}
	dir := t.TempDir()
	files := map[string][]byte{}
	for _, format := range formats {
		file := filepath.Join(dir, format)
		if err := reports.WriteFile(format, file, run); err != nil {
			t.Fatalf("write %s: %v", format, err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files[format] = data
	}
	schema, err := reportSchema()
	if err != nil {
		t.Fatal(err)
	}
	report, err := jsonschema.UnmarshalJSON(bytes.NewReader(files["json"]))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(report); err != nil {
		t.Errorf("the JSON report: %v", err)
	}
	var suite struct {
		Suites []struct {
			Cases []struct {
				Name string `xml:"name,attr"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(files["junit"], &suite); err != nil || len(suite.Suites) == 0 || len(suite.Suites[0].Cases) == 0 {
		t.Errorf("the JUnit report: %v, %d suites", err, len(suite.Suites))
	}
}

// reportSchema is compiled once for hundreds of reports.
var reportSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(reports.JSONSchema()))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("report.json")
})

// findings lists findings of some outcomes, for failure messages.
func findings(run *reports.Run, outcomes ...checks.Outcome) string {
	var b bytes.Buffer
	for _, f := range run.Findings {
		for _, o := range outcomes {
			if f.Outcome == o {
				fmt.Fprintf(&b, "\n%s %s %s: %s (expected %s)", f.ID, f.Outcome, f.Reason, f.Actual, f.Expected)
			}
		}
	}
	for _, e := range run.Errors {
		fmt.Fprintf(&b, "\nerror: %s", e)
	}
	return b.String()
}

// conformant wants a green verdict in full scope and no MUST left untested.
func conformant(t *testing.T, run *reports.Run) {
	t.Helper()
	if run.Verdict != reports.Conformant || run.Scope != reports.Full {
		t.Errorf("verdict %s in %s scope:%s", run.Verdict, run.Scope, findings(run, checks.Fail, checks.Error, checks.Untestable))
	}
	for _, f := range run.Findings {
		if f.Level == checks.Must && f.Outcome == checks.Untestable {
			t.Errorf("%s MUST could not be tested: %s", f.ID, f.Actual)
		}
	}
}

func TestReferenceAgentInTheEngine(t *testing.T) {
	enginetest.Need(t)
	take(t, full)
	underLoad(t)
	img, err := images.Reference(context.Background(), "arm64", "")
	run := play(t, declaring(archived(t, img, err), fixtures.Reference))
	conformant(t, run)
	if e := run.Environment; e.Route == "" || e.TimeScale < 1 {
		t.Errorf("environment %+v", e)
	}
}

// TestNativeAgentOnInstancesCompute plays the whole suite on an amd64 build: no emulation, factor 1.
func TestNativeAgentOnInstancesCompute(t *testing.T) {
	enginetest.Need(t)
	take(t, full)
	underLoad(t)
	img, err := images.Reference(context.Background(), "amd64", "")
	o := declaring(archived(t, img, err), fixtures.Reference)
	o.Compute, o.SessionDuration = suites.Instances, shortSession
	run := play(t, o)
	conformant(t, run)
	if e := run.Environment; e.Emulated || e.TimeScale != 1 {
		t.Errorf("emulated %v, factor %v; want the native path", e.Emulated, e.TimeScale)
	}
}

func TestAWSSDKAgentInTheEngine(t *testing.T) {
	enginetest.Need(t)
	take(t, full)
	underLoad(t)
	img, err := real.Image(context.Background(), real.Good)
	conformant(t, play(t, declaring(archived(t, img, err), fixtures.Reference)))
}

// dozen are the mutants that play the full gate as containers: the first of them each day, the others, whose gates take
// longer or show little that these do not, with the nightly tag.
var dozen = []string{
	"restamp", "blocked-ping", "loopback", "wrong-port", "exit-at-start", "single-newlines", "raw-short-body", "img-mislabelled",
	"host-check", "shared-history", "one-shot", "ping-auth", "malformed-exit",
}

const eachDay = 8

func TestMutantsInTheEngine(t *testing.T) {
	t.Parallel()
	enginetest.Need(t)
	underLoad(t)
	for i, name := range dozen {
		if i >= eachDay && !byNight {
			break
		}
		m, err := mutants.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if !playable(m) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			take(t, full)
			expect(t, m, play(t, breaking(t, m)))
		})
	}
}

// imageOf builds a mutant's image.
func imageOf(t *testing.T, m mutants.Mutant) string {
	t.Helper()
	ctx := context.Background()
	switch {
	case m.Handler != "":
		img, err := real.Image(ctx, m.Handler)
		return archived(t, img, err)
	case m.Image == nil:
		img, err := images.Agent(ctx, architecture(), m.Name)
		return archived(t, img, err)
	}
	b, err := images.CompileBoth(ctx, images.ReferenceProgram)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Image(b)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "layout")
	if err := f.WriteLayout(dir); err != nil {
		t.Fatal(err)
	}
	return "oci:" + dir
}

// breaking is a gate of a mutant's image with what it declares.
func breaking(t *testing.T, m mutants.Mutant) suites.Options {
	t.Helper()
	o := declaring(imageOf(t, m), m.Payloads)
	// What needs a session of some length needs twice that beside other images, whose load is noise in it.
	o.Env, o.SessionDuration, o.TimeScale = m.Env, max(shortSession, 2*m.Session), m.TimeScale
	o.DeployRef, o.SessionModel, o.Compute, o.InvocationTimeout = m.DeployRef, m.SessionModel, cmp.Or(m.Compute, compute()), m.Patience
	o.PlatformVersion = m.PlatformVersion
	return o
}

// expect wants the mutant's reasons and nothing unrelated in red. Of further reasons it wants those whose clause was played.
func expect(t *testing.T, m mutants.Mutant, run *reports.Run) {
	t.Helper()
	for _, c := range complaints(m, run) {
		t.Error(c)
	}
}

// complaints are what is other than the mutant wants it.
func complaints(m mutants.Mutant, run *reports.Run) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	broken := map[string]bool{}
	for _, row := range m.Rows() {
		broken[row.Clause] = true
		if played(run, row.Clause) && !tripped(run, row) {
			add("%s %s was not found:%s%s", row.Clause, row.Reason, findings(run, checks.Fail, checks.Warn, checks.Error, checks.Untestable), said(run, row.Clause))
		}
	}
	if !played(run, m.Clause) {
		add("%s was not played", m.Clause)
	}
	for _, f := range run.Findings {
		if (f.Outcome == checks.Fail || f.Outcome == checks.Error) && !broken[f.ID] && !among(f.ID, m.Also) {
			add("unrelated: %s %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
		}
	}
	for _, e := range run.Errors {
		add("harness: %s", e)
	}
	return out
}

// said is what a clause was told as, whatever its outcome.
func said(run *reports.Run, clause string) string {
	var b bytes.Buffer
	for _, f := range run.Findings {
		if f.ID == clause {
			fmt.Fprintf(&b, "\ntold as %s %s: %s", f.Outcome, f.Reason, f.Actual)
		}
	}
	return b.String()
}

func played(run *reports.Run, clause string) bool {
	return slices.ContainsFunc(run.Findings, func(f checks.Finding) bool { return f.ID == clause })
}

func tripped(run *reports.Run, row mutants.Row) bool {
	reason, _ := checks.Contract().Reason(row.Clause, row.Reason)
	return slices.ContainsFunc(run.Findings, func(f checks.Finding) bool {
		return f.ID == row.Clause && f.Reason == row.Reason && f.Outcome == reason.Outcome
	})
}

func among(id string, patterns []string) bool {
	for _, p := range patterns {
		if ok, err := path.Match(p, id); err == nil && ok {
			return true
		}
	}
	return false
}
