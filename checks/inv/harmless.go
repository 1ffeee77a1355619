package inv

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var get = checks.Check{Clause: "INV-18", Needs: []record.Kind{record.KindCalls}, Judge: judgeGet}

func judgeGet(set *record.Set) []checks.Verdict {
	x := set.Calls.Variants[record.Get]
	switch {
	case !x.Reached():
		return []checks.Verdict{checks.Remark("GET %s: %s", set.Terms.Path, reading.Says(x))}
	case x.Refusal():
		return []checks.Verdict{checks.Passed("GET %s is refused with %d", set.Terms.Path, x.Status())}
	}
	return []checks.Verdict{checks.Remark("GET %s answers %d; the platform does not send it", set.Terms.Path, x.Status())}
}

var debugActions = checks.Check{Clause: "INV-19", Needs: []record.Kind{record.KindCalls}, Judge: judgeDebug}

// judgeDebug looks for the SDK's own reply; an agent that echoes the action's name has no stamp to tell.
func judgeDebug(set *record.Set) []checks.Verdict {
	x := set.Calls.Variants[record.DebugAction]
	if !x.Reached() {
		return []checks.Verdict{checks.CannotTell("the debug body was not answered: %s", reading.Says(x))}
	}
	body := gjson.Parse(x.Response.Body)
	if x.OK() && body.IsObject() && strings.HasPrefix(body.Get("status").String(), "Healthy") && body.Get("time_of_last_update").Exists() {
		return []checks.Verdict{checks.Found("debug-on", "the body reaches the handler as ordinary data", "the SDK replied with its ping status", checks.Wire("the debug action", x))}
	}
	return []checks.Verdict{checks.Passed("no debug reply: %s", reading.Says(x))}
}

var framing = checks.Check{Clause: "INV-20", Needs: []record.Kind{record.KindCalls}, Wants: append([]record.Kind{record.KindWire}, reading.ConversationKinds...), Judge: judgeFraming}

func judgeFraming(set *record.Set) []checks.Verdict {
	sound := 0
	all := append(reading.Conversation(set), onTheWire(set.Wire)...)
	for _, x := range all {
		switch x.Outcome {
		case record.Truncated:
			return []checks.Verdict{checks.Found("cut-short", "a body as long as its framing says", reading.Says(x)+" "+x.Error, checks.Wire("the answer", x))}
		case record.Garbled:
			return []checks.Verdict{checks.Found("not-http", "a well-formed HTTP answer", reading.Says(x)+" "+x.Error, checks.Wire("the answer", x))}
		case record.Answered:
			sound++
		}
	}
	if v, bad := lenientOnly(all); bad {
		return []checks.Verdict{v}
	}
	if sound == 0 {
		return []checks.Verdict{checks.CannotTell("no complete answer was seen while the process lived")}
	}
	return []checks.Verdict{checks.Passed("%d answers were framed correctly", sound)}
}
