package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// badgeLabel is the left half of the badge.
const badgeLabel = "AgentCore"

// badgeColours are those of shields.io, by name and as the SVG shows them.
var badgeColours = map[Verdict]struct{ name, fill string }{
	Conformant: {"brightgreen", "#2e7d32"}, Passed: {"green", "#2e7d32"}, Nonconformant: {"red", "#c62828"},
	Errored: {"lightgrey", "#616161"}, Partial: {"orange", "#9a5b00"},
}

// badgeMessage is the verdict in a few words, with how many clauses it rests on.
func badgeMessage(run *Run) string {
	judged, failed := 0, 0
	for _, f := range Worst(run.Findings) {
		if ruled(f) {
			judged++
		}
		if outcomeOf(f) == checks.Fail {
			failed++
		}
	}
	_, known := badgeColours[run.Verdict]
	switch {
	case run.Interrupted:
		return "interrupted"
	case run.Verdict == Nonconformant:
		return fmt.Sprintf("%s, %d of %s", run.Verdict, failed, clausesText(judged))
	case run.Verdict == Errored || !known:
		return "could not test"
	}
	return fmt.Sprintf("%s, %s", run.Verdict, clausesText(judged))
}

// badgeColour is grey for what is no verdict.
func badgeColour(run *Run) struct{ name, fill string } {
	if c, known := badgeColours[run.Verdict]; known && !run.Interrupted {
		return c
	}
	return badgeColours[Errored]
}

// WriteBadgeJSON writes the badge as the endpoint of shields.io reads it, which draws the picture.
func WriteBadgeJSON(w io.Writer, run *Run) error {
	badge := struct {
		SchemaVersion int    `json:"schemaVersion"`
		Label         string `json:"label"`
		Message       string `json:"message"`
		Color         string `json:"color"`
		IsError       bool   `json:"isError"`
	}{1, badgeLabel, badgeMessage(run), badgeColour(run).name, run.ExitCode(false) != 0}
	if err := json.NewEncoder(w).Encode(badge); err != nil {
		return fmt.Errorf("write the badge: %w", err)
	}
	return nil
}

// badgeFormat has the widths and texts of the badge's halves. A text is given its width, so that no font overflows it.
const badgeFormat = `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-label="%[6]s: %[7]s">
  <title>%[6]s: %[7]s</title>
  <clipPath id="r"><rect width="%[1]d" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="%[2]d" height="20" fill="#424242"/>
    <rect x="%[2]d" width="%[3]d" height="20" fill="%[8]s"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="%[4]d" y="14" textLength="%[9]d">%[6]s</text>
    <text x="%[5]d" y="14" textLength="%[10]d">%[7]s</text>
  </g>
</svg>
`

// WriteBadge writes a small SVG with the verdict, for a page that says how an image stands.
func WriteBadge(w io.Writer, run *Run) error {
	const padding = 12
	message := badgeMessage(run)
	label, text := textWidth(badgeLabel), textWidth(message)
	left, right := label+padding, text+padding
	_, err := fmt.Fprintf(w, badgeFormat, left+right, left, right, left/2, left+right/2, xmlText(badgeLabel), xmlText(message), badgeColour(run).fill, label, text)
	if err != nil {
		return fmt.Errorf("write the badge: %w", err)
	}
	return nil
}

// textWidth is about what text of 11 px takes in Verdana, in pixels.
func textWidth(s string) int { return utf8.RuneCountInString(s) * 13 / 2 }
