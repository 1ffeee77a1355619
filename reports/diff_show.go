package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// diffWriters are the formats of a comparison, by name.
var diffWriters = []struct {
	name  string
	write func(*bytes.Buffer, *Diff) error
}{
	{"text", func(b *bytes.Buffer, d *Diff) error { d.plain(b); return nil }},
	{"markdown", func(b *bytes.Buffer, d *Diff) error { d.markdown(b); return nil }},
	{"json", writeDiffJSON},
}

// DiffFormats lists the formats that a comparison can be written in; the first is the default.
func DiffFormats() []string {
	var names []string
	for _, w := range diffWriters {
		names = append(names, w.name)
	}
	return names
}

// WriteDiff writes the comparison in one of DiffFormats.
func WriteDiff(w io.Writer, d *Diff, format string) error {
	for _, f := range diffWriters {
		if f.name != format {
			continue
		}
		var b bytes.Buffer
		if err := f.write(&b, d); err != nil {
			return fmt.Errorf("write the comparison as %s: %w", format, err)
		}
		if _, err := w.Write(b.Bytes()); err != nil {
			return fmt.Errorf("write the comparison: %w", err)
		}
		return nil
	}
	return fmt.Errorf("format %q is not known; choose one of %s", format, strings.Join(DiffFormats(), ", "))
}

func writeDiffJSON(b *bytes.Buffer, d *Diff) error {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(d)
	b.Write(escapeUnsafe(raw.Bytes()))
	return err
}

// headline is the change in one sentence.
func (d *Diff) headline() string {
	worse, better, other := 0, 0, 0
	for _, f := range d.Findings {
		switch f.Direction {
		case Worse:
			worse++
		case Better:
			better++
		default:
			other++
		}
	}
	verdict := string(d.After.Verdict) + " as before"
	if d.Before.Verdict != d.After.Verdict {
		verdict = fmt.Sprintf("%s → %s", d.Before.Verdict, d.After.Verdict)
	}
	if worse+better+other == 0 {
		return CleanLine(verdict + "; no finding changed")
	}
	return CleanLine(fmt.Sprintf("%s; findings: %d worse, %d better, %d otherwise changed", verdict, worse, better, other))
}

func (s DiffSide) text() string {
	image := s.Image
	if image == "" {
		image = "no image"
	}
	text := dotted(string(s.Verdict), image, labelled("run", s.Run))
	if s.Waived > 0 {
		text = dotted(text, fmt.Sprintf("%d waived", s.Waived))
	}
	return CleanLine(text)
}

// plain writes the comparison for a terminal.
func (d *Diff) plain(b *bytes.Buffer) {
	fmt.Fprintf(b, "%s\n\nbefore  %s\nafter   %s\n", d.headline(), d.Before.text(), d.After.text())
	for _, part := range []struct {
		heading string
		lines   []string
	}{
		{"worse", d.lines(Worse)}, {"better", d.lines(Better)}, {"otherwise changed", d.lines(Other)},
		{"image", factLines(d.Image)}, {"conditions", factLines(d.Terms)}, {"measurements that moved", d.measurementLines()},
	} {
		if len(part.lines) > 0 {
			fmt.Fprintf(b, "\n%s\n  %s\n", part.heading, strings.Join(part.lines, "\n  "))
		}
	}
}

func (d *Diff) lines(is Direction) []string {
	var out []string
	for _, f := range d.Findings {
		if f.Direction != is {
			continue
		}
		line := fmt.Sprintf("%s %s: %s. %s", f.row(), f.Level, f.text(), f.Summary)
		if f.Actual != "" {
			line += " (" + f.Actual + ")"
		}
		out = append(out, CleanLine(clip(line, maxMessage)))
	}
	return out
}

func factLines(facts []FactDiff) []string {
	var out []string
	for _, f := range facts {
		out = append(out, CleanLine(clip(fmt.Sprintf("%s: %s → %s", f.Name, orNone(f.Before), orNone(f.After)), maxMessage)))
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func (d *Diff) measurementLines() []string {
	var out []string
	for _, m := range d.Measurements {
		out = append(out, CleanLine(m.text()))
	}
	if d.Uncompared > 0 {
		out = append(out, d.uncomparedText())
	}
	return out
}

func (d *Diff) uncomparedText() string {
	return fmt.Sprintf("%d times not compared: the runs were slowed down by different factors", d.Uncompared)
}

func (m MeasurementDiff) text() string {
	text := fmt.Sprintf("%s → %s", measurementText(m.Name, m.Before), measurementText(m.Name, m.After))
	if m.Ratio != 0 {
		text += fmt.Sprintf(" (×%.2g)", m.Ratio)
	}
	return m.Name + ": " + text
}

// measurementText shows a value in the unit that its name ends in.
func measurementText(name string, v float64) string {
	switch {
	case strings.HasSuffix(name, "Ms"), strings.HasSuffix(name, ".ms"):
		return millisText(v)
	case strings.HasSuffix(name, "Bytes"):
		return bytesText(int64(v))
	}
	return fmt.Sprintf("%.4g", v)
}

var directionMarks = map[Direction]string{Worse: "**worse**", Better: "better", Other: "changed"}

// markdown writes the comparison for a pull request: GitHub's dialect, which GitLab reads as well.
func (d *Diff) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "### agentcore-conform: %s\n\n| | Verdict | Image | Run |\n|---|---|---|---|\n", inert(d.headline()))
	for _, s := range []struct {
		name string
		side DiffSide
	}{{"before", d.Before}, {"after", d.After}} {
		verdict := string(s.side.Verdict)
		if s.side.Waived > 0 {
			verdict += fmt.Sprintf(" (%d waived)", s.side.Waived)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", s.name, inert(verdict), inert(s.side.Image), inert(s.side.Run))
	}
	if len(d.Findings) > 0 {
		b.WriteString("\n| | Clause | Level | Change | What | Seen |\n|---|---|---|---|---|---|\n")
	}
	for _, is := range []Direction{Worse, Better, Other} {
		for _, f := range d.Findings {
			if f.Direction == is {
				fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", directionMarks[is], inert(f.row()), f.Level, inert(f.text()), inert(f.Summary), inert(f.Actual))
			}
		}
	}
	markdownFacts(b, "Image", d.Image)
	markdownFacts(b, "Conditions", d.Terms)
	d.markdownMeasurements(b)
}

func markdownFacts(b *bytes.Buffer, title string, facts []FactDiff) {
	if len(facts) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| %s | Before | After |\n|---|---|---|\n", title)
	for _, f := range facts {
		fmt.Fprintf(b, "| %s | %s | %s |\n", inert(f.Name), inert(orNone(f.Before)), inert(orNone(f.After)))
	}
}

// markdownMeasurements folds the figures: they are for who wants to know more.
func (d *Diff) markdownMeasurements(b *bytes.Buffer) {
	lines := d.measurementLines()
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>Measurements that moved</summary>\n\n")
	for _, l := range lines {
		fmt.Fprintf(b, "- %s\n", inert(l))
	}
	b.WriteString("\n</details>\n")
}
