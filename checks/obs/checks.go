// Package obs rules on logs and traces (OBS).
package obs

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Checks are the checks of this area.
var Checks = []checks.Check{output, longTrace, brokenTrace, instrumented, collector, environment, baggage, quietPolls}

var (
	longTrace   = checks.Check{Clause: "OBS-02", Needs: []record.Kind{record.KindCalls}, Judge: judgeLongTrace}
	brokenTrace = checks.Check{Clause: "OBS-03", Needs: []record.Kind{record.KindCalls}, Judge: judgeBrokenTrace}
)

// judgeLongTrace asks for trace fields at their documented limits; the happy path carries those that were observed.
func judgeLongTrace(set *record.Set) []checks.Verdict {
	return []checks.Verdict{reading.Pair(set, record.TraceLong, "long-trace-refused", "trace fields of up to 128, 128, 512 and 8192 characters make no difference")}
}

func judgeBrokenTrace(set *record.Set) []checks.Verdict {
	return []checks.Verdict{reading.Pair(set, record.TraceBroken, "broken-trace-refused", "trace fields that do not parse make no difference")}
}
