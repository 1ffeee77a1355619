package suites_test

import (
	"context"
	"flag"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// together is how many runs play at once: nearly all of their time is planned waiting.
const together = 10

// slowTests runs what takes minutes too; make nightly sets it.
var slowTests = os.Getenv("CONFORM_NIGHTLY") != ""

// played is one run to come.
type played struct {
	o    suites.Options
	run  *reports.Run
	err  error
	done chan struct{}
}

// selected reports that -run asks for the subtest of that name: the runs begin before it does.
func selected(name string) bool {
	_, sub, found := strings.Cut(flag.Lookup("test.run").Value.String(), "/")
	if !found || strings.Contains(sub, "/") { // several patterns
		return true
	}
	ok, err := regexp.MatchString(sub, name)
	return ok || err != nil
}

// plays are runs to come in the order in which they are asked for.
type plays struct {
	order   []string
	options map[string]suites.Options
}

func (p *plays) add(name string, o suites.Options) {
	if p.options == nil {
		p.options = map[string]suites.Options{}
	}
	p.order, p.options[name] = append(p.order, name), o
}

// begin starts the runs that were asked for in their order, a few at a time, and returns all by name.
func (p *plays) begin() map[string]*played {
	out := map[string]*played{}
	queue := make(chan *played, len(p.order))
	for _, name := range p.order {
		if selected(name) {
			out[name] = &played{o: p.options[name], done: make(chan struct{})}
			queue <- out[name]
		}
	}
	close(queue)
	for range together {
		go func() {
			for one := range queue {
				one.run, one.err = suites.Run(context.Background(), one.o)
				close(one.done)
			}
		}()
	}
	return out
}

// again is how often a run is played once more that told too little among so many others.
const again = 2

// wait returns the run, or a later one where the first told too little.
func (p *played) wait(t *testing.T, tooLittle func(*reports.Run) bool) *reports.Run {
	t.Helper()
	<-p.done
	for range again {
		if p.err != nil || !tooLittle(p.run) {
			break
		}
		p.run, p.err = suites.Run(context.Background(), p.o)
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	run := p.run
	p.run = nil // hundreds of runs are too much to keep
	return run
}

// late reports a run that could not judge latency because this machine was too busy, as it may be with many at once.
func late(run *reports.Run) bool { return slices.ContainsFunc(run.Findings, tooBusy) }

func tooBusy(f checks.Finding) bool {
	return f.Outcome == checks.Untestable && strings.Contains(f.Actual, "too busy a machine")
}

// declaring is a full gate with the bodies that a fixture understands.
func declaring(p fixtures.Payloads) suites.Options {
	return suites.Options{
		Image: "fixture:test", Facts: goodImage(), SessionDuration: 4 * time.Second, InvocationTimeout: 8 * time.Second,
		Payload: p.Prompt, StreamPayload: p.Stream, SlowPayload: p.Slow, AsyncPayload: p.Async, AsyncFailingPayload: p.AsyncFailing, MaxPayload: p.MaxBody,
	}
}

// breaking is the gate of a mutant, limited to its clause where no other has anything to say.
func breaking(m mutants.Mutant) suites.Options {
	o := declaring(m.Payloads)
	o.Engine, o.Env, o.Only = m.NewEngine(), m.Env, m.Only()
	o.DeployRef, o.SessionModel, o.Compute, o.PlatformVersion = m.DeployRef, m.SessionModel, m.Compute, m.PlatformVersion
	o.KeyLife = m.KeyLife
	if m.Patience > 0 {
		o.InvocationTimeout = m.Patience
	}
	o.SessionDuration = max(o.SessionDuration, m.Session)
	if m.Facts != nil {
		m.Facts(o.Facts)
	}
	return o
}

// TestMutants proves that each mutant trips its reason and that nothing unrelated turns red.
func TestMutants(t *testing.T) {
	t.Parallel()
	var todo plays
	for _, m := range mutants.InProcess() {
		if !m.Minutes || slowTests {
			todo.add(m.Name, breaking(m))
		}
	}
	runs := todo.begin()
	for _, m := range mutants.InProcess() {
		if runs[m.Name] == nil {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			expect(t, m, runs[m.Name].wait(t, func(run *reports.Run) bool { return late(run) || !shows(m, run) }))
		})
	}
}

// TestImageMutants proves the same of images that are broken before anything runs, from an OCI layout.
func TestImageMutants(t *testing.T) {
	t.Parallel()
	for _, m := range mutants.All() {
		if m.Image == nil {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			expect(t, m, play(t, suites.Options{Image: layout(t, m.Image), Inspect: true, DeployRef: m.DeployRef, Compute: m.Compute}))
		})
	}
}

