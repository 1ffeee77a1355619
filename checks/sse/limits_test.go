package sse

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// These cases stand on the limits themselves: what is just allowed passes, the next step does not.

func TestPaceAtItsLimits(t *testing.T) {
	checktest.Judge(t, Checks, "SSE-05", []checktest.Case{
		{Name: "two seconds are enough", Set: streaming(lasting(2000, 1900, 2, 5)), Want: "all-at-the-end",
			Measures: map[string]float64{"sse.firstEventMs": 1900, "sse.tookMs": 2000}},
		{Name: "less are not", Set: streaming(lasting(1999, 1900, 2, 5)), Want: "note"},
		{Name: "three events are enough", Set: streaming(lasting(4000, 3900, 2, 3)), Want: "all-at-the-end"},
		{Name: "the first at four fifths", Set: streaming(lasting(4000, 3200, 2, 5)), Want: "pass"},
		{Name: "the first after four fifths", Set: streaming(lasting(4000, 3201, 2, 5)), Want: "all-at-the-end"},
		{Name: "half a second from the first to the last", Set: streaming(lasting(10_000, 9000, 125, 5)), Want: "pass"},
		{Name: "a little less", Set: streaming(lasting(10_000, 9000, 124.9, 5)), Want: "all-at-the-end"},
		{Name: "one event", Set: streaming(lasting(4000, 3900, 2, 1)), Want: "note", Measures: map[string]float64{"sse.firstEventMs": 3900}},
	})
	spoke := func(x *record.Exchange) []record.ModelRequest {
		return []record.ModelRequest{{Stream: true, At: x.At + 50, FirstToken: 300, LastToken: 1300}}
	}
	late := lasting(1500, 1450, 2, 5)
	paced := func(slow *record.Exchange, model []record.ModelRequest) *record.Set {
		s := streaming(late)
		s.Stream.Paced, s.Stream.Model = true, spoke(late)
		if slow != nil {
			s.Stream.Slower = &record.Spoken{Call: *slow, Model: model}
		}
		return s
	}
	well := lasting(1500, 200, 200, 6)
	good := streaming(well)
	good.Stream.Paced, good.Stream.Model = true, spoke(well)
	good.Stream.Slower = &record.Spoken{Call: *late, Model: spoke(late)}
	// Another call of the record streams, the one beside which the model is known does not.
	other := jsonOnly()
	other.Stream.Call, other.Stream.Paced = checktest.OK(), true
	other.Stream.Model = []record.ModelRequest{{Stream: true, At: 50, FirstToken: 5000, LastToken: 6000}}
	other.Calls.Variants[record.Platform] = lasting(4000, 400, 400, 9)
	checktest.Judge(t, Checks, "SSE-05", []checktest.Case{
		{Name: "a second try without a stream tells nothing new", Set: paced(checktest.OK(), spoke(late)), Want: "buffered"},
		{Name: "a second try whose model did not speak tells nothing new", Set: paced(well, nil), Want: "buffered", Says: "the model spoke"},
		{Name: "what followed the model once, needs no second try", Set: good, Want: "pass"},
		{Name: "a model is held against its own call alone", Set: other, Want: "pass"},
	})
}

func TestEndsAtItsLimits(t *testing.T) {
	// repeating says the same at the end, three times.
	repeating := func(last record.Millis) *record.Set {
		x := lasting(10_000, last-30, 10, 4)
		for i := 1; i < 4; i++ {
			x.Events.Events[i].Data = `"ping"`
		}
		x.Outcome = record.TimedOut
		return streaming(x)
	}
	telling := func(last record.Millis, n int) *record.Set {
		x := lasting(10_000, last-10*record.Millis(n-1), 10, n)
		x.Outcome = record.TimedOut
		return streaming(x)
	}
	checktest.Judge(t, Checks, "SSE-06", []checktest.Case{
		{Name: "the last three repeat themselves", Set: repeating(9000), Want: "endless"},
		{Name: "two events, both new", Set: telling(9000, 2), Want: "untestable"},
		{Name: "new until four fifths", Set: telling(8000, 4), Want: "untestable"},
		{Name: "nothing new after that", Set: telling(7999, 4), Want: "endless"},
	})
}

