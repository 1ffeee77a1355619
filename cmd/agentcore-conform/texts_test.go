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
	for _, name := range []string{"", "run", "inspect", "certify", "judge", "list", "explain", "doctor", "version"} {
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
	for _, hidden := range []string{"watchdog", "relay"} {
		if strings.Contains(c.stdout, hidden) {
			t.Errorf("%s is shown", hidden)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if c := newCall(t).run("completion", shell); c.code != 0 || !strings.Contains(c.stdout, "agentcore-conform") {
			t.Errorf("%s: exit %d, %q", shell, c.code, c.stderr)
		}
	}
	if c := newCall(t).run("__complete", "run", "--profile", ""); !strings.Contains(c.stdout, "smoke\n") {
		t.Errorf("profiles are not offered: %q", c.stdout)
	}
}

func TestVersion(t *testing.T) {
	c := newCall(t).run("version", "--json")
	var v versionInfo
	if err := json.Unmarshal([]byte(c.stdout), &v); err != nil {
		t.Fatal(err)
	}
	if v.Contract != checks.Revision || v.Version == "" || !strings.HasPrefix(v.Go, "go1.") {
		t.Errorf("got %+v", v)
	}
	for _, args := range [][]string{{"version"}, {"--version"}} {
		if c := newCall(t).run(args...); c.code != 0 || !strings.Contains(c.stdout, v.Version) {
			t.Errorf("%v: exit %d, %q", args, c.code, c.stdout)
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
	if err := json.Unmarshal([]byte(c.stdout), &list); err != nil || len(list.Clauses) != len(checks.Contract.Clauses()) {
		t.Errorf("%d clauses, %v", len(list.Clauses), err)
	}
}

func TestListMarksWhatIsCovered(t *testing.T) {
	a := newApp()
	c := newCall(t).run("list")
	for _, cl := range checks.Contract.Clauses() {
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
	for _, cl := range checks.Contract.Clauses() {
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

// The texts are those that callers and logs show, placeholders filled; each leads to the clause that the contract names.
var platformErrors = []struct{ text, clause string }{
	{"Architecture incompatible for uri '1.dkr.ecr.us-east-1.amazonaws.com/a:1'. Supported architectures: [arm64]", "IMG-01"},
	{"Architecture incompatible for uri 'x'. Supported platforms: [arm64]", "IMG-01"},
	{"Runtime initialization time exceeded. Please make sure that initialization completes in 120s.", "LIFE-01"},
	{"Runtime initialization time exceeded. Please make sure that initialization completes in 30s.", "LIFE-01"},
	{"Runtime initialization time exceeded", "LIFE-01"},
	{"Runtime health check failed or timed out. Please make sure that health check is implemented according to the requirements here - https://docs.example.com", "PING-01"},
	{"RuntimeClientError: An error occurred (424): Runtime health check failed or timed out.", "PING-08"},
	{"Received error (500) from runtime. Please check your CloudWatch logs for more information.", "SES-08"},
	{"Received error (418) from runtime. Please check your CloudWatch logs for more information.", "INV-05"},
	{"Received error (421) from runtime. Please check your CloudWatch logs for more information.", "NET-04"},
	{"Received error (403) from runtime. Please check your CloudWatch logs for more information.", "NET-04"},
	{"Received error (404) from runtime", "NET-09"},
	{"Received error (422) from runtime", "INV-02"},
	{"Received error (413) from runtime", "INV-12"},
	{"Received error (502) from runtime. Please check your CloudWatch logs for more information.", "LIFE-03"},
	{"Failed to mount overlay: No such file or directory", "IMG-09"},
	{`Runtime.InvalidEntrypoint: exec: "opentelemetry-instrument": executable file not found in $PATH`, "IMG-11"},
	{"exec /bin/sh: exec format error", "IMG-02"},
	{"exec /app/server: exec format error", "IMG-02"},
	{"Environment variable value contains invalid control characters (0x00-0x1F, 0x7F). Key: 'CERT'", "LIM-07"},
	{"RetryableConflictException: Session operation in progress, please retry", "LIFE-13"},
	{"idleRuntimeSessionTimeout must be less than or equal to maxLifeTime", "LIFE-07"},
	{"This runtime is not MMDSv2-enabled", "SEC-06"},
	{"An internal error occurred while processing the request.", "MCP-06"},
	{"Authorization method mismatch. The agent is configured for a different authorization method than what was used in your request.", "SEC-03"},
	{"An error occurred when starting the runtime", "IMG-11"},
	{"ExpiredTokenException", "LIFE-15"},
	{"504 Gateway Timeout", "INV-15"},
	{"runtime helth check failed", "PING-01"},
}

func TestExplainEveryPlatformError(t *testing.T) {
	for _, e := range platformErrors {
		c := newCall(t).run("explain", e.text)
		if c.code != 0 || !strings.Contains(c.stdout, e.clause) || !strings.Contains(c.stdout, "Likely causes") {
			t.Errorf("%q: exit %d, want %s in\n%s%s", e.text, c.code, e.clause, c.stdout, c.stderr)
		}
	}
}

func TestExplainUnknownTexts(t *testing.T) {
	for text, want := range map[string]string{
		"segmentation fault in the parser": "no known platform error resembles",
		"error":                            "no known platform error resembles",
		"PING-99":                          "did you mean PING-0",
		"PING":                             "PING is an area",
		"the cat sat on the mat":           "no known platform error resembles",
	} {
		c := newCall(t).run("explain", text)
		if c.code != codeUsage || !strings.Contains(c.stderr, want) || c.stdout != "" {
			t.Errorf("%q: exit %d, %q %q", text, c.code, c.stdout, c.stderr)
		}
	}
}

// Every known text finds itself, and every clause it leads to exists.
func TestVocabularyIsSound(t *testing.T) {
	symptoms, err := vocabulary(checks.Contract)
	if err != nil {
		t.Fatal(err)
	}
	m := newMatcher(symptoms)
	for _, s := range symptoms {
		for _, c := range s.Causes {
			for _, id := range c.Clauses {
				if _, ok := checks.Contract.Clause(id); !ok {
					t.Errorf("%q leads to %s, which is no clause", s.Texts[0], id)
				}
			}
		}
		for _, text := range s.Texts {
			found := m.find(text)
			if len(found) == 0 || found[0].shared < m.compare(words(text), text).shared {
				t.Errorf("%q does not find itself: %+v", text, found)
			}
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
