package sse

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var heartbeat = checks.Check{Clause: "SSE-08", Needs: needs, Judge: judgeHeartbeat}

// longSilence is the silence after which front ends may drop a connection. A heartbeat waits and computes nothing, so
// the limit is not scaled under emulation.
const longSilence = record.Millis(30_000)

func judgeHeartbeat(set *record.Set) []checks.Verdict {
	return each(set, func(x *record.Exchange) (checks.Verdict, bool) {
		silence := x.Events.LongestSilence
		if silence <= longSilence || x.Outcome == record.TimedOut {
			return checks.Verdict{}, false
		}
		return checks.Found("silent", "something at least every 30 s", fmt.Sprintf("nothing for %s", reading.Seconds(silence))), true
	}, func(x *record.Exchange) checks.Verdict {
		if x.Outcome == record.TimedOut {
			return checks.Remark("the stream never ended (SSE-06); heartbeats were not judged")
		}
		return checks.Passed("never silent for longer than %s", reading.Seconds(x.Events.LongestSilence))
	})
}
