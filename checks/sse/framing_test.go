package sse

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestContentType(t *testing.T) {
	under := func(kind string) *record.Exchange {
		return checktest.Typed(200, kind, "data: \"a\"\n\ndata: \"b\"\n\n")
	}
	declared := func(x *record.Exchange) *record.Set {
		return change(streaming(x), func(s *record.Set) { s.Terms.StreamDeclared, s.Stream.Asked = true, "payload" })
	}
	withCharset := good()
	withCharset.Response.Header[0].Value = "text/event-stream; charset=utf-8"
	noModel := declared(checktest.Answer(500, `{"error":"no credentials"}`))
	noModel.Calls = checktest.NoModel(500)
	only := func(v record.Variant, x *record.Exchange) *record.Set {
		return change(jsonOnly(), func(s *record.Set) { s.Calls.Variants[v] = x })
	}
	checktest.Judge(t, Checks, "SSE-01", []checktest.Case{
		{Name: "event stream", Set: streaming(good()), Want: "pass"},
		{Name: "with a charset, as the Python SDK", Set: streaming(withCharset), Want: "pass"},
		{Name: "the happy path alone streams", Set: only(record.Platform, good()), Want: "pass"},
		{Name: "events under octet-stream", Set: only(record.AcceptSSE, under("application/octet-stream")), Want: "other-type"},
		{Name: "events under application/json", Set: only(record.Platform, under("application/json")), Want: "other-type"},
		{Name: "prose that speaks of data", Set: only(record.Platform, checktest.Typed(200, "text/plain", "data: is the new oil,\nthey say\n")), Want: "not-applicable"},
		{Name: "declared and streamed", Set: declared(good()), Want: "pass"},
		{Name: "declared, but JSON comes back", Set: declared(checktest.OK()), Want: "not-streamed"},
		{Name: "declared, but the generator is not known", Set: declared(checktest.Answer(500, `{"error":"invalid payload type"}`)), Want: "not-streamed"},
		{Name: "declared, and busy just then", Set: declared(checktest.Answer(429, "{}")), Want: "untestable"},
		{Name: "declared, and no answer in time", Set: declared(checktest.Ended(record.TimedOut)), Want: "untestable"},
		{Name: "declared without a model", Set: noModel, Want: "untestable"},
		{Name: "JSON for a caller who takes streams only, as the TypeScript SDK", Set: only(record.AcceptSSE, checktest.OK()), Want: "not-applicable"},
		{Name: "an empty 500 under event-stream, as the TypeScript SDK refuses", Want: "not-applicable",
			Set: only(record.AcceptSSE, change(checktest.Stream(1, 1), func(x *record.Exchange) { x.Response.Status = 500 }))},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
		{Name: "no model", Set: silent(), Want: "untestable"},
	})
}

