package reports

import (
	"fmt"
	"math"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// htmlLatency is a histogram of one kind of latency.
type htmlLatency struct {
	Name, Summary string
	Bins          []htmlBin
}

// htmlBin is one step of a histogram. Width is its bar's length in percent of the longest.
type htmlBin struct {
	Range string
	Count int
	Width string
}

// leastSeries is the number of values below which a list of them is no histogram.
const leastSeries = 5

// latenciesOf are the histograms of all series that are long enough: health checks, and the calls of sessions.
func latenciesOf(set *record.Set) []htmlLatency {
	if set == nil {
		return nil
	}
	var out []htmlLatency
	for _, s := range reading.AllPings(set) {
		out = addLatency(out, "health checks: "+s.Name, s.Pings)
	}
	if set.LongSession != nil {
		var turns []record.Ping
		for _, t := range reading.SessionTurns(set.LongSession) {
			turns = append(turns, timed(t.Call))
		}
		out = addLatency(out, "calls: turns of the long session", turns)
	}
	if set.Sessions != nil {
		for n, r := range set.Sessions.Rounds {
			var calls []record.Ping
			for i := range r.Turns {
				calls = append(calls, timed(&r.Turns[i].Call))
			}
			out = addLatency(out, fmt.Sprintf("calls: %d sessions, %s, round %d", r.Sessions, htmlLine(r.Mode), n+1), calls)
		}
	}
	return out
}

// timed is a call with the times of a health check: both are measured alike.
func timed(x *record.Exchange) record.Ping {
	return record.Ping{At: x.At, Took: x.Took, Outcome: x.Outcome}
}

func addLatency(out []htmlLatency, name string, pings []record.Ping) []htmlLatency {
	l := record.LatencyOf(pings)
	if l.Count < leastSeries || len(out) >= mostLines {
		return out
	}
	ms := func(m record.Millis) string { return millisText(float64(m)) }
	return append(out, htmlLatency{
		Name: name, Bins: binsOf(pings),
		Summary: fmt.Sprintf("%d in all, median %s, p90 %s, p99 %s, slowest %s", l.Count, ms(l.P50), ms(l.P90), ms(l.P99), ms(l.Max)),
	})
}

// binsOf sorts values into steps of 1, 2, 5, 10 …, as wide as what they hold is long: a histogram that shows a tail. The steps
// go from the one of the fastest to that of the slowest, those that nothing fell into among them.
func binsOf(pings []record.Ping) []htmlBin {
	count := map[int]int{}
	first, last, most := math.MaxInt, math.MinInt, 0
	for _, p := range pings {
		if !reading.Counts(p) {
			continue
		}
		i := stepOf(float64(p.Lag + p.Took))
		count[i]++
		first, last, most = min(first, i), max(last, i), max(most, count[i])
	}
	var out []htmlBin
	for i := first; i <= last && most > 0; i++ {
		out = append(out, htmlBin{
			Range: rangeText(i), Count: count[i],
			Width: fmt.Sprintf("%.1f%%", 100*float64(count[i])/float64(most)),
		})
	}
	return out
}

// leastStep and mostStep bound the steps: what is faster than the end of the first, or slower than the begin of the last, is
// in them.
const leastStep, mostStep = -3, 22

func rangeText(i int) string {
	switch i {
	case leastStep:
		return "below " + millisText(stepBegin(i+1))
	case mostStep:
		return millisText(stepBegin(i)) + " and more"
	}
	return millisText(stepBegin(i)) + " to " + millisText(stepBegin(i+1))
}

// stepBegin is the begin of step i in milliseconds: 1, 2, 5, 10 from 0 on.
func stepBegin(i int) float64 {
	tens := math.Floor(float64(i) / 3)
	return []float64{1, 2, 5}[i-3*int(tens)] * math.Pow(10, tens)
}

// stepOf is the step that a time in milliseconds falls into.
func stepOf(ms float64) int {
	i := leastStep
	for i < mostStep && ms >= stepBegin(i+1) {
		i++
	}
	return i
}
