package all

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func coverage() []checks.Coverage {
	return All().Coverage(checks.Contract(), checks.Proofs())
}

func TestEveryClauseOfHTTPIsCovered(t *testing.T) {
	for _, v := range coverage() {
		if v.Clause.Played() && v.Cover == checks.NotYet {
			t.Errorf("%s has no check with a reason that fails or warns, is not ruled on elsewhere (ruledBy), and not excluded", v.Clause.ID)
		}
	}
	if n := checks.CountOf(coverage(), checks.Clause.Played); n.Excluded > checks.MostExcluded {
		t.Errorf("%d clauses are excluded, at most %d may be", n.Excluded, checks.MostExcluded)
	}
}

// A check that was never seen to pass, or never to fail or warn, may be one that cannot.
func TestTestedClausesAreProven(t *testing.T) {
	if len(checks.Proofs()) == 0 {
		t.Skip("checks/proof.json is empty: make matrix writes it")
	}
	for _, v := range coverage() {
		if v.Cover == checks.Tested && !v.Proven() {
			t.Errorf("%s: passed by %d, tripped by %d mutants; both are owed (make matrix)", v.Clause.ID, len(v.Proof.Passed), len(v.Mutants()))
		}
	}
}

// A run says of an excluded clause why it is, and never that it holds or is broken.
func TestExcludedClausesAreNotes(t *testing.T) {
	set := empty()
	set.Boot, set.Calls = checktest.Ready(900), checktest.Calls(nil)
	set.Image = &record.Image{OS: "linux", Architecture: "arm64", ExposedPorts: []string{"8080/tcp"}}
	registry := All()
	for _, v := range coverage() {
		if v.Cover != checks.Excluded {
			continue
		}
		for _, f := range registry.Rule(checks.Contract(), v.Clause.ID, set) {
			noted := f.Outcome == checks.Note && (f.Reason != "" || f.Actual == v.Clause.Excluded || f.Summary == v.Clause.Excluded)
			if !noted && f.Outcome != checks.NotApplicable {
				t.Errorf("%s: %s %q: %s", f.ID, f.Outcome, f.Summary, f.Actual)
			}
		}
	}
}