func TestSizeAndSilenceAtTheirLimits(t *testing.T) {
	largest := func(n int64) *record.Set {
		return streaming(change(good(), func(x *record.Exchange) { x.Events.LargestEvent = n }))
	}
	quiet := func(silence record.Millis) *record.Set {
		return streaming(change(good(), func(x *record.Exchange) { x.Events.LongestSilence = silence }))
	}
	checktest.Judge(t, Checks, "SSE-10", []checktest.Case{
		{Name: "9 MB", Set: largest(9_000_000), Want: "pass", Measures: map[string]float64{"sse.largestEventBytes": 9_000_000}},
		{Name: "more than 9 MB", Set: largest(9_000_001), Want: "near-limit"},
		{Name: "10 MB", Set: largest(10 << 20), Want: "near-limit"},
		{Name: "more than 10 MB", Set: largest(10<<20 + 1), Want: "too-large"},
		{Name: "an hour", Set: streaming(lasting(3_600_000, 100, 60_000, 60)), Want: "pass"},
		{Name: "more than an hour", Set: streaming(lasting(3_600_001, 100, 60_000, 60)), Want: "too-long"},
	})
	checktest.Judge(t, Checks, "SSE-08", []checktest.Case{{Name: "more than half a minute", Set: quiet(30_001), Want: "silent"}})
}

