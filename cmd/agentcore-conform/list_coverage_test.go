package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

//go:embed testdata/coverage.schema.json
var schemaOfCoverage []byte

func listedCoverage(t *testing.T) (coverageList, string) {
	t.Helper()
	c := newCall(t).run("list", "--coverage", "--json")
	var list coverageList
	if err := json.Unmarshal([]byte(c.stdout), &list); err != nil || c.code != 0 {
		t.Fatalf("exit %d, %v", c.code, err)
	}
	return list, c.stdout
}

func TestCoverageJSON(t *testing.T) {
	list, text := listedCoverage(t)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaOfCoverage))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("coverage.json", schema); err != nil {
		t.Fatal(err)
	}
	if err := compiler.MustCompile("coverage.json").Validate(document); err != nil {
		t.Error(err)
	}
	if len(list.Clauses) != len(checks.Contract().Clauses()) || list.All.Clauses != len(list.Clauses) {
		t.Errorf("%d clauses, %d counted", len(list.Clauses), list.All.Clauses)
	}
}

// The counts are those of the clauses below them, in every area and in all.
func TestCoverageAddsUp(t *testing.T) {
	list, _ := listedCoverage(t)
	sum := checks.Count{}
	for _, a := range list.Areas {
		sum.Clauses, sum.Tested, sum.RuledElsewhere = sum.Clauses+a.Clauses, sum.Tested+a.Tested, sum.RuledElsewhere+a.RuledElsewhere
		sum.Excluded, sum.NotYet = sum.Excluded+a.Excluded, sum.NotYet+a.NotYet
	}
	if sum != list.All {
		t.Errorf("areas %+v, all %+v", sum, list.All)
	}
	http := checks.Count{}
	for _, c := range list.Clauses {
		if !c.HTTP {
			continue
		}
		http.Clauses++
		switch c.Cover {
		case checks.Tested:
			http.Tested++
		case checks.RuledElsewhere:
			http.RuledElsewhere++
		case checks.Excluded:
			http.Excluded++
		case checks.NotYet:
			http.NotYet++
		}
	}
	if http != list.HTTP {
		t.Errorf("clauses %+v, counted %+v", http, list.HTTP)
	}
}

func TestCoverageText(t *testing.T) {
	list, _ := listedCoverage(t)
	c := newCall(t).run("list", "--coverage")
	lines := strings.Split(c.stdout, "\n")
	for _, line := range lines {
		if utf8.RuneCountInString(line) > coverageWidth || strings.TrimRight(line, " ") != line {
			t.Errorf("wider than %d columns, or blank at its end: %q", coverageWidth, line)
		}
	}
	said := strings.Join(strings.Fields(c.stdout), " ")
	for _, cl := range list.Clauses {
		want := strings.Join(strings.Fields(cl.ID+" "+string(cl.Level)+" "+coverWords[cl.Cover]+" "+strings.Join(cl.RuledBy, ", ")+cl.Excluded), " ")
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said", want)
		}
	}
	for _, a := range list.Areas {
		if !strings.Contains(c.stdout, "\n"+a.Area+" ") {
			t.Errorf("no row for %s", a.Area)
		}
	}
}

func TestCoverText(t *testing.T) {
	tested := checks.Clause{Reasons: []checks.Reason{{ID: "a", Outcome: checks.Fail}, {ID: "b", Outcome: checks.Warn}, {ID: "c", Outcome: checks.Note}}}
	proof := checks.Proof{Passed: []string{"good"}, Traps: []string{"t", "u"}, Reasons: map[string][]string{"a": {"m"}, "c": {"n"}}}
	for want, v := range map[string]checks.Coverage{
		"1 fail, 1 warn; 1 mutant, 2 traps":              {Clause: tested, Cover: checks.Tested, Proof: proof},
		"1 fail, 1 warn; 0 mutants, 0 traps; not proven": {Clause: tested, Cover: checks.Tested},
		"A-01, B-02": {Clause: checks.Clause{RuledBy: []string{"A-01", "B-02"}}, Cover: checks.RuledElsewhere},
		"because":    {Clause: checks.Clause{Excluded: "because"}, Cover: checks.Excluded},
		"":           {Cover: checks.NotYet},
	} {
		if got := coverText(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
