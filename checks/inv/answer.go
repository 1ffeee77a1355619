package inv

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var answerType = checks.Check{Clause: "INV-03", Needs: []record.Kind{record.KindCalls}, Judge: judgeAnswerType}

func judgeAnswerType(set *record.Set) []checks.Verdict {
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	good := served(set.Calls)
	for _, x := range good {
		if k := mediaType(x); k != "application/json" && k != "text/event-stream" && x.Response.BodySize > 0 {
			return []checks.Verdict{checks.Found("other-type", "Content-Type: application/json or text/event-stream",
				"Content-Type: "+reading.Quote(x.HeaderValue("content-type")), checks.Wire("the answer", x))}
		}
	}
	for _, x := range good {
		if x.Status() != 200 {
			return []checks.Verdict{checks.Found("other-success", "status 200", reading.Says(x), checks.Wire("the answer", x))}
		}
	}
	if len(good) == 0 {
		return []checks.Verdict{checks.CannotTell("no complete answer was kept")}
	}
	return []checks.Verdict{checks.Passed("200 with %s", mediaType(good[0]))}
}

var answerJSON = checks.Check{Clause: "INV-04", Needs: []record.Kind{record.KindCalls}, Wants: reading.ConversationKinds, Judge: judgeAnswerJSON}

func judgeAnswerJSON(set *record.Set) []checks.Verdict {
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	n, seen := 0, map[*record.Exchange]bool{}
	for _, x := range append(served(set.Calls), reading.Conversation(set)...) {
		if !x.OK() || x.Request.Method != "POST" || seen[x] {
			continue
		}
		seen[x] = true
		if mediaType(x) != "application/json" || x.Status() == 204 {
			continue
		}
		if n++; !x.Response.ValidJSON {
			return []checks.Verdict{checks.Found("invalid-json", "a body declared as JSON parses as JSON", "body "+reading.Quote(x.Response.Body),
				checks.Wire("the answer", x))}
		}
	}
	if len(seen) == 0 {
		return []checks.Verdict{checks.CannotTell("no complete answer was kept")}
	}
	if n == 0 {
		return []checks.Verdict{checks.DoesNotApply("no answer was declared as JSON: the agent streams")}
	}
	return []checks.Verdict{checks.Passed("%d answers declared as JSON parse", n)}
}

// served are the complete 2xx answers of the happy path in its shapes, the one in use first.
func served(c *record.Calls) []*record.Exchange {
	var out []*record.Exchange
	if x := reading.Happy(c); x.OK() {
		out = append(out, x)
	}
	for _, x := range reading.Answers(c) {
		if x.OK() && x.Request.Method == "POST" && (len(out) == 0 || x != out[0]) {
			out = append(out, x)
		}
	}
	return out
}

func mediaType(x *record.Exchange) string {
	kind, _, _ := strings.Cut(x.HeaderValue("content-type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
