package ses

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var resumed = checks.Check{
	Clause: "SES-08", Needs: []record.Kind{record.KindCalls, record.KindLongSession},
	Wants: []record.Kind{record.KindKilled}, Judge: judgeResumed,
}

func judgeResumed(set *record.Set) []checks.Verdict {
	l := set.LongSession
	if set.Terms.Attached && !l.Resumed {
		return []checks.Verdict{checks.DoesNotApply("a server that already runs is not started anew, so no session can be resumed on it")}
	}
	if v, unanswered := reading.Unanswered(set); unanswered {
		return []checks.Verdict{v}
	}
	next, killed := judgeFresh(set), judgeKilled(set.Killed)
	switch {
	case killed.Reason != "" && next.Reason == "":
		return []checks.Verdict{killed}
	case killed.Outcome == checks.Pass && next.Outcome == checks.Pass:
		next.Actual += "; " + killed.Actual
	}
	return []checks.Verdict{next}
}

// judgeFresh rules on the session of a process that lives.
func judgeFresh(set *record.Set) checks.Verdict {
	l := set.LongSession
	switch {
	case !l.Resumed:
		return checks.CannotTell("no session that an earlier process served was resumed")
	case !l.Boot.Ready:
		return checks.CannotTell("the fresh process never became ready: %s", l.Boot.Detail)
	case len(l.Turns) == 0 || reading.FateOf(&l.Turns[0]) == reading.NotSent:
		return checks.CannotTell("no call was made on the fresh process")
	}
	first := &l.Turns[0]
	if reading.Success(first) {
		return checks.Passed("a fresh process serves a session that it has never seen: %s", reading.Says(first))
	}
	if reading.Busy(first) || failsOnEveryFreshProcess(set) {
		return checks.CannotTell("the first call of a fresh process is not served, whatever its session (%s): see PING-10", reading.Says(first))
	}
	reason := "not-served"
	if f := reading.FateOf(first); f == reading.Hung || f == reading.Broken || f == reading.Gone {
		reason = "no-answer"
	}
	return checks.Found(reason, "a session id of an earlier process is served like a new one", reading.Says(first),
		checks.Wire("the first call of the resumed session", first), checks.LogLines("last lines of the container", l.Logs))
}

// failsOnEveryFreshProcess reports that the first process failed its first call as well, on a session of its own, and
// that the second process served the resumed session later.
func failsOnEveryFreshProcess(set *record.Set) bool {
	if set.Boot == nil || reading.FateOf(set.Boot.First) != reading.Failed {
		return false
	}
	return slices.ContainsFunc(reading.SessionTurns(set.LongSession), func(t reading.SessionTurn) bool { return t.Success })
}
