package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// recipe is the file that findings are shown at: an image has no lines, what it was built from has.
const recipe = "Dockerfile"

// maxDescription is the length of a description in bytes; GitLab shows it on one line.
const maxDescription = 1000

// codeQuality is one entry of GitLab's Code Quality report.
type codeQuality struct {
	Description string              `json:"description"`
	CheckName   string              `json:"check_name"`
	Fingerprint string              `json:"fingerprint"`
	Severity    string              `json:"severity"`
	Location    codeQualityLocation `json:"location"`
}

type codeQualityLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// WriteCodeQuality writes GitLab's Code Quality report: what failed, could not be tested although the verdict needs it,
// warned, or was waived. GitLab compares it with the target branch's by fingerprint, which is that of clause, reason and
// repository, so that a new build of the same fault is no new entry.
func WriteCodeQuality(w io.Writer, run *Run) error {
	entries := []codeQuality{}
	for i, t := range troubles(run) {
		entries = append(entries, codeQualityOf("RUN", t, "major", fingerprint(run, "RUN", fmt.Sprint(i))))
	}
	seen := map[string]int{}
	for _, f := range withOutcome(run.Findings, outcomes...) {
		severity := codeQualitySeverity(f)
		if severity == "" {
			continue
		}
		name := ruleID(f)
		entries = append(entries, codeQualityOf(name, findingLine(f), severity, fingerprint(run, name, fmt.Sprint(seen[name]))))
		seen[name]++
	}
	if err := writeJSON(w, entries); err != nil {
		return fmt.Errorf("write the Code Quality report: %w", err)
	}
	return nil
}

func codeQualityOf(name, description, severity, fingerprint string) codeQuality {
	e := codeQuality{Description: clip(CleanLine(description), maxDescription), CheckName: name, Fingerprint: fingerprint, Severity: severity}
	e.Location.Path, e.Location.Lines.Begin = recipe, 1
	return e
}

// codeQualitySeverity is empty for what needs no attention.
func codeQualitySeverity(f checks.Finding) string {
	switch o := outcomeOf(f); {
	case o == checks.Fail && f.Level == checks.Must:
		return "blocker"
	case o == checks.Fail:
		return "critical"
	case o == checks.Error, Lacking(f):
		return "major"
	case o == checks.Warn:
		return "minor"
	case o == checks.Waived:
		return "info"
	}
	return ""
}

// maxRuleID is the length of an id in bytes that readers take; none of the catalogue is a third of it.
const maxRuleID = 120

// ruleID names a row of the catalogue: the clause and the reason, as PING-06/restamped.
func ruleID(f checks.Finding) string {
	id := CleanLine(f.Row())
	if id == "" {
		return "UNKNOWN"
	}
	return clip(id, maxRuleID)
}

// findingLine is a finding on one line: what is wrong, what was seen, what to change.
func findingLine(f checks.Finding) string {
	line := fmt.Sprintf("%s %s: %s", f.ID, f.Level, summaryOf(f))
	for _, r := range known([]row{{"", f.Actual}, {"Fix: ", f.Fix}}) {
		line = strings.TrimRight(line, ".") + ". " + r.label + clip(r.text, maxMessage)
	}
	return line
}

// fingerprint is the same for the same fault of the same repository in every run, whatever its tag and digest.
func fingerprint(run *Run, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{repository(run)}, parts...), "\x00")))
	return hex.EncodeToString(sum[:])
}

// repository is the image's name without tag and digest; empty where there is no image.
func repository(run *Run) string {
	if run.Image == nil {
		return ""
	}
	name, _, _ := strings.Cut(run.Image.Reference, "@")
	if tag := strings.LastIndex(name, ":"); tag > strings.LastIndex(name, "/") {
		name = name[:tag]
	}
	return name
}

// writeJSON writes an indented document in which nothing can be misread by a terminal.
func writeJSON(w io.Writer, document any) error {
	data, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(escapeUnsafe(data), '\n'))
	return err
}
