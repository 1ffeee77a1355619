package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestHeader(t *testing.T) {
	named := func(x *record.Exchange) *record.Exchange { x.Session = "s-1"; return x }
	with2 := func(happy *record.Exchange, v record.Variant, x *record.Exchange) *record.Set {
		return change(with(v, x), func(s *record.Set) { s.Calls.Variants[record.Platform] = named(happy) })
	}
	echo := func() *record.Exchange { return named(checktest.Answer(200, `{"session":"s-1"}`)) }
	bodyID := echo()
	bodyID.Request.Body = `{"prompt":"x","sessionId":"s-1"}`
	remembering := with2(checktest.OK(), record.NoSession, checktest.OK())
	remembering.Sessions = sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a1", "a2"))).Sessions
	wantsBody := noModel()
	wantsBody.Calls.Variants[record.Platform] = named(checktest.Answer(400, `{"error":"sessionId is required"}`))
	upstream := noModel()
	upstream.Calls.Variants[record.Platform] = named(checktest.Answer(400, `{"error":"model id is not supported"}`))
	checktest.Judge(t, Checks, "SES-01", []checktest.Case{
		{Name: "400 without it, as the TypeScript SDK", Set: with2(checktest.OK(), record.NoSession, checktest.Answer(400, "{}")), Want: "pass"},
		{Name: "500 and empty without it, as the TypeScript SDK's streams", Set: with2(checktest.OK(), record.NoSession, checktest.Typed(500, "text/event-stream", "")), Want: "pass"},
		{Name: "the id comes back", Set: with2(echo(), record.NoSession, checktest.OK()), Want: "pass"},
		{Name: "memory is kept by it", Set: remembering, Want: "pass"},
		{Name: "nothing depends on it, as in the Python SDK", Set: with2(checktest.OK(), record.NoSession, checktest.OK()), Want: "note"},
		{Name: "an echo of the body shows nothing", Set: with2(bodyID, record.NoSession, checktest.OK()), Want: "note"},
		{Name: "400 in lower case", Set: with2(checktest.Answer(400, "{}"), record.MixedCase, checktest.OK()), Want: "lower-case-lost"},
		{Name: "the id comes back in mixed case only", Set: with2(checktest.Answer(200, `{"session":""}`), record.MixedCase, echo()), Want: "lower-case-lost"},
		{Name: "refused with it, served without", Set: with2(checktest.Answer(404, `{"error":"unknown"}`), record.NoSession, checktest.OK()), Want: "refused-with-id"},
		{Name: "asks for the id that the header carries", Set: wantsBody, Want: "header-ignored"},
		{Name: "refuses for another reason", Set: upstream, Want: "untestable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestContinuity(t *testing.T) {
	noPrompt := change(sessions(), func(s *record.Set) { s.Calls.Prompt = false })
	checktest.Judge(t, Checks, "SES-05", []checktest.Case{
		{Name: "remembers", Set: sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a1", "a2"))), Want: "note", Says: "1 answers hold"},
		{Name: "a new agent per call", Set: sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a2"))), Want: "note", Says: "no answer held"},
		{Name: "another session's word is no memory", Set: sessions(round("serial", turn("a", 1, "a1"), turn("b", 2, "a1", "b2"))), Want: "note", Says: "no answer held"},
		{Name: "a later turn's word is no memory", Set: sessions(round("overlapping", turn("a", 1, "a1", "a2"), turn("a", 2, "a2"))), Want: "note", Says: "no answer held"},
		{Name: "no place for a prompt", Set: noPrompt, Want: "note", Says: "no place for a prompt"},
	})
}

func TestOddIDs(t *testing.T) {
	long := func(at100, at256 *record.Exchange) *record.Set {
		return &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{record.Session100: at100, record.Session256: at256})}
	}
	died := long(checktest.OK(), checktest.Ended(record.Reset))
	died.Calls.After = checktest.Dead(1)
	exits := change(noModel(), func(s *record.Set) { s.Calls.After = checktest.Dead(1) })
	allHang := change(long(checktest.Ended(record.TimedOut), nil), func(s *record.Set) { s.Calls.Variants[record.Platform] = checktest.Ended(record.TimedOut) })
	inside := checktest.Stream(1, 1, `{"error":"KeyError","error_type":"KeyError"}`)
	checktest.Judge(t, Checks, "SES-03", []checktest.Case{
		{Name: "served", Set: long(checktest.OK(), checktest.OK()), Want: "pass"},
		{Name: "256 refused", Set: long(checktest.OK(), checktest.Answer(400, "{}")), Want: "long-id-refused"},
		{Name: "500 on a file name", Set: long(checktest.OK(), checktest.Answer(500, "{}")), Want: "long-id-error"},
		{Name: "an error inside the stream", Set: long(inside, checktest.OK()), Want: "long-id-error"},
		{Name: "hangs", Set: long(checktest.OK(), checktest.Ended(record.TimedOut)), Want: "hang"},
		{Name: "the connection breaks", Set: long(checktest.Ended(record.Reset), checktest.OK()), Want: "hang"},
		{Name: "exits", Set: died, Want: "process-gone"},
		{Name: "busy just then", Set: long(checktest.OK(), checktest.Answer(429, "{}")), Want: "pass"},
		{Name: "not sent", Set: long(nil, nil), Want: "untestable"},
		{Name: "every call hangs: nothing to compare with", Set: allHang, Want: "untestable"},
		{Name: "no model and it exits, as LlamaIndex does", Set: exits, Want: "untestable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
	gone := with(record.NoSession, checktest.Ended(record.Reset))
	gone.Calls.After = checktest.Dead(1)
	checktest.Judge(t, Checks, "SES-04", []checktest.Case{
		{Name: "served, as the Python SDK", Set: with(record.NoSession, checktest.OK()), Want: "pass"},
		{Name: "400, as the TypeScript SDK", Set: with(record.NoSession, checktest.Answer(400, "{}")), Want: "refused"},
		{Name: "500 and empty, as the TypeScript SDK's streams", Set: with(record.NoSession, checktest.Typed(500, "text/event-stream", "")), Want: "error"},
		{Name: "hangs", Set: with(record.NoSession, checktest.Ended(record.TimedOut)), Want: "hang"},
		{Name: "exits", Set: gone, Want: "process-gone"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestSideBySide(t *testing.T) {
	set := func(after record.State, last *record.Exchange, together ...*record.Exchange) *record.Set {
		o := &record.Overlap{Before: checktest.Alive(), StateAfter: after, Solo: record.Turn{Call: *checktest.OK()}, After: record.Turn{Call: *last}}
		for _, x := range together {
			o.Turns = append(o.Turns, record.Turn{Call: *x})
		}
		return &record.Set{Calls: checktest.Calls(nil), Overlap: o}
	}
	alive, ok, lost := checktest.Alive(), checktest.OK, checktest.Ended(record.TimedOut)
	queue := change(set(alive, ok(), ok(), lost), func(s *record.Set) { s.Overlap.Solo.Call.Took = 20_000 })
	noSolo := change(set(alive, ok(), ok()), func(s *record.Set) { s.Overlap.Solo.Call = *checktest.Answer(500, "{}") })
	inside := checktest.Stream(1, 1, `{"error":"busy","error_type":"ConcurrencyException"}`)
	exits := change(set(checktest.Dead(1), lost), func(s *record.Set) { s.Calls = checktest.NoModel(500) })
	checktest.Judge(t, Checks, "SES-07", []checktest.Case{
		{Name: "all served", Set: set(alive, ok(), ok(), ok()), Want: "pass"},
		{Name: "some refused with 500, as Strands", Set: set(alive, ok(), ok(), checktest.Answer(500, "{}")), Want: "one-at-a-time"},
		{Name: "some refused inside a 200, as Strands streams", Set: set(alive, ok(), ok(), inside), Want: "one-at-a-time"},
		{Name: "exits", Set: set(checktest.Dead(1), checktest.Ended(record.Refused), ok(), checktest.Ended(record.Reset)), Want: "process-gone"},
		{Name: "restarted", Set: set(checktest.Other(), ok(), ok(), checktest.Ended(record.Reset)), Want: "process-gone"},
		{Name: "wait for each other for ever", Set: set(alive, ok(), lost, lost), Want: "hang"},
		{Name: "a slow queue that outlasts this run's patience", Set: queue, Want: "one-at-a-time"},
		{Name: "nothing is served afterwards", Set: set(alive, lost, ok(), checktest.Answer(500, "{}")), Want: "stuck"},
		{Name: "the call alone was not served", Set: noSolo, Want: "untestable"},
		{Name: "none were made", Set: set(alive, ok()), Want: "untestable"},
		{Name: "no model and it exits, as LlamaIndex does", Set: exits, Want: "untestable"},
	})
}

func TestResumed(t *testing.T) {
	session := func(turns ...*record.Exchange) *record.Set {
		l := &record.LongSession{Resumed: true, Boot: *checktest.Ready(900)}
		for _, x := range turns {
			l.Turns = append(l.Turns, *x)
		}
		return &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil), LongSession: l}
	}
	ok := checktest.OK()
	firstFails := session(checktest.Answer(500, "{}"), ok)
	firstFails.Boot.First = checktest.Answer(500, "{}")
	checktest.Judge(t, Checks, "SES-08", []checktest.Case{
		{Name: "served", Set: session(ok), Want: "pass"},
		{Name: "unknown session", Set: session(checktest.Answer(404, "{}"), ok), Want: "not-served"},
		{Name: "KeyError", Set: session(checktest.Answer(500, "{}"), checktest.Answer(500, "{}")), Want: "not-served"},
		{Name: "an error inside the stream", Set: session(checktest.Stream(1, 1, `{"error":"KeyError","error_type":"KeyError"}`)), Want: "not-served"},
		{Name: "hangs", Set: session(checktest.Ended(record.TimedOut)), Want: "no-answer"},
		{Name: "exits", Set: session(checktest.Ended(record.Reset)), Want: "no-answer"},
		{Name: "every first call of a process fails: PING-10's", Set: firstFails, Want: "untestable"},
		{Name: "busy just then", Set: session(checktest.Answer(429, "{}"), ok), Want: "untestable"},
		{Name: "no call was made", Set: session(), Want: "untestable"},
		{Name: "not resumed", Want: "untestable", Set: change(session(ok), func(s *record.Set) { s.LongSession.Resumed = false })},
		{Name: "attached", Want: "not-applicable",
			Set: change(session(ok), func(s *record.Set) { s.LongSession.Resumed, s.Terms.Attached = false, true })},
		{Name: "never ready again: LIFE-22's", Want: "untestable", Set: change(session(), func(s *record.Set) { s.LongSession.Boot = *checktest.Never(record.Hung) })},
		{Name: "no model", Want: "untestable", Set: change(session(checktest.Answer(500, "{}")), func(s *record.Set) { s.Calls = checktest.NoModel(500) })},
	})
}

func TestFields(t *testing.T) {
	required := with(record.CustomHeader, checktest.OK())
	required.Calls.Variants[record.Platform] = checktest.Answer(400, "{}")
	checktest.Judge(t, Checks, "SES-09", []checktest.Case{
		{Name: "optional", Set: with(record.CustomHeader, checktest.OK()), Want: "pass"},
		{Name: "required", Set: required, Want: "field-required"},
		{Name: "refused", Set: with(record.CustomHeader, checktest.Answer(400, "{}")), Want: "field-refused"},
		{Name: "unanswered", Set: with(record.CustomHeader, checktest.Ended(record.TimedOut)), Want: "field-refused"},
		{Name: "busy just then", Set: with(record.CustomHeader, checktest.Answer(429, "{}")), Want: "untestable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
	guarded := func(sign func(*record.Set)) *record.Set {
		s := &record.Set{Calls: checktest.NoModel(401)}
		sign(s)
		return s
	}
	localhost := guarded(func(s *record.Set) { s.Calls.Variants[record.Localhost], s.Calls.Worked = checktest.OK(), true })
	checktest.Judge(t, Checks, "SES-11", []checktest.Case{
		{Name: "served", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "GET is guarded too", Want: "token-required", Set: guarded(func(s *record.Set) { s.Calls.Variants[record.Get] = checktest.Answer(401, "{}") })},
		{Name: "the refusal names its scheme", Want: "token-required", Set: guarded(func(s *record.Set) {
			h := &s.Calls.Variants[record.Platform].Response.Header
			*h = append(*h, record.Field{Name: "WWW-Authenticate", Value: "Bearer"})
		})},
		{Name: "nonsense is guarded too", Want: "token-required", Set: guarded(func(s *record.Set) {
			s.Malformed = &record.Malformed{Probes: []record.Probe{{Name: "truncated-json", Call: *checktest.Answer(401, "{}")}}}
		})},
		{Name: "a model's 401 handed on", Want: "untestable", Set: guarded(func(s *record.Set) { s.Calls.Variants[record.Get] = checktest.Answer(405, "{}") })},
		{Name: "the Host is refused: NET-04's", Set: localhost, Want: "pass"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestIdentity(t *testing.T) {
	logged := with(record.Identity, checktest.OK())
	logged.Calls.LeakedToken = true
	both := with(record.Identity, checktest.Answer(200, `{"h":"`+record.IdentityToken+`"}`))
	both.Calls.LeakedToken = true
	inHeader := checktest.OK()
	inHeader.Response.Header = append(inHeader.Response.Header, record.Field{Name: "x-echo", Value: record.IdentityToken})
	late := checktest.Stream(1, 1, `"a"`)
	late.Events.Tail = []record.Event{{Data: `"` + record.IdentityToken + `"`}}
	noModelEcho := noModel()
	noModelEcho.Calls.Variants[record.Identity] = checktest.Answer(500, `{"error":"bad token `+record.IdentityToken+`"}`)
	noModelQuiet := noModel()
	noModelQuiet.Calls.Variants[record.Identity] = checktest.Answer(500, `{"error":"no credentials"}`)
	checktest.Judge(t, Checks, "SES-12", []checktest.Case{
		{Name: "kept", Set: with(record.Identity, checktest.OK()), Want: "pass"},
		{Name: "logged", Set: logged, Want: "logged"},
		{Name: "echoed and logged", Set: both, Want: "echoed", Also: []string{"logged"}},
		{Name: "echoed in a header", Set: with(record.Identity, inHeader), Want: "echoed"},
		{Name: "echoed late in a stream", Set: with(record.Identity, late), Want: "echoed"},
		{Name: "echoed in an error without a model", Set: noModelEcho, Want: "echoed"},
		{Name: "no model, and kept", Set: noModelQuiet, Want: "pass"},
		{Name: "refused", Set: with(record.Identity, checktest.Answer(500, "{}")), Want: "refused"},
		{Name: "no answer", Set: with(record.Identity, checktest.Ended(record.TimedOut)), Want: "untestable"},
		{Name: "not sent", Set: noModel(), Want: "untestable"},
	})
}

func TestNotes(t *testing.T) {
	named := with(record.Platform, change(checktest.OK(), func(x *record.Exchange) { x.Session = "0123456789012345678901234567890123456789" }))
	named.Boot = checktest.Ready(900)
	for _, clause := range []string{"SES-02", "SES-10", "SES-13", "SES-14"} {
		checktest.Judge(t, Checks, clause, []checktest.Case{{Name: clause, Set: named, Want: "note"}})
	}
	mcp := &record.Set{Boot: checktest.Ready(900), Terms: record.Terms{Protocol: "MCP"}}
	checktest.Judge(t, Checks, "SES-14", []checktest.Case{{Name: "MCP", Set: mcp, Want: "note"}})
	checktest.Judge(t, Checks, "SES-02", []checktest.Case{{Name: "nothing was sent", Set: &record.Set{Boot: checktest.Ready(900)}, Want: "note"}})
}
