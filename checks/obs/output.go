package obs

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var output = checks.Check{Clause: "OBS-01", Needs: []record.Kind{record.KindBoot, record.KindCalls}, Judge: judgeOutput}

// judgeOutput counts lines at start, during calls and in all. A container that logs its start and nothing more still has
// a log to look at; Go and Java samples that write nothing at all get a warning, never more.
func judgeOutput(set *record.Set) []checks.Verdict {
	if set.Terms.Attached {
		return []checks.Verdict{checks.DoesNotApply("the output of a server that already runs is not seen here")}
	}
	calls, total := set.Calls.LogLines, set.Boot.Logs.TotalLines
	if set.End != nil {
		total = max(total, set.End.Logs.TotalLines)
	}
	switch {
	case calls > 0:
		return []checks.Verdict{checks.Passed("%d lines of output during the first calls", calls)}
	case total > 0:
		return []checks.Verdict{checks.Passed("%d lines of output, though none during the first calls", total)}
	case calls < 0 || total < 0:
		return []checks.Verdict{checks.CannotTell("the engine does not show the container's output")}
	case reading.FateOf(reading.Happy(set.Calls)) == reading.NotSent:
		return []checks.Verdict{checks.CannotTell("no call was made that could have been logged")}
	}
	return []checks.Verdict{checks.Found("silent", "something on stdout or stderr after a start and a call", "not one line")}
}
