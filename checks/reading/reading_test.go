package reading

import (
	"reflect"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestFateOf(t *testing.T) {
	cases := []struct {
		name string
		x    *record.Exchange
		want Fate
	}{
		{"none", nil, NotSent}, {"unsent", checktest.Ended(record.Unsent), NotSent}, {"left by the harness", checktest.Ended(record.Abandoned), NotSent},
		{"no answer", checktest.Ended(record.TimedOut), Hung}, {"refused", checktest.Ended(record.Refused), Gone},
		{"reset", checktest.Ended(record.Reset), Broken}, {"truncated", checktest.Ended(record.Truncated), Broken}, {"garbled", checktest.Ended(record.Garbled), Broken},
		{"101", checktest.Answer(101, ""), Broken}, {"199", checktest.Answer(199, ""), Broken}, {"answered, and no answer kept", checktest.Ended(record.Answered), NotSent},
		{"200", checktest.Answer(200, ""), Served}, {"299", checktest.Answer(299, ""), Served},
		{"300", checktest.Answer(300, ""), Redirected}, {"399", checktest.Answer(399, ""), Redirected},
		{"400", checktest.Answer(400, ""), Refused}, {"499", checktest.Answer(499, ""), Refused}, {"500", checktest.Answer(500, ""), Failed},
	}
	for _, c := range cases {
		if got := FateOf(c.x); got != c.want {
			t.Errorf("%s: fate %d, want %d", c.name, got, c.want)
		}
	}
}

func TestBusyAndUnauthorized(t *testing.T) {
	busy := map[int]bool{408: true, 409: true, 425: true, 429: true}
	denied := map[int]bool{401: true, 403: true, 407: true}
	for status := 400; status < 500; status++ {
		x := checktest.Answer(status, "{}")
		if Busy(x) != busy[status] || Rejected(x) == busy[status] || Unauthorized(x) != denied[status] {
			t.Errorf("%d: busy %v, rejected %v, unauthorized %v", status, Busy(x), Rejected(x), Unauthorized(x))
		}
	}
	if x := checktest.Answer(403, "{}"); Unauthorized(&record.Exchange{Outcome: record.Truncated, Response: x.Response}) {
		t.Error("an answer that breaks off asks for nothing")
	}
}

func TestAsksForToken(t *testing.T) {
	guarded := func(field string) *record.Set {
		x := checktest.Answer(401, "{}")
		if field != "" {
			x.Response.Header = append(x.Response.Header, record.Field{Name: field, Value: "Basic"})
		}
		return &record.Set{Calls: &record.Calls{Variants: map[record.Variant]*record.Exchange{record.Platform: x}}}
	}
	for field, want := range map[string]bool{"": false, "WWW-Authenticate": true, "Proxy-Authenticate": true, "X-Authenticate": false} {
		if x, sure := AsksForToken(guarded(field)); x == nil || sure != want {
			t.Errorf("with the field %q it is sure: %v", field, sure)
		}
	}
	if x, sure := AsksForToken(&record.Set{Calls: checktest.Calls(nil)}); x != nil || sure {
		t.Error("a call that was served asks for nothing")
	}
}

func TestSettled(t *testing.T) {
	two := []record.Exchange{*checktest.OK(), *checktest.Answer(500, "{}")}
	for rung, want := range map[int]int{-1: 0, 0: 200, 1: 500, 2: 0} {
		if got := Settled(&record.Calls{Ladder: two, Rung: rung}).Status(); got != want {
			t.Errorf("rung %d: status %d, want %d", rung, got, want)
		}
	}
	if Settled(nil) != nil || Happy(nil) != nil {
		t.Error("no calls have no happy path")
	}
}

func TestBlame(t *testing.T) {
	bad := func(status int, f func(*record.Boot)) *record.Set {
		b := checktest.BadAnswer(status)
		f(b)
		return &record.Set{Boot: b, Terms: record.Terms{Protocol: "HTTP"}}
	}
	never := func(c record.NeverReady) *record.Set { return &record.Set{Boot: checktest.Never(c)} }
	mcp := bad(401, func(*record.Boot) {})
	mcp.Terms.Protocol = "MCP"
	unreadable, missing := never(record.CannotStart), never(record.CannotStart)
	unreadable.Image = &record.Image{Program: &record.Program{Fault: record.ProgramUnreadable}}
	missing.Image = &record.Image{Program: &record.Program{Fault: record.ProgramNotFound}}
	sound := never(record.CannotStart)
	sound.Image = &record.Image{Program: &record.Program{}}
	cases := []struct {
		name string
		set  *record.Set
		want string
	}{
		{"nothing was booted", &record.Set{}, ""}, {"ready", &record.Set{Boot: checktest.Ready(9)}, ""}, {"nobody knows", never(""), ""},
		{"loopback", never(record.LoopbackOnly), "NET-02"}, {"another port", never(record.ListensElsewhere), "NET-01"},
		{"another protocol", never(record.SpeaksOtherProtocol), "NET-09"}, {"not HTTP", never(record.NotHTTP), "NET-03"},
		{"exited", never(record.ProcessExited), "LIFE-01"}, {"hung", never(record.Hung), "LIFE-01"}, {"too slow", never(record.TooSlow), "LIFE-01"},
		{"cannot start", never(record.CannotStart), "LIFE-01"}, {"the files say why", missing, "IMG-11"},
		{"the files could not be read", unreadable, "LIFE-01"}, {"the files are sound", sound, "LIFE-01"},
		{"TLS", bad(400, func(b *record.Boot) { b.TLS = true }), "NET-03"}, {"HTTP/2", bad(400, func(b *record.Boot) { b.HTTP2Only = true }), "NET-03"},
		{"the card of another protocol", bad(404, func(b *record.Boot) { b.OtherProtocol = "A2A" }), "NET-09"},
		{"dropped with another Host than localhost", never(record.DropsHost), "NET-04"}, {"served with localhost", bad(400, func(b *record.Boot) { b.Localhost = checktest.OK() }), "NET-04"},
		{"a redirect", bad(302, func(*record.Boot) {}), "NET-06"}, {"a token is wanted", bad(407, func(*record.Boot) {}), "PING-12"},
		{"served with fields", bad(400, func(b *record.Boot) { b.Dressed = checktest.OK() }), "PING-12"},
		{"refused with fields", bad(400, func(b *record.Boot) { b.Dressed = checktest.Answer(400, "{}") }), "PING-01"},
		{"a token is wanted where there is no health path", mcp, "LIFE-01"},
	}
	for _, c := range cases {
		if got := Blame(c.set); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEndedNeedsToKnow(t *testing.T) {
	killed := record.State{OOMKilled: true}
	cases := []struct {
		name          string
		before, after record.State
		known, ended  bool
	}{
		{"alive", checktest.Alive(), checktest.Alive(), true, false},
		{"dead", checktest.Alive(), checktest.Dead(0), true, true},
		{"nothing but a code", checktest.Alive(), record.State{ExitCode: 1}, true, true},
		{"nothing but the lack of memory", checktest.Alive(), killed, true, true},
		{"not read", checktest.Alive(), record.State{}, false, false},
		{"attached", checktest.Alive(), record.State{Unknown: true, ExitCode: 1}, false, false},
		{"restarted", checktest.Alive(), checktest.Other(), true, true},
		{"dead before, alive now: replaced on purpose", checktest.Dead(1), checktest.Alive(), true, false},
		{"not read before", record.State{}, checktest.Alive(), true, false},
	}
	for _, c := range cases {
		if _, ended := Ended(c.before, c.after); Known(c.after) != c.known || ended != c.ended {
			t.Errorf("%s: known %v, ended %v", c.name, Known(c.after), ended)
		}
	}
	if !Unbroken(checktest.Alive(), checktest.Alive()) || Unbroken(record.State{}, record.State{}) || Unbroken(checktest.Alive(), checktest.Other()) {
		t.Error("one process is unbroken where it was seen twice, and nothing else")
	}
	if how := Exit(killed); !strings.Contains(how, "lack of memory") {
		t.Errorf("how it ended: %s", how)
	}
}

// All that the conversation is read from is there: a call in each record, told by its body.
func TestConversationReadsEverything(t *testing.T) {
	named := func(body string) record.Exchange { return *checktest.Answer(200, body) }
	turn := func(body string) record.Turn { return record.Turn{Call: named(body)} }
	stream, clean, variant := named("stream"), named("clean"), named("variant")
	full := func() *record.Set {
		a := checktest.Alive()
		return &record.Set{
			Calls:    &record.Calls{Ladder: []record.Exchange{named("ladder")}, Variants: map[record.Variant]*record.Exchange{"b": &variant, "c": nil}, Before: a, After: a},
			Stream:   &record.Stream{Call: &stream},
			InFlight: &record.InFlight{Rounds: []record.InFlightRound{{Calls: []record.Exchange{named("beside")}}}},
			Overlap:  &record.Overlap{Solo: turn("solo"), Turns: []record.Turn{turn("overlap")}, After: turn("after"), Before: a, StateAfter: a},
			Sessions: &record.Sessions{Rounds: []record.SessionRound{{Turns: []record.Turn{turn("session")}}}, Before: a, After: a},
			LongSession: &record.LongSession{Turns: []record.Exchange{named("long")}, Before: a, After: a, Beside: []record.Aside{
				{Kind: record.AsideLeft, Call: named("left")}, {Kind: record.AsideSession, Call: named("guest")}, {Kind: record.AsideMalformed, Call: named("malformed")},
			}},
			Bodies: &record.Bodies{Calls: []record.BodyCall{{Call: named("large")}, {Call: *checktest.Answer(413, "too large")}}, Before: a, After: a},
			Clean:  &record.Clean{Call: &clean, State: a},
		}
	}
	bodies := func(set *record.Set) []string {
		var out []string
		for _, x := range Conversation(set) {
			out = append(out, x.Response.Body)
		}
		return out
	}
	want := []string{"ladder", "variant", "stream", "beside", "solo", "after", "overlap", "session", "long", "guest", "large", "clean"}
	if got := bodies(full()); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	dead := full()
	dead.Calls.After, dead.Overlap.StateAfter, dead.Sessions.After = checktest.Dead(1), checktest.Dead(1), checktest.Dead(1)
	dead.LongSession.After, dead.Bodies.After, dead.Clean.State = checktest.Dead(1), checktest.Dead(1), checktest.Dead(1)
	if got := bodies(dead); !reflect.DeepEqual(got, []string{"stream", "beside"}) {
		t.Errorf("where the process ended, nothing counts but what no end of it is known for: got %q", got)
	}
	if got := bodies(&record.Set{Stream: &record.Stream{}, Clean: &record.Clean{State: checktest.Alive()}}); len(got) != 0 {
		t.Errorf("nothing was said: got %q", got)
	}
	var kinds []record.Kind
	for _, k := range []record.Kind{
		record.KindCalls, record.KindStream, record.KindInFlight, record.KindOverlap, record.KindSessions, record.KindLongSession, record.KindBodies, record.KindClean,
	} {
		if full().Has(k) {
			kinds = append(kinds, k)
		}
	}
	if !reflect.DeepEqual(ConversationKinds, kinds) {
		t.Errorf("the records it reads are %v", ConversationKinds)
	}
}

func TestSeriesOfHealthChecks(t *testing.T) {
	p := func(second float64) record.Ping { return checktest.Ping(second, "{}") }
	one := func(second float64) *record.Ping { x := p(second); return &x }
	set := &record.Set{
		Idle:        &record.Idle{Poll: []record.Ping{p(1)}, Burst: []record.Ping{p(2)}},
		LongSession: &record.LongSession{Polls: []record.Ping{p(3)}, Before: checktest.Alive(), After: checktest.Dead(1)},
		End: &record.End{Polls: []record.Ping{p(4)}, Start: checktest.Alive(), State: checktest.Alive(), Ping: one(5),
			Lost: []record.Loss{{Polls: []record.Ping{p(6)}}}},
		Async: &record.Async{Before: []record.Ping{p(7)}, Pings: []record.Ping{p(8)},
			Left: &record.Job{Pings: []record.Ping{p(14)}}, Failing: &record.Job{Pings: []record.Ping{p(15)}}},
		InFlight:   &record.InFlight{Rounds: []record.InFlightRound{{Pings: []record.Ping{p(9)}}, {Pings: []record.Ping{p(10)}}}},
		Malformed:  &record.Malformed{Probes: []record.Probe{{Ping: one(11)}, {}}},
		Disconnect: &record.Disconnect{Rounds: []record.DisconnectRound{{Ping: one(12)}}},
		Bodies:     &record.Bodies{Ping: one(13)},
	}
	type series struct {
		ended bool
		at    []record.Millis
	}
	read := func(all []Series) map[string]series {
		out := map[string]series{}
		for _, s := range all {
			one := series{ended: s.Ended}
			for _, p := range s.Pings {
				one.at = append(one.at, p.At/1000)
			}
			out[s.Name] = one
		}
		return out
	}
	polls := map[string]series{
		"idle poll": {false, []record.Millis{1}}, "poll beside a long session": {true, []record.Millis{3}},
		"poll beside all other tests": {false, []record.Millis{4}}, "poll of a process that ended": {true, []record.Millis{6}},
		"poll beside the background job": {false, []record.Millis{7, 8, 14, 15}},
	}
	if got := read(Polls(set)); !reflect.DeepEqual(got, polls) {
		t.Errorf("polls are %v, want %v", got, polls)
	}
	polls["idle burst"] = series{false, []record.Millis{2}}
	polls["burst beside invocations"] = series{false, []record.Millis{9, 10}}
	polls["after odd requests and early leaves"] = series{true, []record.Millis{11, 12, 13, 5}}
	if got := read(AllPings(set)); !reflect.DeepEqual(got, polls) {
		t.Errorf("health checks are %v, want %v", got, polls)
	}
	for _, k := range PingKinds {
		if !set.Has(k) {
			t.Errorf("no health checks are read from %s", k)
		}
	}
	if len(PingKinds) != 8 || len(PollKinds) != 4 {
		t.Errorf("health checks are read from 8 records, polls from 4: %v, %v", PingKinds, PollKinds)
	}
	for o, want := range map[record.Outcome]bool{record.Answered: true, record.TimedOut: true, record.Unsent: false, record.Abandoned: false, "": false} {
		if Counts(record.Ping{Outcome: o}) != want {
			t.Errorf("%q counts: %v", o, !want)
		}
	}
	for _, c := range []struct {
		terms record.Terms
		want  string
	}{
		{record.Terms{}, ""}, {record.Terms{TimeScale: 8, Throttled: 1}, ""}, {record.Terms{Emulated: true}, "under emulation"},
		{record.Terms{Throttled: 4}, "under a CPU quota"}, {record.Terms{Emulated: true, Throttled: 4}, "under emulation and a CPU quota"},
	} {
		if got := Slowed(&record.Set{Terms: c.terms}); got != c.want {
			t.Errorf("%+v: %q", c.terms, got)
		}
	}
	if Scale(&record.Set{}) != 1 || Scale(&record.Set{Terms: record.Terms{TimeScale: 8}}) != 8 {
		t.Error("limits are stretched by the scale, never shortened")
	}
	if q := (record.Ping{At: 100, Lag: 20, Took: 3}); Sent(q) != 120 || End(q) != 123 {
		t.Errorf("sent at %v, ended at %v", Sent(q), End(q))
	}
}

func TestStampSeconds(t *testing.T) {
	cases := []struct {
		stamp any
		want  float64
		ok    bool
	}{
		{1_790_000_000, 1_790_000_000, true}, {"1790000000500", 1_790_000_000.5, true}, {"100000000000", 1e11, true}, {"-100000000001", -100000000.001, true},
		{"1e999", 0, false}, {`"1790000000"`, 0, false}, {"null", 0, false}, {nil, 0, false},
	}
	for _, c := range cases {
		if got, ok := StampSeconds(checktest.Ping(1, checktest.Body("Healthy", c.stamp))); got != c.want || ok != c.ok {
			t.Errorf("%v: %v, %v", c.stamp, got, ok)
		}
	}
	down := checktest.Ping(1, checktest.Body("Healthy", 1_790_000_000))
	down.Status = 503
	if _, ok := StampSeconds(down); ok || StatusWord(down) != "" {
		t.Error("what is not 200 says nothing")
	}
}

func TestPairNeedsAHappyPath(t *testing.T) {
	busy := &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{record.Platform: checktest.Answer(429, "{}"), record.Minimal: checktest.OK()})}
	if v := Pair(busy, record.Minimal, "r", "w"); v.Outcome != checks.Untestable || !strings.Contains(v.Actual, "not served in this row") {
		t.Errorf("nothing to compare with: %+v", v)
	}
	variants := map[record.Variant]*record.Exchange{}
	for _, v := range []record.Variant{"d", "a", "c", "b", "e"} {
		variants[v] = checktest.Answer(200, string(v))
	}
	order := ""
	for _, x := range Answers(&record.Calls{Variants: variants}) {
		order += x.Response.Body
	}
	if order != "abcde" {
		t.Errorf("variants are read as %s", order)
	}
}

func TestWords(t *testing.T) {
	long := strings.Repeat("word ", 40)
	cases := []struct{ got, want string }{
		{Says(nil), "not sent"}, {Says(checktest.OK()), "200 application/json in 12 ms"}, {Says(checktest.Typed(204, "", "")), "204 in 12 ms"},
		{Says(checktest.Ended(record.Abandoned)), "left by the harness before an answer"}, {Says(checktest.Ended(record.TimedOut)), "no answer within 30.0 s"},
		{Says(&record.Exchange{Outcome: record.TimedOut, Took: 999, Response: &record.Response{Status: 200}}), "200, then no end within 999 ms"},
		{Says(checktest.Ended(record.Refused)), "connection refused"}, {Says(checktest.Ended(record.Reset)), "connection broken without an answer after 30.0 s"},
		{Says(&record.Exchange{Outcome: record.Truncated, Response: &record.Response{Status: 200}}), "200 with a body that breaks off"},
		{Says(checktest.Ended(record.Garbled)), "bytes that are not HTTP"}, {Says(&record.Exchange{Outcome: record.Unsent, Error: "no route"}), "not sent by the harness no route"},
		{SaysPing(checktest.Ping(1, "")), "200 in 3 ms"}, {SaysPing(record.Ping{Outcome: record.TimedOut, Took: 1000}), "no answer within 1.0 s"},
		{SaysPing(record.Ping{Outcome: record.Truncated, Status: 200}), "200, truncated"}, {SaysPing(record.Ping{Outcome: record.Reset}), "reset"},
		{Quote("a\n b"), `"a b"`}, {Quote(long), `"` + long[:120] + `…"`}, {short(long[:60], 60), strings.TrimSpace(long[:60])}, {short("abc", 3), "abc"}, {short("abcd", 3), "abc…"},
		{Span(119_999), "120.0 s"}, {Span(120_000), "2 min"}, {Span(59 * 60_000), "59 min"}, {Span(3_600_000), "1 h"}, {Span(3_660_000), "1 h 1 min"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Turns that are kept in brief stand where they were taken.
func TestSessionTurnsAreInTheirOrder(t *testing.T) {
	first, last := *checktest.OK(), *checktest.Answer(500, "{}")
	first.At, last.At = 1, 9
	l := &record.LongSession{Turns: []record.Exchange{first, last}, Brief: []record.Brief{
		{At: 5, Took: 7, Outcome: record.Answered, Status: 200, Bytes: 3}, {At: 6, Kind: record.AsideSession}, {At: 7, Outcome: record.TimedOut, Failed: true},
	}}
	got := SessionTurns(l)
	if len(got) != 4 || got[0].Call != &l.Turns[0] || got[3].Call != &l.Turns[1] || got[3].Number != 4 || !got[0].Success || got[3].Success {
		t.Fatalf("%+v", got)
	}
	if b := got[1]; b.Number != 2 || !b.Success || b.Call.Took != 7 || b.Call.Status() != 200 || b.Call.Response.BodySize != 3 || FateOf(b.Call) != Served {
		t.Errorf("%+v", b)
	}
	if b := got[2]; b.Success || b.Call.Response != nil || FateOf(b.Call) != Hung {
		t.Errorf("%+v", b)
	}
}

// What an emulator holds at its end is no part of the memory; what it holds more than there is, no debt.
func TestForecastMemoryWithoutTheEmulator(t *testing.T) {
	held := int64(300)
	set := &record.Set{Terms: record.Terms{Emulated: true}, LongSession: &record.LongSession{Samples: []record.Sample{
		{At: 1, Memory: 100, Translated: &held}, {At: 2, Memory: 300, Translated: &held}, {At: 3, Memory: 500, Translated: &held},
	}}}
	var got []float64
	for _, p := range ForecastMemory(set).Series {
		got = append(got, p.Value)
	}
	if want := []float64{0, 0, 200}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := len(Forecasts(set)); got != 2 {
		t.Errorf("%d forecasts of memory and turns", got)
	}
	for _, none := range []*record.Set{nil, {}} {
		if got := Forecasts(none); got != nil {
			t.Errorf("without a long session: %+v", got)
		}
	}
}

// What repeats itself in a very long series is read as if it were there.
func TestPollsAreWholeAgain(t *testing.T) {
	body := checktest.Body("Healthy", 7)
	polls := []record.Ping{checktest.Ping(1, body), checktest.Ping(2, ""), checktest.Ping(3, ""), checktest.Ping(4, "other"), checktest.Ping(5, "")}
	polls[0].Type = "application/json"
	polls[1].Same, polls[2].Same = true, true
	polls[3].Short, polls[4].Same = true, true
	set := &record.Set{LongSession: &record.LongSession{Polls: polls}, End: &record.End{Polls: polls, Lost: []record.Loss{{Polls: polls}}}}
	series := Polls(set)
	if len(series) != 3 {
		t.Fatalf("%d series", len(series))
	}
	for _, s := range series {
		p := s.Pings
		if p[1].Body != body || p[2].Body != body || p[2].Type == "" || p[3].Body != "other" || p[4].Body != "other" || !p[4].Short {
			t.Errorf("%s: %+v", s.Name, p)
		}
	}
	if polls[1].Body != "" {
		t.Error("the record itself was changed")
	}
}
