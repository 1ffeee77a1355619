package reports

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// head writes the warnings that stand above the verdict, the verdict, and what was tested where.
func (c *console) head() {
	for _, f := range c.run.Findings {
		if aboveAll(f) {
			c.item(0, "! "+f.ID, summaryOf(f)+": "+CleanLine(f.Consequence))
			c.gap()
		}
	}
	c.verdict()
	c.item(0, "image", imageText(c.run, c.verbose))
	if e := c.run.Environment; e != nil {
		c.item(0, "environment", environmentText(c.run))
		for _, n := range e.Notes {
			c.item(0, "", n)
		}
	}
	c.item(0, "run", runText(c.run))
	if c.run.Declared != nil {
		c.item(0, "declared", c.run.Declared.text())
	}
	for _, e := range c.run.Errors {
		c.item(0, "error", e)
	}
	for _, w := range c.run.Stale() {
		c.item(0, "error", staleText(w))
	}
	c.fixed()
}

// fixed lists what the baseline holds and the run no longer found.
func (c *console) fixed() {
	if text := fixedText(c.run.Baseline); text != "" {
		c.item(0, "fixed", text)
	}
}

// fixedText names what a baseline holds and the run no longer found; empty for nothing.
func fixedText(b *Baseline) string {
	rows := b.Fixed()
	if len(rows) == 0 {
		return ""
	}
	return someOf(rows) + " of the baseline; to renew it: agentcore-conform baseline REPORT -o FILE"
}

var verdictColours = map[Verdict]string{
	Conformant: green, Passed: green, Nonconformant: red, Errored: purple, Partial: purple,
}

func (c *console) verdict() {
	word := strings.ToUpper(CleanLine(string(c.run.Verdict)))
	for i, l := range wrap(word+" "+verdictText(c.run), c.width-1) {
		if i == 0 && strings.HasPrefix(l, word) {
			l = c.as(verdictColours[c.run.Verdict], word) + " " + c.as(bold, strings.TrimPrefix(l, word))
		}
		c.line("%s", l)
	}
}

// verdictText says in one sentence what the verdict rests on.
func verdictText(run *Run) string {
	clauses := map[checks.Outcome][]string{}
	for _, f := range Worst(run.Findings) {
		if o := outcomeOf(f); o != checks.Untestable || Lacking(f) {
			clauses[o] = append(clauses[o], f.ID)
		}
	}
	text := ""
	switch run.Verdict {
	case Nonconformant:
		text = fmt.Sprintf("%s failed: %s", clausesText(len(clauses[checks.Fail])), someOf(clauses[checks.Fail]))
	case Errored:
		text = "could not test: a fault of the harness or its surroundings, not of the image"
		if ids := clauses[checks.Error]; len(ids) > 0 {
			text += ": " + someOf(ids)
		}
	case Partial:
		text = "what was tested holds, but not all that must be"
		if ids := clauses[checks.Untestable]; len(ids) > 0 {
			text += ": could not test " + someOf(ids)
		}
	case Conformant:
		text = "nothing was found that would keep this image from working on AgentCore Runtime"
	case Passed:
		text = "what was looked at holds; this was not the whole contract"
	}
	text += waivedText(run)
	if n := len(run.Stale()); n > 0 {
		text += fmt.Sprintf("; stale waivers: %d, so the run is not green", n)
	}
	if run.Interrupted {
		text += " (interrupted: what follows is what was found until then)"
	}
	return CleanLine(text)
}

// waivedText says what was taken out of the verdict: above all that a green one rests on it.
func waivedText(run *Run) string {
	var rows []string
	failures := 0
	for _, f := range run.Findings {
		if outcomeOf(f) != checks.Waived {
			continue
		}
		rows = append(rows, f.Row())
		if f.Unwaived() == checks.Fail {
			failures++
		}
	}
	switch {
	case len(rows) == 0:
		return ""
	case run.Verdict == Nonconformant || run.Verdict == Errored:
		return fmt.Sprintf("; %d waived: %s", len(rows), someOf(rows))
	}
	return fmt.Sprintf(", but for %d waived (%d of them would fail): %s", len(rows), failures, someOf(rows))
}

