package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var stops = checks.Check{
	Clause: "LIFE-04", Needs: []record.Kind{record.KindStop}, Wants: []record.Kind{record.KindStopInFlight}, Judge: judgeStops,
}

// What the platform is seen to give a process, and what leaves time for a last flush. They count waiting, so they are not
// scaled.
const (
	stopLimit = record.Millis(15_000)
	stopAim   = record.Millis(10_000)
)

func judgeStops(set *record.Set) []checks.Verdict {
	idle, working := judgeIdleStop(set.Stop), judgeWorkingStops(set.StopInFlight)
	switch {
	case working.Reason != "" && idle.Reason != overLimit:
		working.Actual += "; idle: " + idle.Actual
		if idle.Outcome == checks.Pass {
			return []checks.Verdict{slowly(set, working)}
		}
		return []checks.Verdict{slowly(set, idle), slowly(set, working)}
	case working.Outcome == checks.Pass && idle.Outcome == checks.Pass:
		idle.Actual += "; " + working.Actual
		for name, value := range working.Measurements {
			idle = idle.Measuring(name, value)
		}
	}
	return []checks.Verdict{slowly(set, idle)}
}

const overLimit = "over-15s"

// slowly says where the engine's speed is no measure of the platform's.
func slowly(set *record.Set, v checks.Verdict) checks.Verdict {
	if slowed := reading.Slowed(set); slowed != "" && v.Outcome != checks.Untestable {
		v.Actual += "; " + slowed + " a stop proves little"
	}
	return v
}

func judgeIdleStop(s *record.Stop) checks.Verdict {
	actual := ending(s)
	const want = "ends by itself within 10 s of SIGTERM"
	switch {
	case s.Killed && s.Limit < stopAim:
		return checks.CannotTell("%s, and no longer was waited", actual)
	case late(s):
		return checks.Found(overLimit, want, actual)
	case s.Killed, s.ExitedAfter > stopAim:
		return checks.Found("over-10s", want, actual)
	case s.ExitedAfter <= 0:
		return checks.CannotTell("the end of the process was not seen")
	}
	return checks.Passed("%s", actual).Measuring("stop.ms", float64(s.ExitedAfter))
}

// late reports a process that the platform would have killed.
func late(s *record.Stop) bool {
	return s.Killed && s.Limit >= stopLimit || s.ExitedAfter > stopLimit
}

// ending is how a process ended.
func ending(s *record.Stop) string {
	if s.Killed {
		return "still running " + reading.Seconds(s.Limit) + " after SIGTERM"
	}
	return fmt.Sprintf("ended with code %d after %s", s.State.ExitCode, reading.Seconds(s.ExitedAfter))
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
