package ses

import (
	"fmt"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// turn is what session s said at turn n, whose marker is s and n, and the markers that the answer held.
func turn(s string, n int, found ...string) record.Turn {
	t := record.Turn{Session: s, Number: n, Marker: fmt.Sprintf("%s%d", s, n), Call: *checktest.OK(), Found: found}
	for _, f := range found {
		if !strings.HasPrefix(f, s) {
			t.Quote = "you said " + f
		}
	}
	return t
}

func round(mode string, turns ...record.Turn) record.SessionRound {
	return record.SessionRound{Mode: mode, Sessions: 2, Turns: turns}
}

func sessions(rounds ...record.SessionRound) *record.Set {
	return &record.Set{Calls: checktest.Calls(nil), Sessions: &record.Sessions{Before: checktest.Alive(), After: checktest.Alive(), Rounds: rounds}}
}

func TestIsolation(t *testing.T) {
	clean := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1"))
	leaky := round("overlapping", turn("a", 1, "a1", "b1"), turn("b", 1, "b1"))
	again := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "a1", "b1"))
	history := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1"), turn("a", 2, "a1", "a2"), turn("b", 2, "b2"))
	refused := round("overlapping", turn("a", 1, "a1"), turn("b", 1))
	mute := round("overlapping", turn("a", 1), turn("b", 1))
	serial := round("serial", turn("a", 1, "a1"), turn("b", 1, "b1"))
	microVM := func(s *record.Set) { s.Terms.SessionModel = MicroVM }
	noPrompt := changed(sessions(mute), func(s *record.Set) { s.Calls.Prompt = false })
	gone := changed(sessions(clean), func(s *record.Set) { s.Sessions.After = checktest.Dead(1) })
	silent := changed(sessions(mute), func(s *record.Set) { s.Calls = checktest.NoModel(500) })
	checktest.Judge(t, Checks, "SES-06", []checktest.Case{
		{Name: "isolated", Set: sessions(clean), Want: "pass"},
		{Name: "a session's own history, and a bounded cache that lost some", Set: sessions(history), Want: "pass"},
		{Name: "overlap refused, serial isolated", Set: sessions(refused, serial), Want: "pass"},
		{Name: "leaks twice", Set: sessions(leaky, again), Want: "leak"},
		{Name: "leaks twice, accepted", Set: changed(sessions(leaky, again), microVM), Want: "leak-on-microvm"},
		{Name: "leaks once", Set: sessions(leaky, clean), Want: "leak-seen-once"},
		{Name: "no marker came back", Set: sessions(mute), Want: "untestable"},
		{Name: "only one session was answered", Set: sessions(refused), Want: "untestable"},
		{Name: "no place for a prompt", Set: noPrompt, Want: "untestable"},
		{Name: "the process ended", Set: gone, Want: "process-gone"},
		{Name: "no model", Set: silent, Want: "untestable"},
	})
}

func TestIsolationShowsBothSides(t *testing.T) {
	leaky := round("overlapping", turn("a", 1, "a1", "b1"), turn("b", 1, "b1"))
	v := Isolation(sessions(leaky, leaky), "process")[0]
	curls := 0
	for _, e := range v.Evidence {
		if e.Curl != "" {
			curls++
		}
	}
	if !strings.Contains(v.Actual, "text of session b appeared in the answer of session a") || !strings.Contains(v.Actual, "you said b1") || curls != 2 {
		t.Errorf("the finding must quote the text and hold two curl lines, got %q with %d", v.Actual, curls)
	}
	row, _ := checks.Contract.Reason("SES-06", v.Reason)
	for _, words := range []string{"AgentCore callers would not see this today", "by this tool's policy, not the platform's"} {
		if !strings.Contains(row.Consequence, words) {
			t.Errorf("the consequence does not say %q", words)
		}
	}
	if row.Basis != checks.PolicyBasis || !strings.Contains(row.Fix, "--session-model microvm") {
		t.Errorf("basis %s, fix %q: the policy and its way out must be named", row.Basis, row.Fix)
	}
}
