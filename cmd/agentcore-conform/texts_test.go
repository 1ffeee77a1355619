package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; if it is meant to: go test ./cmd/agentcore-conform -update\ngot:\n%s", file, got)
	}
}

func TestHelp(t *testing.T) {
	for _, name := range []string{"", "run", "inspect", "init", "certify", "judge", "report", "baseline", "diff", "attest", "verify", "list", "explain", "doctor", "version"} {
		t.Run("help "+name, func(t *testing.T) {
			c := &call{dir: t.TempDir()}
			c.run(append(strings.Fields(name), "--help")...)
			if c.code != 0 || c.stderr != "" || !strings.Contains(c.stdout, "Examples:") {
				t.Errorf("exit %d, %q", c.code, c.stderr)
			}
			golden(t, strings.TrimSuffix("help-"+name, "-")+".txt", c.stdout)
		})
	}
}

func TestHelpHidesTheMachinery(t *testing.T) {
	c := newCall(t).run("--help")
	for _, hidden := range []string{"watchdog", "relay", "man DIR"} {
		if strings.Contains(c.stdout, "\n  "+hidden) {
			t.Errorf("%s is shown", hidden)
		}
	}
}

//go:embed testdata/list.schema.json
var schemaOfList []byte

func TestListJSON(t *testing.T) {
	c := newCall(t).run("list", "--json")
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(c.stdout))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaOfList))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("list.json", schema); err != nil {
		t.Fatal(err)
	}
	if err := compiler.MustCompile("list.json").Validate(document); err != nil {
		t.Error(err)
	}
	var list clauseList
	if err := json.Unmarshal([]byte(c.stdout), &list); err != nil || len(list.Clauses) != len(checks.Contract().Clauses()) {
		t.Errorf("%d clauses, %v", len(list.Clauses), err)
	}
}

func TestListMarksWhatIsCovered(t *testing.T) {
	a := newApp()
	c := newCall(t).run("list")
	for _, cl := range checks.Contract().Clauses() {
		mark := "- "
		if _, ok := a.registry.Check(cl.ID); ok {
			mark = "* "
		}
		if !strings.Contains(c.stdout, "\n"+mark+cl.ID) && !strings.HasPrefix(c.stdout, mark+cl.ID) {
			t.Errorf("no line begins with %q", mark+cl.ID)
		}
	}
}

func TestExplainEveryClause(t *testing.T) {
	for _, cl := range checks.Contract().Clauses() {
		c := (&call{dir: "."}).run("explain", strings.ToLower(cl.ID))
		said := strings.Join(strings.Fields(c.stdout), " ")
		wants := []string{cl.ID, string(cl.Level), cl.Title, cl.Consequence, cl.Probe, cl.Source}
		for _, r := range cl.Reasons {
			wants = append(wants, r.ID, string(r.Outcome), r.Title, r.Fix)
		}
		for _, want := range wants {
			if !strings.Contains(said, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: %q is not said", cl.ID, want)
			}
		}
		if c.code != 0 {
			t.Errorf("%s: exit %d", cl.ID, c.code)
		}
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	long := strings.Repeat("some words and ", 30) + strings.Repeat("x", 200)
	got := wrap(long, "    ")
	for _, line := range strings.Split(got, "\n") {
		if len(line) > textWidth && strings.Contains(strings.TrimSpace(line), " ") || !strings.HasPrefix(line, "    ") {
			t.Errorf("line %q", line)
		}
	}
	if regexp.MustCompile(`\s+`).ReplaceAllString(strings.TrimSpace(got), " ") != long {
		t.Error("words were lost")
	}
}