func TestDispatch(t *testing.T) {
	joined := func(lines int, data string) *record.Exchange {
		x := body(checktest.Stream(10, 10, data), "data: "+strings.ReplaceAll(data, "\n", "\ndata: ")+"\n\n")
		x.Events.Events[0].Lines = lines
		return x
	}
	left := func(text string) *record.Exchange {
		return change(good(), func(x *record.Exchange) { x.Events.Undispatched = text })
	}
	noise := func(text string) *record.Exchange { return change(good(), func(x *record.Exchange) { body(x, text) }) }
	longValue := `{"a":"` + strings.Repeat("x", record.MaxEventData)
	cutRecord := joined(2, longValue[:record.MaxEventData])
	cutRecord.Events.Events[0].Size = 9000
	noModel := failing()
	checktest.Judge(t, Checks, "SSE-02", []checktest.Case{
		{Name: "ended by blank lines", Set: streaming(good()), Want: "pass"},
		{Name: "single line ends, as on the contract page", Set: streaming(bytesOnly("data: \"a\"\ndata: \"b\"\n", "\"a\"\n\"b\"")), Want: "never-dispatched"},
		{Name: "bare JSON under event-stream", Set: streaming(bytesOnly("{\"result\":\"x\"}\n", "")), Want: "never-dispatched"},
		{Name: "a blank line at the very end only", Set: streaming(joined(3, "\"a\"\n\"b\"\n\"c\"")), Want: "merged"},
		{Name: "pretty-printed JSON is one value", Set: streaming(joined(3, "{\n\"a\": 1\n}")), Want: "pass"},
		{Name: "plain text of several lines is one value", Set: streaming(joined(2, "2024\n2025")), Want: "pass"},
		{Name: "one long value in two lines, cut by the record", Set: streaming(cutRecord), Want: "pass"},
		{Name: "raw line end within the text", Set: streaming(noise("data: Hello\nWorld\n\n")), Want: "line-lost"},
		{Name: "a byte order mark before each event", Set: streaming(noise("\ufeffdata: \"a\"\n\n\ufeffdata: \"b\"\n\n")), Want: "line-lost"},
		{Name: "a byte order mark at the start is legal", Set: streaming(noise("\ufeffdata: \"a\"\n\n")), Want: "pass"},
		{Name: "comments, ids, retry, own fields, CRLF", Set: streaming(noise(": hi\r\nid: 1\r\nretry: 10\r\ndata\r\nx-trace: 7\r\ndata: 1\r\n\r\n")), Want: "pass"},
		{Name: "the record ends within a line", Set: streaming(noise("data: \"a\"\n\nda")), Want: "pass"},
		{Name: "last event open", Set: streaming(left(`"bye"`)), Want: "last-lost"},
		{Name: "last event open, plain text with a colon", Set: streaming(left("note: bye")), Want: "last-lost"},
		{Name: "only [DONE] is open", Set: streaming(left("[DONE]")), Want: "end-mark-lost"},
		{Name: "a bare field is open", Set: streaming(left("event: done")), Want: "pass"},
		{Name: "open because this run gave up", Want: "pass",
			Set: streaming(change(left(`"by`), func(x *record.Exchange) { x.Outcome = record.TimedOut }))},
		{Name: "an error event of an agent without a model is framed well", Set: noModel, Want: "pass"},
		{Name: "empty", Set: streaming(bytesOnly("", "")), Want: "untestable"},
		{Name: "cut by its length: another clause's", Want: "untestable",
			Set: streaming(change(bytesOnly(`data: "hel`, `"hel`), func(x *record.Exchange) { x.Response.ContentLength = 10 }))},
		{Name: "compressed: another clause's", Set: streaming(gzipped(bytesOnly("\x1f\x8b\n", "\x1f\x8b"))), Want: "untestable"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
		{Name: "no model", Set: silent(), Want: "untestable"},
	})
}

func TestJoinedLines(t *testing.T) {
	const sent = "Here it ends.\n\nA blank line before.\nNo blank line\r\nand the end."
	said := func(got string, data ...string) *record.Set {
		return change(streaming(checktest.Stream(10, 10, data...)), func(s *record.Set) { s.Stream.Lines = &record.Lines{Sent: sent, Got: got} })
	}
	raw := said(sent, "x")
	raw.Stream.Call = body(checktest.Stream(10, 10, "Here it ends."), "data: Here it ends.\n\nA blank line before.\n\n")
	const joined = "Here it ends.A blank line before.No blank line\nand the end."
	refused := said(joined, `"Here it"`, `" ends."`)
	refused.Stream.Call.Response.Status, refused.Calls.Variants[record.Platform] = 500, good()
	checktest.Judge(t, Checks, "SSE-02", []checktest.Case{
		{Name: "in an error's events, beside a good stream", Set: refused, Want: "pass"},
		{Name: "as said", Set: said(sent, `"Here it"`, `" ends.\n\nA blank"`), Want: "pass"},
		{Name: "with LF alone", Set: said(strings.ReplaceAll(sent, "\r", ""), `"Here it"`), Want: "pass"},
		{Name: "blank tokens skipped", Set: said(joined, `"Here it"`, `" ends."`, `"A blank line"`, `" before."`),
			Want: "lines-joined", Says: "2 of 3 line ends are missing"},
		{Name: "taken out in capitals, in one event", Set: said("HERE IT ENDS.A BLANK LINE BEFORE.NO BLANK LINEAND THE END.",
			`"HERE IT ENDS.A BLANK LINE BEFORE.NO BLANK LINEAND THE END."`), Want: "lines-joined", Says: "3 of 3"},
		{Name: "an event for each line", Set: said("Here it ends.A blank line before.No blank lineand the end.",
			`"Here it ends."`, `"A blank line before."`, `"No blank line"`, `"and the end."`), Want: "pass"},
		{Name: "an event for each paragraph", Set: said("Here it ends.A blank line before.\nNo blank line\nand the end.",
			`"Here it ends."`, `"A blank line before.\nNo blank line\nand the end."`), Want: "pass"},
		{Name: "whole lines first, and then all in one without ends", Set: said("Here it ends.A blank line before.\nNo blank line\nand the end.",
			`"Here it ends."`, `"A blank line before."`, `"Here it ends.A blank line before.\nNo blank line\nand the end."`), Want: "lines-joined"},
		{Name: "blanks instead", Set: said(strings.Join(strings.Fields(sent), " "), `"Here it"`), Want: "pass"},
		{Name: "marked up", Set: said("Here it ends.</p><p>A blank line before.<br>No blank line<br>and the end.", `"Here it"`), Want: "pass"},
		{Name: "escaped twice", Set: said(`Here it ends.\n\nA blank line before.\nNo blank line\nand the end.`, `"Here it"`), Want: "pass"},
		{Name: "another text came back", Set: said("", `"a summary"`), Want: "pass"},
		{Name: "broken apart: that is worse", Set: raw, Want: "line-lost"},
	})
}

func gzipped(x *record.Exchange) *record.Exchange {
	x.Response.Header = append(x.Response.Header, record.Field{Name: "content-encoding", Value: "gzip"})
	return x
}

func TestData(t *testing.T) {
	of := func(data ...string) *record.Set { return streaming(checktest.Stream(10, 10, data...)) }
	long := of(`{"a":`)
	long.Stream.Call.Events.Events[0].Size = 9000
	tail := of(`1`)
	tail.Stream.Call.Events.Tail = []record.Event{{Data: "bye", Size: 3}}
	checktest.Judge(t, Checks, "SSE-03", []checktest.Case{
		{Name: "JSON strings and objects", Set: of(`"a"`, `{"b":1}`, `null`), Want: "note", Says: "JSON in each of"},
		{Name: "with [DONE]", Set: of(`"a"`, `[DONE]`), Want: "note", Says: "JSON in each of"},
		{Name: "plain text, as hand-written servers", Set: of(`Hello`, ` there`), Want: "not-json"},
		{Name: "plain text at the end of a long stream", Set: tail, Want: "not-json"},
		{Name: "an event longer than the record", Set: long, Want: "note", Says: "JSON in each of"},
		{Name: "no events", Set: of(), Want: "untestable"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
	})
	checktest.Judge(t, Checks, "SSE-04", []checktest.Case{
		{Name: "framed once", Set: of(`"a"`, `{"b":"data: x\n\n"}`), Want: "pass"},
		{Name: "an event in a JSON string", Set: of(`"data: {\"a\":1}\n\n"`), Want: "framed-twice"},
		{Name: "an event with a type in a JSON string", Set: of(`"event: message\ndata: 1\n\n"`), Want: "framed-twice"},
		{Name: "an event in plain text", Set: of(`data: {"a":1}`), Want: "framed-twice"},
		{Name: "an agent that talks about data", Set: of(`"data: it is the new oil"`), Want: "pass"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
	})
}

func TestPlain(t *testing.T) {
	asked := gzipped(good())
	asked.Request.Header = []record.Field{{Name: "Accept-Encoding", Value: "gzip"}}
	identity := gzipped(good())
	identity.Response.Header[1].Value = "identity"
	checktest.Judge(t, Checks, "SSE-11", []checktest.Case{
		{Name: "plain", Set: streaming(good()), Want: "pass"},
		{Name: "compressed", Set: streaming(gzipped(good())), Want: "compressed"},
		{Name: "compressed as asked", Set: streaming(asked), Want: "pass"},
		{Name: "identity is no encoding", Set: streaming(identity), Want: "pass"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
	})
}

func TestFilled(t *testing.T) {
	length := func(x *record.Exchange, n int64, o record.Outcome) *record.Exchange {
		x.Response.ContentLength, x.Response.Framing, x.Outcome = n, "length", o
		return x
	}
	unknown := func(x *record.Exchange) *record.Set {
		return change(streaming(x), func(s *record.Set) { s.Stream.JSONAnswers = false })
	}
	known := unknown(bytesOnly("", ""))
	known.Calls.Variants[record.AcceptJSON] = checktest.OK()
	wordless := streaming(bytesOnly("", ""))
	wordless.Calls.Variants[record.Platform] = checktest.Answer(200, `{"result":"","parts":[{"text":""}]}`)
	wordless.Calls.Variants[record.AcceptJSON] = checktest.Answer(200, "null")
	noModel := unknown(bytesOnly("", ""))
	noModel.Calls = checktest.NoModel(500)
	checktest.Judge(t, Checks, "SSE-12", []checktest.Case{
		{Name: "filled", Set: streaming(good()), Want: "pass"},
		{Name: "empty", Set: streaming(bytesOnly("", "")), Want: "empty"},
		{Name: "comments only", Set: streaming(bytesOnly(": hi\n\n", "")), Want: "empty"},
		{Name: "empty, and so is the text of the JSON answer, as ADK without a model", Set: wordless, Want: "untestable"},
		{Name: "length 0", Set: streaming(length(bytesOnly("", ""), 0, record.Answered)), Want: "empty"},
		{Name: "empty, and JSON was answered on request", Set: known, Want: "empty"},
		{Name: "length 0 and bytes after it", Set: streaming(length(bytesOnly("", ""), 0, record.Truncated)), Want: "cut"},
		{Name: "cut within a value", Set: streaming(length(bytesOnly(`data: "hel`, `"hel`), 10, record.Answered)), Want: "cut"},
		{Name: "a length that fits", Set: streaming(length(good(), 60, record.Answered)), Want: "pass"},
		{Name: "a length that fits, last event open: another clause's", Want: "pass",
			Set: streaming(length(bytesOnly(`data: "hello"`, `"hello"`), 13, record.Answered))},
		{Name: "shorter than its length: another clause's", Set: streaming(length(good(), 5000, record.Truncated)), Want: "pass"},
		{Name: "empty, and nobody knows what JSON says", Set: unknown(bytesOnly("", "")), Want: "untestable"},
		{Name: "empty without a model, as ADK", Set: noModel, Want: "untestable"},
		{Name: "no event before this run gave up", Want: "untestable",
			Set: streaming(length(bytesOnly("", ""), -1, record.TimedOut))},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
		{Name: "no model", Set: silent(), Want: "untestable"},
	})
}
