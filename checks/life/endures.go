package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var endures = checks.Check{Clause: "LIFE-22", Needs: []record.Kind{record.KindCalls, record.KindLongSession}, Judge: judgeEndures}

func judgeEndures(set *record.Set) []checks.Verdict {
	l := set.LongSession
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	const want = "one process, healthy, from the first turn to the last"
	logs := checks.LogLines("last lines of the container", l.Logs)
	switch {
	case l.Boot.Cause != "" && !l.Boot.Ready && set.Boot != nil && set.Boot.Ready:
		return []checks.Verdict{checks.Found("not-ready-again", want, "a second container of the image never became ready: "+l.Boot.Detail, logs)}
	case !l.Boot.Ready:
		return []checks.Verdict{checks.CannotTell("the container never became ready")}
	}
	if how, ended := reading.Ended(l.Before, l.After); ended {
		return []checks.Verdict{checks.Found("restarted", want, fmt.Sprintf("%s after %s and %d turns", how, reading.Seconds(l.Lasted), len(l.Turns)), logs)}
	}
	good := 0
	for _, p := range l.Polls {
		if p.OK() {
			good++
		} else if reading.Counts(p) && !(p.Outcome == record.TimedOut && p.InFlight > 0) {
			return []checks.Verdict{checks.Found("unhealthy", want, fmt.Sprintf("a health check at %.0f s: %s", p.At.Seconds(), reading.SaysPing(p)), logs)}
		}
	}
	for i := range l.Turns {
		if i == 0 && l.Resumed {
			continue // the first turn of a resumed session is SES-08's
		}
		if x := &l.Turns[i]; reading.FateOf(x) != reading.NotSent && !reading.Success(x) {
			return []checks.Verdict{checks.Found("failed-turn", want, fmt.Sprintf("turn %d of %d: %s", i+1, len(l.Turns), reading.Says(x)), checks.Wire("the turn", x), logs)}
		}
	}
	if l.Lasted < l.Planned*0.95 || len(l.Turns) == 0 || good == 0 {
		return []checks.Verdict{checks.CannotTell("the session lasted %s of %s, with %d turns and %d health checks", reading.Seconds(l.Lasted), reading.Seconds(l.Planned), len(l.Turns), good)}
	}
	return []checks.Verdict{checks.Passed("%d turns and %d health checks in %s", len(l.Turns), good, reading.Seconds(l.Lasted)).
		Measuring("session.turns", float64(len(l.Turns))).Measuring("session.seconds", l.Lasted.Seconds())}
}
