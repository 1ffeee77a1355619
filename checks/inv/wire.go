package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// onTheWire are the calls of a wire record whose requests were ordinary: what a server makes of odd ones is not the question
// of how it frames its answers.
func onTheWire(w *record.Wire) []*record.Exchange {
	if w == nil {
		return nil
	}
	var out []*record.Exchange
	if len(w.Line) > 0 {
		out = append(out, &w.Line[0].Call)
	}
	for i := range w.Texts {
		out = append(out, &w.Texts[i].Call)
	}
	for i := range w.Slow {
		out = append(out, &w.Slow[i].Call)
	}
	return out
}

// lenient are the oddities of an answer that some readers take and others do not, gravest first.
var lenient = []struct {
	oddity       record.Oddity
	reason, want string
}{
	{record.TwoFramings, "two-framings", "Content-Length or Transfer-Encoding, not both"},
	{record.BareLF, "bare-line-feed", "lines of HTTP that end with CR LF"},
	{record.FoldedField, "folded-field", "header fields on one line each"},
}

// lenientOnly finds answers that this tool's reader understood and a strict proxy would not have.
func lenientOnly(all []*record.Exchange) (checks.Verdict, bool) {
	for _, x := range all {
		if x.HeaderValue(record.InjectedField) != "" {
			return checks.Found("header-injected", "what a prompt says stays in the body",
				"a line of the prompt came back as the header field "+record.InjectedField, checks.Wire("the call", x)), true
		}
	}
	for _, l := range lenient {
		for _, x := range all {
			if has(x, l.oddity) {
				return checks.Found(l.reason, l.want, reading.Says(x)+", framing "+x.Response.Framing, checks.Wire("the answer", x)), true
			}
		}
	}
	return checks.Verdict{}, false
}

func has(x *record.Exchange, o record.Oddity) bool {
	if x.Response == nil {
		return false
	}
	for _, one := range x.Response.Oddities {
		if one == o {
			return true
		}
	}
	return false
}

// endedOnTheWire finds a process that an unusual call ended. The record is only taken of an agent that serves usual ones.
func endedOnTheWire(w *record.Wire) (checks.Verdict, bool) {
	if w == nil || !w.Before.Running {
		return checks.Verdict{}, false
	}
	how, ended := reading.Ended(w.Before, w.After)
	return checks.Found("process-gone", "the process survives an unusual request", how+" after "+w.Last), ended
}