func expect(t *testing.T, m mutants.Mutant, run *reports.Run) {
	t.Helper()
	tripped := true
	for _, row := range m.Rows() {
		tripped = expectRow(t, row, run) && tripped
	}
	for _, f := range run.Findings {
		if (f.Outcome == checks.Fail || f.Outcome == checks.Error) && !broken(m, f.ID) && !among(f.ID, m.Also) {
			t.Errorf("unrelated: %s %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
		}
	}
	if m.Outcome == checks.Fail && run.Verdict != reports.Nonconformant {
		t.Errorf("verdict %s", run.Verdict)
	}
	for _, e := range run.Errors {
		t.Errorf("harness: %s", e)
	}
	expectAlone(t, run)
	if tripped {
		shown.trip(m)
	}
}

// shows reports that the run has all that the mutant is there to trip.
func shows(m mutants.Mutant, run *reports.Run) bool {
	return !slices.ContainsFunc(m.Rows(), func(row mutants.Row) bool {
		return !slices.ContainsFunc(run.Findings, func(f checks.Finding) bool { return f.ID == row.Clause && f.Reason == row.Reason })
	})
}

// expectRow wants a row of the catalogue found, with its outcome, and told in full.
func expectRow(t *testing.T, row mutants.Row, run *reports.Run) bool {
	t.Helper()
	reason, _ := checks.Contract().Reason(row.Clause, row.Reason)
	for _, f := range run.Findings {
		if f.ID != row.Clause || f.Reason != row.Reason || f.Outcome != reason.Outcome {
			continue
		}
		if f.Actual == "" || f.Fix == "" && f.Outcome != checks.Note {
			t.Errorf("%s does not say what was seen or what to do", f.ID)
		}
		return true
	}
	t.Errorf("%s %s was not found; %s says:", row.Clause, row.Reason, row.Clause)
	for _, f := range run.Findings {
		if f.ID == row.Clause {
			t.Logf("  %s %s %s", f.Outcome, f.Reason, f.Actual)
		}
	}
	return false
}

// broken reports a clause that the mutant is there to break.
func broken(m mutants.Mutant, clause string) bool {
	return slices.ContainsFunc(m.Rows(), func(r mutants.Row) bool { return r.Clause == clause })
}

// expectAlone proves that --only a clause takes every record that its verdict hangs on.
func expectAlone(t *testing.T, run *reports.Run) {
	t.Helper()
	whole := map[string][]string{}
	for _, f := range run.Findings {
		whole[f.ID] = append(whole[f.ID], string(f.Outcome)+" "+f.Reason)
	}
	for id, want := range whole {
		part, err := suites.TakenFor(id, run.Records)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range all.All().Rule(checks.Contract(), id, part) {
			got = append(got, string(f.Outcome)+" "+f.Reason)
		}
		if !slices.Equal(got, want) {
			t.Errorf("--only %s gives %q, the whole gate %q", id, got, want)
		}
	}
}

func among(id string, patterns []string) bool {
	for _, p := range patterns {
		if ok, err := path.Match(p, id); err == nil && ok {
			return true
		}
	}
	return false
}

// TestTraps proves that correct agents that look suspicious stay green.
func TestTraps(t *testing.T) {
	t.Parallel()
	var todo plays
	for _, trap := range traps.All() {
		o := declaring(trap.Payloads)
		o.Engine, o.SessionDuration, o.PlatformVersion = trap.NewEngine(), max(o.SessionDuration, trap.Session), trap.PlatformVersion
		o.KeyLife = trap.KeyLife
		todo.add(trap.Name, o)
	}
	runs := todo.begin()
	for _, trap := range traps.All() {
		t.Run(trap.Name, func(t *testing.T) {
			run := runs[trap.Name].wait(t, func(run *reports.Run) bool { return late(run) || !passes(trap, run) })
			for _, f := range run.Findings {
				switch {
				case slices.Contains(trap.Passes, f.ID) && f.Outcome != checks.Pass:
					t.Errorf("%s is %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
				case f.Outcome == checks.Fail, f.Outcome == checks.Error:
					t.Errorf("%s %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
				case reports.Lacking(f) && !slices.Contains(trap.CannotShow, f.ID):
					t.Errorf("%s could not be tested: %s", f.ID, f.Actual)
				}
			}
			shown.pass(trap.Name, withoutLuck(trap, run))
			if want := verdictOf(trap); run.Verdict != want {
				t.Errorf("verdict %s, want %s", run.Verdict, want)
			}
			for _, e := range run.Errors {
				t.Errorf("harness: %s", e)
			}
			expectAlone(t, run)
		})
	}
}

// forecasts are the clauses that one run may pass and the next call too short to tell.
var forecasts = []string{"LIFE-19", "LIFE-20", "LIFE-21"}

// withoutLuck leaves out forecasts that the trap is not there to pass.
func withoutLuck(trap traps.Trap, run *reports.Run) *reports.Run {
	out := *run
	out.Findings = slices.DeleteFunc(slices.Clone(run.Findings), func(f checks.Finding) bool {
		return slices.Contains(forecasts, f.ID) && !slices.Contains(trap.Passes, f.ID)
	})
	return &out
}

// passes reports that a run passes all that the trap is there to pass.
func passes(trap traps.Trap, run *reports.Run) bool {
	return !slices.ContainsFunc(trap.Passes, func(id string) bool {
		return slices.ContainsFunc(run.Findings, func(f checks.Finding) bool { return f.ID == id && f.Outcome != checks.Pass })
	})
}

// goodPlays are good agents and images by name, each with what a careful user declares. What they pass is proof that the
// checks can pass.
func goodPlays(t *testing.T) plays {
	t.Helper()
	const ref = "123456789012.dkr.ecr.us-east-1.amazonaws.com/agent@sha256:"
	agent := declaring(fixtures.Reference)
	agent.Engine, agent.Env = fake.New(reference.Main(reference.Config{})), []string{"LOG_LEVEL=info"}
	image := layout(t, images.Good)
	var todo plays
	todo.add("reference", agent)
	todo.add("good-image", suites.Options{Image: image, Inspect: true, DeployRef: ref + strings.Repeat("a", 64)})
	todo.add("good-image-instances", suites.Options{Image: image, Inspect: true, Compute: suites.Instances})
	return todo
}

// goodNames are all good ones, the traps among them, in the order in which they are told.
func goodNames() []string {
	out := []string{"reference", "good-image", "good-image-instances"}
	for _, trap := range traps.All() {
		out = append(out, trap.Name)
	}
	for _, trap := range traps.Images() {
		out = append(out, trap.Name)
	}
	return out
}

// layout writes an image as an OCI layout and returns the folder.
func layout(t *testing.T, build images.Build) string {
	t.Helper()
	f, err := build(images.Stubs())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "layout")
	if err := f.WriteLayout(dir); err != nil {
		t.Fatal(err)
	}
	return "oci:" + dir
}

// TestGoodOnes proves that what is good all through is green in everything that can be said of it.
func TestGoodOnes(t *testing.T) {
	t.Parallel()
	good := goodPlays(t)
	for name, p := range good.begin() {
		t.Run(name, func(t *testing.T) {
			run := p.wait(t, late)
			if bad := list(run, checks.Fail, checks.Error); bad != "" || run.Verdict != reports.Conformant && run.Verdict != reports.Passed {
				t.Errorf("verdict %s:%s", run.Verdict, bad)
			}
			expectAlone(t, run)
			shown.pass(name, run)
		})
	}
}

// TestImageTraps proves the same of images that look broken before anything runs.
func TestImageTraps(t *testing.T) {
	t.Parallel()
	for _, trap := range traps.Images() {
		t.Run(trap.Name, func(t *testing.T) {
			run := play(t, suites.Options{Image: layout(t, trap.Build), Inspect: true})
			if bad := list(run, checks.Fail, checks.Error, checks.Untestable); bad != "" || run.Verdict != reports.Passed {
				t.Errorf("verdict %s:%s", run.Verdict, bad)
			}
			expectAlone(t, run)
			shown.pass(trap.Name, run)
		})
	}
}

func verdictOf(trap traps.Trap) reports.Verdict {
	if len(trap.CannotShow) > 0 {
		return reports.Partial
	}
	return reports.Conformant
}
