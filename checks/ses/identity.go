package ses

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var identity = checks.Check{Clause: "SES-12", Needs: []record.Kind{record.KindCalls}, Judge: judgeIdentity}

// judgeIdentity looks for a dummy token that went in with the identity fields and must not come out again.
func judgeIdentity(set *record.Set) []checks.Verdict {
	c := set.Calls
	with := c.Variants[record.Identity]
	if reading.FateOf(with) == reading.NotSent {
		return []checks.Verdict{cannotCompare(set)}
	}
	wire := checks.Wire("the call with identity fields", with)
	const want = "identity fields are used, not repeated"
	var out []checks.Verdict
	if answerHolds(with, record.IdentityToken) {
		out = append(out, checks.Found("echoed", want, "the answer holds the token that the call carried", wire))
	}
	if c.LeakedToken {
		out = append(out, checks.Found("logged", want, "the container's output holds the token that a call carried", wire))
	}
	if happy := c.Happy(); reading.Success(happy) && reading.Rejected(with) {
		out = append(out, checks.Found("refused", "a call with identity fields is served", reading.Says(with)+"; without them "+reading.Says(happy), wire))
	}
	if len(out) > 0 {
		return out
	}
	if !with.Reached() {
		return []checks.Verdict{cannotCompare(set)}
	}
	return []checks.Verdict{checks.Passed("the token of the identity fields came back neither in the answer nor in the output")}
}

// answerHolds searches the header fields, the body and the events; tokens are short, so no event splits them.
func answerHolds(x *record.Exchange, text string) bool {
	if x.Response == nil {
		return false
	}
	for _, f := range x.Response.Header {
		if strings.Contains(f.Value, text) {
			return true
		}
	}
	if strings.Contains(x.Response.Body, text) {
		return true
	}
	if x.Events == nil {
		return false
	}
	for _, events := range [][]record.Event{x.Events.Events, x.Events.Tail} {
		for _, e := range events {
			if strings.Contains(e.Data, text) {
				return true
			}
		}
	}
	return false
}
