package reports

import (
	"fmt"
	"sort"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// areaTitles say in words what an area is about.
var areaTitles = map[string]string{
	"IMG": "the image", "NET": "listening", "PING": "health checks", "INV": "invocations", "SSE": "streaming",
	"SES": "sessions", "LIFE": "start, life and stop", "WS": "WebSocket", "MCP": "MCP", "A2A": "A2A", "AGUI": "AG-UI",
	"OBS": "logs and traces", "LIM": "limits", "SEC": "security",
}

func areaTitle(area string) string {
	if t := areaTitles[area]; t != "" {
		return area + ", " + t
	}
	return areaName(area)
}

// notCovered names what no test of a container can show (CONTRACT section 18).
const notCovered = "idle and maximum lifetime, quotas, VM isolation, JWT and SigV4, the header allow-list, snapshots, " +
	"image pull rights and VPC routes, trace and log delivery. The README says more."

// rest writes what needs no action: notes, passes, what was left out, and the measurements.
func (c *console) rest() {
	c.gap()
	if c.verbose {
		c.listed()
	}
	c.item(0, "passed", perArea(c.run.Findings, checks.Pass))
	if n := len(c.of(checks.Note)); n > 0 && !c.verbose {
		c.item(0, "notes", fmt.Sprintf("%d (-v shows them)", n))
	}
	if left := leftOut(c.run.Findings); left != "" {
		c.item(0, "left out", left)
	}
	if m := measurementsText(c.run.Measurements, c.verbose); m != "" {
		c.item(0, "measured", m)
	}
	c.starts()
	if m := modelText(c.run.Records); m != "" {
		c.item(0, "model", m)
	}
	if len(c.run.SessionModels) > 0 {
		c.item(0, "sessions", sessionModelsText(c.run.SessionModels))
	}
	c.reaper()
}

// reaperLines is how many lines the idle reaper may take.
const reaperLines = 5

// reaper says when a session would have ended; where that costs money or work, without being asked.
func (c *console) reaper() {
	s := c.run.IdleReaper
	if s == nil || !c.verbose && !s.Class.Costly() {
		return
	}
	var lines []string
	width := c.width - labelColumn
	for _, text := range s.Text() {
		lines = append(lines, wrap(CleanLine(text), width)...)
	}
	if len(lines) > reaperLines {
		lines = lines[:reaperLines]
		lines[reaperLines-1] = cut(lines[reaperLines-1]+" …", width)
	}
	for i, l := range lines {
		label := "idle reaper"
		if i > 0 {
			label = ""
		}
		c.item(0, label, l)
	}
}

// listed writes one line for each finding that is only counted otherwise.
func (c *console) listed() {
	for _, o := range []checks.Outcome{checks.Note, checks.Pass, checks.NotApplicable, checks.Skipped} {
		found := c.of(o)
		if len(found) == 0 {
			continue
		}
		c.line("%s", c.as(bold, strings.ToUpper(string(o))))
		for _, f := range found {
			text := f.Actual
			if text == "" {
				text = f.Title
			}
			if f.Summary != "" {
				text = f.Summary + ": " + text
			}
			c.item(2, f.ID, text)
		}
		c.gap()
	}
}

// perArea counts the clauses that came out as o, by area.
func perArea(findings []checks.Finding, o checks.Outcome) string {
	n := map[string]int{}
	total := 0
	var areas []string
	for _, f := range Worst(findings) {
		if outcomeOf(f) != o {
			continue
		}
		if n[f.Area] == 0 {
			areas = append(areas, f.Area)
		}
		n[f.Area]++
		total++
	}
	parts := make([]string, 0, len(areas))
	for _, a := range areas {
		parts = append(parts, fmt.Sprintf("%s %d", areaName(a), n[a]))
	}
	if total == 0 {
		return "0"
	}
	return fmt.Sprintf("%d: %s", total, strings.Join(parts, ", "))
}

func leftOut(findings []checks.Finding) string {
	skipped, foreign := 0, 0
	for _, f := range Worst(findings) {
		switch outcomeOf(f) {
		case checks.Skipped:
			skipped++
		case checks.NotApplicable:
			foreign++
		}
	}
	var parts []string
	if skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", skipped))
	}
	if foreign > 0 {
		parts = append(parts, fmt.Sprintf("%d not applicable", foreign))
	}
	return strings.Join(parts, ", ")
}

