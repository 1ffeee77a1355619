package ping

import (
	"fmt"
	"math"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var stamp = checks.Check{Clause: "PING-04", Needs: []record.Kind{record.KindIdle}, Wants: busyKinds, Judge: judgeStamp}

// How far a stamp may lie before the start of the container and after now, in seconds.
const (
	stampBefore = 300
	stampAhead  = 60
)

func judgeStamp(set *record.Set) []checks.Verdict {
	seen := 0
	if len(idleOK(set)) == 0 {
		return []checks.Verdict{noGoodPing}
	}
	for _, p := range allOK(set) {
		s := reading.Stamp(p)
		if !s.Exists() || s.Type == gjson.Null {
			continue
		}
		seen++
		if reason, actual := stampFault(set, p, s); reason != "" {
			return []checks.Verdict{checks.Found(reason, "Unix time in whole seconds, as a JSON number", actual,
				checks.Text("body", p.Body), reading.ReaperLines(reading.Reaped(set)))}
		}
	}
	if seen == 0 {
		return []checks.Verdict{checks.DoesNotApply("no answer carries time_of_last_update")}
	}
	return []checks.Verdict{checks.Passed("whole seconds near the present in %d answers", seen)}
}

func stampFault(set *record.Set, p record.Ping, s gjson.Result) (reason, actual string) {
	actual = "time_of_last_update: " + reading.Quote(s.Raw)
	switch {
	case s.Type != gjson.Number:
		return "not-a-number", actual
	case math.Abs(s.Num) > reading.MilliBorder:
		return "milliseconds", actual
	case s.Num != math.Trunc(s.Num):
		return "fraction", actual
	case s.Num > p.Unix+stampAhead:
		return "far-off", fmt.Sprintf("%s, %.0f s ahead of the clock", actual, s.Num-p.Unix)
	case !set.Terms.Attached && set.Idle.Epoch > 0 && s.Num < set.Idle.Epoch-stampBefore:
		return "far-off", fmt.Sprintf("%s, %.0f s before the container's start", actual, set.Idle.Epoch-s.Num)
	}
	return "", ""
}
