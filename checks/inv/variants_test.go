package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMinimal(t *testing.T) {
	noAccept := with(record.Minimal, checktest.Answer(400, "{}"))
	noAccept.Calls.Variants[record.AcceptNone] = checktest.Answer(400, "{}")
	rich := with(record.Rich, checktest.OK())
	rich.Calls.Variants[record.Platform], rich.Calls.Variants[record.Minimal] = checktest.Answer(403, "{}"), checktest.OK()
	checktest.Judge(t, Checks, "INV-13", []checktest.Case{
		{Name: "served only with what test clients add", Set: rich, Want: "field-required"},
		{Name: "served", Set: with(record.Minimal, checktest.OK()), Want: "pass"},
		{Name: "406 without Accept, as the TypeScript SDK's streams", Set: with(record.Minimal, checktest.Answer(406, "{}")), Want: "accept-required"},
		{Name: "400 without Accept", Set: noAccept, Want: "accept-required"},
		{Name: "403 without User-Agent", Set: with(record.Minimal, checktest.Answer(403, "{}")), Want: "field-required"},
		{Name: "500 without a request id", Set: with(record.Minimal, checktest.Answer(500, "{}")), Want: "field-required"},
		{Name: "busy just then", Set: with(record.Minimal, checktest.Answer(429, "{}")), Want: "untestable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestAccept(t *testing.T) {
	checktest.Judge(t, Checks, "INV-14", []checktest.Case{
		{Name: "all served", Set: with(record.AcceptJSON, checktest.OK()), Want: "pass"},
		{Name: "both refused", Set: ladder(checktest.Answer(406, "{}")), Want: "both-refused"},
		{Name: "JSON refused, as the TypeScript SDK's streams", Set: with(record.AcceptJSON, checktest.Answer(406, "{}")), Want: "json-refused"},
		{Name: "streams refused", Set: with(record.AcceptSSE, checktest.Answer(406, "{}")), Want: "stream-refused"},
		{Name: "500 for JSON only", Set: with(record.AcceptJSON, checktest.Answer(500, "{}")), Want: "json-fails"},
		{Name: "no answer for event streams only", Set: with(record.AcceptSSE, checktest.Ended(record.Reset)), Want: "stream-fails"},
		{Name: "400 for event streams only", Set: with(record.AcceptSSE, checktest.Answer(400, "{}")), Want: "pass"},
		{Name: "429 for event streams only", Set: with(record.AcceptSSE, checktest.Answer(429, "{}")), Want: "pass"},
		{Name: "the process died on the way: another clause's", Want: "pass", Set: changed(with(record.AcceptSSE, checktest.Ended(record.Refused)),
			func(s *record.Set) { s.Calls.After = checktest.Dead(1) })},
		{Name: "JSON despite Accept of streams is legal", Set: with(record.AcceptSSE, checktest.OK()), Want: "pass"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestRepeated(t *testing.T) {
	long := checktest.OK()
	long.Took = mostCall + 1
	checktest.Judge(t, Checks, "INV-15", []checktest.Case{
		{Name: "quick", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "sixteen minutes", Set: with(record.Platform, long), Want: "too-long"},
		{Name: "the harness gave up after two minutes", Set: ladder(checktest.Ended(record.TimedOut)), Want: "untestable"},
		{Name: "nothing kept", Set: &record.Set{Calls: &record.Calls{Worked: true}}, Want: "untestable"},
	})
	checktest.Judge(t, Checks, "INV-16", []checktest.Case{
		{Name: "answered again", Set: with(record.PlatformAgain, checktest.OK()), Want: "pass"},
		{Name: "500 the second time", Set: with(record.PlatformAgain, checktest.Answer(500, "{}")), Want: "second-refused"},
		{Name: "not sent", Set: with(record.PlatformAgain, nil), Want: "untestable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "INV-21", []checktest.Case{
		{Name: "ignored", Set: with(record.UnknownField, checktest.OK()), Want: "pass"},
		{Name: "422", Set: with(record.UnknownField, checktest.Answer(422, "{}")), Want: "unknown-field-refused"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestNonASCII(t *testing.T) {
	latin := checktest.OK()
	latin.Response.ValidUTF8 = false
	checktest.Judge(t, Checks, "INV-22", []checktest.Case{
		{Name: "served", Set: with(record.NonASCII, checktest.OK()), Want: "pass"},
		{Name: "latin-1", Set: with(record.NonASCII, latin), Want: "not-utf8"},
		{Name: "500", Set: with(record.NonASCII, checktest.Answer(500, "{}")), Want: "non-ascii-refused"},
		{Name: "no place for a prompt", Set: with(record.Get, nil), Want: "not-applicable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestHarmless(t *testing.T) {
	checktest.Judge(t, Checks, "INV-18", []checktest.Case{
		{Name: "405", Set: with(record.Get, checktest.Answer(405, "{}")), Want: "note", Says: "refused with 405"},
		{Name: "404, as the TypeScript SDK", Set: with(record.Get, checktest.Answer(404, "{}")), Want: "note", Says: "refused with 404"},
		{Name: "200", Set: with(record.Get, checktest.OK()), Want: "note"},
		{Name: "not sent", Set: with(record.Get, nil), Want: "note"},
	})
	checktest.Judge(t, Checks, "INV-19", []checktest.Case{
		{Name: "served as data", Set: with(record.DebugAction, checktest.OK()), Want: "pass"},
		{Name: "refused as data", Set: with(record.DebugAction, checktest.Answer(422, "{}")), Want: "pass"},
		{Name: "an agent that echoes the action", Set: with(record.DebugAction, checktest.Answer(200, `{"echo":{"_agent_core_app_action":"ping_status"}}`)), Want: "pass"},
		{Name: "the SDK replies", Set: with(record.DebugAction, checktest.Answer(200, `{"status":"Healthy","time_of_last_update":1790000000}`)), Want: "debug-on"},
		{Name: "not sent", Set: noModel(), Want: "untestable"},
	})
}

func TestFraming(t *testing.T) {
	cut := checktest.OK()
	cut.Outcome = record.Truncated
	died := ladder(cut)
	died.Calls.After = checktest.Dead(1)
	checktest.Judge(t, Checks, "INV-20", []checktest.Case{
		{Name: "sound", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "cut short", Set: with(record.Minimal, cut), Want: "cut-short"},
		{Name: "not HTTP", Set: with(record.Minimal, checktest.Ended(record.Garbled)), Want: "not-http"},
		{Name: "the harness left", Set: with(record.Minimal, checktest.Ended(record.Abandoned)), Want: "pass"},
		{Name: "the process died: another clause's", Set: died, Want: "untestable"},
		{Name: "cut after a large body", Want: "cut-short", Set: changed(with(record.Platform, checktest.OK()), func(s *record.Set) {
			s.Bodies = &record.Bodies{Calls: []record.BodyCall{{Size: 2_000_000, Call: *cut}}}
		})},
		{Name: "cut in a stream", Want: "cut-short", Set: changed(with(record.Platform, checktest.OK()), func(s *record.Set) {
			s.Stream = &record.Stream{Call: cut}
		})},
	})
}
