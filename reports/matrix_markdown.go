package reports

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

var markdownColumns = []string{
	"Entry", "Image", "Verdict", "As expected", "Pass", "Warn", "Fail", "Untestable", "Model", "Boot", "Time", "Memory", "Digest", "Report",
}

// WriteMatrixMarkdown writes the matrix as a table of GitHub's Markdown, then what was not as expected.
func WriteMatrixMarkdown(w io.Writer, m *Matrix) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Certification: %s\n\n%s\n\n", inert(m.Catalog), inert(m.summary()))
	b.WriteString("| " + strings.Join(markdownColumns, " | ") + " |\n|" + strings.Repeat("---|", len(markdownColumns)) + "\n")
	for i := range m.Rows {
		b.WriteString("| " + strings.Join(m.Rows[i].markdownCells(), " | ") + " |\n")
	}
	for i := range m.Rows {
		m.Rows[i].markdownDifferences(&b)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the matrix as Markdown: %w", err)
	}
	return nil
}

func (r *MatrixRow) markdownCells() []string {
	asExpected := "yes"
	if !r.Met {
		asExpected = "**no**"
	}
	report := ""
	if r.Report != "" {
		report = fmt.Sprintf("[%s](%s)", inert(r.Report), r.Report)
	}
	return []string{
		inert(r.Name), inert(r.Image), inert(r.verdictWord()), asExpected, r.countText(checks.Pass), withIDs(r.countText(checks.Warn), r.Warns),
		withIDs(r.countText(checks.Fail), r.Fails), withIDs(r.untestableText(), r.Untestable), inert(r.modelText()), r.bootText(),
		r.timeText(), r.memoryText(), inert(r.Digest), report,
	}
}

func (r *MatrixRow) markdownDifferences(b *bytes.Buffer) {
	if r.Met {
		return
	}
	fmt.Fprintf(b, "\n**%s** is not as expected (%s):\n\n", inert(r.Name), inert(r.Expected.text()))
	for _, text := range told(r.Differences) {
		fmt.Fprintf(b, "- %s\n", inert(text))
	}
}

func withIDs(count string, ids []string) string {
	if len(ids) == 0 {
		return count
	}
	return count + " (" + inert(someOf(ids)) + ")"
}

// verdictWord is the verdict, or what stands for a missing one.
func (r *MatrixRow) verdictWord() string {
	switch {
	case r.Interrupted && r.Verdict == "":
		return "interrupted"
	case r.Verdict == "":
		return "no report"
	}
	return CleanLine(string(r.Verdict))
}

func (r *MatrixRow) countText(o checks.Outcome) string {
	if r.Counts == nil {
		return "-"
	}
	return strconv.Itoa(r.Counts[string(o)])
}

// untestableText counts the untestable clauses that matter; the others keep nothing from being green.
func (r *MatrixRow) untestableText() string {
	if r.Counts == nil {
		return "-"
	}
	return strconv.Itoa(len(r.Untestable))
}

func (r *MatrixRow) bootText() string { return spanText(r.BootMs) }

func (r *MatrixRow) timeText() string { return spanText(r.DurationMs) }

// spanText is a time, or a dash for one that was not taken.
func spanText(ms float64) string {
	if ms == 0 {
		return "-"
	}
	return millisText(ms)
}

func (r *MatrixRow) memoryText() string {
	if r.PeakMemory == 0 {
		return "-"
	}
	return bytesText(r.PeakMemory)
}

// modelText says what answered the model calls, and whose interface was spoken.
func (r *MatrixRow) modelText() string {
	switch {
	case len(r.Providers) > 0:
		return strings.Join(r.Providers, ", ")
	case r.Model == "scripted":
		return "not asked"
	}
	return r.Model
}

func (e Expectation) text() string {
	parts := []string{string(e.Verdict)}
	for _, l := range []struct {
		word string
		ids  []string
	}{{"fails", e.Fails}, {"untestable", e.Untestable}, {"warns", e.Warns}} {
		if len(l.ids) > 0 {
			parts = append(parts, l.word+" "+strings.Join(l.ids, ", "))
		}
	}
	return "expected " + strings.Join(parts, "; ")
}

// summary is the matrix in one line.
func (m *Matrix) summary() string {
	met := 0
	for _, r := range m.Rows {
		if r.Met {
			met++
		}
	}
	parts := []string{fmt.Sprintf("%d of %d entries as expected", met, len(m.Rows))}
	if len(m.Only) > 0 {
		parts = append(parts, "only "+strings.Join(m.Only, ", "))
	}
	if m.Interrupted {
		parts = append(parts, "interrupted")
	}
	return dotted(append(parts, millisText(m.DurationMs), strings.TrimSpace(m.Tool.Name+" "+m.Tool.Version), labelled("contract", m.Tool.Contract))...)
}
