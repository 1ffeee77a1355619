package checks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// snippetAreas are the areas whose clauses owe their reader code.
var snippetAreas = []string{"IMG", "NET", "PING", "INV", "SSE", "SES", "LIFE", "OBS", "LIM", "SEC"}

// withoutSnippet are clauses that code cannot keep, with the reason.
var withoutSnippet = map[string]string{}

type namedSnippet struct {
	Name string
	checks.Snippet
}

// allSnippets are those of every clause in one language, or in all of them.
func allSnippets(language string) []namedSnippet {
	var out []namedSnippet
	for _, cl := range checks.Contract().Clauses() {
		for _, s := range checks.Snippets(cl.ID) {
			if language == "" || s.Language == language {
				out = append(out, namedSnippet{cl.ID + " " + s.Framework + " " + s.Language, s})
			}
		}
	}
	return out
}

func TestSnippetsAreInOrder(t *testing.T) {
	order := []string{
		"FastAPI python", "Express javascript", "Fastify javascript", "Spring java", "Spring properties", "Go go",
		"AgentCore SDK python", "Dockerfile dockerfile", "shell sh",
	}
	seen := map[string]bool{}
	for _, cl := range checks.Contract().Clauses() {
		last := -1
		for _, s := range checks.Snippets(cl.ID) {
			kind := s.Framework + " " + s.Language
			at := slices.Index(order, kind)
			if at <= last {
				t.Errorf("%s: %q stands after %q", cl.ID, kind, order[max(last, 0)])
			}
			seen[kind], last = true, at
		}
	}
	if len(seen) != len(order) {
		t.Errorf("only %v occur, want %v", seen, order)
	}
	if s := checks.Snippets("PING-99"); s != nil {
		t.Errorf("an unknown clause has %d snippets", len(s))
	}
}

func TestEveryFixHasASnippet(t *testing.T) {
	for _, cl := range checks.Contract().Clauses() {
		owed := slices.Contains(snippetAreas, cl.Area) &&
			slices.ContainsFunc(cl.Reasons, func(r checks.Reason) bool { return r.Outcome != checks.Note })
		has := len(checks.Snippets(cl.ID)) > 0
		_, excused := withoutSnippet[cl.ID]
		if owed && !has && !excused {
			t.Errorf("%s has reasons to fail or warn, and no snippet", cl.ID)
		}
		if excused && (has || !owed) {
			t.Errorf("%s needs no exception", cl.ID)
		}
	}
}

func TestSnippetsAreOfClauses(t *testing.T) {
	head := regexp.MustCompile(`(?m)^- clause: (\S+)$`)
	files, err := filepath.Glob("catalogue/snippets/*.yaml")
	if err != nil || len(files) != len(snippetAreas) {
		t.Fatalf("%d files for %d areas: %v", len(files), len(snippetAreas), err)
	}
	size := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		size += len(data)
		area := strings.ToUpper(strings.TrimSuffix(filepath.Base(name), ".yaml"))
		for _, m := range head.FindAllSubmatch(data, -1) {
			if cl, ok := checks.Contract().Clause(string(m[1])); !ok || cl.Area != area {
				t.Errorf("%s: %s is no clause of %s", name, m[1], area)
			}
		}
	}
	if size > 150_000 {
		t.Errorf("%d bytes of snippets, want at most 150,000", size)
	}
}

func TestSnippetsAreShortAndClean(t *testing.T) {
	const mostLines, mostColumns = 24, 100
	for _, s := range allSnippets("") {
		lines := strings.Split(s.Code, "\n")
		if len(lines) > mostLines {
			t.Errorf("%s: %d lines", s.Name, len(lines))
		}
		for _, line := range lines {
			if n := len([]rune(strings.ReplaceAll(line, "\t", "    "))); n > mostColumns {
				t.Errorf("%s: %d columns: %s", s.Name, n, line)
			}
			if strings.TrimRight(line, " \t") != line || s.Language != "go" && strings.Contains(line, "\t") {
				t.Errorf("%s: white space at the end, or a tab: %q", s.Name, line)
			}
		}
	}
}

func TestGoSnippets(t *testing.T) {
	for _, s := range allSnippets("go") {
		out, err := format.Source([]byte(s.Code))
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
		} else if string(out) != s.Code {
			t.Errorf("%s: not as gofmt writes it, which is\n%s", s.Name, out)
		}
	}
}

// parsers read [{"Name", "Code"}, …] from standard input and print a line for each that does not parse.
const (
	parsePython = `
import ast, json, sys
for s in json.load(sys.stdin):
    try:
        compile(s["Code"], s["Name"], "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as e:
        print(s["Name"], e)
`
	parseModule = `
const { readFileSync } = require('node:fs');
const { SourceTextModule } = require('node:vm');
for (const s of JSON.parse(readFileSync(0))) {
  try { new SourceTextModule(s.Code); } catch (e) { console.log(s.Name, e.message); }
}
`
)