func clausesText(n int) string {
	if n == 1 {
		return "1 clause"
	}
	return fmt.Sprintf("%d clauses", n)
}

// someOf lists ids, at most eight.
func someOf(ids []string) string {
	const most = 8
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + fmt.Sprintf(" and %d more", len(ids)-most)
	}
	return strings.Join(ids, ", ")
}

func imageText(run *Run, verbose bool) string {
	i := run.Image
	switch {
	case i != nil:
	case run.Records != nil && run.Records.Terms.Attached:
		return "none: a server that already ran was tested"
	default:
		return "not read"
	}
	parts := []string{i.Reference, digestText(i, verbose), i.Platform, sizeText(i), "user " + userText(i)}
	if i.Origin != "" {
		parts = append(parts, "from "+i.Origin)
	}
	return dotted(parts...)
}

func userText(i *ImageFacts) string {
	if i.User == "" {
		return "root (none set)"
	}
	return i.User
}

// digestText shortens a digest to what is unique in practice; verbose shows it whole.
// Where no manifest digest is known the image id stands in, and says so.
func digestText(i *ImageFacts, verbose bool) string {
	const short = len("sha256:") + 12
	digest, label := i.Digest, ""
	if digest == "" {
		digest, label = i.ConfigDigest, "id "
	}
	if digest == "" {
		return "no digest known"
	}
	if !verbose && len(digest) > short {
		digest = digest[:short]
	}
	return label + digest
}

func sizeText(i *ImageFacts) string {
	switch {
	case i.Size < 0:
		return "size unknown"
	case i.SizeUncompressed:
		return bytesText(i.Size) + " uncompressed"
	default:
		return bytesText(i.Size)
	}
}

func environmentText(run *Run) string {
	e := run.Environment
	engine := strings.TrimSpace(e.Engine + " " + e.Version)
	if e.Architecture != "" {
		engine += " on " + e.Architecture
	}
	return dotted(engine, speedText(e), labelled("route", e.Route), labelled("network", e.Network))
}

// speedText says whether instructions are translated, and how much slower than natively the containers compute.
func speedText(e *record.Environment) string {
	speed := "native"
	if e.Emulated {
		speed = "emulated"
	}
	if e.TimeScale > 0 && e.TimeScale != 1 {
		speed += fmt.Sprintf(" ×%.3g", e.TimeScale)
		if e.TimeScaleFrom != "" {
			speed += " (" + e.TimeScaleFrom + ")"
		}
	}
	return speed
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + " " + text
}

func runText(run *Run) string {
	took := "" // bare records do not tell
	if run.DurationMs > 0 {
		took = millisText(run.DurationMs)
	}
	if run.PlannedWaitMs > 0 {
		took += fmt.Sprintf(" (%s of it waiting by plan)", millisText(run.PlannedWaitMs))
	}
	profile, protocol, platform := "", "", ""
	if run.Records != nil {
		t := run.Records.Terms
		profile, protocol = labelled("profile", t.Profile), t.Protocol
		if t.OnV2() {
			platform = labelled("platform", t.PlatformVersion)
		}
	}
	return dotted(took, protocol, profile, platform, "scope "+scopeText(run), labelled("contract", run.Tool.Contract), labelled("id", run.ID))
}

// scopeText says how much of the contract was looked at, and why not all of it.
func scopeText(run *Run) string {
	if len(run.ScopeWhy) == 0 {
		return string(run.Scope)
	}
	return string(run.Scope) + " (" + strings.Join(run.ScopeWhy, ", ") + ")"
}

// dotted joins the parts that are there.
func dotted(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, " · ")
}
