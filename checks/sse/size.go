package sse

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var size = checks.Check{Clause: "SSE-10", Needs: needs, Judge: judgeSize}

// The platform's limits on a stream: bytes of one chunk, and its whole length in time. Whether 10 MB are decimal is not
// said, so the larger reading fails and the smaller warns.
const (
	maxChunk  = int64(10 << 20)
	nearChunk = int64(9_000_000)
	maxStream = record.Millis(60 * 60 * 1000)
)

func judgeSize(set *record.Set) []checks.Verdict {
	return each(set, func(x *record.Exchange) (checks.Verdict, bool) {
		largest := max(x.Events.LargestEvent, int64(len(x.Events.Undispatched)))
		const want = "events of at most 10 MB, and an end within 60 minutes"
		switch {
		case largest > maxChunk:
			return checks.Found("too-large", want, fmt.Sprintf("an event of %d bytes", largest)), true
		case x.Took > maxStream:
			return checks.Found("too-long", want, "a stream of "+reading.Seconds(x.Took)), true
		case largest > nearChunk:
			return checks.Found("near-limit", want, fmt.Sprintf("an event of %d bytes", largest)), true
		}
		return checks.Verdict{}, false
	}, func(x *record.Exchange) checks.Verdict {
		if x.Events.Count == 0 {
			return checks.CannotTell("the stream had no events to measure")
		}
		return checks.Passed("largest event %d bytes, over after %s", x.Events.LargestEvent, reading.Seconds(x.Took)).
			Measuring("sse.largestEventBytes", float64(x.Events.LargestEvent))
	})
}
