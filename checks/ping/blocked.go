package ping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The part of a call in which a health check is telling: later ones end beside the call by chance, earlier ones may
// slip in before the handler begins. Fractions of the call.
const (
	tellingFrom = 0.1
	tellingTo   = 0.6
)

// How far before and after the end of its call a blocked health check may end, as fractions of the call. Those that waited
// are answered one after another once the call is over: emulated frameworks were seen to need a ninth of the call for that
// on a quiet machine and more than half of it on a busy one.
const (
	beforeCallEnd = 0.15
	afterCallEnd  = 1
)

// mostSpread is how far apart health checks that waited for the same call may end, as a fraction of how far apart they were
// sent. Those that merely take their time end as far apart as they were sent.
const mostSpread = 0.7

// leastDiffer is the ratio from which two call lengths are two.
const leastDiffer = 1.25

// blockedRound reports that the health checks sent during a call ended only with a call, and that health checks are much
// faster than the calls when the agent is idle.
func blockedRound(r *record.InFlightRound, idle record.Millis) bool {
	telling, waited := 0, make([][]record.Ping, len(r.Calls))
	for _, p := range r.Pings {
		if !tells(p, r.Calls, idle) {
			continue
		}
		telling++
		if i, ok := endedWith(p, r.Calls); ok {
			waited[i] = append(waited[i], p)
		}
	}
	blocked := 0
	for _, pings := range waited {
		if together(pings) {
			blocked += len(pings)
		}
	}
	return blocked >= 2 && blocked*3 >= telling*2
}

// tells reports that a health check was sent in the telling part of a call.
func tells(p record.Ping, calls []record.Exchange, idle record.Millis) bool {
	if !reading.Counts(p) {
		return false
	}
	return slices.ContainsFunc(calls, func(c record.Exchange) bool {
		at := float64(reading.Sent(p)-c.At) / float64(c.Took)
		return c.Took >= leastCall && idle <= c.Took/10 && at >= tellingFrom && at <= tellingTo
	})
}

// endedWith is the call that ran when a health check was sent and near whose end it ended, the nearest of several.
func endedWith(p record.Ping, calls []record.Exchange) (nearest int, ok bool) {
	var least record.Millis
	for i, c := range calls {
		end := c.At + c.Took
		from, to := end-c.Took*beforeCallEnd, end+c.Took*afterCallEnd
		if reading.Sent(p) <= c.At || reading.Sent(p) >= from || reading.End(p) < from || reading.End(p) > to {
			continue
		}
		if away := max(reading.End(p)-end, end-reading.End(p)); !ok || away < least {
			nearest, least, ok = i, away, true
		}
	}
	return nearest, ok
}

// together reports that health checks ended together although they were sent apart.
func together(pings []record.Ping) bool {
	if len(pings) == 0 {
		return false
	}
	spread := func(of func(record.Ping) record.Millis) record.Millis {
		first, last := of(pings[0]), of(pings[0])
		for _, p := range pings {
			first, last = min(first, of(p)), max(last, of(p))
		}
		return last - first
	}
	return spread(reading.End) <= spread(reading.Sent)*mostSpread
}

// idleMedian is how long a health check takes on an idle agent.
func idleMedian(set *record.Set) record.Millis {
	l := record.LatencyOf(set.Idle.Burst)
	if l.Count == 0 {
		l = record.LatencyOf(set.Idle.Poll)
	}
	return l.P50
}

// differ reports that rounds of two different call lengths are among the blocked.
func differ(blocked []*record.InFlightRound) bool {
	if len(blocked) < 2 {
		return false
	}
	short, long := longest(blocked[0]), longest(blocked[0])
	for _, r := range blocked {
		short, long = min(short, longest(r)), max(long, longest(r))
	}
	return long >= short*leastDiffer
}

func longest(r *record.InFlightRound) record.Millis {
	var most record.Millis
	for _, c := range r.Calls {
		most = max(most, c.Took)
	}
	return most
}

func blockedText(blocked []*record.InFlightRound) string {
	var waits []string
	for _, r := range blocked {
		waits = append(waits, fmt.Sprintf("%s beside a call of %s", reading.Seconds(record.LatencyOf(pingsBeside(r)).Max), reading.Seconds(longest(r))))
	}
	return "health checks waited for the end of the call beside them: " + strings.Join(waits, "; ")
}
