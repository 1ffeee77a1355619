package life

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var sessionNeeds = []record.Kind{record.KindLongSession}

var (
	memoryTrend   = checks.Check{Clause: "LIFE-19", Needs: sessionNeeds, Judge: judgeMemoryTrend}
	processTrend  = checks.Check{Clause: "LIFE-20", Needs: sessionNeeds, Judge: judgeProcessTrend}
	slowdownTrend = checks.Check{Clause: "LIFE-21", Needs: sessionNeeds, Judge: judgeSlowdown}
)

// noTrend ends a note: the figures are shown, and nothing is concluded.
const noTrend = "no trend is told from it"

// judgeMemoryTrend shows the figures without a verdict: a session lane of seconds or minutes says nothing about 8 hours.
func judgeMemoryTrend(set *record.Set) []checks.Verdict {
	s := set.LongSession.Samples
	if len(s) < 2 {
		return []checks.Verdict{checks.Remark("the engine showed no memory figures over the session")}
	}
	first, last := s[0], s[len(s)-1]
	return []checks.Verdict{checks.Remark("the working set went from %.0f to %.0f MB over %s and %d turns; %s", float64(first.Memory)/1e6,
		float64(last.Memory)/1e6, reading.Seconds(last.At-first.At), len(reading.SessionTurns(set.LongSession)), noTrend).
		Measuring("session.memoryFirstBytes", float64(first.Memory)).Measuring("session.memoryLastBytes", float64(last.Memory))}
}

func judgeProcessTrend(set *record.Set) []checks.Verdict {
	s := set.LongSession.Samples
	if len(s) < 2 || s[0].PIDs == 0 {
		return []checks.Verdict{checks.Remark("the engine showed no process figures over the session")}
	}
	first, last := s[0], s[len(s)-1]
	return []checks.Verdict{checks.Remark("threads and processes went from %d to %d over %s; %s", first.PIDs, last.PIDs, reading.Seconds(last.At-first.At), noTrend)}
}

// leastTurns is how many turns the two halves of a session are compared from.
const leastTurns = 4

func judgeSlowdown(set *record.Set) []checks.Verdict {
	var took []record.Millis
	for _, t := range reading.SessionTurns(set.LongSession) {
		if t.Success {
			took = append(took, t.Call.Took)
		}
	}
	if len(took) < leastTurns {
		return []checks.Verdict{checks.Remark("%d turns were served in the session; %s", len(took), noTrend)}
	}
	early, late := middle(took[:len(took)/2]), middle(took[len(took)/2:])
	return []checks.Verdict{checks.Remark("%s", fmt.Sprintf("the median turn took %s in the first half and %s in the second, %d turns in all; %s",
		reading.Seconds(early), reading.Seconds(late), len(took), noTrend)).
		Measuring("session.turnEarlyMs", float64(early)).Measuring("session.turnLateMs", float64(late))}
}

func middle(values []record.Millis) record.Millis {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
