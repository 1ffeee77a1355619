package reports

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// The widths of the table's fixed columns; the names get what is left of the line.
const (
	markWidth    = 4
	verdictWidth = 13
	figuresWidth = 5 + 5 + 5 + 4 + 7 + 9 + 9
	figures      = " %4s %4s %4s %3s %6s %8s %8s"
)

// WriteMatrixConsole writes the matrix for people: a table, and under each entry what was spoken and what was not as
// expected. Everything fits the width; colour only repeats what words say.
func WriteMatrixConsole(w io.Writer, m *Matrix, o ConsoleOptions) error {
	if o.Width == 0 {
		o.Width = plainWidth
	}
	c := &console{width: min(max(o.Width, plainWidth), 120), paint: paint(o.Colour)}
	c.matrix(m)
	if _, err := w.Write(c.out.Bytes()); err != nil {
		return fmt.Errorf("write the matrix: %w", err)
	}
	return nil
}

func (c *console) matrix(m *Matrix) {
	word, code := "CERTIFIED", green
	if !m.Met {
		word, code = "NOT CERTIFIED", red
	}
	for i, l := range wrap(word+" "+CleanLine(m.summary()), c.width-1) {
		if i == 0 {
			l = c.as(code, word) + c.as(bold, strings.TrimPrefix(l, word))
		}
		c.line("%s", l)
	}
	c.item(0, "catalogue", m.Catalog)
	c.gap()
	if len(m.Rows) == 0 {
		return
	}
	name := c.nameWidth(m)
	c.line("%s", c.as(dim, fmt.Sprintf("%-*s%-*s %-*s"+figures, markWidth, "", name, "ENTRY", verdictWidth, "VERDICT",
		"PASS", "WARN", "FAIL", "UNT", "BOOT", "TIME", "MEMORY")))
	for i := range m.Rows {
		c.matrixRow(&m.Rows[i], name)
	}
}

// nameWidth is as wide as the longest name, as far as the line lets it.
func (c *console) nameWidth(m *Matrix) int {
	longest := len("ENTRY")
	for _, r := range m.Rows {
		longest = max(longest, utf8.RuneCountInString(CleanLine(r.Name)))
	}
	return min(longest, c.width-markWidth-1-verdictWidth-figuresWidth)
}

func (c *console) matrixRow(r *MatrixRow, width int) {
	c.figures(r, width)
	c.under(dim, dotted(r.Protocol, labelled("scope", r.reducedText()), labelled("model", r.modelText()), labelled("sessions", r.sessionText()), shortDigest(r.Digest)))
	if len(r.Fails) > 0 {
		c.under(dim, "fails "+someOf(r.Fails))
	}
	if r.Met {
		return
	}
	c.under(bold, "not as expected ("+r.Expected.text()+"):")
	for _, text := range told(r.Differences) {
		c.under("", "- "+text)
	}
}

// figures writes an entry's line. A name that is too long for its column stands on a line of its own, for nobody can tell
// shortened names apart.
func (c *console) figures(r *MatrixRow, width int) {
	mark := c.as(green, padded("ok", markWidth))
	if !r.Met {
		mark = c.as(red, padded("NOT", markWidth))
	}
	name := CleanLine(r.Name)
	if utf8.RuneCountInString(name) > width {
		c.line("%s%s", mark, cut(name, c.width-markWidth))
		mark, name = padded("", markWidth), ""
	}
	c.line("%s%s %s"+figures, mark, padded(name, width), c.as(verdictColours[r.Verdict], padded(r.verdictWord(), verdictWidth)),
		r.countText(checks.Pass), r.countText(checks.Warn), r.countText(checks.Fail), r.untestableText(), r.bootText(), r.timeText(), r.memoryText())
}

// under writes text wrapped below an entry's name.
func (c *console) under(code, text string) {
	for _, l := range wrap(CleanLine(clip(text, maxMessage)), c.width-markWidth-2) {
		if l != "" {
			c.line("%*s%s", markWidth+2, "", c.as(code, l))
		}
	}
}

// reducedText is the scope, where it is not the whole.
func (r *MatrixRow) reducedText() string {
	if r.Scope == Reduced {
		return fmt.Sprintf("%s (%s)", r.Scope, strings.Join(r.ScopeWhy, ", "))
	}
	return string(r.Scope)
}

// sessionText is the session model, where it is not the default.
func (r *MatrixRow) sessionText() string {
	if r.SessionModel == "process" {
		return ""
	}
	return r.SessionModel
}

func shortDigest(digest string) string {
	const short = len("sha256:") + 12
	if len(digest) > short {
		return digest[:short]
	}
	return digest
}

// padded brings text to a width in characters.
func padded(s string, width int) string {
	s = cut(s, width)
	return s + strings.Repeat(" ", width-utf8.RuneCountInString(s))
}
