package sse

import (
	"fmt"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// lasting is a stream whose call took that long in all.
func lasting(took, first, gap record.Millis, n int) *record.Exchange {
	var data []string
	for i := range n {
		data = append(data, fmt.Sprintf(`"word %d"`, i))
	}
	x := checktest.Stream(first, gap, data...)
	x.Took = took
	return x
}

func TestFlushed(t *testing.T) {
	paced := func(x *record.Exchange) *record.Set {
		return change(streaming(x), func(s *record.Set) {
			s.Stream.Paced = true
			s.Stream.Model = []record.ModelRequest{{API: "chat", Stream: true, At: x.At + 50, FirstToken: 300, LastToken: 1300, Tokens: 20}}
		})
	}
	titled := paced(lasting(2900, 200, 200, 6))
	titled.Stream.Model = append(titled.Stream.Model, record.ModelRequest{API: "chat", Stream: true, At: titled.Stream.Call.At + 1500, FirstToken: 300, LastToken: 1300, Tokens: 20})
	again := func(slow *record.Exchange) *record.Set {
		return change(paced(lasting(1500, 1450, 2, 5)), func(s *record.Set) {
			s.Stream.Slower = &record.Spoken{Call: *slow, Model: []record.ModelRequest{{API: "chat", Stream: true, At: slow.At + 50, FirstToken: 300, LastToken: 11_000, Tokens: 20}}}
		})
	}
	early := lasting(1700, 1450, 2, 5)
	early.Events.Events[0].After = 10
	onlyHappy := jsonOnly()
	onlyHappy.Calls.Variants[record.Platform] = lasting(4000, 3900, 2, 5)
	checktest.Judge(t, Checks, "SSE-05", []checktest.Case{
		{Name: "spread over the call", Set: streaming(lasting(4000, 400, 400, 9)), Want: "pass"},
		{Name: "all at the end", Set: streaming(lasting(4000, 3900, 2, 5)), Want: "all-at-the-end"},
		{Name: "the happy path, all at the end", Set: onlyHappy, Want: "all-at-the-end"},
		{Name: "paced, and all at the end", Set: paced(lasting(1500, 1450, 2, 5)), Want: "buffered"},
		{Name: "paced, late in a busy machine, and spread where the model takes longer", Set: again(lasting(12_000, 3000, 500, 18)), Want: "pass"},
		{Name: "paced twice, and all at the end", Set: again(lasting(12_000, 11_900, 2, 5)), Want: "buffered"},
		{Name: "paced and spread", Set: paced(lasting(1500, 200, 200, 6)), Want: "pass"},
		{Name: "paced and spread, and a title afterwards", Set: titled, Want: "pass"},
		{Name: "paced, and passed on in two sentences", Set: paced(lasting(1600, 800, 700, 2)), Want: "pass"},
		{Name: "paced, a greeting first and all the rest at the end", Set: paced(early), Want: "buffered"},
		{Name: "paced, and told in one event", Set: paced(lasting(1500, 1450, 0, 1)), Want: "note"},
		{Name: "over too soon to tell", Set: streaming(lasting(1500, 1450, 2, 5)), Want: "note"},
		{Name: "two events", Set: streaming(lasting(4000, 3900, 2, 2)), Want: "note"},
		{Name: "thinks for long, then streams word by word", Set: streaming(lasting(10_000, 8600, 150, 9)), Want: "pass"},
		{Name: "late start in a busy machine", Set: streaming(lasting(4000, 3000, 100, 9)), Want: "pass"},
		{Name: "the end comes half a second after the last word, as LangGraph", Set: streaming(lasting(2500, 400, 300, 6)), Want: "pass"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
	})
}

func TestEnds(t *testing.T) {
	cut := func(x *record.Exchange, o record.Outcome) *record.Set {
		x.Outcome = o
		return streaming(x)
	}
	beats := lasting(120_000, 100, 10_000, 12)
	for i := range beats.Events.Events {
		beats.Events.Events[i].Data = `{"type":"ping"}`
	}
	noModel := failing()
	checktest.Judge(t, Checks, "SSE-06", []checktest.Case{
		{Name: "ends", Set: streaming(good()), Want: "pass"},
		{Name: "half a second after the last event, as OpenAI Agents", Set: streaming(lasting(1500, 100, 100, 9)), Want: "pass"},
		{Name: "stays open", Set: cut(lasting(120_000, 100, 100, 4), record.TimedOut), Want: "endless"},
		{Name: "stays open and sends the same heartbeat for ever", Set: cut(beats, record.TimedOut), Want: "endless"},
		{Name: "a long answer that is still coming", Set: cut(lasting(120_000, 100, 1190, 100), record.TimedOut), Want: "untestable"},
		{Name: "not one event in time", Set: cut(lasting(120_000, 0, 0, 0), record.TimedOut), Want: "untestable"},
		{Name: "breaks off: INV-20's", Set: cut(good(), record.Truncated), Want: "untestable"},
		{Name: "an error event, then the end", Set: noModel, Want: "pass"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
		{Name: "no model", Set: silent(), Want: "untestable"},
	})
}

// TestEndsWithItsModel: the last of a stream's model was seen long before the stream was given up.
func TestEndsWithItsModel(t *testing.T) {
	forgotten := func(x *record.Exchange, silent record.Millis) *record.Set {
		x.Outcome, x.Timeout = record.TimedOut, 120_000
		return change(streaming(good()), func(s *record.Set) {
			s.ModelFaults = &record.ModelFaults{Rounds: []record.ModelFaultRound{
				{Fault: "throttled", Call: *checktest.Answer(500, "{}"), Model: []record.ModelRequest{{Fault: "throttled"}}},
				{Fault: "cut", Call: *x, Model: []record.ModelRequest{{Fault: "cut"}}, Silent: silent},
			}}
		})
	}
	beats := lasting(120_000, 100, 10_000, 12)
	for i := range beats.Events.Events {
		beats.Events.Events[i].Data = `{"type":"ping"}`
	}
	checktest.Judge(t, Checks, "SSE-06", []checktest.Case{
		{Name: "stays open", Set: forgotten(lasting(120_000, 100, 100, 4), 119_000), Want: "endless-with-model", Says: "nothing was asked of the model for the last 119.0 s"},
		{Name: "heartbeats for ever", Set: forgotten(beats, 119_000), Want: "endless-with-model"},
		{Name: "says new things without a model", Set: forgotten(lasting(120_000, 100, 1190, 100), 119_000), Want: "pass"},
		{Name: "asks again", Set: forgotten(lasting(120_000, 100, 100, 4), 20_000), Want: "pass"},
		{Name: "not one event: INV-15's", Set: forgotten(lasting(120_000, 0, 0, 0), 119_000), Want: "pass"},
	})
}

func TestHeartbeat(t *testing.T) {
	quiet := func(silence record.Millis, o record.Outcome) *record.Set {
		x := lasting(60_000, 100, 100, 4)
		x.Events.LongestSilence, x.Outcome = silence, o
		return streaming(x)
	}
	checktest.Judge(t, Checks, "SSE-08", []checktest.Case{
		{Name: "lively", Set: quiet(900, record.Answered), Want: "pass"},
		{Name: "half a minute", Set: quiet(30_000, record.Answered), Want: "pass"},
		{Name: "silent for most of a minute", Set: quiet(52_000, record.Answered), Want: "silent"},
		{Name: "never ended: SSE-06's", Set: quiet(52_000, record.TimedOut), Want: "note"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
	})
}

func TestSize(t *testing.T) {
	largest := func(n int64) *record.Set {
		return streaming(change(good(), func(x *record.Exchange) { x.Events.LargestEvent = n }))
	}
	checktest.Judge(t, Checks, "SSE-10", []checktest.Case{
		{Name: "small", Set: streaming(good()), Want: "pass"},
		{Name: "11 MB", Set: largest(11 << 20), Want: "too-large"},
		{Name: "9.5 MB", Set: largest(9_500_000), Want: "near-limit"},
		{Name: "between the two meanings of 10 MB", Set: largest(10_200_000), Want: "near-limit"},
		{Name: "over an hour", Set: streaming(lasting(3_700_000, 100, 60_000, 60)), Want: "too-long"},
		{Name: "no events", Set: streaming(bytesOnly("", "")), Want: "untestable"},
		{Name: "never streamed", Set: jsonOnly(), Want: "not-applicable"},
		{Name: "no model", Set: silent(), Want: "untestable"},
	})
}
