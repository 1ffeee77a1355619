package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestIsolateCounts(t *testing.T) {
	r := round("overlapping", turn("a", 1, "a1"), failed("a", 2), turn("b", 1, "b1", "z"), record.Turn{Call: *checktest.OK()})
	iso := Isolate(&record.Sessions{Rounds: []record.SessionRound{r, round("serial", turn("c", 1, "c1"))}})
	if iso.Turns != 3 || iso.Answers != 2 || iso.Sessions != 2 || iso.Own != 2 || iso.Mode != "overlapping" || iso.Rounds != 2 {
		t.Errorf("2 sessions with 3 turns, of which 2 were answered; a later round that shows no more replaces nothing: got %+v", iso)
	}
	forgot := Isolate(&record.Sessions{Rounds: []record.SessionRound{round("serial", turn("a", 1, "a1", "x"), turn("a", 2, "x"))}})
	if forgot.Own != 1 {
		t.Errorf("one answer with its own marker is enough for a session, got %+v", forgot)
	}
}

func TestIsolateTellsEachAnswerOnce(t *testing.T) {
	leaky := round("overlapping", turn("a", 1, "b1", "c1"), turn("b", 1), turn("c", 1))
	leaky.Turns[0].Quote = ""
	iso := Isolate(&record.Sessions{Rounds: []record.SessionRound{leaky}})
	if len(iso.Leaks) != 1 || iso.Leaks[0].Quote != "b1" {
		t.Errorf("one leak, that quotes the marker where the record quotes nothing: got %+v", iso.Leaks)
	}
	asked := asking(round("overlapping", turn("a", 1), turn("b", 1), turn("c", 1)), "chat", "b1", "c1", "a1")
	iso = Isolate(&record.Sessions{Rounds: []record.SessionRound{asked}})
	if len(iso.Leaks) != 1 || iso.Leaks[0].Heard.Session != "a" || iso.Leaks[0].Said.Session != "b" || iso.Leaks[0].Asked == nil {
		t.Errorf("one leak for the request that was made for a: got %+v", iso.Leaks)
	}
}

