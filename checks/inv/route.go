package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var route = checks.Check{Clause: "INV-01", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindMalformed}, Judge: judgeRoute}

// judgeRoute takes any answer of the application as proof of the route: what a handler makes of its work is not the
// question here.
func judgeRoute(set *record.Set) []checks.Verdict {
	var missing, hung, broken *record.Exchange
	for _, x := range posts(set.Calls) {
		switch s := x.Status(); {
		case s == 404, s == 405, s == 501:
			missing = x
		case s == 401, s == 403, s == 421, s >= 300 && s < 400:
		case s != 0:
			return []checks.Verdict{checks.Passed("POST %s is routed: %s", set.Terms.Path, reading.Says(x))}
		case x.Outcome == record.TimedOut:
			hung = x
		case reading.FateOf(x) == reading.Broken:
			broken = x
		}
	}
	switch {
	case missing != nil && missing.Status() == 404:
		return []checks.Verdict{noRoute("not-found", set, missing)}
	case missing != nil:
		return []checks.Verdict{noRoute("method-refused", set, missing)}
	case hung != nil && anyway(set, reading.Hung):
		return []checks.Verdict{noRoute("no-answer", set, hung)}
	case broken != nil && anyway(set, reading.Broken):
		return []checks.Verdict{noRoute("no-answer", set, broken)}
	case hung != nil:
		return []checks.Verdict{checks.CannotTell("no answer within %s: if the agent waits for something outside, let it out with --network open or give it with --env",
			reading.Seconds(hung.Timeout))}
	}
	v, _ := reading.Unanswered(set)
	return []checks.Verdict{orCannotTell(v)}
}

// posts are the invocations by POST on the contract's path.
func posts(c *record.Calls) []*record.Exchange {
	var out []*record.Exchange
	for i := range c.Ladder {
		out = append(out, &c.Ladder[i])
	}
	for _, v := range []record.Variant{record.Platform, record.Localhost, record.Minimal} {
		if x := c.Variants[v]; x != nil {
			out = append(out, x)
		}
	}
	return out
}

// anyway reports that even a body that no handler gets to see has that fate, in a process that lives on.
func anyway(set *record.Set, fate reading.Fate) bool {
	if set.Malformed == nil {
		return false
	}
	for i := range set.Malformed.Probes {
		if p := &set.Malformed.Probes[i]; p.Name == truncatedJSON {
			return reading.FateOf(&p.Call) == fate && !p.Call.Reached() && (fate == reading.Hung || p.State.Running)
		}
	}
	return false
}

func noRoute(reason string, set *record.Set, x *record.Exchange) checks.Verdict {
	return checks.Found(reason, "POST "+set.Terms.Path+" answered by the agent", reading.Says(x), checks.Wire("the invocation", x))
}

// orCannotTell keeps a ruling from being empty when calls once worked but the one in question was not made.
func orCannotTell(v checks.Verdict) checks.Verdict {
	if v.Outcome == "" {
		return checks.CannotTell("the request was not made")
	}
	return v
}
