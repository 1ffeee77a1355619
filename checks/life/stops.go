package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var stops = checks.Check{Clause: "LIFE-04", Needs: []record.Kind{record.KindStop}, Judge: judgeStops}

// What the platform is seen to give a process, and what leaves time for a last flush. They count waiting, so they are not
// scaled.
const (
	stopLimit = record.Millis(15_000)
	stopAim   = record.Millis(10_000)
)

func judgeStops(set *record.Set) []checks.Verdict {
	s := set.Stop
	actual := fmt.Sprintf("ended with code %d after %s", s.State.ExitCode, reading.Seconds(s.ExitedAfter))
	if s.Killed {
		actual = "still running " + reading.Seconds(s.Limit) + " after SIGTERM"
	}
	if slowed := reading.Slowed(set); slowed != "" {
		actual += "; " + slowed + " a stop proves little"
	}
	const want = "ends by itself within 10 s of SIGTERM"
	switch {
	case s.Killed && s.Limit < stopAim:
		return []checks.Verdict{checks.CannotTell("%s, and no longer was waited", actual)}
	case s.Killed && s.Limit >= stopLimit, s.ExitedAfter > stopLimit:
		return []checks.Verdict{checks.Found("over-15s", want, actual)}
	case s.Killed, s.ExitedAfter > stopAim:
		return []checks.Verdict{checks.Found("over-10s", want, actual)}
	case s.ExitedAfter <= 0:
		return []checks.Verdict{checks.CannotTell("the end of the process was not seen")}
	}
	return []checks.Verdict{checks.Passed("%s", actual).Measuring("stop.ms", float64(s.ExitedAfter))}
}

var signal = checks.Check{Clause: "LIFE-05", Needs: []record.Kind{record.KindStop}, Wants: []record.Kind{record.KindImage}, Judge: judgeSignal}

func judgeSignal(set *record.Set) []checks.Verdict {
	s := set.Stop
	switch {
	case s.Killed && set.Image != nil && set.Image.ShellForm:
		return []checks.Verdict{checks.Found("swallowed-by-shell", "PID 1 handles SIGTERM", "the command is in shell form, and SIGTERM did not end it")}
	case s.Killed:
		return []checks.Verdict{checks.Found("not-handled", "PID 1 handles SIGTERM", "SIGTERM did not end the process")}
	case s.ExitedAfter <= 0:
		return []checks.Verdict{checks.CannotTell("the end of the process was not seen")}
	}
	return []checks.Verdict{checks.Passed("SIGTERM ended the process")}
}
