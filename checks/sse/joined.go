package sse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// joinedLines rules on what the model said in lines, once the framing of the events is sound: lines that came back without
// anything between them have lost what parted them. Lines that were rewritten, wrapped or marked up are the agent's business.
func joinedLines(s *record.Stream) (checks.Verdict, bool) {
	if s.Lines == nil || !streamed(s.Call) {
		return checks.Verdict{}, false
	}
	said := strings.FieldsFunc(s.Lines.Sent, func(c rune) bool { return c == '\n' || c == '\r' })
	got := strings.ToLower(s.Lines.Got)
	lost := 0
	for i := 1; i < len(said); i++ {
		if strings.Contains(got, seam(said[i-1], said[i])) && !apart(s.Call, said[i-1], said[i]) {
			lost++
		}
	}
	if lost == 0 {
		return checks.Verdict{}, false
	}
	return checks.Found("lines-joined", "the line ends of what the model says, in the text of the events",
		fmt.Sprintf("%d of %d line ends are missing", lost, len(said)-1),
		checks.Text("what the model said, and what the events hold", fmt.Sprintf("%q", s.Lines.Sent), fmt.Sprintf("%q", s.Lines.Got)),
		checks.Wire("the streamed answer", s.Call)), true
}

// seam is where two lines would meet: the last word of the one and the first of the other.
func seam(a, b string) string {
	a = strings.TrimSpace(a)
	b, _, _ = strings.Cut(strings.TrimSpace(b), " ")
	return strings.ToLower(a[strings.LastIndexByte(a, ' ')+1:] + b)
}

// apart reports that both lines came whole in events, and in none of them together: where an event ends the line does.
func apart(x *record.Exchange, a, b string) bool {
	return within(x, a) && within(x, b) && !within(x, seam(a, b))
}

// within reports that a single event holds the text.
func within(x *record.Exchange, text string) bool {
	return slices.ContainsFunc(events(x.Events), func(e record.Event) bool {
		return strings.Contains(strings.ToLower(e.Data), strings.ToLower(text))
	})
}
