package reports

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func TestOneCauseIsToldOnce(t *testing.T) {
	var findings []checks.Finding
	for _, id := range []string{"PING-01", "PING-02", "PING-03", "PING-04"} {
		findings = append(findings, checks.Finding{ID: id, Area: "PING", Level: checks.Must, Outcome: checks.Error, Actual: "no engine answers"})
	}
	findings = append(findings,
		checks.Finding{ID: "SES-06", Area: "SES", Level: checks.Must, Outcome: checks.Untestable, Actual: "no marker came back"},
		checks.Finding{ID: "SES-08", Area: "SES", Level: checks.Must, Outcome: checks.Error, Actual: "something else"})
	run := Assemble(Input{Findings: findings, Scope: Full, Started: time.Unix(0, 0)})
	var out bytes.Buffer
	if err := WriteConsole(&out, run, ConsoleOptions{}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if n := strings.Count(text, "no engine answers"); n != 1 {
		t.Errorf("the common cause stands %d times:\n%s", n, text)
	}
	for _, want := range []string{"4 clauses", "PING-01, PING-02, PING-03, PING-04", "something else", "no marker came back"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}
