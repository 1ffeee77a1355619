package sse

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var flushed = checks.Check{Clause: "SSE-05", Needs: needs, Judge: judgeFlushed}

// What it takes to speak of buffering.
const (
	// leastEvents is how many events a pace shows in.
	leastEvents = 3
	// lateFirst is the part of a call after which its first event is at the end.
	lateFirst = 0.8
	// unpacedCall is the shortest call that can be judged without a known pace.
	unpacedCall = record.Millis(2000)
	// flushedSpread is the time between first and last event that no single write can explain: an agent that thinks for
	// long and then streams is late, but not buffered.
	flushedSpread = record.Millis(500)
)

func judgeFlushed(set *record.Set) []checks.Verdict {
	x := set.Stream.Call
	if !streamed(x) {
		if all := streams(set); len(all) > 0 {
			x = all[0]
		} else {
			return none(set)
		}
	}
	v := judgePace(x)
	if all := spoken(set.Stream.Model); set.Stream.Paced && len(all) > 0 && x == set.Stream.Call {
		v = judgeFollows(x, all)
		if slow := set.Stream.Slower; v.Reason == "buffered" && slow != nil && streamed(&slow.Call) && len(spoken(slow.Model)) > 0 {
			v = judgeFollows(&slow.Call, spoken(slow.Model))
		}
	}
	if s := x.Events; len(s.Events) > 0 {
		v = v.Measuring("sse.firstEventMs", float64(s.Events[0].After)).Measuring("sse.tookMs", float64(x.Took))
	}
	return []checks.Verdict{v}
}

func judgePace(x *record.Exchange) checks.Verdict {
	all := events(x.Events)
	if len(all) < leastEvents {
		return checks.Remark("%d events are too few to see a pace in", len(all))
	}
	first, last := all[0].After, all[len(all)-1].After
	seen := fmt.Sprintf("%d events, the first after %s, the last after %s of %s", x.Events.Count,
		reading.Seconds(first), reading.Seconds(last), reading.Seconds(x.Took))
	atEnd := first > x.Took*lateFirst
	const want = "events arrive as they are produced"
	switch {
	case x.Took < unpacedCall:
		return checks.Remark("over too soon to see a pace in: %s", seen)
	case atEnd && last-first < flushedSpread:
		return checks.Found("all-at-the-end", want, seen, checks.Wire("the streamed answer", x))
	}
	return checks.Passed("%s", seen)
}

// spoken are the model's answers that came in tokens. Which of them is the agent's is not known: some ask for a plan before
// it, others for a title behind it.
func spoken(all []record.ModelRequest) []*record.ModelRequest {
	var out []*record.ModelRequest
	for i := range all {
		if all[i].Spoke() {
			out = append(out, &all[i])
		}
	}
	return out
}

// judgeFollows holds the events against the tokens of the model: those that come before its last one were sent while it
// spoke. How many that are is the framework's business, for some pass on sentences.
func judgeFollows(x *record.Exchange, all []*record.ModelRequest) checks.Verdict {
	seen := ""
	for _, q := range all {
		during := x.EventsDuring(q)
		seen = fmt.Sprintf("the model spoke from %s to %s, %d of %d events came meanwhile",
			reading.Seconds(q.At+q.FirstToken-x.At), reading.Seconds(q.At+q.LastToken-x.At), during, x.Events.Count)
		if during > 0 {
			return checks.Passed("%s", seen)
		}
	}
	if x.Events.Count < leastEvents {
		return checks.Remark("%s: too few to see a pace in", seen)
	}
	return checks.Found("buffered", "events follow the model's tokens", seen, checks.Wire("the streamed answer", x))
}
