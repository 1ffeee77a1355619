package net

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// unusualConnections is the gravest finding on connections that are used again, idle, or read slowly.
func unusualConnections(w *record.Wire) (checks.Verdict, bool) {
	if w == nil {
		return checks.Verdict{}, false
	}
	for _, rule := range []func(*record.Wire) (checks.Verdict, bool){runTogether, givenUp, idleEnd, slowReader} {
		if v, bad := rule(w); bad {
			return v, true
		}
	}
	return checks.Verdict{}, false
}

// runTogether finds what follows an answer on its connection and is not the next answer. Each call that went wrong was sent
// once more on a connection of its own: only what that one takes is the connection's fault.
func runTogether(w *record.Wire) (checks.Verdict, bool) {
	const want = "one answer for each request on a connection, and nothing beside them"
	reason := "reuse-garbled"
	for i := range w.Line {
		c := &w.Line[i]
		switch {
		case c.Reused && !c.Stale && c.Fresh.OK() && c.Call.OK() && c.Earlier && !c.Own:
			return checks.Found("reuse-garbled", want, "a call was answered with the answer of the call before", checks.Wire("the second call", &c.Call)), true
		case c.Reused && !c.Stale && c.Fresh.OK() && !c.Call.OK() && !ownTrouble(&c.Call):
			return checks.Found(reason, want, fmt.Sprintf("%s, after another request on the connection: %s %s; on one of its own: %s",
				c.Name, reading.Says(&c.Call), c.Call.Error, reading.Says(c.Fresh)), checks.Wire("on a used connection", &c.Call), checks.Wire("on a fresh one", c.Fresh)), true
		case c.End == record.LineStray:
			return checks.Found("reuse-garbled", want, fmt.Sprintf("after the answer to %s came %s", c.Name, c.Stray), checks.Wire("the answer before", &c.Call)), true
		}
		if reason = "reuse-garbled"; c.Name == "refused" && !c.Call.OK() {
			reason = "body-left-unread"
		}
	}
	return idleGarbled(w.Idle, want)
}

// ownTrouble reports a well-formed answer that tells of the agent's own state: one that comes and goes is no fault of the
// connection (PING-11, INV-17).
func ownTrouble(x *record.Exchange) bool {
	return x.Outcome == record.Answered && (reading.Busy(x) || x.Status() >= 500)
}

func idleGarbled(idle *record.IdleLine, want string) (checks.Verdict, bool) {
	switch {
	case idle == nil:
		return checks.Verdict{}, false
	case idle.End == record.LineStray:
		return checks.Found("reuse-garbled", want, fmt.Sprintf("on an idle connection came %s after %s", idle.Stray, reading.Seconds(idle.EndedAfter))), true
	case idle.Next != nil && !idle.Stale && !idle.Next.OK() && idle.Fresh.OK() && !ownTrouble(idle.Next):
		return checks.Found("reuse-garbled", want, fmt.Sprintf("a health check after %s of rest: %s; on a connection of its own: %s",
			reading.Seconds(idle.Gap), reading.Says(idle.Next), reading.Says(idle.Fresh)), checks.Wire("after the rest", idle.Next)), true
	}
	return checks.Verdict{}, false
}

// leastStale is how many kept connections in a row must be found dead: one may have been closed in just that moment.
const leastStale = 3

// givenUp finds a server that keeps its connections and drops each one when it is used again.
func givenUp(w *record.Wire) (checks.Verdict, bool) {
	var stale *record.LineCall
	n := 0
	for i := range w.Line {
		c := &w.Line[i]
		if c.Reused && !c.Stale {
			return checks.Verdict{}, false
		}
		if c.Stale {
			stale, n = c, n+1
		}
	}
	if n < leastStale || !outlived(w) {
		return checks.Verdict{}, false
	}
	return checks.Found("reuse-dropped", "a kept connection takes the next request, or was closed before, or announced its end with Connection: close",
		fmt.Sprintf("%d of %d kept connections broke at their second request: %s", n, n, stale.Call.Error), checks.Wire("the second request", &stale.Call)), true
}

func idleEnd(w *record.Wire) (checks.Verdict, bool) {
	if w.Idle == nil || w.Idle.End != record.LineReset {
		return checks.Verdict{}, false
	}
	return checks.Found("idle-reset", "an idle connection is kept, or closed with FIN",
		"an idle connection was reset after "+reading.Seconds(w.Idle.EndedAfter)), true
}

// leastDuringHold is how many health checks must have been sent while a caller did not read.
const leastDuringHold = 3

// slowReader finds health checks that wait until a caller reads on. They must have waited in every round, the last of them
// long: a slow machine answers some of them.
func slowReader(w *record.Wire) (checks.Verdict, bool) {
	if len(w.Slow) < 2 {
		return checks.Verdict{}, false
	}
	var seen []string
	for i := range w.Slow {
		r := &w.Slow[i]
		sent := 0
		for _, p := range r.Pings {
			switch {
			case reading.Sent(p) < r.From || reading.Sent(p) >= r.To:
			case reading.End(p) < r.To && p.Outcome == record.Answered:
				return checks.Verdict{}, false
			default:
				sent++
			}
		}
		if sent < leastDuringHold || !r.Call.OK() {
			return checks.Verdict{}, false
		}
		seen = append(seen, fmt.Sprintf("none of %d within %s", sent, reading.Seconds(r.To-r.From)))
	}
	return checks.Found("slow-reader-blocks", "health checks are answered while a caller does not read", strings.Join(seen, ", then "),
		checks.Wire("the caller who did not read", &w.Slow[0].Call)), true
}
