package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Bounds of what the page shows of findings. The gravest come first and take what they need.
const (
	mostFindings     = 500
	evidenceBudget   = 1 << 20
	htmlMostEvidence = 8
	longestCurl      = 16 << 10
	// shortCurl is the length in bytes up to which a curl line is open from the start.
	shortCurl = 600
)

var (
	previewBounds = bounds{lines: 12, width: 600, total: 4 << 10}
	wholeBounds   = bounds{lines: 400, width: 2000, total: 8 << 10}
)

// budget is how many more bytes may be shown.
type budget int

// take reports whether there was room for n more.
func (b *budget) take(n int) bool {
	if n > int(*b) {
		return false
	}
	*b -= budget(n)
	return true
}

// htmlGroup are the findings of one outcome.
type htmlGroup struct {
	Outcome, Heading string
	// About says what the outcome means, Areas how many clauses of each area there are.
	About, Areas string
	Count        int
	Open         bool
	// Shared are texts that many findings have in common.
	Shared   []htmlCause
	Findings []htmlFinding
}

// htmlCause is one text behind several clauses.
type htmlCause struct{ Text, Clauses string }

// htmlFinding is one finding.
type htmlFinding struct {
	Anchor, ID, Level, Area, AreaTitle, Outcome string
	Headline                                    string
	Open                                        bool
	Rows                                        []htmlRow
	Evidence                                    []htmlEvidence
	// More counts the pieces of evidence that are left out.
	More int
	// Explain is the id that the explain command knows; empty where there is nothing to explain.
	Explain string
}

// htmlEvidence is one piece of evidence.
type htmlEvidence struct {
	Title, Text string
	// Exchange is the whole of what Text begins to show.
	Exchange *htmlExchange
	Curl     string
	CurlOpen bool
}

var outcomeHeadings = map[checks.Outcome]string{
	checks.Fail: "Fail", checks.Error: "Error", checks.Untestable: "Could not test", checks.Warn: "Warn", checks.Waived: "Waived",
	checks.Note: "Note", checks.Pass: "Pass", checks.Skipped: "Skipped", checks.NotApplicable: "Not applicable",
}

var outcomeMeanings = map[checks.Outcome]string{
	checks.Fail:          "The contract is broken here.",
	checks.Error:         "A fault of the harness or its surroundings, not of the image.",
	checks.Untestable:    "The image could not be made to show these. The verdict is partial where a MUST is among them.",
	checks.Warn:          "It works, but at a risk; --strict makes failures of these.",
	checks.Waived:        "Found, and accepted by the owners of the image.",
	checks.Note:          "Worth knowing; no verdict rests on it.",
	checks.Pass:          "What was seen keeps the contract.",
	checks.Skipped:       "Left out of this run.",
	checks.NotApplicable: "The clause has nothing to say about what was tested.",
}

// acting are the outcomes that ask a person to do something.
var acting = []checks.Outcome{checks.Fail, checks.Error, checks.Untestable, checks.Warn, checks.Waived}

// findings puts them on the page, by outcome and the gravest first.
func (p *htmlPage) findings(all []checks.Finding) {
	p.Omitted = max(len(all)-mostFindings, 0)
	v := &findingViewer{room: evidenceBudget, anchors: map[string]int{}}
	p.Calm = true
	for _, o := range outcomes {
		var found []checks.Finding
		for _, f := range all {
			if outcomeOf(f) == o {
				found = append(found, f)
			}
		}
		if len(found) == 0 {
			continue
		}
		p.Calm = p.Calm && !slices.Contains(acting, o)
		p.Groups = append(p.Groups, v.group(o, found))
	}
	for _, f := range all {
		if aboveAll(f) {
			p.Above = append(p.Above, rows(htmlRow{f.ID, summaryOf(f) + ": " + f.Consequence})...)
		}
	}
	p.choices(all)
}

