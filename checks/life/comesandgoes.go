package life

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// gap is a time between two polls that said HealthyBusy in which other polls did not.
type gap struct {
	// from and to are the busy polls around it, seen the time between the first and the last poll within.
	from, to record.Ping
	seen     record.Millis
}

// most is the longest that the gap can have lasted.
func (g gap) most() record.Millis { return reading.End(g.to) - reading.Sent(g.from) }

// gaps are those of all polls that were answered well.
func gaps(pings []record.Ping) []gap {
	var out []gap
	var busy, first, last *record.Ping
	for i := range pings {
		p := &pings[i]
		switch {
		case !p.OK() || busy == nil && reading.StatusWord(*p) != reading.HealthyBusy:
		case reading.StatusWord(*p) != reading.HealthyBusy:
			if first == nil {
				first = p
			}
			last = p
		case first != nil:
			out = append(out, gap{from: *busy, to: *p, seen: reading.Sent(*last) - reading.Sent(*first)})
			busy, first = p, nil
		default:
			busy = p
		}
	}
	return out
}

// comesAndGoes rules on HealthyBusy that went away and came back. The first time, up to started, it may have been the mark of
// the call that began the job. After the time that the job was asked to take it may be the mark of another job.
func comesAndGoes(a *record.Async, started record.Millis) (checks.Verdict, bool) {
	var within []gap
	for i, g := range gaps(a.Pings) {
		began, over := i > 0 || reading.Sent(g.to) > started, a.Asked > 0 && reading.End(g.to) > a.Trigger.At+a.Asked
		if began && !over {
			within = append(within, g)
		}
	}
	if len(within) == 0 {
		return checks.Verdict{}, false
	}
	longest := slices.MaxFunc(within, func(a, b gap) int { return cmp.Compare(a.most(), b.most()) })
	seen := fmt.Sprintf("HealthyBusy in %d stretches; the longest gap between two lasted %s to %s", len(within)+1,
		reading.Seconds(longest.seen), reading.Seconds(longest.most()))
	around := checks.Text("the health checks around the longest gap", pollLine(longest.from), pollLine(longest.to))
	const want = "HealthyBusy from the job's begin to its end"
	v := checks.Found("came-back", want, seen+"; how long the job was to take is not known", around)
	if a.Asked > 0 {
		v = checks.Found("comes-and-goes", want, fmt.Sprintf("%s, within a job of %s", seen, reading.Seconds(a.Asked)), around)
	}
	return v.Measuring("life.longestGapMs", float64(longest.most())), true
}

func pollLine(p record.Ping) string { return fmt.Sprintf("at %.1f s: %s", p.At.Seconds(), p.Body) }
