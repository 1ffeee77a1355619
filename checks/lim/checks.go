// Package lim rules on the limits of the platform that a declared environment or an answer can pass, and names those that
// only the platform can show (LIM).
package lim

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Checks are the checks of this area.
var Checks = []checks.Check{
	payload, chunk, durations, frames, resources, imageSize, environment, quotas, commands, storage, customHeaders, runtimeName,
}

var payload = checks.Check{Clause: "LIM-01", Needs: []record.Kind{record.KindCalls}, Wants: reading.ConversationKinds, Judge: judgePayload}

// Limits on a whole body in bytes: the API's own figure, and what comes near it.
const (
	maxPayload  = int64(100_000_000)
	nearPayload = int64(90_000_000)
)

// judgePayload measures answers that come in one piece; streams are bounded by their chunks (SSE-10).
func judgePayload(set *record.Set) []checks.Verdict {
	var largest *record.Exchange
	for _, x := range reading.Conversation(set) {
		if x != nil && x.Response != nil && x.Events == nil && (largest == nil || x.Response.BodySize > largest.Response.BodySize) {
			largest = x
		}
	}
	const want = "bodies of at most 100,000,000 bytes"
	if n := set.Terms.MaxPayload; n > maxPayload {
		return []checks.Verdict{checks.Found("declared-too-large", want, fmt.Sprintf("--max-payload says %d bytes", n))}
	}
	if largest == nil {
		return []checks.Verdict{checks.Remark("no answer in one piece was seen; streams are measured in SSE-10")}
	}
	size := largest.Response.BodySize
	actual := fmt.Sprintf("the largest answer has %d bytes", size)
	switch {
	case size > maxPayload:
		return []checks.Verdict{checks.Found("too-large", want, actual, checks.Wire("the largest answer", largest))}
	case size > nearPayload:
		return []checks.Verdict{checks.Found("near-limit", want, actual, checks.Wire("the largest answer", largest))}
	}
	return []checks.Verdict{checks.Passed("%s", actual).Measuring("lim.largestAnswerBytes", float64(size))}
}