// choices are the areas and levels that occur, in report order.
func (p *htmlPage) choices(all []checks.Finding) {
	add := func(list []htmlChoice, value, text string) []htmlChoice {
		if value == "" || len(list) >= mostLines || slices.ContainsFunc(list, func(c htmlChoice) bool { return c.Value == value }) {
			return list
		}
		return append(list, htmlChoice{value, text})
	}
	for _, f := range all {
		p.Areas = add(p.Areas, htmlLine(f.Area), htmlLine(areaTitle(f.Area)))
		p.Levels = add(p.Levels, htmlLine(string(f.Level)), htmlLine(string(f.Level)))
	}
}

// findingViewer makes views of findings within what there is room for.
type findingViewer struct {
	room    budget
	shown   int
	anchors map[string]int
}

func (v *findingViewer) group(o checks.Outcome, found []checks.Finding) htmlGroup {
	g := htmlGroup{
		Outcome: string(o), Heading: outcomeHeadings[o], About: outcomeMeanings[o], Areas: htmlLine(perArea(found, o)), Count: len(found),
		Open: slices.Contains(acting, o),
	}
	var together []string
	if o == checks.Error || o == checks.Untestable {
		_, shared := sharing(found)
		for _, s := range shared {
			g.Shared = append(g.Shared, htmlCause{htmlLine(s.text), clausesText(len(s.ids)) + ": " + htmlLine(someOf(s.ids))})
			together = append(together, s.text)
		}
	}
	for _, f := range found {
		if v.shown == mostFindings {
			break
		}
		v.shown++
		one := v.finding(f)
		one.Open = g.Open && !slices.Contains(together, f.Actual)
		g.Findings = append(g.Findings, one)
	}
	return g
}

func (v *findingViewer) finding(f checks.Finding) htmlFinding {
	out := htmlFinding{
		Anchor: v.anchor(f.ID), ID: htmlLine(f.ID), Level: htmlLine(string(f.Level)), Area: htmlLine(f.Area), Outcome: string(outcomeOf(f)),
		AreaTitle: areaTitles[f.Area], Headline: htmlLine(summaryOf(f)),
	}
	for _, r := range explained(f) {
		out.Rows = append(out.Rows, rows(htmlRow{r.label, r.text})...)
	}
	if f.Summary != "" {
		out.Rows = append(out.Rows, rows(htmlRow{"clause", f.Title})...)
	}
	if _, known := checks.Contract().Clause(f.ID); known && outcomeOf(f) != checks.Pass {
		out.Explain = f.ID
	}
	for i, e := range f.Evidence {
		one := evidenceOf(e)
		if i == htmlMostEvidence || !v.room.take(one.size()) {
			out.More = len(f.Evidence) - i
			break
		}
		out.Evidence = append(out.Evidence, one)
	}
	return out
}

var plainID = regexp.MustCompile(`^[A-Z0-9]{1,16}-[0-9]{1,4}$`)

// anchor is the clause's id, by which people link to it; that of its further findings has a number.
func (v *findingViewer) anchor(id string) string {
	if !plainID.MatchString(id) {
		id = "finding"
	}
	v.anchors[id]++
	if n := v.anchors[id]; n > 1 {
		return fmt.Sprintf("%s.%d", id, n)
	}
	return id
}

func evidenceOf(e checks.Evidence) htmlEvidence {
	out := htmlEvidence{Title: htmlLine(e.Title)}
	if e.Exchange != nil {
		whole := exchangeOf(e.Exchange, wholeBounds)
		out.Exchange = &whole
	}
	if e.Curl != "" {
		out.Curl = strings.TrimPrefix(curlLine(e.Curl), "$ ")
		out.CurlOpen = len(out.Curl) <= shortCurl
		if len(out.Curl) > longestCurl {
			out.Curl = "# too long to show: the JSON report has it"
		}
	}
	e.Curl = ""
	out.Text = strings.Join(evidenceLines(e, previewBounds), "\n")
	return out
}

func (e *htmlEvidence) size() int {
	n := len(e.Title) + len(e.Text) + len(e.Curl)
	if e.Exchange != nil {
		n += e.Exchange.size()
	}
	return n
}
