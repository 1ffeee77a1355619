package reports

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
)

// drawn is what of the badge's SVG can be seen.
type drawn struct {
	XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
	Width   int      `xml:"width,attr"`
	Label   string   `xml:"aria-label,attr"`
	Title   string   `xml:"title"`
	Halves  []struct {
		X     int    `xml:"x,attr"`
		Width int    `xml:"width,attr"`
		Fill  string `xml:"fill,attr"`
	} `xml:"g>rect"`
	Texts []struct {
		X      int    `xml:"x,attr"`
		Length int    `xml:"textLength,attr"`
		Text   string `xml:",chardata"`
	} `xml:"g>text"`
}

// endpoint is what shields.io reads.
type endpoint struct {
	SchemaVersion         int
	Label, Message, Color string
	IsError               bool
}

func TestBadgeSaysTheVerdict(t *testing.T) {
	for name, want := range map[string]endpoint{
		"all-pass": {1, "AgentCore", "conformant, 3 clauses", "brightgreen", false}, "one-of-each": {1, "AgentCore", "nonconformant, 1 of 8 clauses", "red", true},
		"nothing-ran": {1, "AgentCore", "could not test", "lightgrey", true}, "interrupted": {1, "AgentCore", "interrupted", "lightgrey", true},
		"hostile": {1, "AgentCore", "nonconformant, 1 of 5 clauses", "red", true},
	} {
		run := formatRuns()[name]
		var got endpoint
		if err := json.Unmarshal(wrote(t, WriteBadgeJSON, run), &got); err != nil || got != want {
			t.Errorf("%s: %+v, want %+v (%v)", name, got, want, err)
		}
		var d drawn
		if err := xml.Unmarshal(wrote(t, WriteBadge, run), &d); err != nil {
			t.Fatal(err)
		}
		if d.Title != want.Label+": "+want.Message || d.Label != d.Title || len(d.Texts) != 2 || d.Texts[1].Text != want.Message {
			t.Errorf("%s: the picture says %q, %+v", name, d.Title, d.Texts)
		}
		if len(d.Halves) != 2 || d.Halves[0].Width+d.Halves[1].Width != d.Width || d.Texts[1].X+d.Texts[1].Length/2 > d.Width {
			t.Errorf("%s: it does not fit: %+v", name, d)
		}
		if (d.Halves[1].Fill == "#2e7d32") == want.IsError {
			t.Errorf("%s: the colour is %s", name, d.Halves[1].Fill)
		}
	}
}

// TestBadgeSaysHowFarItLooked: neither a part of the contract nor a run with gaps is called conformant.
func TestBadgeSaysHowFarItLooked(t *testing.T) {
	for verdict, want := range map[Verdict]string{Passed: "passed, 3 clauses", Partial: "partial, 3 clauses", Errored: "could not test", "<b>": "could not test"} {
		run := allPass()
		run.Verdict = verdict
		if got := badgeMessage(run); got != want {
			t.Errorf("%s is shown as %q, want %q", verdict, got, want)
		}
		if svg := string(wrote(t, WriteBadge, run)); strings.Contains(svg, "<b>") || !strings.Contains(svg, want) {
			t.Errorf("%s", svg)
		}
	}
}
