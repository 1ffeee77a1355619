package ping

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var ready = checks.Check{
	Clause: "PING-10", Needs: []record.Kind{record.KindBoot, record.KindCalls}, Wants: []record.Kind{record.KindLongSession}, Judge: judgeReady,
}

// judgeReady blames the first call only where calls work later: what fails for good is not a matter of readiness.
func judgeReady(set *record.Set) []checks.Verdict {
	first := set.Boot.First
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if first == nil || reading.FateOf(first) == reading.NotSent {
		return []checks.Verdict{checks.CannotTell("no call was made right after readiness")}
	}
	if reading.HostDropped(set.Calls) {
		return []checks.Verdict{checks.CannotTell("the first call was dropped as every one with the platform's Host is: see NET-04")}
	}
	if tooEarly(first) {
		return []checks.Verdict{checks.Found("too-early", "the first call after the first healthy answer is served as later ones are",
			"first call: "+reading.Says(first)+"; later: "+reading.Says(reading.Happy(set.Calls)),
			checks.Wire("the first call", first), checks.Wire("a later call", reading.Happy(set.Calls)))}
	}
	if secondTime(set.Calls) {
		return []checks.Verdict{judgeFirst(set)}
	}
	return []checks.Verdict{checks.Passed("the first call was answered: %s", reading.Says(first))}
}

// judgeFirst rules on a first call that ended in a 5xx where the same body was served right after. It takes a second
// process that does so too: one call may fail for reasons of its moment.
func judgeFirst(set *record.Set) checks.Verdict {
	first, l := set.Boot.First, set.LongSession
	again := reading.Says(first) + "; the same body right after was served"
	switch {
	case l == nil || len(l.Turns) < 2 || !reading.Success(&l.Turns[1]) || set.Terms.Attached:
		return checks.CannotTell("the first call: %s. No second fresh process shows whether that is its habit", again)
	case reading.Success(&l.Turns[0]):
		return checks.Passed("the first call: %s. A second fresh process served its first call", again)
	case reading.FateOf(&l.Turns[0]) != reading.Failed:
		return checks.CannotTell("the first call: %s. That of a second fresh process: %s", again, reading.Says(&l.Turns[0]))
	}
	return checks.Found("first-call-fails", "the first call of a process is served as later ones are",
		"two fresh processes failed their first call and served the next; the first: "+reading.Says(first),
		checks.Wire("the first call of a process", first), checks.Wire("the first call of another", &l.Turns[0]), checks.Wire("its second", &l.Turns[1]))
}

// secondTime reports that the first body of the ladder ended in a 5xx, and was served when it was sent again.
func secondTime(c *record.Calls) bool {
	if len(c.Ladder) == 0 || reading.FateOf(&c.Ladder[0]) != reading.Failed {
		return false
	}
	name, _, _ := strings.Cut(c.Ladder[0].ID, "#")
	for i := range c.Ladder[1:] {
		x := &c.Ladder[1+i]
		if again, _, _ := strings.Cut(x.ID, "#"); again == name && reading.Success(x) {
			return true
		}
	}
	return false
}

// tooEarly reports an answer of an app that has not begun: the route missing, a gateway's excuse, no connection.
func tooEarly(x *record.Exchange) bool {
	switch x.Status() {
	case 404, 502, 503, 504:
		return true
	}
	f := reading.FateOf(x)
	return f == reading.Gone || f == reading.Broken
}
