package ping

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var quick = checks.Check{Clause: "PING-09", Needs: []record.Kind{record.KindIdle}, Wants: reading.PingKinds, Judge: judgeQuick}

// The limits on computed work, native: answers past the first are slow, past the second they count as lost.
const (
	softLimit = record.Millis(1000)
	hardLimit = record.Millis(5000)
)

// leastPings is how many health checks a latency is told from.
const leastPings = 10

func judgeQuick(set *record.Set) []checks.Verdict {
	l := record.LatencyOf(set.Idle.Burst)
	if l.Count < leastPings {
		return []checks.Verdict{checks.CannotTell("only %d health checks were sent in a row", l.Count)}
	}
	v, bad := judgeLatency(set, set.Idle.Burst, l, limits{"slow", "very-slow", "health checks answered within a second"})
	if later := stalls(set); !bad && len(later) >= 2 {
		v, bad = checks.Found("very-slow", "health checks answered within a second, also later in the run", stallText(later)), true
	}
	if !bad {
		v = checks.Passed("%d health checks: median %s, p99 %s, slowest %s", l.Count,
			reading.Seconds(l.P50), reading.Seconds(l.P99), reading.Seconds(l.Max))
	}
	v = v.Measuring("ping.idle.count", float64(l.Count)).Measuring("ping.idle.p50Ms", float64(l.P50)).
		Measuring("ping.idle.p90Ms", float64(l.P90)).Measuring("ping.idle.p99Ms", float64(l.P99)).
		Measuring("ping.idle.maxMs", float64(l.Max)).Measuring("ping.idle.lagMaxMs", float64(l.MaxLag))
	return []checks.Verdict{v}
}

// limits names the reasons for passing the soft and the hard limit, and what was wanted.
type limits struct{ soft, hard, want string }

// judgeLatency rules on a series by the two limits, scaled. One slow answer is a hiccup of the machine: two of them
// count. Where the harness itself was late by a tenth of the limit, only what is over the limit without that lateness
// counts, and for the rest nothing can be said.
func judgeLatency(set *record.Set, pings []record.Ping, l record.Latency, lim limits) (checks.Verdict, bool) {
	soft, hard := softLimit*reading.Scale(set), hardLimit*reading.Scale(set)
	if over(pings, soft) < 2 {
		return checks.Verdict{}, false
	}
	excused := record.Millis(0)
	if l.MaxLag > soft/10 {
		excused = l.MaxLag
	}
	slow := over(pings, soft+excused)
	if slow < 2 {
		return checks.CannotTell("the harness itself sent health checks up to %s late: too busy a machine to judge latency",
			reading.Seconds(l.MaxLag)), true
	}
	actual := fmt.Sprintf("%d of %d took more than %s, the slowest %s (median %s)", slow, l.Count, reading.Seconds(soft),
		reading.Seconds(l.Max), reading.Seconds(l.P50))
	if over(pings, hard+excused) >= 2 {
		return checks.Found(lim.hard, lim.want, actual), true
	}
	return checks.Found(lim.soft, lim.want, actual), true
}

func over(pings []record.Ping, limit record.Millis) int {
	n := 0
	for _, p := range pings {
		if reading.Counts(p) && p.Lag+p.Took > limit {
			n++
		}
	}
	return n
}

// stalls are answered health checks past the hard limit, with no call beside them, at any time of the run: an agent may
// be quick at first and slow after an error. Lost ones are PING-11's.
func stalls(set *record.Set) []record.Ping {
	var out []record.Ping
	for _, series := range reading.AllPings(set) {
		for _, p := range series.Pings {
			if p.OK() && p.InFlight == 0 && p.Lag < softLimit && p.Took > hardLimit*reading.Scale(set) {
				out = append(out, p)
			}
		}
	}
	return out
}

func stallText(later []record.Ping) string {
	return fmt.Sprintf("quick at first, but %d later ones with no call beside them took more than 5 s, scaled: the first %s at %.1f s",
		len(later), reading.Seconds(later[0].Took), later[0].At.Seconds())
}
