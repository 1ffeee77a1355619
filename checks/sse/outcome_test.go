package sse

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestErrorInside(t *testing.T) {
	pythons := checktest.Stream(10, 10, `"a"`, `{"error":"boom","error_type":"ValueError","message":"An error occurred during streaming"}`)
	declared := func(worked bool) *record.Set {
		s := streaming(errorStream())
		s.Terms.StreamDeclared, s.Stream.JSONAnswers = true, false
		if !worked {
			s.Calls = checktest.NoModel(500)
		}
		return s
	}
	once := streaming(errorStream())
	once.Calls.Variants[record.AcceptSSE] = good()
	unknown := streaming(errorStream())
	unknown.Stream.JSONAnswers = false
	late := good()
	late.Events.Tail = []record.Event{{Type: "error", Data: `{"message":"at the very end"}`}}
	checktest.Judge(t, Checks, "SSE-07", []checktest.Case{
		{Name: "no error", Set: streaming(good()), Want: "pass"},
		{Name: "text that speaks of an error", Set: streaming(checktest.Stream(10, 10, `{"error":"none found"}`)), Want: "pass"},
		{Name: "JSON is answered and the stream fails, TypeScript SDK", Set: streaming(errorStream()), Want: "error-inside"},
		{Name: "JSON is answered and the stream fails, Python SDK", Set: streaming(pythons), Want: "error-inside"},
		{Name: "at the end of a long stream", Set: streaming(late), Want: "error-inside"},
		{Name: "the declared stream fails", Set: declared(true), Want: "error-inside"},
		{Name: "the declared stream fails without a model", Set: declared(false), Want: "untestable"},
		{Name: "one of two streams fails", Set: once, Want: "error-sometimes"},
		{Name: "no model: every stream fails, as Strands on Bedrock", Set: failing(), Want: "untestable"},
		{Name: "the stream fails and nobody knows what JSON says", Set: unknown, Want: "untestable"},
		{Name: "empty: SSE-12's", Set: streaming(bytesOnly("", "")), Want: "untestable"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
		{Name: "no model", Set: silent(), Want: "untestable"},
	})
}

func TestLeaving(t *testing.T) {
	left := good()
	left.Outcome = record.Abandoned
	round := func(phase string, again *record.Exchange, p record.Ping) record.DisconnectRound {
		return record.DisconnectRound{Phase: phase, Call: *left, Ping: &p, Again: again, Waited: 30_000}
	}
	ping := checktest.Ping(1, `{"status":"Healthy"}`)
	lost, refused := ping, ping
	lost.Outcome, lost.Status = record.TimedOut, 0
	refused.Outcome, refused.Status = record.Refused, 0
	set := func(after record.State, rounds ...record.DisconnectRound) *record.Set {
		return change(streaming(good()), func(s *record.Set) {
			s.Disconnect = &record.Disconnect{Before: checktest.Alive(), After: after, Rounds: rounds}
		})
	}
	late := round("stream", checktest.OK(), ping)
	late.Waited = 28_000
	noModel := set(checktest.Alive(), round("stream", nil, ping))
	noModel.Calls = checktest.NoModel(500)
	exits := set(checktest.Dead(1), round("stream", nil, refused))
	exits.Calls = checktest.NoModel(500)
	answered := round("stream", checktest.OK(), ping)
	answered.Call.Outcome = record.Answered
	short := set(checktest.Alive(), round("stream", checktest.OK(), ping))
	short.Stream.Call = checktest.Stream(5, 0, `"a"`, `"b"`)
	checktest.Judge(t, Checks, "SSE-09", []checktest.Case{
		{Name: "the whole stream came at once", Set: short, Want: "note"},
		{Name: "still serves", Set: set(checktest.Alive(), round("stream", checktest.OK(), ping)), Want: "pass"},
		{Name: "finishes the abandoned turn first, as Strands", Set: set(checktest.Alive(), late), Want: "pass"},
		{Name: "exits", Set: set(checktest.Dead(1), round("stream", nil, refused)), Want: "process-gone"},
		{Name: "restarted", Set: set(checktest.Other(), round("stream", checktest.OK(), ping)), Want: "process-gone"},
		{Name: "health checks lost", Set: set(checktest.Alive(), round("stream", checktest.OK(), lost)), Want: "health-lost"},
		{Name: "first the next call hangs, then health checks too", Want: "health-lost", Set: set(checktest.Alive(),
			round("stream", checktest.Ended(record.TimedOut), ping), round("stream", checktest.Ended(record.TimedOut), lost))},
		{Name: "the next call hangs", Set: set(checktest.Alive(), round("stream", checktest.Ended(record.TimedOut), ping)), Want: "next-call-lost"},
		{Name: "the next call is a 200 with an error for good", Set: set(checktest.Alive(), round("stream", errorStream(), ping)), Want: "next-call-lost"},
		{Name: "gone before any stream was left: NET-12's", Want: "untestable",
			Set: set(checktest.Dead(1), round("body", nil, refused), round("stream", nil, refused))},
		{Name: "other callers wedge it: NET-12's", Want: "pass",
			Set: set(checktest.Alive(), round("body", checktest.Ended(record.TimedOut), lost), round("stream", checktest.OK(), ping))},
		{Name: "no model: the health check still counts", Set: noModel, Want: "pass"},
		{Name: "no model and it exits, as LlamaIndex does", Set: exits, Want: "untestable"},
		{Name: "over before anybody could leave", Set: set(checktest.Alive(), answered), Want: "untestable"},
		{Name: "never streamed", Set: set(checktest.Alive(), round("answer", checktest.OK(), ping)), Want: "not-applicable"},
	})
	went, stayed := round("stream", checktest.OK(), ping), round("stream", checktest.OK(), ping)
	went.Model = []record.ModelRequest{{Outcome: record.ModelAbandoned}}
	stayed.Model = []record.ModelRequest{{Outcome: record.ModelOpen}}
	if says := judgeLeaving(set(checktest.Alive(), went, stayed))[0].Actual; !strings.Contains(says, "in 1 of 2") {
		t.Errorf("of the model: %s", says)
	}
}
