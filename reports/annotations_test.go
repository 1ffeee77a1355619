package reports

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// workflowCommand is what the runner takes from one line of a step's output.
type workflowCommand struct {
	name       string
	properties map[string]string
	data       string
}

// readCommand reads a line as the runner does: "::name key=value,key=value::data", else "##[name key=value;]data" anywhere.
func readCommand(line string) (workflowCommand, bool) {
	if rest, found := strings.CutPrefix(strings.TrimLeft(line, " \t"), "::"); found {
		head, data, closed := strings.Cut(rest, "::")
		if !closed {
			return workflowCommand{}, false
		}
		name, list, _ := strings.Cut(head, " ")
		c := workflowCommand{name: name, properties: map[string]string{}, data: unescaped(data, "%0D", "\r", "%0A", "\n", "%25", "%")}
		for _, pair := range strings.Split(list, ",") {
			if key, value, found := strings.Cut(pair, "="); found {
				c.properties[strings.TrimSpace(key)] = unescaped(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
			}
		}
		return c, true
	}
	if _, old, found := strings.Cut(line, "##["); found {
		name, data, closed := strings.Cut(old, "]")
		return workflowCommand{name: "old " + name, data: data}, closed
	}
	return workflowCommand{}, false
}

func unescaped(s string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(s) }

// readCommands reads all lines, each of which must be one command of the three kinds.
func readCommands(t *testing.T, text string) []workflowCommand {
	t.Helper()
	var out []workflowCommand
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		c, is := readCommand(line)
		if !is || c.name != "error" && c.name != "warning" && c.name != "notice" || len(c.properties) != 1 || c.properties["title"] == "" {
			t.Fatalf("%q is no annotation", line)
		}
		out = append(out, c)
	}
	return out
}

func commandCounts(all []workflowCommand) map[string]int {
	n := map[string]int{}
	for _, c := range all {
		n[c.name]++
	}
	return n
}

// obeyed is what a CI server would obey if it came to read a text line by line.
var obeyed = regexp.MustCompile(`(?m)^\s*::\s*[A-Za-z].*::|##\w*\[`)

func TestAnnotationsAreReadAsTheyAreMeant(t *testing.T) {
	for name, run := range map[string]*Run{"hostile": hostileRun(), "injected": injected()} {
		all := readCommands(t, string(wrote(t, WriteAnnotations, run)))
		if n := commandCounts(all); n["error"] < 2 || n["warning"] != 1 || n["notice"] != 1 {
			t.Errorf("%s: %v", name, n)
		}
		for _, c := range all {
			if found := obeyed.FindString(c.data + "\n" + c.properties["title"]); found != "" {
				t.Errorf("%s: %q is left in %q", name, found, c.data)
			}
		}
	}
}

func TestAnnotationsSayWhatHappened(t *testing.T) {
	all := readCommands(t, string(wrote(t, WriteAnnotations, oneOfEach())))
	if n := commandCounts(all); n["error"] != 3 || n["warning"] != 1 || n["notice"] != 2 {
		t.Errorf("%v", n)
	}
	first := all[0]
	if !strings.HasPrefix(first.properties["title"], "PING-06 SHOULD fail: time_of_last_update") {
		t.Errorf("title %q", first.properties["title"])
	}
	for _, line := range []string{"expected: the same", "actual: 1763825405", "fix: remember"} {
		if !strings.Contains("\n"+first.data, "\n"+line) {
			t.Errorf("%q has no line %q", first.data, line)
		}
	}
	if all := readCommands(t, string(wrote(t, WriteAnnotations, allPass()))); len(all) != 1 || !strings.Contains(all[0].properties["title"], "conformant") {
		t.Errorf("a green run has %v", all)
	}
	if all := readCommands(t, string(wrote(t, WriteAnnotations, interruptedRun()))); commandCounts(all)["error"] != 1 {
		t.Errorf("an interrupted run has %v", all)
	}
}

// TestAnnotationsAreAtMostTenOfAKind, and the last one names those that are left out.
func TestAnnotationsAreAtMostTenOfAKind(t *testing.T) {
	run := crowded()
	all := readCommands(t, string(wrote(t, WriteAnnotations, run)))
	if n := commandCounts(all); n["error"] != mostAnnotations || n["warning"] != mostAnnotations {
		t.Fatalf("%v", n)
	}
	clauses := len(checks.Contract().Clauses())
	last := all[mostAnnotations-1]
	if want := fmt.Sprintf("%d more", clauses-mostAnnotations+1); last.properties["title"] != want {
		t.Errorf("the last says %q, want %q", last.properties["title"], want)
	}
	text := string(wrote(t, WriteAnnotations, run))
	for _, c := range checks.Contract().Clauses() {
		if n := strings.Count(text, c.ID); n < 2 {
			t.Errorf("%s stands %d times, not as an error and as a warning", c.ID, n)
		}
	}
}

func FuzzAnnotations(f *testing.F) {
	for _, s := range append([]string{hostileText, "", "\r\n::x::y", ":::a::b", "::##[a]::"}, injections...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		text := string(wrote(t, WriteAnnotations, injectedWith(said)))
		readable(t, "annotations", text)
		for _, c := range readCommands(t, text) {
			if found := obeyed.FindString(c.data); found != "" {
				t.Errorf("%q leaves %q", said, found)
			}
		}
		for text, title := range map[string]bool{commandData(said): false, commandProperty(said): true} {
			if strings.ContainsAny(text, "\r\n") || title && strings.ContainsAny(text, ":,") {
				t.Errorf("%q is written as %q", said, text)
			}
		}
	})
}
