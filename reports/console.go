package reports

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// ConsoleOptions say how the report for people looks.
type ConsoleOptions struct {
	// Width is the number of columns to wrap text at; 0 means 80, less than 40 counts as 40, more than 120 as 120.
	Width int
	// Colour uses terminal colours.
	Colour bool
	// Verbose lists notes, passes and what was skipped instead of counting them, and draws the time line.
	Verbose bool
	// ASCII draws the time line with characters that every terminal shows.
	ASCII bool
}

// ConsoleFor looks up width, colour and characters for f.
func ConsoleFor(f *os.File, set Colour, verbose bool) ConsoleOptions {
	return ConsoleOptions{Width: Width(f), Colour: WantsColour(f, set), Verbose: verbose, ASCII: WantsASCII(f)}
}

var (
	failEvidence = bounds{lines: 6, width: 300, total: 1800}
	warnEvidence = bounds{lines: 2, width: 200, total: 400}
)

// maxEvidence is how many pieces of evidence one failure shows; the JSON report has them all.
const maxEvidence = 4

// aboveVerdict are the clauses whose warnings nobody may miss below a green verdict: VERDICTS, decided reasons.
var aboveVerdict = []string{"IMG-14"}

// aboveAll reports whether a finding is such a warning, also where --strict makes a failure of it.
func aboveAll(f checks.Finding) bool {
	o := outcomeOf(f)
	return contains(aboveVerdict, f.ID) && (o == checks.Warn || f.Strict && o == checks.Fail)
}

// WriteConsole writes the report for people: the verdict, what was tested where, then what was found, worst first.
// Text of the container is cleaned; control bytes are only those of Colour.
func WriteConsole(w io.Writer, run *Run, o ConsoleOptions) error {
	if o.Width == 0 {
		o.Width = plainWidth
	}
	c := &console{run: run, verbose: o.Verbose, ascii: o.ASCII, width: min(max(o.Width, 40), 120), paint: paint(o.Colour)}
	c.head()
	c.failures()
	c.untestable()
	c.warnings()
	c.rest()
	c.timeline()
	c.foot()
	if _, err := io.WriteString(w, legible.Inert(c.out.String())); err != nil { // wrapping makes starts of lines
		return fmt.Errorf("write the console report: %w", err)
	}
	return nil
}

type console struct {
	paint
	out     bytes.Buffer
	run     *Run
	width   int
	verbose bool
	ascii   bool
}

func (c *console) line(format string, args ...any) { fmt.Fprintf(&c.out, format+"\n", args...) }

func (c *console) gap() { c.out.WriteByte('\n') }

// labelColumn is where the text beside a label begins.
const labelColumn = 14

// item writes a label and text wrapped beside it.
func (c *console) item(indent int, label, text string) {
	left := strings.Repeat(" ", indent)
	label = CleanLine(label)
	for i, l := range wrap(CleanLine(text), c.width-indent-labelColumn) {
		if i > 0 {
			label = ""
		}
		c.line("%s%s%s", left, c.as(dim, fmt.Sprintf("%-*s", labelColumn-1, label)+" "), l)
	}
}

// of returns the findings of an outcome in report order.
func (c *console) of(is checks.Outcome) []checks.Finding { return withOutcome(c.run.Findings, is) }

// byArea writes findings under the heading of their area.
func (c *console) byArea(code, heading string, findings []checks.Finding, one func(checks.Finding)) {
	area := ""
	for _, f := range findings {
		if f.Area != area || area == "" {
			area = f.Area
			c.gap()
			c.line("%s", c.as(code, heading+" · "+areaTitle(area)))
		}
		one(f)
	}
}

func (c *console) failures() {
	c.byArea(red, "FAIL", c.of(checks.Fail), func(f checks.Finding) { c.finding(red, f, failEvidence, maxEvidence) })
	alone, shared := sharing(c.of(checks.Error))
	c.byArea(purple, "ERROR", alone, func(f checks.Finding) { c.finding(purple, f, failEvidence, maxEvidence) })
	c.together("ERROR", shared)
}

func (c *console) warnings() {
	c.byArea(yellow, "WARN", c.of(checks.Warn), func(f checks.Finding) { c.finding(yellow, f, warnEvidence, 1) })
	c.byArea(yellow, "WAIVED", c.of(checks.Waived), func(f checks.Finding) { c.finding(yellow, f, warnEvidence, 1) })
}

// finding writes one finding with its evidence.
func (c *console) finding(code string, f checks.Finding, b bounds, most int) {
	c.gap()
	label := CleanLine(fmt.Sprintf("%s %s", f.ID, f.Level))
	for i, l := range wrap(summaryOf(f), c.width-len(label)-4) {
		if i > 0 {
			label = strings.Repeat(" ", len(label))
		}
		c.line("  %s  %s", c.as(code, label), c.as(bold, l))
	}
	for _, r := range explained(f) {
		if r.label == "on AgentCore" {
			c.evidence(f.Evidence, b, most)
		}
		c.item(4, r.label, r.text)
	}
	if f.Consequence == "" {
		c.evidence(f.Evidence, b, most)
	}
}

// evidence writes what was seen. Its lines are cut at the window, all but the curl line, which is there to be copied.
func (c *console) evidence(all []checks.Evidence, b bounds, most int) {
	for i, e := range all {
		if i == most {
			c.item(4, "evidence", fmt.Sprintf("… %d more in the JSON report", len(all)-most))
			return
		}
		lines := evidenceLines(e, b)
		if len(lines) == 0 {
			c.item(4, "evidence", e.Title+": empty")
		} else {
			c.item(4, "evidence", e.Title)
		}
		for _, l := range lines {
			if !strings.HasPrefix(l, "$ ") {
				l = cut(strings.ReplaceAll(l, "\t", "  "), c.width-6)
			}
			c.line("      %s", c.as(dim, l))
		}
	}
}

func (c *console) untestable() {
	alone, shared := sharing(c.of(checks.Untestable))
	if len(alone) > 0 {
		c.gap()
		c.line("%s", c.as(purple, "COULD NOT TEST"))
	}
	for _, f := range alone {
		c.item(2, f.ID, fmt.Sprintf("%s: %s", f.Level, f.Actual))
	}
	c.together("COULD NOT TEST", shared)
}

// together writes once what many clauses have in common: a missing engine is one message, not fifty.
func (c *console) together(heading string, shared []cause) {
	for _, s := range shared {
		c.gap()
		c.line("%s", c.as(purple, fmt.Sprintf("%s · %s", heading, clausesText(len(s.ids)))))
		c.item(2, "because", s.text)
		c.item(2, "clauses", someOf(s.ids))
	}
}
