package life

import (
	"fmt"
	"slices"

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
	logs := checks.LogLines("last lines of the container", l.Logs)
	switch {
	case l.Boot.Cause != "" && !l.Boot.Ready && set.Boot != nil && set.Boot.Ready:
		return []checks.Verdict{checks.Found("not-ready-again", endured, "a second container of the image never became ready: "+l.Boot.Detail, logs)}
	case !l.Boot.Ready:
		return []checks.Verdict{checks.CannotTell("the container never became ready")}
	}
	breaches := slices.Concat(endedEarly(l), badPolls(l), badTurns(l))
	for _, b := range breaches {
		if provoked(l, b.at) == "" {
			return []checks.Verdict{checks.Found(b.reason, endured, b.actual, append(b.evidence, logs)...)}
		}
	}
	if len(breaches) > 0 { // left to the clauses of what was provoked on purpose
		b := breaches[0]
		return []checks.Verdict{checks.CannotTell("%s, %s", b.actual, provoked(l, b.at)).With(b.evidence...)}
	}
	return []checks.Verdict{enduredFor(l)}
}

const endured = "one process, healthy, from the first turn to the last"

// breach is what broke in a session, and when.
type breach struct {
	reason, actual string
	at             record.Millis
	evidence       []checks.Evidence
}

func endedEarly(l *record.LongSession) []breach {
	how, ended := reading.Ended(l.Before, l.After)
	if !ended {
		return nil
	}
	return []breach{{reason: "restarted", at: l.After.At, actual: fmt.Sprintf("%s after %s and %d turns", how, reading.Span(l.Lasted), len(reading.SessionTurns(l)))}}
}

func badPolls(l *record.LongSession) (out []breach) {
	for _, p := range l.Polls {
		if !p.OK() && reading.Counts(p) && !(p.Outcome == record.TimedOut && p.InFlight > 0) {
			out = append(out, breach{reason: "unhealthy", at: p.At, actual: fmt.Sprintf("a health check at %.0f s: %s", p.At.Seconds(), reading.SaysPing(p))})
		}
	}
	return out
}

// badTurns leaves out the first turn of a resumed session, which is SES-08's, and those that were not sent.
func badTurns(l *record.LongSession) (out []breach) {
	turns := reading.SessionTurns(l)
	for _, t := range turns {
		x := t.Call
		if t.Success || t.Number == 1 && l.Resumed || reading.FateOf(x) == reading.NotSent || besideGuest(l, x) {
			continue
		}
		b := breach{reason: "failed-turn", at: x.At, actual: fmt.Sprintf("turn %d of %d: %s", t.Number, len(turns), reading.Says(x))}
		if x.ID != "" {
			b.evidence = []checks.Evidence{checks.Wire("the turn", x)}
		}
		out = append(out, b)
	}
	return out
}

// enduredFor rules on a session in which nothing broke: how much of it there was decides.
func enduredFor(l *record.LongSession) checks.Verdict {
	good := 0
	for _, p := range l.Polls {
		if p.OK() {
			good++
		}
	}
	turns := len(reading.SessionTurns(l))
	seen := fmt.Sprintf("%d turns and %d health checks", turns, good)
	switch {
	case l.Interrupted:
		return checks.CannotTell("interrupted after %s of %s: %s until then, and nothing broke", reading.Span(l.Lasted), reading.Span(l.Planned), seen)
	case l.MostTurns > 0 && turns >= l.MostTurns && l.Lasted < l.Planned && good > 0:
		return long(turns, l, checks.Passed("%s in %s%s; --session-turns ended it before the %s that were planned", seen, reading.Span(l.Lasted), besides(l), reading.Span(l.Planned)))
	case l.Lasted < l.Planned*0.95 || turns == 0 || good == 0:
		return checks.CannotTell("the session lasted %s of %s, with %s", reading.Span(l.Lasted), reading.Span(l.Planned), seen)
	}
	return long(turns, l, checks.Passed("%s in %s%s", seen, reading.Span(l.Lasted), besides(l)))
}

func long(turns int, l *record.LongSession, v checks.Verdict) checks.Verdict {
	return v.Measuring("session.turns", float64(turns)).Measuring("session.seconds", l.Lasted.Seconds())
}
