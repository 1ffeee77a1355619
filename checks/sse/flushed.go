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
	// unpacedCall and pacedCall are the shortest calls that can be judged, without and with a known pace.
	unpacedCall = record.Millis(2000)
	pacedCall   = record.Millis(500)
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
	v := judgePace(x, set.Stream.Paced && x == set.Stream.Call)
	if s := x.Events; len(s.Events) > 0 {
		v = v.Measuring("sse.firstEventMs", float64(s.Events[0].After)).Measuring("sse.tookMs", float64(x.Took))
	}
	return []checks.Verdict{v}
}

func judgePace(x *record.Exchange, paced bool) checks.Verdict {
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
	case paced && x.Took < pacedCall, !paced && x.Took < unpacedCall:
		return checks.Remark("over too soon to see a pace in: %s", seen)
	case atEnd && paced:
		return checks.Found("buffered", want, seen, checks.Wire("the streamed answer", x))
	case atEnd && last-first < flushedSpread:
		return checks.Found("all-at-the-end", want, seen, checks.Wire("the streamed answer", x))
	}
	return checks.Passed("%s", seen)
}
