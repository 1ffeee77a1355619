package sse

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var contentType = checks.Check{Clause: "SSE-01", Needs: needs, Judge: judgeType}

func judgeType(set *record.Set) []checks.Verdict {
	const want = "events under Content-Type: text/event-stream"
	for _, x := range candidates(set) {
		if framedLikeEvents(x) {
			return []checks.Verdict{checks.Found("other-type", want, "events under "+reading.Quote(x.HeaderValue("content-type")),
				checks.Wire("the streamed answer", x))}
		}
	}
	if set.Terms.StreamDeclared && !streamed(set.Stream.Call) {
		return []checks.Verdict{declaredNotStreamed(set, want)}
	}
	if all := streams(set); len(all) > 0 {
		return []checks.Verdict{checks.Passed("Content-Type: %s", all[0].HeaderValue("content-type"))}
	}
	return none(set)
}

// declaredNotStreamed rules on a body that the user called a streaming one. Only a complete answer that says something
// about the request counts, and only of an agent that answers at all: without a model nothing is held against it.
func declaredNotStreamed(set *record.Set, want string) checks.Verdict {
	call := set.Stream.Call
	if v, unanswered := reading.Unanswered(set); unanswered {
		return v
	}
	if f := reading.FateOf(call); f != reading.Served && !reading.Rejected(call) {
		return checks.CannotTell("the declared stream body got no usable answer: %s", reading.Says(call))
	}
	return checks.Found("not-streamed", want, "the declared stream body: "+reading.Says(call), checks.Wire("the declared stream body", call))
}

// framedLikeEvents reports a body of event-stream fields and nothing else under another type. One data field must be
// there; prose that begins with "data:" has lines that are no fields.
func framedLikeEvents(x *record.Exchange) bool {
	if x == nil || x.Response == nil || x.Events != nil || x.Status() >= 300 || x.Response.ValidJSON {
		return false
	}
	data := 0
	for _, l := range lines(x.Response) {
		name, _, colon := strings.Cut(l, ":")
		if !colon || !knownField(name) && name != "" {
			return false
		}
		if name == "data" {
			data++
		}
	}
	return data > 0
}
