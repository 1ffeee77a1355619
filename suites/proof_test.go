package suites_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

var update = flag.Bool("update", false, "write checks/proof.json and docs/matrix.md anew")

// shown collects what the matrix shows while it is played.
var shown = &evidence{
	tripped: map[string]bool{}, good: map[string]bool{}, passed: map[string][]string{}, busy: map[string][]string{},
}

// evidence is what was played and did what was expected of it, by name.
type evidence struct {
	mu      sync.Mutex
	tripped map[string]bool
	good    map[string]bool
	// passed are the good ones, by clause, for which it was passed and nothing else; busy are those for which this machine
	// was too busy to tell.
	passed, busy map[string][]string
}

func (e *evidence) trip(m mutants.Mutant) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tripped[m.Name] = true
}

func (e *evidence) pass(name string, run *reports.Run) {
	worst := map[string]checks.Outcome{}
	for _, f := range run.Findings {
		if was, ok := worst[f.ID]; !ok || checks.Worse(f.Outcome, was) {
			worst[f.ID] = f.Outcome
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.good[name] = true
	for _, f := range run.Findings {
		if tooBusy(f) {
			e.busy[f.ID] = append(e.busy[f.ID], name)
		}
	}
	for id, outcome := range worst {
		if outcome == checks.Pass {
			e.passed[id] = append(e.passed[id], name)
		}
	}
}

// whole reports that every good one was played: only then can it be said what no clause passes.
func (e *evidence) whole() bool {
	return !slices.ContainsFunc(goodNames(), func(name string) bool { return !e.good[name] })
}

// elsewhere reports a mutant that only an engine can play; suites/inengine does.
func elsewhere(m mutants.Mutant) bool { return m.Handler != "" || m.Memory > 0 }

// mostPassed is how many good names stand for a clause.
const mostPassed = 3

// proofs is the proof by what is declared, as far as told says that it was played, and by what was passed.
func proofs(passed map[string][]string, told func(clause, name string) bool) map[string]checks.Proof {
	out := map[string]checks.Proof{}
	change := func(id, name string, f func(*checks.Proof)) {
		if told(id, name) {
			p := out[id]
			f(&p)
			out[id] = p
		}
	}
	for _, m := range mutants.All() {
		for _, row := range m.Rows() {
			change(row.Clause, m.Name, func(p *checks.Proof) {
				if p.Reasons == nil {
					p.Reasons = map[string][]string{}
				}
				p.Reasons[row.Reason] = append(p.Reasons[row.Reason], m.Name)
			})
		}
	}
	tempt := func(name string, ids []string) {
		for _, id := range ids {
			change(id, name, func(p *checks.Proof) { p.Traps = append(p.Traps, name) })
		}
	}
	for _, trap := range traps.All() {
		tempt(trap.Name, trap.Tempts)
	}
	for _, trap := range traps.Images() {
		tempt(trap.Name, trap.Tempts)
	}
	for id, names := range passed {
		if names = first(names); len(names) > 0 && !excluded(id) {
			p := out[id]
			p.Passed = names
			out[id] = p
		}
	}
	return out
}

// excluded reports a clause that is never passed: what was seen of it is a note.
func excluded(id string) bool {
	clause, _ := checks.Contract().Clause(id)
	return clause.Excluded != ""
}

// declared takes everything for played.
func declared(string, string) bool { return true }

// first are the first few names in the order in which good agents are told.
func first(names []string) []string {
	var out []string
	for _, name := range goodNames() {
		if slices.Contains(names, name) && len(out) < mostPassed {
			out = append(out, name)
		}
	}
	return out
}

// settle holds the file against what was played, or writes it.
func (e *evidence) settle() error {
	switch {
	case *update:
		file, err := written()
		if err != nil {
			return err
		}
		return write(e.merged(file))
	case e.whole():
		return e.drift(checks.Proofs())
	}
	return nil
}

// merged is the proof by what was played now and, for the rest, by what the file says of it.
func (e *evidence) merged(file map[string]checks.Proof) map[string]checks.Proof {
	passed := e.passed
	if !e.whole() {
		passed = maps.Clone(e.passed)
		for id, p := range file {
			passed[id] = append(slices.Clone(p.Passed), passed[id]...)
		}
	}
	byHand := map[string]bool{}
	for _, m := range mutants.All() {
		byHand[m.Name] = elsewhere(m) || m.Minutes && !slowTests
	}
	return proofs(passed, func(id, name string) bool {
		return e.tripped[name] || e.good[name] || byHand[name] || names(file[id], name)
	})
}

// names reports that the file's proof of a clause names a mutant or a trap.
func names(p checks.Proof, name string) bool {
	for _, mutants := range p.Reasons {
		if slices.Contains(mutants, name) {
			return true
		}
	}
	return slices.Contains(p.Traps, name)
}

// drift is an error when a name in the file no longer passes, or a clause without one could have one.
func (e *evidence) drift(file map[string]checks.Proof) error {
	var out []string
	for id, p := range file {
		for _, name := range p.Passed {
			if !slices.Contains(e.passed[id], name) && !slices.Contains(e.busy[id], name) {
				out = append(out, fmt.Sprintf("%s was not passed for %s", id, name))
			}
		}
	}
	for id, names := range e.passed {
		if len(file[id].Passed) == 0 {
			out = append(out, fmt.Sprintf("%s was passed for %s", id, names[0]))
		}
	}
	if len(out) == 0 {
		return nil
	}
	slices.Sort(out)
	return fmt.Errorf("checks/proof.json says otherwise: %s. If that is right: make matrix", strings.Join(out, "; "))
}

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := shown.settle(); err != nil {
			fmt.Fprintln(os.Stderr, "the matrix:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// httpAreas are the areas of the contract that an HTTP agent can break.
var httpAreas = []string{"IMG", "NET", "PING", "INV", "SSE", "SES", "LIFE", "OBS", "LIM", "SEC"}

// graveRows are the reasons that fail or warn, of the clauses that concern an HTTP agent.
func graveRows() []mutants.Row {
	var out []mutants.Row
	for _, c := range checks.Contract().Clauses() {
		if !slices.Contains(httpAreas, c.Area) || !c.AppliesTo("HTTP") {
			continue
		}
		for _, r := range c.Reasons {
			if r.Outcome == checks.Fail || r.Outcome == checks.Warn {
				out = append(out, mutants.Row{Clause: c.ID, Reason: r.ID})
			}
		}
	}
	return out
}

// TestEveryReasonIsTripped wants a mutant for each reason that fails or warns, or a word on why there is none.
func TestEveryReasonIsTripped(t *testing.T) {
	proof := proofs(nil, declared)
	for _, row := range graveRows() {
		n, why := len(proof[row.Clause].Reasons[row.Reason]), byRecords[row]
		if n == 0 && why == "" {
			t.Errorf("no mutant trips %s %s", row.Clause, row.Reason)
		}
		if n > 0 && why != "" {
			t.Errorf("%s %s has a mutant, so its excuse is not needed", row.Clause, row.Reason)
		}
	}
	for row := range byRecords {
		if !slices.Contains(graveRows(), row) {
			t.Errorf("%s %s is excused and does not exist", row.Clause, row.Reason)
		}
	}
}

// TestEveryCheckPasses wants every check that can fail or warn to have passed a good agent, or a word on why it does not.
func TestEveryCheckPasses(t *testing.T) {
	if *update {
		t.Skip("the proof is being written")
	}
	file, seen := checks.Proofs(), map[string]bool{}
	for _, row := range graveRows() {
		if _, checked := all.All().Check(row.Clause); !checked || seen[row.Clause] {
			continue
		}
		seen[row.Clause] = true
		n, why := len(file[row.Clause].Passed), unpassed[row.Clause]
		if n == 0 && why == "" {
			t.Errorf("%s was passed for no good agent", row.Clause)
		}
		if n > 0 && why != "" {
			t.Errorf("%s was passed, so its excuse is not needed", row.Clause)
		}
	}
}

// TestProofIsOfThisTree holds what is declared against the file, without playing anything.
func TestProofIsOfThisTree(t *testing.T) {
	if *update {
		t.Skip("the proof is being written")
	}
	file := checks.Proofs()
	passed := map[string][]string{}
	for id, p := range file {
		if len(p.Passed) > 0 {
			passed[id] = p.Passed
		}
	}
	if got, want := encode(t, file), encode(t, proofs(passed, declared)); got != want {
		t.Errorf("checks/proof.json is not of these mutants and traps: make matrix, or for a few go test ./suites -run 'TestMutants/^NAME$' -update")
	}
	doc, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(doc) != matrix(file) {
		t.Error("docs/matrix.md is not of checks/proof.json: make matrix")
	}
}
