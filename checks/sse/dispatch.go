package sse

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var dispatch = checks.Check{Clause: "SSE-02", Needs: needs, Judge: judgeDispatch}

// judgeDispatch reads streams as the WHATWG parser does: what is not ended by a blank line is never handed to the client.
func judgeDispatch(set *record.Set) []checks.Verdict {
	all := streams(set)
	if len(all) == 0 {
		return none(set)
	}
	seen := 0
	for _, x := range all {
		if compressed(x) != "" || cut(x) {
			continue
		}
		if v, bad := undelivered(x); bad {
			return []checks.Verdict{v.With(checks.Wire("the streamed answer", x))}
		}
		seen += x.Events.Count
	}
	if seen == 0 {
		return []checks.Verdict{checks.CannotTell("no stream could be read as events: empty, compressed, cut or never ended (SSE-06, SSE-11, SSE-12)")}
	}
	if v, found := joinedLines(set.Stream); found {
		return []checks.Verdict{v}
	}
	return []checks.Verdict{checks.Passed("%d events, each ended by a blank line", seen)}
}

func undelivered(x *record.Exchange) (checks.Verdict, bool) {
	s, ended := x.Events, x.Outcome == record.Answered
	const want = "each event is data lines followed by a blank line"
	if s.Count == 0 {
		if ended && (s.Undispatched != "" || saysSomething(x.Response)) {
			return checks.Found("never-dispatched", want, fmt.Sprintf("%d bytes arrived and not one event: %s",
				x.Response.BodySize, reading.Quote(x.Response.Body))), true
		}
		return checks.Verdict{}, false
	}
	for _, e := range events(s) {
		if merged(e) {
			return checks.Found("merged", want, fmt.Sprintf("one event of %d lines holds several JSON values: %s", e.Lines, reading.Quote(e.Data))), true
		}
	}
	if l, lost := lostLine(x.Response); lost {
		return checks.Found("line-lost", want, "a line that no parser hands on: "+reading.Quote(l)), true
	}
	if !ended {
		return checks.Verdict{}, false
	}
	return lostEnd(s.Undispatched, want)
}

// merged reports several JSON values in one event: blank lines between events are missing. Pretty-printed JSON and plain
// text of several lines are one value, and legal.
func merged(e record.Event) bool {
	parts := strings.Split(e.Data, "\n")
	if !whole(e) {
		parts = parts[:len(parts)-1]
	}
	if e.Lines < 2 || len(parts) < 2 || whole(e) && gjson.Valid(e.Data) {
		return false
	}
	values := 0
	for _, p := range parts {
		if p == "" {
			continue
		}
		if !strings.ContainsRune(`{["`, rune(p[0])) || !gjson.Valid(p) {
			return false
		}
		values++
	}
	return values > 1
}

// sentinel is an end mark that carries no answer, such as [DONE].
var sentinel = regexp.MustCompile(`(?i)^\s*\[?"?(done|end|eof)?"?\]?\s*$`)

// bareField is a field without data in an unfinished event: nothing is lost with it.
var bareField = regexp.MustCompile(`^(event|id|retry):[^\n]*$`)

// lostEnd rules on what was left when the stream ended without a blank line. Parsers discard it, so an answer's last
// piece is lost; an end mark is no loss.
func lostEnd(left, want string) (checks.Verdict, bool) {
	switch {
	case left == "" || bareField.MatchString(left):
		return checks.Verdict{}, false
	case sentinel.MatchString(left):
		return checks.Found("end-mark-lost", want, "the end mark at the end is not followed by a blank line: "+reading.Quote(left)), true
	}
	return checks.Found("last-lost", want, "the last event is not followed by a blank line: "+reading.Quote(left)), true
}