func TestPythonSnippets(t *testing.T) {
	if faults := parse(t, allSnippets("python"), "python3", "-c", parsePython); faults != "" {
		t.Error(faults)
	}
	if parse(t, broken, "python3", "-c", parsePython) == "" {
		t.Error("the parser finds no fault in what is broken")
	}
}

func TestJavaScriptSnippets(t *testing.T) {
	args := []string{"--experimental-vm-modules", "--no-warnings", "-e", parseModule}
	if faults := parse(t, allSnippets("javascript"), "node", args...); faults != "" {
		t.Error(faults)
	}
	if parse(t, broken, "node", args...) == "" {
		t.Error("the parser finds no fault in what is broken")
	}
}

var broken = []namedSnippet{{"broken", checks.Snippet{Code: "f(x"}}}

// parse hands the snippets to another language's own parser, and skips the test where that is missing.
func parse(t *testing.T, snippets []namedSnippet, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(err)
	}
	in, err := json.Marshal(snippets)
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return string(out)
}

func TestShellSnippets(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	for _, s := range allSnippets("sh") {
		cmd := exec.Command("sh", "-n")
		cmd.Stdin = strings.NewReader(s.Code)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", s.Name, err, out)
		}
	}
}

func TestJavaSnippets(t *testing.T) {
	for _, s := range allSnippets("java") {
		if err := looksLikeJava(s.Code); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	for _, code := range []string{"void f() { g() }", "void f() { g(); ", `String s = "x;`, "int f() { return (1; }", "int a"} {
		if looksLikeJava(code) == nil {
			t.Errorf("taken for Java: %s", code)
		}
	}
}

var javaTexts = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|//[^\n]*|(?s:/\*.*?\*/)`)

// looksLikeJava knows brackets, quotes and where statements end, no more.
func looksLikeJava(code string) error {
	bare := javaTexts.ReplaceAllStringFunc(code, func(text string) string {
		if text[0] == '/' {
			return ""
		}
		return "0"
	})
	if strings.ContainsAny(bare, `"'`) {
		return fmt.Errorf("a quote is not closed")
	}
	closes := map[rune]rune{')': '(', ']': '[', '}': '{'}
	var open []rune
	last := ';'
	for _, c := range bare {
		switch c {
		case ' ', '\n':
			continue
		case '(', '[', '{':
			open = append(open, c)
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != closes[c] {
				return fmt.Errorf("%q closes nothing", c)
			}
			open = open[:len(open)-1]
			if c == '}' && !strings.ContainsRune(";{}", last) {
				return fmt.Errorf("a statement has no end before }")
			}
		}
		last = c
	}
	if len(open) > 0 || !strings.ContainsRune(";}", last) {
		return fmt.Errorf("not closed: %q, and the last character is %q", open, last)
	}
	return nil
}

func TestPropertiesSnippets(t *testing.T) {
	line := regexp.MustCompile(`^[a-z0-9.-]+=\S+$`)
	for _, s := range allSnippets("properties") {
		for _, l := range strings.Split(s.Code, "\n") {
			if !strings.HasPrefix(l, "#") && !line.MatchString(l) {
				t.Errorf("%s: %q", s.Name, l)
			}
		}
	}
}

func TestDockerfileSnippets(t *testing.T) {
	for _, s := range allSnippets("dockerfile") {
		if err := looksLikeDockerfile(s.Code); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	for _, code := range []string{"RUM true", "RUN", `CMD ["a", 'b']`, "RUN a \\"} {
		if looksLikeDockerfile(code) == nil {
			t.Errorf("taken for a Dockerfile: %s", code)
		}
	}
}

var dockerInstructions = []string{"FROM", "ARG", "ENV", "WORKDIR", "COPY", "ADD", "RUN", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}

// looksLikeDockerfile knows the instructions, lines that go on, and the exec form.
func looksLikeDockerfile(code string) error {
	var lines []string
	for _, l := range strings.Split(code, "\n") {
		if !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	for _, l := range strings.Split(strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", " "), "\n") {
		if l == "" {
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		if !slices.Contains(dockerInstructions, word) || strings.TrimSpace(rest) == "" || strings.HasSuffix(rest, "\\") {
			return fmt.Errorf("no instruction: %q", l)
		}
		if strings.HasPrefix(rest, "[") {
			var args []string
			if err := json.Unmarshal([]byte(rest), &args); err != nil {
				return fmt.Errorf("no exec form: %q: %w", rest, err)
			}
		}
	}
	return nil
}
