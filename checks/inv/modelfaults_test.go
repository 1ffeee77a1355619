package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// illness is a call whose model failed that many times, answered like that, after which everything was as before.
func illness(x *record.Exchange, tries int) record.ModelFaultRound {
	p := checktest.Ping(1, `{"status":"Healthy"}`)
	r := record.ModelFaultRound{Fault: "throttled", Call: *x, Ping: &p, Again: checktest.OK(), State: checktest.Alive()}
	for range tries {
		r.Model = append(r.Model, record.ModelRequest{Provider: "openai", API: "chat", Status: 429, Fault: "throttled"})
	}
	return r
}

func faulty(change func(*record.ModelFaultRound), rounds ...record.ModelFaultRound) *record.Set {
	set := odd(checktest.Calls(nil), probe(truncatedJSON, checktest.Answer(400, "{}")))
	set.Boot = checktest.Ready(100)
	if change != nil {
		change(&rounds[len(rounds)-1])
	}
	set.ModelFaults = &record.ModelFaults{Before: checktest.Alive(), Rounds: rounds, After: checktest.Alive()}
	return set
}

func TestAfterModelFaults(t *testing.T) {
	told := checktest.Answer(500, `{"error":"model"}`)
	after := func(change func(*record.ModelFaultRound)) *record.Set { return faulty(change, illness(told, 1)) }
	checktest.Judge(t, Checks, "INV-09", []checktest.Case{
		{Name: "told and well again", Set: faulty(nil, illness(told, 3), illness(told, 12)), Want: "pass"},
		{Name: "exits", Set: after(func(r *record.ModelFaultRound) { r.State = checktest.Dead(1) }), Want: "gone-with-model"},
		{Name: "health lost", Set: after(func(r *record.ModelFaultRound) { r.Ping.Outcome, r.Ping.Status = record.TimedOut, 0 }), Want: "health-lost"},
		{Name: "dead ever after", Set: after(func(r *record.ModelFaultRound) { r.Again = checktest.Answer(500, "{}") }), Want: "lost-with-model"},
		{Name: "the next call was not made", Set: after(func(r *record.ModelFaultRound) { r.Again = nil }), Want: "pass"},
		{Name: "a storm", Set: faulty(nil, illness(told, mostTries+1)), Want: "retry-storm"},
		{Name: "goes on after the answer", Set: after(func(r *record.ModelFaultRound) { r.Later = mostLater + 1 }), Want: "retry-storm"},
	})
}

// forgottenCall is a call that ran out of its two minutes, that long after its agent last asked anything.
func forgottenCall(silent record.Millis) record.ModelFaultRound {
	x := checktest.Ended(record.TimedOut)
	x.Took, x.Timeout = 120_000, 120_000
	r := illness(x, 3)
	r.Silent = silent
	return r
}

func TestForgottenCalls(t *testing.T) {
	told := checktest.Answer(500, `{"error":"model"}`)
	lateAnswer := forgottenCall(0)
	lateAnswer.Call = *told
	lateAnswer.Call.Took, lateAnswer.Call.Timeout, lateAnswer.Silent = 119_000, 120_000, 118_000
	stream := forgottenCall(119_000)
	stream.Call = *checktest.Stream(10, 10, `"a"`, `"b"`)
	stream.Call.Outcome, stream.Call.Took, stream.Call.Timeout = record.TimedOut, 120_000, 120_000
	wordless := stream
	wordless.Call.Events = &record.EventStream{Comments: 8}
	unhurt := forgottenCall(119_000)
	for i := range unhurt.Model {
		unhurt.Model[i].Fault = ""
	}
	never := faulty(nil, forgottenCall(119_000))
	never.Calls = checktest.NoModel(500)
	brief := func(silent record.Millis) *record.Set {
		r := forgottenCall(silent)
		r.Call.Took, r.Call.Timeout = silent+1000, silent+1000
		return faulty(nil, r)
	}
	checktest.Judge(t, Checks, "INV-15", []checktest.Case{
		{Name: "told", Set: faulty(nil, illness(told, 3)), Want: "pass"},
		{Name: "forgotten", Set: faulty(nil, illness(told, 3), forgottenCall(119_000)), Want: "hangs-with-model", Says: "requests of the agent to the model: 3, none for the last 119.0 s"},
		{Name: "three quarters of the time", Set: faulty(nil, forgottenCall(90_000)), Want: "hangs-with-model"},
		{Name: "less: it may be waiting for its next try", Set: faulty(nil, forgottenCall(89_999)), Want: "pass"},
		{Name: "little time was given: an SDK may pause as long", Set: brief(29_999), Want: "pass"},
		{Name: "no SDK pauses as long", Set: brief(30_000), Want: "hangs-with-model"},
		{Name: "still asking", Set: faulty(nil, forgottenCall(0)), Want: "pass"},
		{Name: "answered at the last moment", Set: faulty(nil, lateAnswer), Want: "pass"},
		{Name: "in the middle of a stream: another clause's", Set: faulty(nil, stream), Want: "pass"},
		{Name: "a stream of heartbeats alone", Set: faulty(nil, wordless), Want: "hangs-with-model"},
		{Name: "the model failed nothing", Set: faulty(nil, unhurt), Want: "pass"},
		{Name: "no call ever worked", Set: never, Want: "untestable"},
	})
}

func TestHiddenFailure(t *testing.T) {
	checktest.Judge(t, Checks, "INV-05", []checktest.Case{
		{Name: "no scripted model", Set: &record.Set{Boot: checktest.Ready(100)}, Want: "note"},
		{Name: "told by status", Set: faulty(nil, illness(checktest.Answer(500, "{}"), 2)), Want: "pass"},
		{Name: "told inside the stream", Set: faulty(nil, illness(checktest.Stream(10, 10, `{"error":"x","error_type":"E"}`), 2)), Want: "pass"},
		{Name: "200 with an empty result, as ADK answers", Set: faulty(nil, illness(checktest.Answer(200, `{"result":""}`), 2)), Want: "failure-hidden"},
		{Name: "a later try was answered", Want: "note", Set: faulty(func(r *record.ModelFaultRound) { r.Model[1].Fault = "" }, illness(checktest.OK(), 2))},
		{Name: "never answered: nothing was told", Set: faulty(nil, forgottenCall(119_000)), Want: "note"},
		{Name: "told once, forgotten once", Set: faulty(nil, illness(checktest.Answer(500, "{}"), 2), forgottenCall(119_000)), Want: "pass", Says: "1 failures"},
		{Name: "the model was not asked", Set: faulty(nil, illness(checktest.OK(), 0)), Want: "note"},
	})
}
