package clausedocs

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
)

var update = flag.Bool("update", false, "write docs/clauses anew")

var folder = filepath.Join("..", "..", "docs", "clauses")

func coverage() []checks.Coverage { return all.All().Coverage(checks.Contract(), checks.Proofs()) }

// docs/clauses is what the catalogue, the failures, the proofs and the snippets say, and holds nothing else.
func TestDocuments(t *testing.T) {
	want := Documents(coverage())
	if *update {
		write(t, want)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := want[f.Name()]; !ok {
			t.Errorf("docs/clauses/%s belongs to no area: remove it", f.Name())
		}
	}
	for name, text := range want {
		have, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(have) != text {
			t.Errorf("docs/clauses/%s is not what the catalogue says; renew it: make docs", name)
		}
	}
}

func write(t *testing.T, documents map[string]string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range documents {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryAreaHasATitle(t *testing.T) {
	areas := checks.Contract().Areas()
	for _, a := range areas {
		if areaTitles[a] == "" {
			t.Errorf("%s has none", a)
		}
	}
	if len(areaTitles) != len(areas) {
		t.Errorf("%d titles for %d areas", len(areaTitles), len(areas))
	}
}

// Everything that is known of a clause stands on its page, and each heading once, for links to find.
func TestPagesHoldTheCatalogue(t *testing.T) {
	documents := Documents(coverage())
	for _, v := range coverage() {
		c := v.Clause
		_, page, _ := strings.Cut(documents[c.Area+".md"], "\n## "+c.ID+"\n")
		page, _, _ = strings.Cut(page, "\n## ")
		wants := []string{string(c.Level), escape(c.Title), linked(escape(c.Consequence)), linked(escape(c.Probe)), linked(escape(c.Excluded))}
		for _, by := range c.RuledBy {
			wants = append(wants, link(by))
		}
		for _, r := range c.Reasons {
			wants = append(wants, "`"+r.ID+"` · **"+string(r.Outcome)+"** · "+string(r.Basis), escape(r.Title), linked(escape(r.Fix)), linked(escape(r.Consequence)))
			for _, text := range slices.Concat(r.Errors, v.Proof.Reasons[r.ID]) {
				wants = append(wants, code(text))
			}
		}
		for _, name := range v.Proof.Traps {
			wants = append(wants, code(name))
		}
		for _, s := range checks.Snippets(c.ID) {
			wants = append(wants, s.Framework, s.Code)
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s: its page does not say %q", c.ID, want)
			}
		}
	}
}

var (
	toClause  = regexp.MustCompile(`\]\(([A-Z0-9]+)\.md#([a-z0-9-]+)\)`)
	toFailure = regexp.MustCompile(`\]\(\.\./failures\.md#([a-z0-9-]+)\)`)
)

func TestLinksLeadSomewhere(t *testing.T) {
	n := 0
	for name, text := range Documents(coverage()) {
		for _, l := range toClause.FindAllStringSubmatch(text, -1) {
			n++
			if c, ok := checks.Contract().Clause(strings.ToUpper(l[2])); !ok || c.Area != l[1] {
				t.Errorf("%s: %s leads nowhere", name, l[0])
			}
		}
		for _, l := range toFailure.FindAllStringSubmatch(text, -1) {
			n++
			if _, ok := checks.Field().Failure(strings.ToUpper(l[1])); !ok {
				t.Errorf("%s: %s leads nowhere", name, l[0])
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d links were found", n)
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"time_of_last_update":  "time_of_last_update",
		"__init__ and <uri>":   `\_\_init\_\_ and \<uri\>`,
		"a*b [c](d) `e` ~f~":   "a\\*b \\[c\\](d) \\`e\\` \\~f\\~",
		`C:\x`:                 `C:\\x`,
		"plain words, and 1.5": "plain words, and 1.5",
	} {
		if got := escape(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestCodeIsNotClosedByItself(t *testing.T) {
	for text, want := range map[string]string{"a": "`a`", "a `b`": "`` a `b` ``"} {
		if got := code(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if fenceFor("x ``` y") != "````" || fenceFor("x") != "```" {
		t.Error("a fence is closed by the code within it")
	}
}

// What a reason can be behind is what it names, and what the index says of it in other words.
func TestTextsBehindAReason(t *testing.T) {
	for _, v := range coverage() {
		for _, r := range v.Clause.Reasons {
			got := textsBehind(v.Clause.ID, r)
			if !slices.Equal(got[:len(r.Errors)], r.Errors) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				t.Errorf("%s %s: %q", v.Clause.ID, r.ID, got)
			}
		}
	}
	r, _ := checks.Contract().Reason("NET-02", "loopback-only")
	r.Errors = nil
	if len(textsBehind("NET-02", r)) == 0 {
		t.Error("the index says nothing of NET-02 loopback-only")
	}
}
