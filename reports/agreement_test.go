package reports

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// clauseFormats are those in which every clause that fails is named.
var clauseFormats = []string{"json", "junit", "junit-strict", "markdown", "annotations", "gitlab", "sarif", "curl", "tap"}

// TestEveryFailingClauseIsInEveryFormat, however many there are.
func TestEveryFailingClauseIsInEveryFormat(t *testing.T) {
	for name, run := range formatRuns() {
		for _, format := range clauseFormats {
			text := string(wrote(t, writer(format, "file"), run))
			for _, f := range withOutcome(run.Findings, checks.Fail) {
				if !strings.Contains(text, f.ID) {
					t.Fatalf("%s as %s: %s failed and is not in it", name, format, f.ID)
				}
			}
		}
	}
}

// TestFormatsAgreeOnTheExitCode: what a machine reads is red in each format exactly when the command does not end with 0.
func TestFormatsAgreeOnTheExitCode(t *testing.T) {
	for name, run := range formatRuns() {
		if name == "empty" {
			continue // not a run: it has no verdict
		}
		code := run.ExitCode(false)
		red := map[string]bool{}
		junit := readBack(t, junitOf(t, run))
		red["junit"] = junit.Failures+junit.Errors > 0
		for _, c := range readCommands(t, string(wrote(t, WriteAnnotations, run))) {
			red["annotations"] = red["annotations"] || c.name == "error"
		}
		for _, e := range readCodeQuality(t, run) {
			red["gitlab"] = red["gitlab"] || e.Severity != "minor" && e.Severity != "info"
		}
		r := readSARIF(t, wrote(t, WriteSARIF, run))
		red["sarif"] = r.Invocations[0].ExitCode != 0
		if r.Invocations[0].ExitCode != code || r.Properties["verdict"] != string(run.Verdict) {
			t.Errorf("%s: SARIF has the exit code %d and the verdict %v", name, r.Invocations[0].ExitCode, r.Properties["verdict"])
		}
		var badge endpoint
		if err := json.Unmarshal(wrote(t, WriteBadgeJSON, run), &badge); err != nil {
			t.Fatal(err)
		}
		red["badge"] = badge.IsError
		red["tap"] = redPoints(string(wrote(t, WriteTAP, run)))
		for format, is := range red {
			if is != (code != 0) {
				t.Errorf("%s: exit code %d, and %s is red: %v", name, code, format, is)
			}
		}
	}
}

// redPoints reports a test point that is not ok and not a TODO.
func redPoints(tap string) bool {
	for line := range strings.SplitSeq(tap, "\n") {
		if strings.HasPrefix(line, "not ok ") && !strings.Contains(line, " # TODO ") {
			return true
		}
	}
	return false
}
