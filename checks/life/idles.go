package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var idles = checks.Check{Clause: "LIFE-02", Needs: []record.Kind{record.KindClean}, Wants: []record.Kind{record.KindLongSession, record.KindModel}, Judge: judgeIdles}

// judgeIdles looks at the container that nobody spoke to. One that insists on a declared variable was left alone a second
// time, with it.
func judgeIdles(set *record.Set) []checks.Verdict {
	c := set.Clean
	if !c.Boot.Ready && c.Declared != nil {
		c = c.Declared
	}
	if !c.Boot.Ready {
		return []checks.Verdict{checks.CannotTell("the container never became ready: %s", c.Boot.Detail)}
	}
	const want = "the process serves on when nobody speaks to it"
	if how, ended := reading.Ended(c.Boot.State, c.State); ended {
		return []checks.Verdict{checks.Found("exited-idle", want, fmt.Sprintf("%s while left alone for %s", how, reading.Seconds(c.Unpolled)),
			checks.LogLines("last lines of the container", c.Logs))}
	}
	switch {
	case c.Ping != nil && reading.Counts(*c.Ping) && !c.Ping.OK():
		return []checks.Verdict{checks.Found("unhealthy-idle", want, fmt.Sprintf("the health check after %s alone: %s", reading.Seconds(c.Unpolled), reading.SaysPing(*c.Ping)),
			checks.LogLines("last lines of the container", c.Logs))}
	case c.Ping == nil || !c.Ping.OK() || c.Unpolled == 0 || c.Unpolled < c.Planned*0.95:
		return []checks.Verdict{checks.CannotTell("the container was left alone for %s of %s", reading.Seconds(c.Unpolled), reading.Seconds(c.Planned))}
	}
	if lostWhileIdle(set, c) {
		return []checks.Verdict{checks.Found("call-lost-idle", "the first call after a while alone is served as on a fresh process",
			fmt.Sprintf("after %s alone: %s; on a process just started: %s", reading.Seconds(c.Unpolled), reading.Says(c.Call),
				reading.Says(&set.LongSession.Turns[0])), checks.Wire("the first call after a while alone", c.Call),
			checks.LogLines("last lines of the container", c.Logs))}
	}
	return []checks.Verdict{checks.Passed("served on after %s alone", reading.Seconds(c.Unpolled))}
}

// lostWhileIdle compares the first call of two fresh processes with the same environment: one was left alone before it,
// the other was not. A failure of the first alone is the idle time's.
func lostWhileIdle(set *record.Set, c *record.Clean) bool {
	l := set.LongSession
	if !alike(set, c) || l == nil || len(l.Turns) == 0 || !reading.Success(&l.Turns[0]) {
		return false
	}
	return reading.FateOf(c.Call) != reading.NotSent && !reading.Success(c.Call) && !reading.Busy(c.Call)
}

// alike reports that the container that was left alone had what the others had: neither declared variables nor a model
// that answers make the difference.
func alike(set *record.Set, c *record.Clean) bool {
	if set.Terms.Model == "real" || set.Model != nil && set.Model.Requests > 0 {
		return false
	}
	return c == set.Clean.Declared || len(set.Terms.Environment) == 0
}
