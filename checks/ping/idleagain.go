package ping

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What makes an agent busy, callers who leave a stream among it, is played for the polls' sake.
var idleAgain = checks.Check{
	Clause: "PING-14", Needs: []record.Kind{record.KindIdle},
	Wants: append([]record.Kind{record.KindStream, record.KindDisconnect}, reading.PollKinds...), Judge: judgeIdleAgain,
}

// idleWithin is how long after the last work a busy status is nobody's fault, in seconds.
const idleWithin = 30

func judgeIdleAgain(set *record.Set) []checks.Verdict {
	busy, idle, longest := 0, 0, 0.0
	for _, series := range reading.Polls(set) {
		b, i, span := busyAlone(series.Pings)
		busy, idle, longest = busy+b, idle+i, max(longest, span)
	}
	const want = "Healthy again once the work has ended"
	switch {
	case busy == 0:
		return []checks.Verdict{checks.DoesNotApply("the agent never said HealthyBusy")}
	case idle == 0 && !set.Terms.AsyncDeclared:
		return []checks.Verdict{checks.Found("always-busy", want, fmt.Sprintf("HealthyBusy in all of %d polls of the run", busy))}
	case longest > idleWithin:
		return []checks.Verdict{checks.Found("stays-busy", want, fmt.Sprintf("HealthyBusy for %.0f s after the last call had ended", longest))}
	}
	return []checks.Verdict{checks.Passed("HealthyBusy for at most %.0f s without a call, Healthy in %d polls", longest, idle)}
}

// busyAlone counts busy and other polls, and the longest stretch of HealthyBusy with no call begun or running.
func busyAlone(pings []record.Ping) (busy, idle int, longest float64) {
	var began *record.Ping
	for i := range pings {
		p := &pings[i]
		if !p.OK() {
			continue
		}
		if reading.StatusWord(*p) != reading.HealthyBusy {
			idle, began = idle+1, nil
			continue
		}
		busy++
		if p.InFlight > 0 || began != nil && began.Activity != p.Activity {
			began = nil
		}
		if began == nil && p.InFlight == 0 {
			began = p
		}
		if began != nil {
			longest = max(longest, p.Unix-began.Unix)
		}
	}
	return busy, idle, longest
}
