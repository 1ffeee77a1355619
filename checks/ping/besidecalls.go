package ping

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var besideCalls = checks.Check{
	Clause: "PING-08", Needs: []record.Kind{record.KindCalls, record.KindIdle, record.KindInFlight}, Judge: judgeBesideCalls,
}

// leastCall is the shortest call beside which a health check means something.
const leastCall = record.Millis(1000)

// judgeBesideCalls asks first whether the delay of a health check tracks the call beside it, which shows a blocked event
// loop at any speed of the machine, and only then how long health checks took.
func judgeBesideCalls(set *record.Set) []checks.Verdict {
	f := set.InFlight
	var beside []record.Ping
	var blocked []*record.InFlightRound
	for i := range f.Rounds {
		r := &f.Rounds[i]
		beside = append(beside, pingsBeside(r)...)
		if blockedRound(r, idleMedian(set)) {
			blocked = append(blocked, r)
		}
	}
	l := record.LatencyOf(beside)
	v := judgeBeside(set, beside, blocked, l)
	if l.Count > 0 {
		v = v.Measuring("ping.busy.p50Ms", float64(l.P50)).Measuring("ping.busy.p99Ms", float64(l.P99)).Measuring("ping.busy.maxMs", float64(l.Max))
	}
	return []checks.Verdict{v.Measuring("ping.busy.longestCallMs", float64(f.Longest))}
}

func judgeBeside(set *record.Set, beside []record.Ping, blocked []*record.InFlightRound, l record.Latency) checks.Verdict {
	if p := firstBroken(beside); p != nil {
		return checks.Found("lost", "every health check beside a call answers 200", fmt.Sprintf("%s at %.1f s", reading.SaysPing(*p), p.At.Seconds()),
			rounds(set.InFlight))
	}
	const want = "health checks answered within a second while a call runs"
	if differ(blocked) {
		return checks.Found("blocked", want, blockedText(blocked), rounds(set.InFlight))
	}
	if v, bad := judgeLatency(set, beside, l, limits{"slow", "very-slow", want}); bad {
		return v.With(rounds(set.InFlight))
	}
	switch {
	case len(blocked) > 0:
		return checks.Found("blocked-once", want, blockedText(blocked), rounds(set.InFlight))
	case len(beside) > 0:
		return checks.Passed("%d health checks beside calls of up to %s: at most %s", l.Count, reading.Seconds(set.InFlight.Longest), reading.Seconds(l.Max))
	}
	return tooShort(set)
}

// tooShort says why nothing was seen: no answer at all, or answers that come at once.
func tooShort(set *record.Set) checks.Verdict {
	if v, none := reading.Unanswered(set); none {
		return v
	}
	quick, n := record.Millis(0), 0
	for _, r := range set.InFlight.Rounds {
		n += len(r.Pings)
		for _, p := range r.Pings {
			quick = max(quick, p.Lag+p.Took)
		}
	}
	return checks.Found("no-long-call", "a call that lasts a second, to send health checks beside",
		fmt.Sprintf("the longest call lasted %s; %d health checks around the calls took at most %s",
			reading.Seconds(set.InFlight.Longest), n, reading.Seconds(quick)))
}

// pingsBeside are the pings of a round that were sent while a call of a second or more ran.
func pingsBeside(r *record.InFlightRound) []record.Ping {
	var out []record.Ping
	for _, p := range r.Pings {
		for i := range r.Calls {
			c := &r.Calls[i]
			if c.Took >= leastCall && reading.Counts(p) && reading.Sent(p) > c.At && reading.Sent(p) < c.At+c.Took {
				out = append(out, p)
				break
			}
		}
	}
	return out
}

// firstBroken is the first health check that was answered with another status, or whose connection broke.
func firstBroken(pings []record.Ping) *record.Ping {
	for i, p := range pings {
		if !p.OK() && p.Outcome != record.TimedOut {
			return &pings[i]
		}
	}
	return nil
}

// rounds is evidence of what ran and how long health checks took beside it.
func rounds(f *record.InFlight) checks.Evidence {
	var lines []string
	for _, r := range f.Rounds {
		l := record.LatencyOf(pingsBeside(&r))
		for _, c := range r.Calls {
			lines = append(lines, fmt.Sprintf("call from %.2f s to %.2f s: %s", c.At.Seconds(), (c.At+c.Took).Seconds(), reading.Says(&c)))
		}
		lines = append(lines, fmt.Sprintf("  %d health checks beside: median %s, slowest %s", l.Count, reading.Seconds(l.P50), reading.Seconds(l.Max)))
	}
	return checks.Text("calls and the health checks beside them", lines...)
}
