package ses

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var isolated = checks.Check{Clause: "SES-06", Needs: []record.Kind{record.KindCalls, record.KindSessions}, Judge: judgeIsolated}

// judgeIsolated fails what two rounds showed. One round alone warns: markers are random, so it did happen, but nobody
// can make it happen again from this report.
func judgeIsolated(set *record.Set) []checks.Verdict {
	iso := Isolate(set.Sessions)
	if len(iso.Leaks) == 0 {
		return []checks.Verdict{noLeak(set, iso)}
	}
	l, reason := worst(iso, set.Terms.SessionModel == "microvm")
	where, held := "the answer of", checks.Wire("session A, whose answer holds it", &l.Heard.Call)
	if l.Asked != nil {
		where, held = "a request to the model for", checks.Text("the conversation that the model was asked to go on with", l.Asked.Text)
	}
	actual := fmt.Sprintf("text of session %s (turn %d) appeared in %s session %s (turn %d): %s; %d times in %d of %d rounds",
		name(l.Said, l.Heard), l.Said.Number, where, name(l.Heard, l.Said), l.Heard.Number, reading.Quote(l.Quote), len(iso.Leaks), iso.LeakyRounds, iso.Rounds)
	evidence := []checks.Evidence{checks.Wire("session B, who said it", &l.Said.Call), held}
	if q := l.Through; q != nil {
		actual += ", by way of " + q.Operation
		evidence = append(evidence, checks.Text("where both sessions keep their text", fmt.Sprintf("%s %s: memory %s, actor %s, session %s, namespace %s",
			q.Service, q.Operation, q.Memory, q.Actor, q.Session, q.Namespace)))
	}
	return []checks.Verdict{checks.Found(reason, "no session ever sees text of another", actual, evidence...).
		Measuring("ses.leaks", float64(len(iso.Leaks)))}
}

// worst is the leak to speak of. What two sessions keep in one place of AgentCore Memory crosses microVMs; long-term
// records are meant to outlive a session, and may well be of one user.
func worst(iso Isolation, microVM bool) (Leak, string) {
	inProcess := "foreign-marker"
	if microVM {
		inProcess = "foreign-marker-microvm"
	}
	ranks := []string{"shared-memory", inProcess, "shared-records"}
	best, reason := iso.Leaks[0], ""
	for _, l := range iso.Leaks {
		r := inProcess
		switch {
		case l.Through != nil && l.Through.Session != "":
			r = "shared-memory"
		case l.Through != nil:
			r = "shared-records"
		}
		if reason == "" || slices.Index(ranks, r) < slices.Index(ranks, reason) {
			best, reason = l, r
		}
	}
	if iso.LeakyRounds < 2 {
		reason = "seen-once"
	}
	return best, reason
}

// name is the beginning of a session id where that tells it from the other's, else the whole of it.
func name(t, other *record.Turn) string {
	short := t.Session[:min(8, len(t.Session))]
	if strings.HasPrefix(other.Session, short) {
		return t.Session
	}
	return short
}

func noLeak(set *record.Set, iso Isolation) checks.Verdict {
	if v, unanswered := reading.Unanswered(set); unanswered && !iso.Telling() {
		return v
	}
	how, ended := reading.Ended(set.Sessions.Before, set.Sessions.After)
	switch {
	case ended:
		return checks.CannotTell("%s while %d sessions talked to it at once, so nothing can be said of their isolation", how, iso.Sessions)
	case iso.Telling():
		return checks.Passed("%d of %d sessions got their own markers back in the %s round, none a foreign one, in %d answers",
			iso.Own, iso.Sessions, iso.Mode, iso.Answers).Measuring("ses.sessions", float64(iso.Sessions))
	case !set.Calls.Prompt:
		return checks.CannotTell(`the payload has no place for a prompt, so no marker could be sent: give one with --payload '{"prompt":"{{prompt}}"}'`)
	}
	return checks.CannotTell("own markers came back to %d of %d sessions (%d of %d calls answered), so foreign ones prove nothing by their absence: "+
		"give a payload whose prompt is repeated with --payload, or a model that answers with --env", iso.Own, iso.Sessions, iso.Answers, iso.Turns)
}
