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

func TestHiddenFailure(t *testing.T) {
	checktest.Judge(t, Checks, "INV-05", []checktest.Case{
		{Name: "no scripted model", Set: &record.Set{Boot: checktest.Ready(100)}, Want: "note"},
		{Name: "told by status", Set: faulty(nil, illness(checktest.Answer(500, "{}"), 2)), Want: "pass"},
		{Name: "told inside the stream", Set: faulty(nil, illness(checktest.Stream(10, 10, `{"error":"x","error_type":"E"}`), 2)), Want: "pass"},
		{Name: "200 with an empty result, as ADK answers", Set: faulty(nil, illness(checktest.Answer(200, `{"result":""}`), 2)), Want: "failure-hidden"},
		{Name: "a later try was answered", Want: "note", Set: faulty(func(r *record.ModelFaultRound) { r.Model[1].Fault = "" }, illness(checktest.OK(), 2))},
		{Name: "the model was not asked", Set: faulty(nil, illness(checktest.OK(), 0)), Want: "note"},
	})
}
