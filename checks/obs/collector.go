package obs

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var collector = checks.Check{
	Clause: "OBS-05", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindModel, record.KindCalls, record.KindLongSession}, Judge: judgeCollector,
}

// What a closed collector may cost a turn: nothing, but the machine is busier beside it than in the first calls. Even the
// quicker turns must have cost that.
const (
	slowerBy = 3
	slack    = record.Millis(3000)
)

// judgeCollector compares the turns of the container whose collector was closed with the calls of the one whose was open.
func judgeCollector(set *record.Set) []checks.Verdict {
	s := exported(set)
	if s == nil {
		return []checks.Verdict{checks.Remark("nothing was exported to the collector of this run, so none was waited for; LIFE-09 shows a start without a network")}
	}
	if set.Calls == nil || set.LongSession == nil {
		return []checks.Verdict{checks.Remark("%d spans came to an open collector; a closed one was not played", s.Spans)}
	}
	var with, without []record.Millis
	for _, x := range reading.Answers(set.Calls) {
		if reading.Success(x) {
			with = append(with, x.Took)
		}
	}
	for _, t := range reading.SessionTurns(set.LongSession) {
		if t.Success {
			without = append(without, t.Call.Took)
		}
	}
	if len(with) == 0 || len(without) == 0 {
		return []checks.Verdict{checks.CannotTell("no calls to compare, with the collector open and closed")}
	}
	open, closed := quantile(with, 2), quantile(without, 4)
	if closed > open*slowerBy+slack {
		return []checks.Verdict{checks.Found("stalls", "calls as quick with a closed collector as with an open one",
			"a call takes "+reading.Seconds(open)+" with an open collector, three of four at least "+reading.Seconds(closed)+" with a closed one",
			checks.Wire("a call with a closed collector", &set.LongSession.Turns[0]))}
	}
	return []checks.Verdict{checks.Passed("a call takes %s with an open collector, %s with a closed one", reading.Seconds(open), reading.Seconds(closed))}
}

// quantile is the value below which one part in so many lies.
func quantile(all []record.Millis, parts int) record.Millis {
	slices.Sort(all)
	return all[len(all)/parts]
}
