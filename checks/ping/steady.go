package ping

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var steady = checks.Check{Clause: "PING-11", Needs: []record.Kind{record.KindIdle}, Wants: reading.PingKinds, Judge: judgeSteady}

func judgeSteady(set *record.Set) []checks.Verdict {
	good, unhealthy := 0, ""
	for _, series := range reading.AllPings(set) {
		for _, p := range series.Pings {
			if reason := unsteady(set, series, p); reason != "" {
				return []checks.Verdict{checks.Found(reason, "every health check after readiness answers 200",
					fmt.Sprintf("%s: %s at %.1f s", series.Name, reading.SaysPing(p), p.At.Seconds()), checks.Text("body", p.Body))}
			}
			if p.OK() {
				good++
			}
			if w := reading.StatusWord(p); strings.EqualFold(w, "Unhealthy") || strings.EqualFold(w, "DOWN") {
				unhealthy = w
			}
		}
	}
	switch {
	case unhealthy != "":
		return []checks.Verdict{checks.Found("says-unhealthy", "a status that does not call for an end of the session", "status "+reading.Quote(unhealthy))}
	case good < leastPings:
		return []checks.Verdict{checks.CannotTell("only %d health checks were answered", good)}
	}
	return []checks.Verdict{checks.Passed("200 in all of %d health checks", good)}
}

// unsteady names the reason for which a health check counts against the agent. Those that wait beside a call are
// PING-08's, those of a process that ended are LIFE's and INV's, and those whose patience was shorter than the scaled
// limit tell nothing.
func unsteady(set *record.Set, series reading.Series, p record.Ping) string {
	switch {
	case !reading.Counts(p) || p.OK():
		return ""
	case p.Outcome == record.Answered:
		return "not-200"
	case series.Ended, p.Outcome == record.TimedOut && (p.InFlight > 0 || p.Took < hardLimit*reading.Scale(set)):
		return ""
	}
	return "lost"
}
