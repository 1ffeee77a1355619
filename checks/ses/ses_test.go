package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestHeader(t *testing.T) {
	echo := checktest.Answer(200, `{"session":"s-1"}`)
	echo.Session = "s-1"
	backwards := with(record.NoSession, checktest.OK())
	backwards.Calls.Variants[record.Platform] = checktest.Answer(404, `{"error":"unknown session"}`)
	remembering := changed(with(record.NoSession, checktest.OK()), func(s *record.Set) {
		s.Sessions = sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a1", "a2"))).Sessions
	})
	checktest.Judge(t, Checks, "SES-01", []checktest.Case{
		{Name: "400 without it, as the TypeScript SDK", Set: with(record.NoSession, checktest.Answer(400, "{}")), Want: "pass"},
		{Name: "the id comes back", Set: with(record.Platform, echo), Want: "pass"},
		{Name: "memory is kept by it", Set: remembering, Want: "pass"},
		{Name: "nothing depends on it", Set: with(record.NoSession, checktest.OK()), Want: "note"},
		{Name: "refused with it", Set: backwards, Want: "refused-with-id"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestMemory(t *testing.T) {
	checktest.Judge(t, Checks, "SES-05", []checktest.Case{
		{Name: "remembers", Set: sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a1", "a2"))), Want: "pass"},
		{Name: "a new agent per call", Set: sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a2"))), Want: "note"},
		{Name: "another session's word is no memory", Set: sessions(round("serial", turn("a", 1, "a1"), turn("b", 2, "a1", "b2"))), Want: "note"},
		{Name: "no model", Want: "untestable", Set: changed(sessions(), func(s *record.Set) { s.Calls = checktest.NoModel(500) })},
	})
}

func TestIDs(t *testing.T) {
	long := func(at100, at256 *record.Exchange) *record.Set {
		return &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{record.Session100: at100, record.Session256: at256})}
	}
	died := long(checktest.OK(), checktest.Ended(record.Reset))
	died.Calls.After = checktest.Dead(1)
	checktest.Judge(t, Checks, "SES-03", []checktest.Case{
		{Name: "served", Set: long(checktest.OK(), checktest.OK()), Want: "pass"},
		{Name: "256 refused", Set: long(checktest.OK(), checktest.Answer(400, "{}")), Want: "refused"},
		{Name: "500 on a file name", Set: long(checktest.OK(), checktest.Answer(500, "{}")), Want: "refused"},
		{Name: "hangs", Set: long(checktest.OK(), checktest.Ended(record.TimedOut)), Want: "hang"},
		{Name: "exits", Set: died, Want: "exit"},
		{Name: "one was not sent", Set: long(checktest.OK(), nil), Want: "untestable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
	gone := with(record.NoSession, checktest.Ended(record.Reset))
	gone.Calls.After = checktest.Dead(1)
	checktest.Judge(t, Checks, "SES-04", []checktest.Case{
		{Name: "served, as the Python SDK", Set: with(record.NoSession, checktest.OK()), Want: "pass"},
		{Name: "400, as the TypeScript SDK", Set: with(record.NoSession, checktest.Answer(400, "{}")), Want: "refused"},
		{Name: "500 and empty, as the TypeScript SDK's streams", Set: with(record.NoSession, checktest.Typed(500, "text/event-stream", "")), Want: "refused"},
		{Name: "hangs", Set: with(record.NoSession, checktest.Ended(record.TimedOut)), Want: "hang"},
		{Name: "exits", Set: gone, Want: "exit"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestTogether(t *testing.T) {
	overlap := func(after record.State, x ...*record.Exchange) *record.Set {
		o := &record.Overlap{Before: checktest.Alive(), StateAfter: after}
		for _, e := range x {
			o.Turns = append(o.Turns, record.Turn{Call: *e})
		}
		return &record.Set{Calls: checktest.Calls(nil), Overlap: o}
	}
	checktest.Judge(t, Checks, "SES-07", []checktest.Case{
		{Name: "all answered", Set: overlap(checktest.Alive(), checktest.OK(), checktest.OK()), Want: "pass"},
		{Name: "one refused, as Strands does", Set: overlap(checktest.Alive(), checktest.OK(), checktest.Answer(500, "{}")), Want: "pass"},
		{Name: "exits", Set: overlap(checktest.Dead(1), checktest.OK(), checktest.Ended(record.Reset)), Want: "process-gone"},
		{Name: "unanswered", Set: overlap(checktest.Alive(), checktest.OK(), checktest.Ended(record.TimedOut)), Want: "untestable"},
		{Name: "no model", Want: "untestable", Set: changed(overlap(checktest.Alive()), func(s *record.Set) { s.Calls = checktest.NoModel(500) })},
	})
}

func TestResumed(t *testing.T) {
	session := func(first *record.Exchange) *record.Set {
		return &record.Set{Calls: checktest.Calls(nil), LongSession: &record.LongSession{
			Resumed: true, Boot: *checktest.Ready(900), Turns: []record.Exchange{*first, *checktest.OK()}}}
	}
	checktest.Judge(t, Checks, "SES-08", []checktest.Case{
		{Name: "served", Set: session(checktest.OK()), Want: "pass"},
		{Name: "unknown session", Set: session(checktest.Answer(404, "{}")), Want: "not-served"},
		{Name: "an error inside the stream", Set: session(checktest.Stream(1, 1, `{"error":"KeyError","error_type":"KeyError"}`)), Want: "not-served"},
		{Name: "not resumed", Want: "untestable", Set: changed(session(checktest.OK()), func(s *record.Set) { s.LongSession.Resumed = false })},
		{Name: "attached", Want: "not-applicable",
			Set: changed(session(checktest.OK()), func(s *record.Set) { s.LongSession.Resumed, s.Terms.Attached = false, true })},
		{Name: "never ready again: LIFE-22's", Want: "untestable",
			Set: changed(session(checktest.OK()), func(s *record.Set) { s.LongSession.Boot.Ready = false })},
		{Name: "no model", Want: "untestable", Set: changed(session(checktest.Answer(500, "{}")), func(s *record.Set) { s.Calls = checktest.NoModel(500) })},
	})
}

func TestFields(t *testing.T) {
	required := with(record.CustomHeader, checktest.OK())
	required.Calls.Variants[record.Platform] = checktest.Answer(400, "{}")
	checktest.Judge(t, Checks, "SES-09", []checktest.Case{
		{Name: "optional", Set: with(record.CustomHeader, checktest.OK()), Want: "pass"},
		{Name: "required", Set: required, Want: "required"},
		{Name: "refused", Set: with(record.CustomHeader, checktest.Answer(400, "{}")), Want: "refused"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "SES-11", []checktest.Case{
		{Name: "served", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "not served: SEC-03's", Set: &record.Set{Calls: checktest.NoModel(401)}, Want: "untestable"},
	})
	logged := with(record.Identity, checktest.OK())
	logged.Calls.LeakedToken = true
	inHeader := checktest.OK()
	inHeader.Response.Header = append(inHeader.Response.Header, record.Field{Name: "x-echo", Value: record.IdentityToken})
	checktest.Judge(t, Checks, "SES-12", []checktest.Case{
		{Name: "kept", Set: with(record.Identity, checktest.OK()), Want: "pass"},
		{Name: "logged", Set: logged, Want: "token-logged"},
		{Name: "echoed in the body", Set: with(record.Identity, checktest.Answer(200, `{"h":"`+record.IdentityToken+`"}`)), Want: "token-echoed"},
		{Name: "echoed in a header", Set: with(record.Identity, inHeader), Want: "token-echoed"},
		{Name: "refused", Set: with(record.Identity, checktest.Answer(500, "{}")), Want: "refused"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}
