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
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
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
	if !found {
		return true
	}
	ok, err := regexp.MatchString(sub, name)
	return ok || err != nil
}

// begin starts the runs that were asked for, a few at a time, and returns all by name.
func begin(all map[string]suites.Options) map[string]*played {
	places := make(chan struct{}, together)
	out := map[string]*played{}
	for name, o := range all {
		if !selected(name) {
			continue
		}
		p := &played{o: o, done: make(chan struct{})}
		out[name] = p
		go func() {
			places <- struct{}{}
			defer func() { <-places; close(p.done) }()
			p.run, p.err = suites.Run(context.Background(), o)
		}()
	}
	return out
}

func (p *played) wait(t *testing.T) *reports.Run {
	t.Helper()
	<-p.done
	if p.err == nil && late(p.run) {
		p.run, p.err = suites.Run(context.Background(), p.o)
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.run
}

// late reports a run that could not judge latency because this machine was too busy, as it may be with many at once. Alone
// it gets another chance.
func late(run *reports.Run) bool {
	return slices.ContainsFunc(run.Findings, func(f checks.Finding) bool {
		return f.Outcome == checks.Untestable && strings.Contains(f.Actual, "too busy a machine")
	})
}

// declaring is a full gate with the bodies that a fixture understands.
func declaring(p fixtures.Payloads) suites.Options {
	return suites.Options{
		Image: "fixture:test", Facts: goodImage(), SessionDuration: 4 * time.Second, InvocationTimeout: 8 * time.Second,
		Payload: p.Prompt, StreamPayload: p.Stream, SlowPayload: p.Slow, AsyncPayload: p.Async, MaxPayload: p.MaxBody,
	}
}

// TestMutants proves that each mutant trips its reason and that nothing unrelated turns red.
func TestMutants(t *testing.T) {
	t.Parallel()
	plays := map[string]suites.Options{}
	for _, m := range mutants.InProcess() {
		if m.Minutes && !slowTests {
			continue
		}
		o := declaring(m.Payloads)
		o.Engine, o.Env = m.NewEngine(), m.Env
		plays[m.Name] = o
	}
	runs := begin(plays)
	for _, m := range mutants.InProcess() {
		if runs[m.Name] == nil {
			continue
		}
		t.Run(m.Name, func(t *testing.T) { expect(t, m, runs[m.Name].wait(t)) })
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
			f, err := m.Image(images.Stubs())
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "layout")
			if err := f.WriteLayout(dir); err != nil {
				t.Fatal(err)
			}
			expect(t, m, play(t, suites.Options{Image: "oci:" + dir, Inspect: true}))
		})
	}
}

func expect(t *testing.T, m mutants.Mutant, run *reports.Run) {
	t.Helper()
	tripped := false
	for _, f := range run.Findings {
		if f.ID == m.Clause && f.Reason == m.Reason && f.Outcome == m.Outcome {
			tripped = true
			if f.Actual == "" || f.Fix == "" && f.Outcome != checks.Note {
				t.Errorf("%s does not say what was seen or what to do", f.ID)
			}
			continue
		}
		if (f.Outcome == checks.Fail || f.Outcome == checks.Error) && f.ID != m.Clause && !among(f.ID, m.Also) {
			t.Errorf("unrelated: %s %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
		}
	}
	if !tripped {
		t.Errorf("%s %s was not found; %s says:", m.Clause, m.Reason, m.Clause)
		for _, f := range run.Findings {
			if f.ID == m.Clause {
				t.Logf("  %s %s %s", f.Outcome, f.Reason, f.Actual)
			}
		}
	}
	if m.Outcome == checks.Fail && run.Verdict != reports.Nonconformant {
		t.Errorf("verdict %s", run.Verdict)
	}
	for _, e := range run.Errors {
		t.Errorf("harness: %s", e)
	}
	expectAlone(t, run)
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
		for _, f := range all.All().Rule(checks.Contract, id, part) {
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
	plays := map[string]suites.Options{}
	for _, trap := range traps.All() {
		o := declaring(trap.Payloads)
		o.Engine = trap.NewEngine()
		plays[trap.Name] = o
	}
	runs := begin(plays)
	for _, trap := range traps.All() {
		t.Run(trap.Name, func(t *testing.T) {
			run := runs[trap.Name].wait(t)
			for _, f := range run.Findings {
				switch {
				case f.Outcome == checks.Fail, f.Outcome == checks.Error:
					t.Errorf("%s %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
				case reports.Lacking(f) && !slices.Contains(trap.CannotShow, f.ID):
					t.Errorf("%s could not be tested: %s", f.ID, f.Actual)
				}
			}
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

func verdictOf(trap traps.Trap) reports.Verdict {
	if len(trap.CannotShow) > 0 {
		return reports.Partial
	}
	return reports.Conformant
}
