package life

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// aside is how what a long session holds beside its turns is named, and the clauses that rule on it.
type aside struct{ name, clauses string }

var asides = map[record.AsideKind]aside{
	record.AsideTogether:  {"two calls of other sessions at once", "INV-17 and SES-07"},
	record.AsideSession:   {"a turn of another session", "SES-06 and INV-17"},
	record.AsideStream:    {"a stream of another session", "SSE-01 to SSE-12"},
	record.AsideLeft:      {"a caller who left", "NET-12 and SSE-09"},
	record.AsideMalformed: {"a malformed body", "INV-07 and INV-08"},
}

// provoked says what was played on purpose when something broke at that time: beside it, or before it with no turn served
// since. It is "" where nothing was, and where the session had survived one of its kind: what breaks at the hundredth
// malformed body broke in a long session.
func provoked(l *record.LongSession, at record.Millis) string {
	last := -1
	for i := range l.Beside {
		if l.Beside[i].Call.At <= at {
			last = i
		}
	}
	if last < 0 || survived(l, last, at) {
		return ""
	}
	a := asides[l.Beside[last].Kind]
	return fmt.Sprintf("with %s right before it or beside it: see %s", a.name, a.clauses)
}

// survived reports that a turn was served after an aside of that kind and before the time, whatever came in between.
func survived(l *record.LongSession, last int, at record.Millis) bool {
	first := last
	for i := range last {
		if l.Beside[i].Kind == l.Beside[last].Kind {
			first = min(first, i)
		}
	}
	end := ended(&l.Beside[first])
	return slices.ContainsFunc(reading.SessionTurns(l), func(t reading.SessionTurn) bool { return t.Success && t.Call.At >= end && t.Call.At < at })
}

// ended is when an aside was over, with all that followed from it.
func ended(a *record.Aside) record.Millis {
	last := &a.Call
	if a.Again != nil {
		last = a.Again
	}
	return last.At + last.Took
}

// besideGuest reports a turn that another session's ran beside: an agent that refuses one of the two is INV-17's.
func besideGuest(l *record.LongSession, x *record.Exchange) bool {
	beside := func(at, took record.Millis) bool { return at < x.At+x.Took && x.At < at+took }
	return slices.ContainsFunc(l.Beside, func(a record.Aside) bool {
		return a.Kind == record.AsideSession && beside(a.Call.At, a.Call.Took)
	}) || slices.ContainsFunc(l.Brief, func(b record.Brief) bool {
		return b.Kind == record.AsideSession && beside(b.At, b.Took)
	})
}

// besides tells what a session held beside its turns.
func besides(l *record.LongSession) string {
	n := len(l.Beside)
	for _, b := range l.Brief {
		if b.Kind != "" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", with %d calls of other sessions, callers who left and malformed bodies in between", n)
}
