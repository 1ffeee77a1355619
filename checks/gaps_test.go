package checks_test

import (
	"slices"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Only a record that the target lacks by nature makes its clauses not applicable, whatever a file says.
func TestWhatIsMissingByNature(t *testing.T) {
	c, err := load(sound)
	if err != nil {
		t.Fatal(err)
	}
	passes := func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Passed("seen")} }
	for _, x := range []struct {
		name               string
		kind               record.Kind
		attached, declared bool
		want               checks.Outcome
	}{
		{"no image behind a server that runs", record.KindImage, true, false, checks.NotApplicable},
		{"no image of a container", record.KindImage, false, false, checks.Untestable},
		{"no job was declared", record.KindAsync, false, false, checks.NotApplicable},
		{"a job was declared", record.KindAsync, false, true, checks.Untestable},
		{"no calls, and no job was declared", record.KindCalls, false, false, checks.Untestable},
	} {
		set := &record.Set{Gaps: []record.Gap{{Kind: x.kind, Why: record.GapNature, Text: "by nature"}}}
		set.Terms.Attached, set.Terms.AsyncDeclared = x.attached, x.declared
		r := checks.NewRegistry(c, []checks.Check{{Clause: "NET-01", Needs: []record.Kind{x.kind}, Judge: passes}})
		if f := r.Rule(c, "NET-01", set); len(f) != 1 || f[0].Outcome != x.want {
			t.Errorf("%s: %+v, want %s", x.name, f, x.want)
		}
	}
}

func TestClauseIDsHaveTwoParts(t *testing.T) {
	for _, id := range []string{"NET", "NET-", "-01", "-"} {
		if _, err := load("- {id: " + `"` + id + `"` + ", level: MUST, title: t, consequence: c}"); err == nil {
			t.Errorf("%q is taken for a clause", id)
		}
	}
}

func TestAreasStandOnce(t *testing.T) {
	areas := checks.Contract().Areas()
	if len(areas) < 10 || areas[0] != "IMG" || len(slices.Compact(slices.Clone(areas))) != len(areas) {
		t.Errorf("the areas are %v", areas)
	}
}
