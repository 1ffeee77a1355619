package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var gatewayStatus = checks.Check{Clause: "INV-06", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindClean, record.KindMalformed, record.KindModelFaults}, Judge: judgeGatewayStatus}

// judgeGatewayStatus needs a failing call to see how failure is told; the container without credentials often has one.
func judgeGatewayStatus(set *record.Set) []checks.Verdict {
	var failure *record.Exchange
	for _, x := range failures(set) {
		switch x.Status() {
		case 502, 503, 504:
			return []checks.Verdict{checks.Found("gateway-status", "application failures told with another status than 502, 503, 504",
				reading.Says(x), checks.Wire("the failing call", x))}
		}
		failure = x
	}
	if failure == nil {
		return []checks.Verdict{checks.Remark("no call failed inside the agent, so how it tells a failure was not seen")}
	}
	return []checks.Verdict{checks.Passed("a failing call was answered with %s", reading.Says(failure))}
}

// failures are calls whose handler failed: 5xx, or an error inside a stream.
func failures(set *record.Set) []*record.Exchange {
	all := reading.Answers(set.Calls)
	if set.Clean != nil {
		all = append(all, set.Clean.Call)
	}
	if set.Malformed != nil {
		for i := range set.Malformed.Probes {
			all = append(all, &set.Malformed.Probes[i].Call)
		}
	}
	if set.ModelFaults != nil {
		for i := range set.ModelFaults.Rounds {
			all = append(all, &set.ModelFaults.Rounds[i].Call)
		}
	}
	var out []*record.Exchange
	for _, x := range all {
		if reading.FateOf(x) == reading.Failed || x.OK() && !reading.Success(x) {
			out = append(out, x)
		}
	}
	return out
}
