package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// maxMatrixBody bounds what one clause says in the matrix; the entry's own report has it in full.
const maxMatrixBody = 4 << 10

// WriteMatrixJUnit writes the matrix in the dialect of WriteJUnitStrict: one suite per entry, with one case for the
// expectation and one per clause. A reader sees red exactly where something is not as expected: a clause that fails as
// expected is skipped, one that was expected to fail and did not is a failure.
func WriteMatrixJUnit(w io.Writer, m *Matrix) error {
	b := bufio.NewWriter(w)
	x := &xmlWriter{w: b}
	x.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	x.line(`<testsuites>`)
	for i := range m.Rows {
		r := &m.Rows[i]
		head := r.run
		if head == nil {
			head = &Run{Started: m.Started}
		}
		r.junit().write(x, i, head, r.properties(m))
	}
	x.line(`</testsuites>`)
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the matrix as JUnit: %w", err)
	}
	return nil
}

func (r *MatrixRow) junit() *junitSuite {
	name := CleanLine(r.Name)
	s := &junitSuite{name: name, cases: []junitCase{r.expectationCase(name)}}
	if r.run == nil {
		return s
	}
	all := map[string][]checks.Finding{}
	for _, f := range r.run.Findings {
		all[f.ID] = append(all[f.ID], f)
	}
	for _, worst := range Worst(r.run.Findings) {
		s.add(worst, all[worst.ID])
		r.relative(&s.cases[len(s.cases)-1], worst.ID)
	}
	return s
}

// expectationCase says whether the entry is as expected. Where nothing could be seen it is an error, not a failure.
func (r *MatrixRow) expectationCase(name string) junitCase {
	c := junitCase{class: "agentcore." + name, name: "EXPECTATION the entry is as the catalogue expects", seconds: r.DurationMs / 1000}
	if r.Met {
		return c
	}
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, d.Text)
	}
	if len(lines) == 0 {
		lines = []string{"it is not as expected"}
	}
	c.kind, c.typ = "failure", "unexpected"
	if r.run == nil || r.Interrupted || len(r.Errors) > 0 {
		c.kind, c.typ = "error", "error"
	}
	c.msg, c.txt = lines[0], clip(r.Expected.text()+"\n"+strings.Join(lines, "\n"), maxCaseBody)
	return c
}

// relative turns the case of a clause into one about the expectation.
func (r *MatrixRow) relative(c *junitCase, id string) {
	c.txt = clip(c.txt, maxMatrixBody)
	at := slices.IndexFunc(r.Differences, func(d Difference) bool { return d.Clause == id })
	red := c.kind == "failure" || c.kind == "error"
	switch {
	case at >= 0 && !red:
		c.kind, c.typ, c.msg, c.txt = "failure", "unexpected", r.Differences[at].Text, ""
	case at < 0 && red:
		c.kind, c.typ, c.msg, c.txt = "skipped", "", "as expected: "+c.msg, ""
	}
}

func (r *MatrixRow) properties(m *Matrix) []row {
	p := []row{
		{"entry", r.Name}, {"catalogue", m.Catalog}, {"expected", r.Expected.text()}, {"as-expected", strconv.FormatBool(r.Met)},
		{"verdict", r.verdictWord()}, {"scope", r.reducedText()}, {"image.reference", r.Image}, {"image.digest", r.Digest},
		{"protocol", r.Protocol}, {"session-model", r.SessionModel}, {"model", r.Model}, {"model.providers", strings.Join(r.Providers, ", ")},
		{"boot-seconds", seconds(r.BootMs)}, {"run.seconds", seconds(r.DurationMs)}, {"peak-memory-bytes", strconv.FormatInt(r.PeakMemory, 10)},
		{"report", r.Report}, {"tool", strings.TrimSpace(m.Tool.Name + " " + m.Tool.Version)}, {"contract", m.Tool.Contract},
	}
	return slices.DeleteFunc(p, func(r row) bool { return CleanLine(r.text) == "" })
}
