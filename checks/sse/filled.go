package sse

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var filled = checks.Check{Clause: "SSE-12", Needs: needs, Judge: judgeFilled}

func judgeFilled(set *record.Set) []checks.Verdict {
	all := streams(set)
	if len(all) == 0 {
		return none(set)
	}
	full := 0
	for _, x := range all {
		if v, bad := emptyOrCut(set, x); bad {
			return []checks.Verdict{v.With(checks.Wire("the streamed answer", x))}
		}
		if x.Events.Count > 0 || saysSomething(x.Response) {
			full++
		}
	}
	if full == 0 {
		return []checks.Verdict{emptyOfUnknown(set, all[0])}
	}
	return []checks.Verdict{checks.Passed("%d events in %d bytes, framing %s", all[0].Events.Count, all[0].Response.BodySize, all[0].Response.Framing)}
}

func emptyOrCut(set *record.Set, x *record.Exchange) (checks.Verdict, bool) {
	r := x.Response
	switch {
	case cut(x):
		return checks.Found("cut", "a stream as long as what the agent produced",
			fmt.Sprintf("Content-Length: %d ends the stream in the middle of an event or before its first", r.ContentLength)), true
	case x.Outcome == record.Answered && x.Events.Count == 0 && !saysSomething(r) && answersJSON(set):
		return checks.Found("empty", "a streamed answer where JSON answers too",
			fmt.Sprintf("%d, %d bytes and no event; the same agent answers JSON", x.Status(), r.BodySize)), true
	}
	return checks.Verdict{}, false
}

func emptyOfUnknown(set *record.Set, x *record.Exchange) checks.Verdict {
	if v, unanswered := reading.Unanswered(set); unanswered {
		return v
	}
	return checks.CannotTell("the stream was empty (%s), and no JSON answer shows that there was something to say: give the agent a model or --payload",
		reading.Says(x))
}

// cut reports a stream that its own Content-Length shortens: bytes came after it, or it ends within a JSON value. A
// length that fits is odd for a stream, but harmless.
func cut(x *record.Exchange) bool {
	r := x.Response
	if r == nil || r.ContentLength < 0 || x.Events == nil {
		return false
	}
	if x.Outcome == record.Truncated {
		return r.BodySize >= r.ContentLength
	}
	left := x.Events.Undispatched
	return x.Outcome == record.Answered && left != "" && strings.ContainsRune(`{["`, rune(left[0])) && !gjson.Valid(left)
}
