package scenario

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// lines are the last tokens of a model that speaks in lines: ends of every kind, in tokens of their own and within tokens. No
// line looks like a field of an event stream, so that what is not framed is lost (SSE-02).
var lines = []string{
	" Here the first line", " ends.", "\n\n", "A blank line was before this one.", "\n", "No blank line was ", "before this one.\r\nThis is ", "the last of four.",
}

// The ends of the lines, by which they are found again.
const (
	linesBegin = "here the first line"
	linesEnd   = "the last of four."
)

// linesOf finds the lines in an answer: as they were said where they stand so somewhere, CR LF or LF, else in the shortest
// stretch, which has nothing in it but them.
func linesOf(text string) *record.Lines {
	out := &record.Lines{Sent: strings.TrimSpace(strings.Join(lines, ""))}
	for one := range stretches(text, linesBegin, linesEnd) {
		if strings.ReplaceAll(one, "\r", "") == strings.ReplaceAll(out.Sent, "\r", "") {
			out.Got = one
			break
		}
		if out.Got == "" || len(one) < len(out.Got) {
			out.Got = one
		}
	}
	out.Got = strings.ToValidUTF8(out.Got, "�")
	return out
}
