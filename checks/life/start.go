package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var start = checks.Check{Clause: "LIFE-01", Needs: []record.Kind{record.KindBoot}, Judge: judgeStart}

const (
	startLimit = reading.StartLimit
	startAim   = reading.StartAim
)

// judgeStart carries the fault of a container that never became ready only where no other clause does.
func judgeStart(set *record.Set) []checks.Verdict {
	b := set.Boot
	if b.Ready {
		return started(set)
	}
	switch blame := reading.Blame(set); {
	case blame == "":
		return []checks.Verdict{checks.CannotTell("never ready, and it was not found out why: %s", b.Detail)}
	case blame != "LIFE-01":
		return []checks.Verdict{checks.CannotTell("never ready, as a consequence of %s: %s", blame, b.Detail).
			With(checks.LogLines("last lines of the container", b.Logs))}
	case b.Cause == record.TooSlow && reading.Slowed(set) != "" && b.Limit < startLimit*reading.Scale(set):
		return []checks.Verdict{checks.CannotTell("still starting after %s %s, which is %.1f times slower: test on arm64 hardware, or speed up the start",
			reading.Seconds(b.Limit), reading.Slowed(set), set.Terms.TimeScale)}
	}
	return []checks.Verdict{checks.Found(neverReady(b.Cause), "ready within 120 s of the container's start", b.Detail,
		checks.LogLines("last lines of the container", b.Logs), checks.Wire("last readiness probe", b.Last))}
}

func neverReady(cause record.NeverReady) string {
	switch cause {
	case record.ProcessExited:
		return "exited"
	case record.CannotStart:
		return "cannot-start"
	case record.Hung:
		return "hung"
	case record.AnswersBadly:
		return "bad-answer"
	}
	return "too-slow"
}

// started rules on how long it took. A raw time above the platform's limit that emulation or a quota explains is not
// judged.
func started(set *record.Set) []checks.Verdict {
	b, scale := set.Boot, reading.Scale(set)
	actual := fmt.Sprintf("ready after %s", reading.Seconds(b.ReadyAfter))
	if scale > 1 {
		actual += fmt.Sprintf(", measured %.1f times slower than native", float64(scale))
	}
	all := startsSeen(set)
	actual += all.say()
	var out []checks.Verdict
	switch {
	case b.ReadyAfter > startLimit*scale:
		out = append(out, checks.Found("too-slow", "ready within 120 s of the container's start", actual, checks.LogLines("last lines of the container", b.Logs)))
	case b.ReadyAfter > startAim*scale:
		out = append(out, checks.Found("slow-start", "ready within 30 s", actual))
	}
	if reading.Slowed(set) != "" && b.ReadyAfter > startLimit && b.ReadyAfter <= startLimit*scale {
		out = append(out, checks.Found("time-not-judged", "ready within 120 s natively", actual))
	}
	if v, again := all.slowAgain(b.ReadyAfter, scale); again {
		out = append(out, v)
	}
	if len(out) == 0 {
		out = append(out, checks.Passed("%s", actual))
	}
	out[0] = all.show(out[0]).Measuring("boot.readyMs", float64(b.ReadyAfter)).Measuring("boot.firstListenMs", float64(b.FirstListen))
	return out
}
