package net

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var connections = checks.Check{Clause: "NET-11", Needs: []record.Kind{record.KindInFlight}, Wants: []record.Kind{record.KindWire}, Judge: judgeConnections}

// judgeConnections looks at connections that are used again, at callers who do not read, and for one health check that was
// sent and answered inside a call. What delays the others is PING-08's question.
func judgeConnections(set *record.Set) []checks.Verdict {
	if v, bad := unusualConnections(set.Wire); bad {
		return []checks.Verdict{v}
	}
	inside, during := 0, 0
	for _, r := range set.InFlight.Rounds {
		for _, p := range r.Pings {
			for i := range r.Calls {
				begin, end := r.Calls[i].At, r.Calls[i].At+r.Calls[i].Took
				if reading.Sent(p) <= begin || reading.Sent(p) >= end {
					continue
				}
				during++
				if p.OK() && reading.End(p) < end {
					inside++
				}
			}
		}
	}
	switch {
	case inside > 0:
		return []checks.Verdict{checks.Passed("health checks were answered on other connections while a call ran")}
	case during > 0:
		return []checks.Verdict{checks.Remark("none of %d health checks was answered before the call beside it ended: see PING-08", during)}
	}
	return []checks.Verdict{checks.Remark("no call lasted long enough for a second connection beside it (longest %s)",
		reading.Seconds(set.InFlight.Longest))}
}
