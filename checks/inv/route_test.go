package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestRoute(t *testing.T) {
	hung := ladder(checktest.Ended(record.TimedOut))
	hangsAlways := ladder(checktest.Ended(record.TimedOut))
	hangsAlways.Malformed = &record.Malformed{Probes: []record.Probe{{Name: truncatedJSON, Call: *checktest.Ended(record.TimedOut)}}}
	resets := func(running bool) *record.Set {
		s := ladder(checktest.Ended(record.Reset))
		s.Malformed = &record.Malformed{Probes: []record.Probe{{Name: truncatedJSON, Call: *checktest.Ended(record.Reset), State: record.State{Running: running}}}}
		return s
	}
	checktest.Judge(t, Checks, "INV-01", []checktest.Case{
		{Name: "resets whatever the body", Set: resets(true), Want: "no-answer"},
		{Name: "resets because it is gone", Set: resets(false), Want: "untestable"},
		{Name: "served", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "500 without a model proves the route", Set: noModel(), Want: "pass"},
		{Name: "422 proves the route", Set: ladder(checktest.Answer(422, "{}")), Want: "pass"},
		{Name: "404", Set: ladder(checktest.Answer(404, "{}")), Want: "not-found"},
		{Name: "404 for one body shape only", Set: ladder(checktest.Answer(404, "{}"), checktest.Answer(400, "{}")), Want: "pass"},
		{Name: "405", Set: ladder(checktest.Answer(405, "{}")), Want: "method-refused"},
		{Name: "hangs, which may be the world that is missing", Set: hung, Want: "untestable"},
		{Name: "hangs whatever the body", Set: hangsAlways, Want: "no-answer"},
		{Name: "the host is refused: another clause's", Set: ladder(checktest.Answer(421, "")), Want: "untestable"},
		{Name: "exits without a model, as LlamaIndex does", Set: ladder(checktest.Ended(record.Reset)), Want: "untestable"},
	})
}

func TestJSONBody(t *testing.T) {
	declared := func(status int) *record.Set {
		return changed(ladder(checktest.Answer(status, "{}")), func(s *record.Set) { s.Terms.PayloadDeclared = true })
	}
	checktest.Judge(t, Checks, "INV-02", []checktest.Case{
		{Name: "taken", Set: with(record.Charset, checktest.OK()), Want: "pass"},
		{Name: "415", Set: ladder(checktest.Answer(415, "{}")), Want: "json-refused"},
		{Name: "no answer with a charset", Set: with(record.Charset, checktest.Ended(record.Reset)), Want: "charset-refused"},
		{Name: "415 with a charset", Set: with(record.Charset, checktest.Answer(415, "{}")), Want: "charset-refused"},
		{Name: "415 for octet-stream, as the TypeScript SDK says", Set: with(record.OctetStream, checktest.Answer(415, "{}")), Want: "other-type-refused"},
		{Name: "500 for octet-stream, as FastAPI says", Set: with(record.OctetStream, checktest.Answer(500, "")), Want: "other-type-refused"},
		{Name: "415 without a type", Set: with(record.NoContentType, checktest.Answer(415, "{}")), Want: "other-type-refused"},
		{Name: "the declared payload is refused", Set: declared(422), Want: "payload-refused"},
		{Name: "the declared payload fails for want of a model", Set: declared(500), Want: "untestable"},
		{Name: "no common shape fits", Set: ladder(checktest.Answer(422, "{}")), Want: "untestable"},
	})
}

func TestAnswer(t *testing.T) {
	stream := ladder(checktest.Stream(100, 100, `"a"`, `"b"`))
	stream.Calls.Worked = true
	broken := checktest.Answer(200, `{"result": NaN}`)
	broken.Response.ValidJSON = false
	empty := checktest.Typed(204, "", "")
	checktest.Judge(t, Checks, "INV-03", []checktest.Case{
		{Name: "JSON", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "a stream with charset", Set: with(record.Platform, checktest.Typed(200, "text/event-stream; charset=utf-8", "data: 1\n\n")), Want: "pass"},
		{Name: "text/plain", Set: with(record.Platform, checktest.Typed(200, "text/plain", "hello")), Want: "other-type"},
		{Name: "201", Set: with(record.Platform, checktest.Answer(201, `{}`)), Want: "other-success"},
		{Name: "204 has no type", Set: with(record.Platform, empty), Want: "other-success"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
		{Name: "nothing kept", Set: &record.Set{Calls: &record.Calls{Worked: true}}, Want: "untestable"},
	})
	checktest.Judge(t, Checks, "INV-04", []checktest.Case{
		{Name: "object", Set: with(record.Platform, checktest.OK()), Want: "pass"},
		{Name: "a bare string, as CrewAI answers", Set: with(record.Platform, checktest.Answer(200, `"hello"`)), Want: "pass"},
		{Name: "NaN in a late turn of a long session", Want: "invalid-json", Set: changed(with(record.Platform, checktest.OK()), func(s *record.Set) {
			nan := checktest.OK()
			nan.Response.ValidJSON = false
			s.LongSession = &record.LongSession{Turns: []record.Exchange{*checktest.OK(), *nan}}
		})},
		{Name: "null, as a handler without a result", Set: with(record.Platform, checktest.Answer(200, "null")), Want: "pass"},
		{Name: "NaN", Set: with(record.Platform, broken), Want: "invalid-json"},
		{Name: "only streams", Set: stream, Want: "not-applicable"},
		{Name: "no model", Set: noModel(), Want: "untestable"},
	})
}

func TestGatewayStatus(t *testing.T) {
	clean := func(x *record.Exchange) *record.Set {
		return changed(with(record.Platform, checktest.OK()), func(s *record.Set) { s.Clean = &record.Clean{Call: x} })
	}
	checktest.Judge(t, Checks, "INV-06", []checktest.Case{
		{Name: "500 without a model", Set: noModel(), Want: "pass"},
		{Name: "an error inside a stream", Set: clean(checktest.Stream(10, 10, `{"error":"x","error_type":"E"}`)), Want: "pass"},
		{Name: "502 without a model", Set: clean(checktest.Answer(502, "")), Want: "gateway-status"},
		{Name: "503 in the ladder", Set: ladder(checktest.Answer(503, "")), Want: "gateway-status"},
		{Name: "nothing failed", Set: clean(checktest.OK()), Want: "note"},
	})
}