// measurementsText shows the times, or with all everything, with the unit read from the name's ending: ping.idle.p99Ms.
func measurementsText(m map[string]float64, all bool) string {
	names := make([]string, 0, len(m))
	for name := range m {
		if all || strings.HasSuffix(name, "Ms") {
			names = append(names, name)
		}
	}
	sort.Slice(names, func(i, j int) bool { return rankOf(names[i]) < rankOf(names[j]) })
	parts := make([]string, 0, len(names))
	for _, name := range names {
		label, text := measurement(name, m[name])
		parts = append(parts, label+" "+text)
	}
	return strings.Join(parts, " · ")
}

// measurement takes the unit from a measurement's name.
func measurement(name string, value float64) (label, text string) {
	if base, ok := strings.CutSuffix(name, "Ms"); ok {
		return base, millisText(value)
	}
	if base, ok := strings.CutSuffix(name, "Bytes"); ok {
		return base, bytesText(int64(value))
	}
	return name, fmt.Sprintf("%.4g", value)
}

// rankOf sorts by name, but a series' max comes after its percentiles.
func rankOf(name string) string { return strings.Replace(name, ".max", ".~max", 1) }

func sessionModelsText(models map[string]Verdict) string {
	names := make([]string, 0, len(models))
	for name := range models {
		names = append(names, name)
	}
	sort.Strings(names)
	parts := make([]string, 0, len(names))
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s: %s", name, models[name]))
	}
	return "by model: " + strings.Join(parts, ", ")
}

// foot says what green does not mean and what to do next, and repeats the verdict where the eye is after a long report.
func (c *console) foot() {
	c.item(0, "not proven", notCovered)
	if next := nextText(c.run); next != "" {
		c.item(0, "next", next)
	}
	if len(c.of(checks.Fail))+len(c.of(checks.Error))+len(c.of(checks.Untestable))+len(c.run.Stale()) > 0 {
		c.gap()
		c.verdict()
	}
}

// nextText is what whoever reads the verdict can do about it; empty where there is nothing to do.
func nextText(run *Run) string {
	explain := func(o checks.Outcome) string {
		for _, f := range Worst(run.Findings) {
			if outcomeOf(f) == o && f.ID != "" {
				return "agentcore-conform explain " + f.ID
			}
		}
		return ""
	}
	switch {
	case run.Interrupted:
		return "run it again to the end; what was found until then stands"
	case run.Verdict == Nonconformant && explain(checks.Fail) != "":
		return explain(checks.Fail) + " has the reasons, and code that keeps the clause; mend it, build, and run again"
	case run.Verdict == Errored:
		return "mend what the error says and run again; agentcore-conform doctor shows what is missing on this machine"
	case run.Verdict == Partial:
		return "give what was lacking and run again, or accept it with --allow-partial"
	}
	return ""
}

// modelText says what answered the agent's model calls, and which came.
func modelText(set *record.Set) string {
	if set == nil || set.Model == nil {
		return ""
	}
	if set.Model.Requests == 0 && len(set.Model.Services) == 0 && set.Model.Spans == nil {
		return "scripted, and never asked: what an agent does with a model was not seen"
	}
	var parts []string
	for _, o := range set.Model.Spoken {
		text := fmt.Sprintf("%s %s x%d", o.Provider, o.API, o.Requests)
		if o.Streamed > 0 {
			text += fmt.Sprintf(" (%d streamed)", o.Streamed)
		}
		parts = append(parts, text)
	}
	if n := len(set.Model.Unknown); n > 0 {
		parts = append(parts, fmt.Sprintf("%d paths that no vendor has, as %s", n, set.Model.Unknown[0]))
	}
	for i, s := range set.Model.Services {
		if i == 0 {
			parts = append(parts, fmt.Sprintf("other AWS services: %s %s x%d", s.Service, s.Operation, s.Requests))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %s x%d", s.Service, s.Operation, s.Requests))
	}
	if s := set.Model.Spans; s != nil {
		parts = append(parts, fmt.Sprintf("%d spans, %d with session.id", s.Spans, s.WithSession))
	}
	return "scripted: " + strings.Join(parts, " · ")
}
