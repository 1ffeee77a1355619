package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// step is a command of a page and the lines that the page shows of what it says.
type step struct {
	command string
	shown   []string
}

// transcript are the commands of a page in the order in which they are typed.
func transcript(t *testing.T, page string) []step {
	t.Helper()
	var out []step
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```").FindAllStringSubmatch(document(t, page), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				out = append(out, step{command: command})
			} else {
				last := &out[len(out)-1]
				last.shown = append(last.shown, line)
			}
		}
	}
	return out
}

// typed is a script that runs the commands one after another, each behind a line of its own; $? is as in a terminal.
func typed(steps []step) string {
	script := "code=0\n"
	for i, s := range steps {
		script += fmt.Sprintf("echo; echo '@@%d'; (exit $code)\n%s\ncode=$?\n", i, s.command)
	}
	return script
}

// compare holds what was said against what the page shows: its lines, in this order, whatever stands between them.
func compare(t *testing.T, steps []step, said string) {
	t.Helper()
	parts := regexp.MustCompile(`(?m)^@@(\d+)$`).Split(said, -1)[1:]
	if len(parts) != len(steps) {
		t.Fatalf("%d of %d commands were run:\n%s", len(parts), len(steps), said)
	}
	for i, s := range steps {
		lines := strings.Split(parts[i], "\n")
		for _, shown := range s.shown {
			if shown == "…" {
				continue
			}
			at := 0
			for at < len(lines) && !looksLike(lines[at], shown) {
				at++
			}
			if at == len(lines) {
				t.Errorf("$ %s\nthe page shows %q, and this was said:\n%s", s.command, shown, parts[i])
				break
			}
			lines = lines[at+1:]
		}
	}
}

// looksLike compares without regard to spaces; an ellipsis at the end stands for the rest of the line.
func looksLike(line, shown string) bool {
	line, shown = strings.Join(strings.Fields(line), " "), strings.Join(strings.Fields(shown), " ")
	if begin, ok := strings.CutSuffix(shown, " …"); ok {
		return strings.HasPrefix(line, begin)
	}
	return line == shown
}

// TestTutorial types every command of the tutorial, where runs of its two agents were recorded before. The nightly one boots
// them.
func TestTutorial(t *testing.T) {
	steps := transcript(t, "docs/tutorial.md")
	if len(steps) < 12 {
		t.Fatalf("%d commands were found", len(steps))
	}
	s := newService(t).recorded(t, "mutants/blocked-ping")
	for _, name := range []string{"make", "go"} {
		s.write(t, filepath.Join(s.bin, name), theOthers)
	}
	s.write(t, filepath.Join(s.bin, "agentcore-conform"), theProgram)
	_, said := s.sh(t, typed(steps), "bash")
	compare(t, steps, said)
	for _, call := range []string{"make build", "go run ./fixtures/cmd/fixture-image blocked-ping --load tutorial/agent:1", "agentcore-conform doctor"} {
		if !s.called(call) {
			t.Errorf("%q was not called", call)
		}
	}
}

// TestTutorialConfiguration: the file that the tutorial ends with means what its command line meant.
func TestTutorialConfiguration(t *testing.T) {
	file := fenced(t, "docs/tutorial.md", ".agentcore-conform.yaml")
	c := newCall(t)
	c.write(t, ".agentcore-conform.yaml", file)
	if c.run("image:tag"); c.options == nil || c.options.Payload != `{"prompt":"{{prompt}}"}` || !strings.Contains(c.options.SlowPayload, "{{milliseconds}}") {
		t.Errorf("exit %d, %s: %+v", c.code, c.stderr, c.options)
	}
}

// TestCompareNotices: the comparison is able to fail.
func TestCompareNotices(t *testing.T) {
	for shown, want := range map[string]bool{"PASSED …": true, "PASSED": false, "a  b": true, "b": false} {
		if got := looksLike("PASSED all", shown) || looksLike(" a b ", shown); got != want {
			t.Errorf("%s: %s", strconv.Quote(shown), strconv.FormatBool(got))
		}
	}
}
