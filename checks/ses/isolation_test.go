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

// failed is a turn that got an error, which may hold markers all the same.
func failed(s string, n int, found ...string) record.Turn {
	t := turn(s, n, found...)
	t.Call = *checktest.Answer(500, `{"error":"one at a time"}`)
	return t
}

func round(mode string, turns ...record.Turn) record.SessionRound {
	return record.SessionRound{Mode: mode, Sessions: 2, Turns: turns}
}

func sessions(rounds ...record.SessionRound) *record.Set {
	return &record.Set{Calls: checktest.Calls(nil), Sessions: &record.Sessions{Before: checktest.Alive(), After: checktest.Alive(), Rounds: rounds}}
}

// asking adds a request to the model that was made for the last of the markers and holds all of them.
func asking(r record.SessionRound, api string, markers ...string) record.SessionRound {
	r.Model = append(r.Model, record.ModelRequest{Provider: "openai", API: api, Markers: markers, Last: markers[len(markers)-1:]})
	return r
}

func TestIsolatedAtTheModel(t *testing.T) {
	own := asking(round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1"), turn("a", 2, "a2")), "chat", "a1", "a2")
	mixed := asking(round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1")), "chat", "a1", "b1")
	oneText := asking(round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1")), "chat", "b1", "a1")
	oneText.Model[0].Last = []string{"b1", "a1"}
	batch := asking(round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1")), "embeddings", "a1", "b1")
	older := asking(round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1")), "chat", "z9", "b1")
	mute := asking(round("overlapping", turn("a", 1), turn("b", 1)), "chat", "a1", "b1")
	checktest.Judge(t, Checks, "SES-06", []checktest.Case{
		{Name: "a session's own history", Set: sessions(own), Want: "pass"},
		{Name: "one history for all, and answers that do not show it", Set: sessions(mixed, mixed), Want: "foreign-marker"},
		{Name: "both in one prompt", Set: sessions(oneText, oneText), Want: "foreign-marker"},
		{Name: "in one round alone", Set: sessions(mixed, own), Want: "seen-once"},
		{Name: "embeddings come in batches", Set: sessions(batch, batch), Want: "pass"},
		{Name: "a marker of an earlier scenario proves nothing", Set: sessions(older, older), Want: "pass"},
		{Name: "no answer shows anything", Set: sessions(mute, mute), Want: "foreign-marker"},
	})
	kept := func(r record.SessionRound, a, b, namespace string) record.SessionRound {
		r.Stored = []record.ServiceRequest{
			{Memory: "m", Session: a, Namespace: namespace, Markers: []string{"a1"}}, {Memory: "m", Session: b, Namespace: namespace, Markers: []string{"b1", "a1"}},
			{Memory: "m", Session: a, Namespace: namespace, Returned: []string{"a1"}},
		}
		return r
	}
	shared, apart, facts := kept(mixed, "s", "s", ""), kept(mixed, "a", "b", ""), kept(mixed, "", "", "/facts")
	lost := kept(mixed, "s", "s", "")
	lost.Stored = lost.Stored[:2]
	microVM := func(set *record.Set) *record.Set {
		set.Terms.SessionModel = "microvm"
		return set
	}
	checktest.Judge(t, Checks, "SES-06", []checktest.Case{
		{Name: "one session of Memory", Set: sessions(shared, shared), Want: "shared-memory"},
		{Name: "one session of Memory is shared by all microVMs", Set: microVM(sessions(shared, shared)), Want: "shared-memory"},
		{Name: "one history, kept in two sessions of Memory", Set: microVM(sessions(apart, apart)), Want: "foreign-marker-microvm"},
		{Name: "records of a user", Set: sessions(facts, facts), Want: "shared-records"},
		{Name: "records of a user, and a history for all", Set: sessions(facts, mixed), Want: "foreign-marker"},
		{Name: "nothing came back", Set: sessions(lost, mixed), Want: "foreign-marker"},
	})
	checktest.Judge(t, Checks, "SES-05", []checktest.Case{
		{Name: "carried to the model", Set: sessions(asking(round("serial", turn("a", 1), turn("a", 2)), "chat", "a1", "a2")), Want: "note", Says: "requests to the model carry"},
		{Name: "a new conversation with each turn", Set: sessions(asking(round("serial", turn("a", 1), turn("a", 2)), "chat", "a2")), Want: "note", Says: "no answer held"},
	})
}

func TestIsolated(t *testing.T) {
	clean := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1"))
	leaky := round("overlapping", turn("a", 1, "a1", "b1"), turn("b", 1, "b1"))
	again := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "a1", "b1"))
	history := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1"), turn("a", 2, "a1", "a2"), turn("b", 2, "b2"))
	onlyForeign := round("overlapping", turn("a", 1, "b1"), turn("b", 1, "b1"))
	inError := round("overlapping", failed("a", 1, "b1"), turn("b", 1, "b1"))
	refused := round("overlapping", turn("a", 1, "a1"), failed("b", 1), failed("c", 1))
	serial := round("serial", turn("a", 1, "a1"), turn("b", 1, "b1"))
	serialLeaky := round("serial", turn("a", 1, "a1"), turn("b", 1, "a1", "b1"))
	mute := round("overlapping", turn("a", 1), turn("b", 1))
	microVM := func(s *record.Set) { s.Terms.SessionModel = "microvm" }
	noPrompt := change(sessions(mute), func(s *record.Set) { s.Calls.Prompt = false })
	gone := change(sessions(clean), func(s *record.Set) { s.Sessions.After = checktest.Dead(1) })
	noModel := change(sessions(mute), func(s *record.Set) { s.Calls = checktest.NoModel(500) })
	checktest.Judge(t, Checks, "SES-06", []checktest.Case{
		{Name: "isolated", Set: sessions(clean), Want: "pass"},
		{Name: "a session's own history, and a bounded cache that lost some", Set: sessions(history), Want: "pass"},
		{Name: "one call at a time, as Strands: the serial round counts", Set: sessions(refused, serial), Want: "pass"},
		{Name: "leaks twice", Set: sessions(leaky, again), Want: "foreign-marker"},
		{Name: "leaks twice, and own markers never come back", Set: sessions(onlyForeign, onlyForeign), Want: "foreign-marker"},
		{Name: "an error that quotes another session", Set: sessions(inError, inError), Want: "foreign-marker"},
		{Name: "one call at a time, and one history for all", Set: sessions(refused, serialLeaky, serialLeaky), Want: "foreign-marker"},
		{Name: "leaks twice, accepted", Set: change(sessions(leaky, again), microVM), Want: "foreign-marker-microvm"},
		{Name: "leaks once", Set: sessions(leaky, clean), Want: "seen-once"},
		{Name: "leaks once, accepted", Set: change(sessions(leaky, clean), microVM), Want: "seen-once"},
		{Name: "leaks, and no second round was played", Set: sessions(leaky), Want: "seen-once"},
		{Name: "no marker came back", Set: sessions(mute), Want: "untestable"},
		{Name: "only one session was answered", Set: sessions(refused), Want: "untestable"},
		{Name: "no place for a prompt", Set: noPrompt, Want: "untestable"},
		{Name: "the process ended meanwhile", Set: gone, Want: "untestable"},
		{Name: "nothing was played", Set: sessions(), Want: "untestable"},
		{Name: "no model", Set: noModel, Want: "untestable"},
	})
}

func TestIsolate(t *testing.T) {
	long := round("overlapping", turn("a", 1, "a1"), turn("b", 1), turn("c", 1), record.Turn{})
	short := round("serial", turn("a", 1, "a1"), turn("b", 1, "a1", "b1"))
	iso := Isolate(&record.Sessions{Rounds: []record.SessionRound{long, short}})
	if iso.Mode != "serial" || iso.Own != 2 || iso.Sessions != 2 || !iso.Telling() {
		t.Errorf("the round that shows most is serial, 2 of 2: got %+v", iso)
	}
	if len(iso.Leaks) != 1 || iso.LeakyRounds != 1 || iso.Leaks[0].Round != 1 || iso.Leaks[0].Said.Session != "a" || iso.Leaks[0].Heard.Session != "b" {
		t.Errorf("one leak, from a to b in the second round: got %+v", iso.Leaks)
	}
}

// TestAlikeSessionsAreToldApart: ids that begin alike are written out.
func TestAlikeSessionsAreToldApart(t *testing.T) {
	a, b := &record.Turn{Session: "0123456789-a"}, &record.Turn{Session: "0123456789-b"}
	if name(a, b) == name(b, a) {
		t.Errorf("both are called %s", name(a, b))
	}
	if got := name(a, &record.Turn{Session: "abcdefghij"}); got != "01234567" {
		t.Errorf("the beginning would do, got %s", got)
	}
}

func TestIsolatedShowsBothSides(t *testing.T) {
	leaky := round("overlapping", turn("a", 1, "a1", "b1"), turn("b", 1, "b1"))
	set := sessions(leaky, leaky)
	v := judgeIsolated(set)[0]
	curls := 0
	for _, e := range v.Evidence {
		if e.Curl != "" {
			curls++
		}
	}
	if !strings.Contains(v.Actual, "text of session b (turn 1) appeared in the answer of session a") || !strings.Contains(v.Actual, "you said b1") || curls != 2 {
		t.Errorf("the finding must quote the text and hold two curl lines, got %q with %d", v.Actual, curls)
	}
	row, _ := checks.Contract().Reason("SES-06", v.Reason)
	for _, words := range []string{"AgentCore callers would not see this today", "Fails by this tool's policy, not the platform's."} {
		if !strings.Contains(row.Consequence, words) {
			t.Errorf("the consequence does not say %q", words)
		}
	}
	if row.Basis != checks.PolicyBasis || !strings.Contains(row.Fix, "--session-model microvm: this image would then be conformant") {
		t.Errorf("basis %s, fix %q: the policy and its way out must be named", row.Basis, row.Fix)
	}
	accepted, _ := checks.Contract().Reason("SES-06", "foreign-marker-microvm")
	if clause, _ := checks.Contract().Clause("SES-06"); !strings.Contains(strings.ToLower(accepted.Consequence), strings.ToLower(clause.Title)) {
		t.Error("the accepted leak must quote the clause")
	}
}
