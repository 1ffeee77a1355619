package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const (
	// maxMarkdown is the size in bytes that the job summary never passes: GitHub drops that of a step past 1 MiB, and other
	// programs of the step write to the same file.
	maxMarkdown = 768 << 10
	// maxMarkdownRest is what is kept free for the names of the clauses that did not fit.
	maxMarkdownRest = 16 << 10
	// maxMarkdownCurl is the length of a curl line past which it is left to the curl format.
	maxMarkdownCurl = 4 << 10
)

var markdownEvidence = bounds{lines: 20, width: 300, total: 4 << 10}

// WriteMarkdown writes the job summary that GitHub Actions shows when it is added to the file $GITHUB_STEP_SUMMARY: the
// verdict and what was tested, what was found with its evidence and fixes, then every clause by area. What came from a
// container stands in code only, so that nothing of it is a mention, a link, an image or HTML.
func WriteMarkdown(w io.Writer, run *Run) error {
	m := &markdownWriter{run: run}
	m.head()
	m.findings("Failed", checks.Fail)
	m.findings("Errors", checks.Error)
	m.findings("Could not test", checks.Untestable)
	m.findings("Warnings", checks.Warn)
	m.findings("Waived", checks.Waived)
	m.areas()
	m.rest()
	if _, err := w.Write(m.out.Bytes()); err != nil {
		return fmt.Errorf("write the job summary: %w", err)
	}
	return nil
}

type markdownWriter struct {
	out bytes.Buffer
	run *Run
	// left are the clauses for which there was no room.
	left []string
}

// add writes a block if there is room for it.
func (m *markdownWriter) add(block string) bool {
	if m.out.Len()+len(block) > maxMarkdown-maxMarkdownRest {
		return false
	}
	m.out.WriteString(block)
	return true
}

var verdictSigns = map[Verdict]string{Conformant: "✅", Passed: "✅", Nonconformant: "❌", Errored: "⚠️", Partial: "⚠️"}

func (m *markdownWriter) head() {
	r := m.run
	m.add(strings.TrimSpace(fmt.Sprintf("## %s agentcore-conform: %s", verdictSigns[r.Verdict], inert(string(r.Verdict)))) + "\n\n")
	m.add("**" + inert(verdictText(r)) + "**\n\n")
	for _, f := range r.Findings {
		if aboveAll(f) {
			m.add(fmt.Sprintf("> **%s** %s: %s\n\n", inert(f.ID), inert(summaryOf(f)), inert(f.Consequence)))
		}
	}
	m.fact("image", imageText(r, true))
	if e := r.Environment; e != nil {
		m.fact("environment", environmentText(r))
		for _, n := range e.Notes {
			m.fact("note", n)
		}
	}
	m.fact("run", runText(r))
	if r.Declared != nil {
		m.fact("declared", r.Declared.text())
	}
	if text := fixedText(r.Baseline); text != "" {
		m.fact("fixed", text)
	}
	for _, t := range troubles(r) {
		m.fact("error", t)
	}
	m.add("\n")
}

func (m *markdownWriter) fact(label, text string) { m.add("- " + label + ": " + codeSpan(text) + "\n") }

// findings writes those of an outcome: those that say the same together, the others each with its evidence.
func (m *markdownWriter) findings(heading string, o checks.Outcome) {
	found := withOutcome(m.run.Findings, o)
	if len(found) == 0 {
		return
	}
	m.add("### " + heading + "\n\n")
	alone, shared := found, []cause(nil)
	if o == checks.Error || o == checks.Untestable {
		alone, shared = sharing(found)
	}
	for _, f := range alone {
		if !m.add(markdownFinding(f)) {
			m.left = append(m.left, f.ID)
		}
	}
	for _, s := range shared {
		if !m.add(fmt.Sprintf("- %s: %s\n", inert(strings.Join(s.ids, ", ")), codeSpan(s.text))) {
			m.left = append(m.left, s.ids...)
		}
	}
	if len(shared) > 0 {
		m.add("\n")
	}
}

// markdownFinding is one finding, folded: its line is seen, the rest on demand.
func markdownFinding(f checks.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary><b>%s</b> %s: %s</summary>\n\n", inert(f.ID), inert(string(f.Level)), inert(summaryOf(f)))
	for _, r := range explained(f) {
		show := inert
		if r.label == "expected" || r.label == "actual" {
			show = codeSpan
		}
		fmt.Fprintf(&b, "- %s: %s\n", r.label, show(r.text))
	}
	for i, e := range f.Evidence {
		if i == maxEvidence {
			fmt.Fprintf(&b, "\n%d more in the JSON report\n", len(f.Evidence)-maxEvidence)
			break
		}
		b.WriteString(markdownPiece(e))
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}

// markdownPiece is one piece of evidence: what was seen, and how to repeat it in a block of its own to copy.
func markdownPiece(e checks.Evidence) string {
	curl := e.Curl
	e.Curl = ""
	out := "\n" + codeSpan(e.Title) + "\n\n"
	if lines := evidenceLines(e, markdownEvidence); len(lines) > 0 {
		out += codeBlock("text", lines)
	}
	switch {
	case curl == "":
	case len(curl) > maxMarkdownCurl:
		out += "\nThe curl line is too long to show; `--report curl=FILE` has it.\n"
	default:
		out += "\n" + codeBlock("sh", []string{strings.TrimPrefix(curlLine(curl), "$ ")})
	}
	return out
}

// areas writes how many clauses of each area came out how, then each clause.
func (m *markdownWriter) areas() {
	areas, byArea := clausesByArea(m.run.Findings)
	if len(areas) == 0 {
		return
	}
	table := "### Clauses\n\n| Area | Pass | Warn | Fail | Untestable | Other |\n|---|---:|---:|---:|---:|---:|\n"
	for _, a := range areas {
		n := counts(byArea[a])
		pass, warn, fail := n[string(checks.Pass)], n[string(checks.Warn)], n[string(checks.Fail)]
		untestable := n[string(checks.Untestable)] + n[string(checks.Error)]
		table += fmt.Sprintf("| %s | %d | %d | %d | %d | %d |\n", inert(areaTitle(a)), pass, warn, fail, untestable, len(byArea[a])-pass-warn-fail-untestable)
	}
	m.add(table + "\n")
	for _, a := range areas {
		m.add(markdownArea(a, byArea[a]))
	}
}

func markdownArea(area string, clauses []checks.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n| Clause | Level | Outcome | What it asks |\n|---|---|---|---|\n", inert(areaTitle(area)))
	for _, f := range clauses {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", inert(f.ID), inert(string(f.Level)), outcomeOf(f), inert(f.Title))
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}

// clausesByArea are the gravest findings by area, and the areas in the order in which they first stand.
func clausesByArea(findings []checks.Finding) (areas []string, byArea map[string][]checks.Finding) {
	byArea = map[string][]checks.Finding{}
	for _, f := range Worst(findings) {
		if byArea[f.Area] == nil {
			areas = append(areas, f.Area)
		}
		byArea[f.Area] = append(byArea[f.Area], f)
	}
	return areas, byArea
}

// rest names the clauses for which there was no room.
func (m *markdownWriter) rest() {
	if len(m.left) == 0 {
		return
	}
	const room = maxMarkdownRest / 2
	fmt.Fprintf(&m.out, "No room was left for %s, which the JSON report has: %s\n",
		clausesText(len(m.left)), codeSpanOf(strings.Join(m.left, ", "), room))
}
