package ping

import (
	"fmt"
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
// are answered one after another once the call is over, which takes a busy machine a while: emulated frameworks were seen to
// need a ninth of the call for that on a quiet one. Health checks that take the same time beside every call never look
// blocked beside two calls of which one is twice as long.
const (
	beforeCallEnd = 0.15
	afterCallEnd  = 0.4
)

// leastDiffer is the ratio from which two call lengths are two.
const leastDiffer = 1.25

// blockedRound reports that the health checks sent during a call ended only with a call, and that health checks are much
// faster than the calls when the agent is idle.
func blockedRound(r *record.InFlightRound, idle record.Millis) bool {
	telling, blocked := 0, 0
	for _, p := range r.Pings {
		if !reading.Counts(p) {
			continue
		}
		for i := range r.Calls {
			c := &r.Calls[i]
			if c.Took < leastCall || idle > c.Took/10 {
				continue
			}
			at := float64(reading.Sent(p)-c.At) / float64(c.Took)
			if at < tellingFrom || at > tellingTo {
				continue
			}
			telling++
			if endsWithCall(p, r.Calls) {
				blocked++
			}
			break
		}
	}
	return blocked >= 2 && blocked*3 >= telling*2
}

// endsWithCall reports that a health check ended when one of the calls that ran when it was sent did, or as one of those
// that had waited for that.
func endsWithCall(p record.Ping, calls []record.Exchange) bool {
	for _, c := range calls {
		end := c.At + c.Took
		from, to := end-c.Took*beforeCallEnd, end+c.Took*afterCallEnd
		if reading.Sent(p) > c.At && reading.Sent(p) < from && reading.End(p) >= from && reading.End(p) <= to {
			return true
		}
	}
	return false
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
