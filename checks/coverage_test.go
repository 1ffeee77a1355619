package checks_test

import (
	"slices"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const covered = `
- id: NET-01
  level: MUST
  title: t
  consequence: c
  reasons:
    - {id: a, outcome: fail, basis: platform, title: t, fix: f}
    - {id: b, outcome: warn, basis: platform, title: t, fix: f}
    - {id: c, outcome: note, basis: platform, title: t, fix: ""}
- {id: NET-02, level: MAY, title: t, consequence: c, ruledBy: [NET-01]}
- {id: NET-03, level: MAY, title: t, consequence: c, excluded: e}
- {id: NET-04, level: MAY, title: t, consequence: c}
- id: NET-05
  level: MAY
  title: t
  consequence: c
  reasons: [{id: a, outcome: fail, basis: platform, title: t, fix: f}]
- {id: NET-06, level: MAY, title: t, consequence: c}
- {id: WS-01, level: MAY, title: t, consequence: c}
`

func coverageOf(t *testing.T, proofs map[string]checks.Proof) []checks.Coverage {
	t.Helper()
	c, err := load(covered)
	if err != nil {
		t.Fatal(err)
	}
	judge := verdict(checks.Passed("fine"))
	r := checks.NewRegistry(c, []checks.Check{
		{Clause: "NET-01", Needs: needsCalls, Judge: judge}, {Clause: "NET-03", Needs: needsCalls, Judge: judge},
		{Clause: "NET-06", Needs: needsCalls, Judge: judge},
	})
	return r.Coverage(c, proofs)
}

// A check without a reason that fails or warns covers nothing, and neither do reasons without a check.
func TestCoverage(t *testing.T) {
	all := coverageOf(t, nil)
	var got []checks.Cover
	for _, v := range all {
		got = append(got, v.Cover)
	}
	want := []checks.Cover{checks.Tested, checks.RuledElsewhere, checks.Excluded, checks.NotYet, checks.NotYet, checks.NotYet, checks.NotYet}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := checks.CountOf(all, checks.Clause.Played); n != (checks.Count{Clauses: 6, Tested: 1, RuledElsewhere: 1, Excluded: 1, NotYet: 3}) {
		t.Errorf("got %+v", n)
	}
}

func TestProven(t *testing.T) {
	good := []string{"good"}
	for name, c := range map[string]struct {
		proof checks.Proof
		want  bool
	}{
		"nothing":      {checks.Proof{}, false},
		"only passed":  {checks.Proof{Passed: good}, false},
		"only tripped": {checks.Proof{Reasons: map[string][]string{"a": {"m"}}}, false},
		"only a note":  {checks.Proof{Passed: good, Reasons: map[string][]string{"c": {"m"}}}, false},
		"both":         {checks.Proof{Passed: good, Reasons: map[string][]string{"b": {"m"}}}, true},
	} {
		if v := coverageOf(t, map[string]checks.Proof{"NET-01": c.proof})[0]; v.Proven() != c.want {
			t.Errorf("%s: proven %v, want %v", name, v.Proven(), c.want)
		}
	}
	v := coverageOf(t, map[string]checks.Proof{"NET-01": {Reasons: map[string][]string{"a": {"m", "k"}, "b": {"m"}, "c": {"z"}}}})[0]
	if !slices.Equal(v.Mutants(), []string{"k", "m"}) {
		t.Errorf("got %v", v.Mutants())
	}
}

func TestPlayed(t *testing.T) {
	for c, want := range map[*checks.Clause]bool{
		{Area: "NET"}: true, {Area: "NET", Protocols: []string{"A2A", "HTTP"}}: true, {Area: "NET", Protocols: []string{"A2A"}}: false,
		{Area: "WS"}: false, {Area: "MCP"}: false,
	} {
		if c.Played() != want {
			t.Errorf("%+v: played %v, want %v", c, c.Played(), want)
		}
	}
}

// What nothing can rule on is a note, whatever the check makes of what it saw; faults of the harness stay.
func TestExcludedClausesAreNeverPassed(t *testing.T) {
	for want, v := range map[string]checks.Verdict{
		"note e: seen": checks.Passed("seen"), "note e: known": checks.Remark("known"), "note : e": checks.Remark("e"),
		"untestable : no": checks.CannotTell("no"), "error : broken": {Outcome: checks.Error, Actual: "broken"},
	} {
		c, err := load(covered)
		if err != nil {
			t.Fatal(err)
		}
		r := checks.NewRegistry(c, []checks.Check{{Clause: "NET-03", Needs: needsCalls, Judge: verdict(v)}})
		f := r.Rule(c, "NET-03", &record.Set{Calls: &record.Calls{}})[0]
		if got := string(f.Outcome) + " " + f.Summary + ": " + f.Actual; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestExclusionIsTheCataloguesReason(t *testing.T) {
	cl, _ := checks.Contract().Clause("LIFE-06")
	ch := checks.Exclusion("LIFE-06")
	if v := ch.Judge(&record.Set{}); len(v) != 1 || v[0].Outcome != checks.Note || v[0].Actual != cl.Excluded || cl.Excluded == "" {
		t.Errorf("got %+v", v)
	}
	defer func() {
		if recover() == nil {
			t.Error("a clause that is tested was taken for excluded")
		}
	}()
	checks.Exclusion("LIFE-01")
}
