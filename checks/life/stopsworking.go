package life

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// judgeWorkingStops rules on processes that SIGTERM met at work. What becomes of the work is no matter, for the platform
// cuts it without a word (LIFE-10). A process may use up its time to end it: 10 s are no aim here. Where nothing was
// played, the verdict is empty.
func judgeWorkingStops(s *record.StopInFlight) checks.Verdict {
	if s == nil || len(s.Rounds) == 0 {
		return checks.Verdict{}
	}
	var all, slow []string
	var evidence []checks.Evidence
	out := checks.Passed("")
	for i := range s.Rounds {
		r := &s.Rounds[i]
		all = append(all, told(r))
		switch {
		case !r.InFlight():
		case late(r.Stop):
			slow = append(slow, told(r))
			evidence = append(evidence, checks.Wire("the "+string(r.Work)+" in flight", &r.Call))
		case !r.Stop.Killed:
			out = out.Measuring(fmt.Sprintf("stop.%s.ms", r.Work), float64(r.Stop.ExitedAfter))
		}
	}
	if len(slow) > 0 {
		return checks.Found("over-15s-working", "ends by itself within 15 s of SIGTERM, whatever it works on", strings.Join(slow, "; "), evidence...)
	}
	out.Actual = strings.Join(all, "; ")
	return out
}

// told is what became of a process and of its work.
func told(r *record.StopRound) string {
	switch {
	case r.Untold != "":
		return fmt.Sprintf("not played with a %s in flight: %s", r.Work, r.Untold)
	case !r.InFlight():
		return fmt.Sprintf("not played with a %s in flight: it was over when SIGTERM came", r.Work)
	}
	return fmt.Sprintf("with a %s in flight that was to take %s: %s, the %s %s", r.Work, reading.Seconds(r.Asked), ending(r.Stop), r.Work, fate(&r.Call))
}

// fate is how the work ended.
func fate(x *record.Exchange) string {
	switch x.Outcome {
	case record.Answered:
		if x.Response != nil && x.Response.Framing == "close" {
			return "ended with its connection, which does not tell an end from a cut"
		}
		return "answered in full"
	case record.Truncated:
		return "cut"
	case record.Reset:
		return "dropped without an answer"
	case record.Abandoned:
		return "still open"
	}
	return "ended otherwise (" + string(x.Outcome) + ")"
}
