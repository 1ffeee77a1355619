package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

var tapEvidence = bounds{lines: 20, width: 500, total: 4 << 10}

// WriteTAP writes TAP version 14: one test point per clause, in the sense of WriteJUnit. What is not ok, and what passed
// with something to say, is explained in a YAML block. A waived clause is a TODO, one that was not judged a SKIP.
func WriteTAP(w io.Writer, run *Run) error {
	var cases []junitCase
	for _, s := range junitSuites(run) {
		cases = append(cases, s.cases...)
	}
	var b bytes.Buffer
	b.WriteString("TAP version 14\n")
	for _, p := range junitProperties(run) {
		fmt.Fprintf(&b, "# %s: %s\n", p.label, clip(p.text, maxMessage))
	}
	fmt.Fprintf(&b, "1..%d\n", len(cases))
	for i, c := range cases {
		c.writeTAP(&b, i+1)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the TAP report: %w", err)
	}
	return nil
}

func (c junitCase) writeTAP(b *bytes.Buffer, number int) {
	word, directive := "ok", ""
	switch {
	case c.kind == "failure" || c.kind == "error":
		word = "not ok"
	case outcomeOf(c.worst) == checks.Waived:
		word, directive = "not ok", " # TODO "+tapText(c.msg)
	case c.kind == "skipped":
		directive = " # SKIP " + tapText(c.msg)
	}
	fmt.Fprintf(b, "%s %d - %s%s\n", word, number, tapText(c.name), directive)
	if members := c.diagnostics(); len(members) > 0 {
		fmt.Fprintf(b, "  ---\n  %s\n  ...\n", strings.Join(members, "\n  "))
	}
}

// tapText escapes what would begin a directive, on one line.
func tapText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(clip(CleanLine(s), maxMessage))
}

// diagnostics explain a case with something to say, gravest finding first. Each member stands on a line of its own, so that
// no text can end the block.
func (c junitCase) diagnostics() []string {
	if c.worst.ID == "" {
		return []string{yamlLine("message", c.msg), yamlLine("details", c.txt)}
	}
	f := c.worst
	if !remarkable(f) {
		return nil
	}
	out := []string{yamlLine("message", summaryOf(f)), yamlLine("severity", string(outcomeOf(f)))}
	for _, r := range known([]row{{"clause", f.ID}, {"level", string(f.Level)}, {"reason", f.Reason}}) {
		out = append(out, yamlLine(r.label, r.text))
	}
	for _, r := range explained(f) {
		out = append(out, yamlLine(r.label, r.text))
	}
	out = append(out, yamlList("evidence", tapEvidenceLines(f))...)
	return append(out, yamlList("besides", c.besides())...)
}

// remarkable findings are those that say more than that a clause holds or was not looked at.
func remarkable(f checks.Finding) bool {
	o := outcomeOf(f)
	return o != checks.Pass && o != checks.Skipped && o != checks.NotApplicable
}

func tapEvidenceLines(f checks.Finding) []string {
	var lines []string
	for i, e := range f.Evidence {
		if i == maxEvidence {
			return append(lines, fmt.Sprintf("%d more in the JSON report", len(f.Evidence)-maxEvidence))
		}
		lines = append(lines, CleanLine(e.Title))
		for _, l := range evidenceLines(e, tapEvidence) {
			lines = append(lines, "  "+l)
		}
	}
	return lines
}

// besides are the other findings of the clause, a line each.
func (c junitCase) besides() []string {
	var lines []string
	worst := true
	for _, f := range c.all {
		if worst && f.Reason == c.worst.Reason && outcomeOf(f) == outcomeOf(c.worst) {
			worst = false
			continue
		}
		if remarkable(f) {
			lines = append(lines, fmt.Sprintf("%s: %s", outcomeOf(f), summaryOf(f)))
		}
	}
	return lines
}

// yamlLine is one member of a YAML mapping; a JSON string is a YAML string on one line.
func yamlLine(name, text string) string { return yamlText(name) + ": " + yamlText(text) }

// yamlList is a member whose value is a list of texts; nothing for an empty one.
func yamlList(name string, texts []string) []string {
	if len(texts) == 0 {
		return nil
	}
	out := []string{yamlText(name) + ":"}
	for _, t := range texts {
		out = append(out, "  - "+yamlText(t))
	}
	return out
}

func yamlText(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(clip(Clean(s), maxCaseBody)) // a string can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}