// A request to the model is made for the turn that its last user turn names, wherever older ones stand.
func TestAskedFor(t *testing.T) {
	r := round("overlapping", turn("a", 1), turn("b", 1))
	said := speakers(&r)
	cases := []struct {
		name          string
		last, markers []string
		want          string
	}{
		{"the last user turn", []string{"a1"}, []string{"a1", "b1"}, "a"},
		{"the last of its names", []string{"b1", "a1"}, []string{"b1"}, "a"},
		{"an unknown name behind a known one", []string{"a1", "z9"}, []string{"b1"}, "a"},
		{"the conversation, where the last user turn names nobody", nil, []string{"b1"}, "b"},
		{"the conversation, where the last user turn names unknown ones", []string{"z9"}, []string{"b1", "z8"}, "b"},
		{"nobody", []string{"z9"}, []string{"z8"}, ""},
	}
	for _, c := range cases {
		got := ""
		if own := askedFor(&record.ModelRequest{Last: c.last, Markers: c.markers}, said); own != nil {
			got = own.Session
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWorstLeakIsSpokenOf(t *testing.T) {
	plain := Leak{Quote: "plain"}
	memory := Leak{Quote: "memory", Through: &record.ServiceRequest{Session: "s"}}
	facts := Leak{Quote: "facts", Through: &record.ServiceRequest{Namespace: "/facts"}}
	cases := []struct {
		name    string
		leaks   []Leak
		microVM bool
		quote   string
		reason  string
	}{
		{"memory before the process", []Leak{plain, memory, facts}, false, "memory", "shared-memory"},
		{"the process before records", []Leak{facts, plain}, false, "plain", "foreign-marker"},
		{"memory stays ahead", []Leak{memory, plain, facts}, true, "memory", "shared-memory"},
		{"the process stays ahead of records", []Leak{plain, facts}, true, "plain", "foreign-marker-microvm"},
		{"the first of equals", []Leak{plain, {Quote: "second"}}, false, "plain", "foreign-marker"},
	}
	for _, c := range cases {
		l, reason := worst(Isolation{Leaks: c.leaks, LeakyRounds: 2}, c.microVM)
		if l.Quote != c.quote || reason != c.reason {
			t.Errorf("%s: got %s for %s, want %s for %s", c.name, reason, l.Quote, c.reason, c.quote)
		}
	}
}

// Text came through a store where the store gave that text back from the place that both sessions keep theirs in.
func TestThroughStores(t *testing.T) {
	r := round("overlapping", turn("a", 1, "a1", "b1"), turn("b", 1, "b1"))
	stored := func(session string, returned ...string) record.ServiceRequest {
		return record.ServiceRequest{Memory: "m", Session: session, Returned: returned}
	}
	kept := []record.ServiceRequest{{Memory: "m", Session: "s", Markers: []string{"a1"}}, {Memory: "m", Session: "s", Markers: []string{"b1"}}}
	cases := []struct {
		name   string
		stored []record.ServiceRequest
		want   int
	}{
		{"given back from the shared place", append(kept, stored("other", "a1"), stored("s", "b1")), 3},
		{"the first request of all gave it back", append([]record.ServiceRequest{stored("s", "b1")}, kept...), 0},
		{"given back from another place", append(kept, stored("other", "b1")), -1},
		{"other text given back", append(kept, stored("s", "a1")), -1},
	}
	for _, c := range cases {
		r.Stored = c.stored
		leaks := roundLeaks(0, &r)
		throughStores(&r, leaks)
		got := -1
		for i := range r.Stored {
			if leaks[0].Through == &r.Stored[i] {
				got = i
			}
		}
		if got != c.want {
			t.Errorf("%s: through request %d, want %d", c.name, got, c.want)
		}
	}
}

func TestIsolatedSaysWhatIsMissing(t *testing.T) {
	clean := round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1"))
	mute := round("overlapping", turn("a", 1), turn("b", 1))
	noPrompt := change(sessions(mute), func(s *record.Set) { s.Calls.Prompt = false })
	unanswered := change(sessions(clean), func(s *record.Set) { s.Calls = checktest.NoModel(500) })
	checktest.Judge(t, Checks, "SES-06", []checktest.Case{
		{Name: "no place for a prompt", Set: noPrompt, Want: "untestable", Says: "the payload has no place for a prompt"},
		{Name: "a prompt that never comes back", Set: sessions(mute), Want: "untestable", Says: "own markers came back to 0 of 2 sessions (2 of 2 calls answered)"},
		{Name: "markers tell, whatever the calls record says", Set: unanswered, Want: "pass"},
		{Name: "no calls", Set: change(sessions(clean), func(s *record.Set) { s.Calls = nil }), Want: "untestable", Says: "no calls record"},
		{Name: "counted", Set: sessions(clean), Want: "pass", Says: "2 of 2 sessions", Measures: map[string]float64{"ses.sessions": 2}},
	})
	shared := asking(round("overlapping", turn("a", 1, "a1"), turn("b", 1, "b1")), "chat", "a1", "b1")
	shared.Stored = []record.ServiceRequest{
		{Operation: "CreateEvent", Session: "s", Markers: []string{"a1"}}, {Operation: "CreateEvent", Session: "s", Markers: []string{"b1"}},
		{Operation: "ListEvents", Session: "s", Returned: []string{"a1"}},
	}
	checktest.Judge(t, Checks, "SES-06", []checktest.Case{
		{Name: "the way is told", Set: sessions(shared, shared), Want: "shared-memory", Says: "by way of ListEvents"},
		{Name: "the place is told", Set: sessions(shared, shared), Want: "shared-memory", Says: "appeared in a request to the model for session b",
			Measures: map[string]float64{"ses.leaks": 2}},
	})
}