func TestFramedLikeEvents(t *testing.T) {
	typed := func(status int, text string) *record.Exchange { return checktest.Typed(status, "text/plain", text) }
	valid := typed(200, "data: 1\n\n")
	valid.Response.ValidJSON = true
	cases := []struct {
		name string
		x    *record.Exchange
		want bool
	}{
		{"events", typed(200, "data: 1\n\n"), true},
		{"events and a comment", typed(200, ": hi\ndata: 1\n\n"), true},
		{"events under 299", typed(299, "data: 1\n\n"), true},
		{"a redirect", typed(300, "data: 1\n\n"), false},
		{"no data", typed(200, "event: x\n\n"), false},
		{"a comment alone", typed(200, ": hi\n\n"), false},
		{"a line that is no field", typed(200, "data: 1\nand more\n\n"), false},
		{"a field that events do not have", typed(200, "data: 1\nname: x\n\n"), false},
		{"nothing", typed(200, ""), false},
		{"JSON", valid, false},
		{"read as events already", checktest.Stream(1, 1, `"a"`), false},
		{"no answer", &record.Exchange{Outcome: record.TimedOut}, false},
		{"no call", nil, false},
	}
	for _, c := range cases {
		if got := framedLikeEvents(c.x); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestStreamsByStatusAndBytes(t *testing.T) {
	status := func(n int) *record.Set {
		return change(jsonOnly(), func(s *record.Set) {
			s.Stream.Call = change(good(), func(x *record.Exchange) { x.Response.Status = n })
		})
	}
	checktest.Judge(t, Checks, "SSE-01", []checktest.Case{
		{Name: "200", Set: status(200), Want: "pass"},
		{Name: "299", Set: status(299), Want: "pass"},
		{Name: "300", Set: status(300), Want: "not-applicable"},
	})
	checktest.Judge(t, Checks, "SSE-02", []checktest.Case{
		{Name: "an unfinished event whose bytes were not kept", Set: streaming(bytesOnly("", `"a"`)), Want: "never-dispatched"},
	})
}

func TestMerged(t *testing.T) {
	of := func(lines int, data string) record.Event {
		return record.Event{Data: data, Lines: lines, Size: int64(len(data))}
	}
	cutOff := func(data string) record.Event {
		data += strings.Repeat("x", record.MaxEventData-len(data))
		return record.Event{Data: data, Lines: 4, Size: 9000}
	}
	cases := []struct {
		name string
		e    record.Event
		want bool
	}{
		{"two values", of(2, "\"a\"\n\"b\""), true},
		{"a value, an empty line, a value", of(3, "[1]\n\n{}"), true},
		{"one value", of(2, "\"a\"\n"), false},
		{"one value in two lines", of(2, "[1,\n2]"), false},
		{"numbers may be text", of(2, "1\n2"), false},
		{"a value and text", of(2, "\"a\"\nb"), false},
		{"a value and what looks like one", of(2, "\"a\"\n[b"), false},
		{"one line", of(1, "\"a\"\n\"b\""), false},
		{"two values, then the record ends", cutOff("\"a\"\n\"b\"\n\""), true},
		{"one value, then the record ends", cutOff("\"a\"\n\""), false},
		{"one value and an empty line, then the record ends", cutOff("\"a\"\n\n\""), false},
	}
	for _, c := range cases {
		if got := merged(c.e); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestWhatAnswersJSON(t *testing.T) {
	empty := func(x *record.Exchange) *record.Set {
		s := streaming(bytesOnly("", ""))
		s.Stream.JSONAnswers = false
		s.Calls.Variants[record.AcceptJSON] = x
		return s
	}
	noBody := checktest.Typed(200, "application/json", "")
	text := checktest.Typed(200, "text/plain", "hello")
	kept := func(x *record.Exchange) *record.Set {
		s := streaming(bytesOnly("", ""))
		s.Calls.Ladder, s.Calls.Variants = nil, map[record.Variant]*record.Exchange{record.Platform: x}
		return s
	}
	several := streaming(errorStream())
	several.Terms.StreamDeclared = true
	several.Calls.Variants[record.AcceptSSE] = good()
	checktest.Judge(t, Checks, "SSE-12", []checktest.Case{
		{Name: "no word in the JSON answer", Set: empty(checktest.Answer(200, `{"a":[null,""]}`)), Want: "untestable"},
		{Name: "no body", Set: empty(noBody), Want: "untestable"},
		{Name: "another stream is no JSON answer", Set: empty(checktest.Stream(1, 1)), Want: "untestable"},
		{Name: "an error is no answer", Set: empty(checktest.Answer(500, `{"error":"x"}`)), Want: "untestable"},
		{Name: "what is no JSON says something", Set: empty(text), Want: "empty"},
		{Name: "no answer was kept, and JSON is known to be answered", Set: kept(nil), Want: "empty"},
		{Name: "the answer was never complete, and JSON is known to be answered", Set: kept(checktest.Ended(record.TimedOut)), Want: "empty"},
		{Name: "one event whose bytes were not kept", Set: streaming(body(checktest.Stream(1, 1, `"a"`), "")), Want: "pass"},
		{Name: "an event in a stream that this run gave up", Want: "pass",
			Set: streaming(change(lasting(9000, 100, 100, 1), func(x *record.Exchange) { x.Outcome = record.TimedOut }))},
	})
	checktest.Judge(t, Checks, "SSE-07", []checktest.Case{
		{Name: "the declared stream fails, another does not", Set: several, Want: "error-inside"},
	})
}

func TestLeavingTellsWhatItSaw(t *testing.T) {
	ping := checktest.Ping(1, `{"status":"Healthy"}`)
	left := change(good(), func(x *record.Exchange) { x.Outcome = record.Abandoned })
	round := func(phase string, call *record.Exchange, p *record.Ping) record.DisconnectRound {
		return record.DisconnectRound{Phase: phase, Call: *call, Ping: p, Again: checktest.OK()}
	}
	set := func(rounds ...record.DisconnectRound) *record.Set {
		return change(streaming(good()), func(s *record.Set) {
			s.Disconnect = &record.Disconnect{Before: checktest.Alive(), After: checktest.Alive(), Rounds: rounds}
		})
	}
	unsent := ping
	unsent.Outcome, unsent.Status = record.Unsent, 0
	lost := round("stream", left, &ping)
	lost.Again, lost.Model = checktest.Ended(record.TimedOut), []record.ModelRequest{{Outcome: record.ModelAbandoned}}
	spread := func(gap record.Millis) *record.Set {
		s := set(round("stream", left, &ping))
		s.Stream.Call = checktest.Stream(5, gap, `"a"`, `"b"`)
		return s
	}
	noStream := set(round("stream", left, &ping))
	noStream.Stream = nil
	jsonStream := set(round("stream", left, &ping))
	jsonStream.Stream.Call = checktest.OK()
	checktest.Judge(t, Checks, "SSE-09", []checktest.Case{
		{Name: "none came to its first event", Set: set(round("stream", good(), &ping)), Want: "untestable", Says: "none came to its first event"},
		{Name: "no health check after another caller", Set: set(round("body", left, nil), round("stream", left, &ping)), Want: "pass"},
		{Name: "a health check that was not sent", Set: set(round("stream", left, &unsent), round("stream", left, nil)), Want: "pass", Says: "2 callers left early"},
		{Name: "the model is not spoken of where calls are lost", Set: set(lost), Want: "next-call-lost"},
		{Name: "nothing to say of the model", Set: set(round("stream", left, &ping)), Want: "pass", Says: "1 callers left early"},
		{Name: "within the time of one write", Set: spread(19.9), Want: "note"},
		{Name: "longer", Set: spread(20), Want: "pass"},
		{Name: "no stream was recorded", Set: noStream, Want: "pass"},
		{Name: "the recorded answer is no stream", Set: jsonStream, Want: "pass"},
	})
	went := round("stream", left, &ping)
	went.Model = lost.Model
	if says := judgeLeaving(set(went))[0].Actual; !strings.Contains(says, "in 1 of 1") {
		t.Errorf("the agent left its model: %s", says)
	}
	quiet := judgeLeaving(set(round("stream", left, &ping)))[0].Actual
	if strings.Contains(quiet, "model") {
		t.Errorf("no model was asked: %s", quiet)
	}
	if strings.Contains(judgeLeaving(set(lost))[0].Actual, "model") {
		t.Error("a lost call is told without the model")
	}
}
