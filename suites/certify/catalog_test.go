package certify

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

var knownSettings = []string{"payload", "env", "session-model", "only", "profile", "endpoint", "slow-payload", "allow-partial"}

func near(typed string, known []string) string {
	if typed == "session_model" && slices.Contains(known, "session-model") && slices.Contains(known, "image") {
		return "; did you mean session-model?"
	}
	return ""
}

const wellFormed = `
defaults:
  payload: {prompt: "{{prompt}}"}
  env: &env {LOG: info}
  slow-payload: '{"ms": {{milliseconds}}}'
entries:
  - name: good
    image: oci:layouts/good
    build: make good
  - name: naive
    image: team/naive:1
    build: [make, "na ive"]
    build-timeout: 90s
    slow-payload: null
    env: {LOG: debug, OTHER: x}
    expect: {fails: [ses-06]}
  - name: lacks
    image: lacks
    env: *env
    expect: {verdict: partial, untestable: INV-09, warns: []}
  - {name: attached, endpoint: "http://127.0.0.1:1", expect: {verdict: passed}}
`

func read(t *testing.T, text string) *Catalog {
	t.Helper()
	c, err := Read("catalog.yaml", []byte(text), knownSettings, near)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRead(t *testing.T) {
	c := read(t, wellFormed)
	var got []string
	for _, e := range c.Entries {
		config, err := e.Config()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %s %s %q %s %v\n%s", e.Line, e.Name, e.Image, e.Build, e.BuildLimit, e.Expect, config))
	}
	want := []string{
		`7 good oci:layouts/good ["sh" "-c" "make good"] 30m0s {conformant [] [] []}` + "\n" +
			"payload: {prompt: \"{{prompt}}\"}\nenv: {LOG: info}\nslow-payload: '{\"ms\": {{milliseconds}}}'\n",
		`10 naive team/naive:1 ["make" "na ive"] 1m30s {nonconformant [SES-06] [] []}` + "\n" +
			"env: {LOG: debug, OTHER: x}\npayload: {prompt: \"{{prompt}}\"}\n",
		`17 lacks lacks [] 30m0s {partial [] [INV-09] []}` + "\n" +
			"env: {LOG: info}\npayload: {prompt: \"{{prompt}}\"}\nslow-payload: '{\"ms\": {{milliseconds}}}'\n",
		`21 attached  [] 30m0s {passed [] [] []}` + "\n" +
			"endpoint: \"http://127.0.0.1:1\"\npayload: {prompt: \"{{prompt}}\"}\nenv: {LOG: info}\nslow-payload: '{\"ms\": {{milliseconds}}}'\n",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w := c.Entries[2].Expect.Warns; w == nil || c.Entries[0].Expect.Warns != nil {
		t.Error("an empty list of warnings is not told from none")
	}
}

// TestReadRefuses: every error names the file and the line, and says what to do.
func TestReadRefuses(t *testing.T) {
	one := func(entry string) string { return "entries:\n  - {name: a, image: b}\n  - " + entry }
	cases := []struct{ text, want string }{
		{"", "catalog.yaml: is empty"},
		{"[", "catalog.yaml: "},
		{"- a", "catalog.yaml:1: write this as NAME: VALUE"},
		{"entries: []", "catalog.yaml:1: entries is missing"},
		{"entries: 3", "catalog.yaml:1: entries is missing"},
		{"other: 1\nentries: [{name: a, image: b}]", `catalog.yaml:1: unknown key "other"; this may hold defaults, entries`},
		{"entries:\n- {name: a, image: b}\nentries: []", "catalog.yaml:3: entries stands on line 1 already"},
		{"entries: [{name: a, image: b}]\n---\nx: 1", "more than one document"},
		{"defaults:\n  image: x\nentries: [{name: a}]", "catalog.yaml:2: image belongs to an entry"},
		{"defaults:\n  payload:\nentries: [{name: a, image: b}]", "catalog.yaml:2: payload has no value"},
		{"defaults: 3\nentries: [{name: a, image: b}]", "catalog.yaml:1: write this"},
		{one("{image: b}"), "catalog.yaml:3: the entry has no name"},
		{one("{name: c}"), "catalog.yaml:3: c has no image"},
		{one("text"), "catalog.yaml:3: write this"},
		{one("{name: A, image: b}"), `catalog.yaml:3: the name "A" is that of the entry on line 2`},
		{one("{name: [], image: b}"), "catalog.yaml:3: name has no value"},
		{one(`{name: "a\tb", image: b}`), "catalog.yaml:3: a name is at most"},
		{one(`{name: "` + strings.Repeat("x", 101) + `", image: b}`), "catalog.yaml:3: a name is at most"},
		{one(`{name: "\u202egpj", image: b}`), "catalog.yaml:3: a name is at most"},
		{one("{name: c, image: b, sesion-model: x}"), `catalog.yaml:3: unknown key "sesion-model"`},
		{one("{name: c, image: b, session_model: x}"), "did you mean session-model?"},
		{one("{name: c, image: b, <<: {env: {A: b}}}"), `unknown key "<<"`},
		{one("{name: c, image: b, endpoint: x}"), "an image and an endpoint"},
		{one("{name: c, build: x, endpoint: x}"), "with endpoint no image is tested"},
		{one("{name: c, image: b, build: []}"), "build has no value"},
		{one("{name: c, image: b, build-timeout: soon}"), "catalog.yaml:3: give a duration"},
		{one("{name: c, image: b, expect: conformant}"), "catalog.yaml:3: write this"},
		{one("{name: c, image: b, expect: {verdicts: x}}"), "this may hold verdict, fails, untestable, warns"},
		{one("{name: c, image: b, expect: {verdict: error}}"), `verdict "error" cannot be expected`},
		{one("{name: c, image: b, expect: {fails: [SES-99]}}"), `"SES-99" is no clause`},
		{one("{name: c, image: b, expect: {fails: [SES-06, ses-06]}}"), "SES-06 stands twice"},
		{one("{name: c, image: b, expect: {fails: {a: b}}}"), "write fails as a list"},
		{one("{name: c, image: b, expect: {verdict: nonconformant}}"), "List the clauses under fails"},
		{one("{name: c, image: b, expect: {verdict: partial}}"), "List the clauses under untestable"},
		{one("{name: c, image: b, expect: {verdict: conformant, fails: [SES-06]}}"), "with fails the verdict is nonconformant"},
		{one("{name: c, image: b, expect: {verdict: passed, untestable: [SES-06]}}"), "with untestable the verdict is partial"},
		{"defaults: &x\n  env: *x\nentries: [{name: a, image: b}]", "catalog.yaml:2: *x stands inside of what it names"},
		{bomb(), "too large"},
	}
	for _, c := range cases {
		if _, err := Read("catalog.yaml", []byte(c.text), knownSettings, near); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.200q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// bomb is a catalogue whose aliases make billions of nodes of it.
func bomb() string {
	text := "defaults:\n  env:\n  - &a0 x\n"
	for i := 1; i < 10; i++ {
		text += fmt.Sprintf("  - &a%d [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return text + "entries: [{name: a, image: b}]\n"
}

func TestFileNames(t *testing.T) {
	names := []string{"good", "a/b", "a\\b", "../../etc/passwd", "matrix", "Matrix.1", "...", "ä ö", "a b", "-rf", strings.Repeat("y", 100), strings.Repeat("y", 99), "con:x", "a b-2"}
	var entries []Entry
	for _, n := range names {
		entries = append(entries, Entry{Name: n})
	}
	fileNames(entries)
	var got []string
	for _, e := range entries {
		got = append(got, e.File)
	}
	want := []string{"good", "a-b", "a-b-2", "etc-passwd", "matrix-2", "Matrix.1", "entry", "entry-2", "a-b-3", "rf",
		strings.Repeat("y", 80), strings.Repeat("y", 80) + "-2", "con-x", "a-b-2-2"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSelect(t *testing.T) {
	c := &Catalog{File: "c.yaml", Entries: []Entry{{Name: "langgraph"}, {Name: "LangGraph-naive"}, {Name: "team/adk"}}}
	for globs, want := range map[string]string{"": "langgraph LangGraph-naive team/adk", "langgraph*": "langgraph LangGraph-naive", "*adk,langgraph": "langgraph team/adk", "*": "langgraph LangGraph-naive team/adk"} {
		entries, err := c.Select(slices.DeleteFunc(strings.Split(globs, ","), func(s string) bool { return s == "" }))
		var got []string
		for _, e := range entries {
			got = append(got, e.Name)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v", globs, got, err)
		}
	}
	for _, glob := range []string{"nothing", "[", "lang"} {
		if _, err := c.Select([]string{"langgraph", glob}); err == nil || !strings.Contains(err.Error(), glob) {
			t.Errorf("%s: %v", glob, err)
		}
	}
}

func TestSet(t *testing.T) {
	c := read(t, "defaults: {profile: gate}\nentries: [{name: a, image: b}, {name: c, image: b}]")
	c.Entries[0].Set("profile", "soak")
	c.Entries[0].Set("env", "A=b")
	a, _ := c.Entries[0].Config()
	b, _ := c.Entries[1].Config()
	if string(a) != "profile: soak\nenv: A=b\n" || string(b) != "profile: gate\n" {
		t.Errorf("got %q and %q", a, b)
	}
}

// FuzzRead: what is read can be written as settings of a run and is consistent.
func FuzzRead(f *testing.F) {
	for _, s := range []string{wellFormed, "", "entries: [{name: a, image: b, expect: {fails: [SES-06]}}]", "a: &a [*a]", bomb()} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read("f", data, knownSettings, near)
		if err != nil {
			return
		}
		files := map[string]bool{}
		for _, e := range c.Entries {
			if _, err := e.Config(); err != nil {
				t.Errorf("settings cannot be written: %v", err)
			}
			if files[strings.ToLower(e.File)] || e.File != safe(e.File) || e.Name == "" {
				t.Errorf("entry %q has the file %q", e.Name, e.File)
			}
			files[strings.ToLower(e.File)] = true
			if e.Expect.Verdict == reports.Nonconformant != (len(e.Expect.Fails) > 0) {
				t.Errorf("expectation %+v", e.Expect)
			}
		}
		if len(c.Entries) == 0 || reflect.DeepEqual(c, &Catalog{}) {
			t.Error("an empty catalogue was read")
		}
	})
}
