package reports

import (
	"html/template"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// htmlPage is what the templates show. All its texts are clean and bounded; the templates escape them.
type htmlPage struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Title, Subject string
	// Tone is the class of the verdict: good, bad or unsure.
	Tone, Word, Sentence, Advice string
	// Above are the warnings that stand above the verdict.
	Above  []htmlRow
	Errors []string
	// Brief is what was tested where, in three lines.
	Brief  []htmlRow
	Groups []htmlGroup
	// Calm says that no finding asks for anything to be done.
	Calm          bool
	Areas, Levels []htmlChoice
	// Omitted counts the findings that there is no room for.
	Omitted    int
	Facts      []htmlTable
	Starts     *htmlStarts
	Latencies  []htmlLatency
	TimeLine   template.HTML
	NoTimeLine string
	Transcript []htmlScenario
	NotProven  string
	Made       []htmlRow
}

// htmlRow is a label and the text beside it.
type htmlRow struct{ Label, Text string }

// htmlChoice is one value that findings can be filtered by.
type htmlChoice struct{ Value, Text string }

// longestLine bounds one line of the page, in bytes.
const longestLine = 2000

// htmlLine is a text as one clean line of bounded length.
func htmlLine(s string) string { return CleanLine(clip(s, longestLine)) }

// mostLines bounds lists that a container or a file decides on.
const mostLines = 200

func htmlLines(texts []string) []string {
	var out []string
	for _, t := range texts[:min(len(texts), mostLines)] {
		out = append(out, htmlLine(t))
	}
	return out
}

// rows are the pairs that have a text.
func rows(pairs ...htmlRow) []htmlRow {
	var out []htmlRow
	for _, p := range pairs {
		if p.Text = htmlLine(p.Text); p.Text != "" {
			out = append(out, htmlRow{htmlLine(p.Label), p.Text})
		}
	}
	return out
}

func htmlPageOf(run *Run) *htmlPage {
	word := strings.ToUpper(htmlLine(string(run.Verdict)))
	p := &htmlPage{
		Policy: htmlPolicy(), Style: htmlStyle(), Script: htmlScript(),
		Subject: subjectText(run), Tone: verdictTones[run.Verdict], Word: word, Sentence: htmlLine(verdictText(run)), Advice: adviceText(run),
		Errors: htmlLines(troubles(run)), Brief: briefRows(run), Starts: htmlStartsOf(run.Starts), Facts: factTables(run),
		Latencies: latenciesOf(run.Records), Transcript: transcriptOf(run.Records), NotProven: notCovered,
		Made: rows(htmlRow{"tool", strings.TrimSpace(run.Tool.Name + " " + run.Tool.Version)}, htmlRow{"contract", run.Tool.Contract},
			htmlRow{"run", run.ID}, htmlRow{"started", run.Started}),
	}
	if p.Tone == "" || len(run.Stale()) > 0 && p.Tone == "good" {
		p.Tone = "unsure"
	}
	p.Title = word + " · " + p.Subject + " · agentcore-conform"
	p.findings(run.Findings)
	p.timeline(run)
	return p
}

var verdictTones = map[Verdict]string{Conformant: "good", Passed: "good", Nonconformant: "bad", Errored: "unsure", Partial: "unsure"}

func subjectText(run *Run) string {
	switch {
	case run.Image != nil:
		return htmlLine(run.Image.Reference)
	case run.Records != nil && run.Records.Terms.Attached:
		return "a server that already ran"
	}
	return "an image that was not read"
}

// adviceText says what the verdict means for a deployment.
func adviceText(run *Run) string {
	text := ""
	switch run.Verdict {
	case Conformant:
		text = "You may deploy it."
		if holds(run.Findings, func(f checks.Finding) bool { return outcomeOf(f) == checks.Warn }) {
			text = "You may deploy it; look at the warnings when there is time."
		}
	case Passed:
		text = "Nothing speaks against it so far. Before you deploy, run the whole gate: only that can call an image conformant."
	case Nonconformant:
		text = "Do not deploy it. Another run will say the same; each failure says what to change."
	case Partial:
		text = "Do not deploy it yet: see what could not be tested, and what was lacking."
	default:
		text = "This is no verdict on the image. Put right what is named here, then run it again."
	}
	if len(run.Stale()) > 0 && verdictTones[run.Verdict] == "good" {
		text = "Take out the waivers that are stale, then run it again: nothing else stands against it."
	}
	if run.Interrupted && run.Verdict != Nonconformant {
		text = "Run it again: this run was stopped before its end."
	}
	return text
}

// briefRows are what the console says below the verdict.
func briefRows(run *Run) []htmlRow {
	out := rows(htmlRow{"image", imageText(run, false)})
	if run.Environment != nil {
		out = append(out, rows(htmlRow{"environment", environmentText(run)})...)
		for _, n := range run.Environment.Notes[:min(len(run.Environment.Notes), mostLines)] {
			out = append(out, rows(htmlRow{"note", n})...)
		}
	}
	out = append(out, rows(htmlRow{"run", runText(run)})...)
	if run.Declared != nil {
		out = append(out, rows(htmlRow{"declared", run.Declared.text()})...)
	}
	return append(out, rows(htmlRow{"fixed", fixedText(run.Baseline)})...)
}

// timeline puts the picture of the run on the page, or says why there is none.
func (p *htmlPage) timeline(run *Run) {
	line := timelineOf(run)
	if line.Missing != "" {
		p.NoTimeLine = htmlLine(line.Missing)
		return
	}
	p.TimeLine = template.HTML(line.HTML())
}
