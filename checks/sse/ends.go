package sse

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var ends = checks.Check{Clause: "SSE-06", Needs: needs, Wants: []record.Kind{record.KindModelFaults}, Judge: judgeEnds}

func judgeEnds(set *record.Set) []checks.Verdict {
	all := streams(set)
	if len(all) == 0 {
		return none(set)
	}
	ended := 0
	for _, x := range all {
		switch x.Outcome {
		case record.Answered:
			ended++
		case record.TimedOut:
			return []checks.Verdict{neverEnded(x).With(checks.Wire("the streamed answer", x))}
		}
	}
	if v, bad := endlessWithModel(set.ModelFaults); bad {
		return []checks.Verdict{v}
	}
	if ended == 0 {
		return []checks.Verdict{checks.CannotTell("no stream came to its end: %s", reading.Says(all[0]))}
	}
	return []checks.Verdict{checks.Passed("the stream ended by itself after %s", reading.Seconds(all[0].Took))}
}

// endlessWithModel rules on a stream that its agent forgot once its model had broken off.
func endlessWithModel(f *record.ModelFaults) (checks.Verdict, bool) {
	if f == nil {
		return checks.Verdict{}, false
	}
	for i := range f.Rounds {
		r := &f.Rounds[i]
		if !r.Forgotten() || !reading.Streams(&r.Call) {
			continue
		}
		all := events(r.Call.Events)
		if !stillTelling(all, r.Call.Took) {
			return checks.Found("endless-with-model", "the agent ends the stream when its model fails",
				fmt.Sprintf("the model failed (%s), the last of %d events came after %s, and no end within %s; nothing was asked of the model for the last %s",
					r.Fault, r.Call.Events.Count, reading.Seconds(all[len(all)-1].After), reading.Seconds(r.Call.Took), reading.Seconds(r.Silent)),
				checks.Wire("the stream whose model failed", &r.Call)), true
		}
	}
	return checks.Verdict{}, false
}

// neverEnded tells a stream that stays open from an answer that is merely longer than the patience of this run.
func neverEnded(x *record.Exchange) checks.Verdict {
	all := events(x.Events)
	if len(all) == 0 {
		return checks.CannotTell("not one event within %s: raise --invocation-timeout", reading.Seconds(x.Took))
	}
	if last := all[len(all)-1]; stillTelling(all, x.Took) {
		return checks.CannotTell("the answer was still coming when this run gave up after %s: raise --invocation-timeout (last event after %s)",
			reading.Seconds(x.Took), reading.Seconds(last.After))
	}
	return checks.Found("endless", "the agent ends the stream when the answer is complete",
		fmt.Sprintf("the last of %d events came after %s, and no end within %s", x.Events.Count,
			reading.Seconds(all[len(all)-1].After), reading.Seconds(x.Took)))
}

// stillTelling reports that new events came until shortly before the end. Heartbeats, which repeat themselves, tell
// nothing.
func stillTelling(all []record.Event, took record.Millis) bool {
	last := all[len(all)-1]
	if last.After < took*lateFirst {
		return false
	}
	for _, e := range all[max(0, len(all)-leastEvents):] {
		if e.Data != last.Data || e.Type != last.Type {
			return true
		}
	}
	return false
}
