package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/clausedocs"
)

// The terminal shows what docs/clauses shows: the same facts, reasons and code.
func TestExplainShowsThePage(t *testing.T) {
	for _, v := range newApp().registry.Coverage(checks.Contract(), checks.Proofs()) {
		c := (&call{dir: "."}).run("explain", v.Clause.ID)
		p := clausedocs.Of(v)
		wants := wantsOf(p.Facts)
		for _, r := range p.Reasons {
			wants = append(append(wants, r.ID+" "+string(r.Outcome)+" ("+string(r.Basis)+")", r.Title), wantsOf(r.Facts)...)
		}
		for _, s := range p.Snippets {
			wants = append(wants, s.Framework, s.Code)
		}
		said := strings.Join(strings.Fields(c.stdout), " ")
		for _, want := range wants {
			if !strings.Contains(said, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: %q is not said", v.Clause.ID, want)
			}
		}
	}
}

func wantsOf(facts []clausedocs.Fact) []string {
	var out []string
	for _, f := range facts {
		out = append(append(out, f.Label, f.Text), f.Quotes...)
		for _, x := range f.Failures {
			out = append(out, x.ID+" "+x.Title)
		}
	}
	return out
}

func TestFactLines(t *testing.T) {
	for name, c := range map[string]struct {
		fact clausedocs.Fact
		want []string
	}{
		"a text":   {clausedocs.Fact{Text: "so"}, []string{"so"}},
		"errors":   {clausedocs.Fact{Quotes: []string{"a", "b"}}, []string{`"a"`, `"b"`}},
		"names":    {clausedocs.Fact{Quotes: []string{"a", "b"}, Names: true}, []string{"a, b"}},
		"failures": {clausedocs.Fact{Failures: []checks.Failure{{ID: "F-A-1", Title: "x"}, {ID: "F-A-2", Title: "y"}}}, []string{"F-A-1 x", "F-A-2 y"}},
	} {
		if got := factLines(c.fact); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestIndentedKeepsCodeAsItIs(t *testing.T) {
	if got, want := indented("a\n\n  b", "    "), "    a\n\n      b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
