package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// probe is an odd body's fate, after which everything was as before.
func probe(name string, x *record.Exchange) record.Probe {
	p := checktest.Ping(1, `{"status":"Healthy"}`)
	return record.Probe{Name: name, Call: *x, Ping: &p, Again: checktest.OK(), State: checktest.Alive()}
}

func exits(name string) record.Probe {
	p := probe(name, checktest.Ended(record.Reset))
	p.Ping, p.Again, p.State = nil, nil, checktest.Dead(1)
	return p
}

// odd is a set in which those probes were sent to an agent that works, or to one without a model.
func odd(calls *record.Calls, probes ...record.Probe) *record.Set {
	return &record.Set{Calls: calls, Malformed: &record.Malformed{Before: checktest.Alive(), Probes: probes}}
}

func TestOddBodies(t *testing.T) {
	works, silent := checktest.Calls(nil), checktest.NoModel(500)
	for clause, name := range map[string]string{"INV-07": truncatedJSON, "INV-08": notUTF8Body, "INV-11": emptyObj} {
		checktest.Judge(t, Checks, clause, []checktest.Case{
			{Name: "400", Set: odd(works, probe(name, checktest.Answer(400, "{}"))), Want: "pass"},
			{Name: "422 in HTML", Set: odd(works, probe(name, checktest.Typed(422, "text/html", "<p>"))), Want: "pass"},
			{Name: "415", Set: odd(works, probe(name, checktest.Answer(415, "{}"))), Want: "pass"},
			{Name: "200", Set: odd(works, probe(name, checktest.OK())), Want: "accepted"},
			{Name: "500 with an empty stream, as the TypeScript SDK answers", Set: odd(works, probe(name, checktest.Typed(500, "text/event-stream", ""))), Want: "server-error"},
			{Name: "the connection breaks", Set: odd(works, probe(name, checktest.Ended(record.Reset))), Want: "dropped"},
			{Name: "no answer", Set: odd(works, probe(name, checktest.Ended(record.TimedOut))), Want: "hang"},
			{Name: "exits", Set: odd(works, exits(name)), Want: "exit"},
			{Name: "not sent", Set: odd(works, probe(name, checktest.Ended(record.Unsent))), Want: "untestable"},
			{Name: "the process had ended before", Want: "untestable",
				Set: changed(odd(works, exits(name)), func(s *record.Set) { s.Malformed.Before = checktest.Dead(1) })},
		})
	}
	checktest.Judge(t, Checks, "INV-07", []checktest.Case{
		{Name: "null gives 500 in the handler, as in the Python SDK", Set: odd(works, probe("null", checktest.Answer(500, "{}"))), Want: "server-error"},
		{Name: "odd but sound JSON may succeed", Set: odd(works, probe("array", checktest.OK()), probe("duplicate-keys", checktest.OK())), Want: "pass"},
		{Name: "hang is graver than 500", Set: odd(works, probe("null", checktest.Answer(500, "{}")), probe(emptyBody, checktest.Ended(record.TimedOut))), Want: "hang"},
		{Name: "no model: sound JSON fails as every call does", Want: "pass",
			Set: odd(silent, probe("null", checktest.Answer(500, "{}")), probe(truncatedJSON, checktest.Answer(400, "{}")))},
		{Name: "no model: it exits at sound JSON, as LlamaIndex does", Set: odd(silent, exits("string")), Want: "untestable"},
		{Name: "no model: it exits at broken JSON", Set: odd(silent, exits(truncatedJSON)), Want: "exit"},
	})
}

func TestPromptBlocks(t *testing.T) {
	blocksGet := func(x *record.Exchange) *record.Set { return odd(checktest.Calls(nil), probe(blocks, x)) }
	checktest.Judge(t, Checks, "INV-10", []checktest.Case{
		{Name: "422", Set: blocksGet(checktest.Answer(422, "{}")), Want: "pass"},
		{Name: "500, as templates raise", Set: blocksGet(checktest.Answer(500, "{}")), Want: "pass"},
		{Name: "an error event", Set: blocksGet(checktest.Stream(10, 10, `{"error":"x","error_type":"E"}`)), Want: "pass"},
		{Name: "200", Set: blocksGet(checktest.OK()), Want: "blocks-accepted"},
		{Name: "no answer", Set: blocksGet(checktest.Ended(record.TimedOut)), Want: "untestable"},
		{Name: "not sent", Set: odd(checktest.Calls(nil)), Want: "untestable"},
		{Name: "no model", Set: odd(checktest.NoModel(500), probe(blocks, checktest.Answer(500, "{}"))), Want: "untestable"},
	})
}

func TestSurvives(t *testing.T) {
	works, silent := checktest.Calls(nil), checktest.NoModel(500)
	refused := checktest.Answer(400, "{}")
	lost := probe(truncatedJSON, refused)
	lost.Again = checktest.Ended(record.TimedOut)
	deaf := probe(truncatedJSON, refused)
	deaf.Ping.Outcome, deaf.Ping.Status = record.TimedOut, 0
	failing := probe("null", refused)
	failing.Again = checktest.Answer(500, "{}")
	restarted := probe(truncatedJSON, refused)
	restarted.State = checktest.Other()
	unknown := probe(truncatedJSON, refused)
	unknown.State = record.State{Running: true, Unknown: true}
	checktest.Judge(t, Checks, "INV-09", []checktest.Case{
		{Name: "still itself", Set: odd(works, probe(truncatedJSON, refused), probe("null", checktest.Answer(500, "{}"))), Want: "pass"},
		{Name: "exits", Set: odd(works, exits(truncatedJSON)), Want: "process-gone"},
		{Name: "was restarted", Set: odd(works, restarted), Want: "process-gone"},
		{Name: "health lost", Set: odd(works, deaf), Want: "health-lost"},
		{Name: "good calls lost for good", Set: odd(works, probe(emptyBody, refused), lost, failing), Want: "next-call-lost"},
		{Name: "one good call lost, the next served", Set: odd(works, lost, probe("null", refused)), Want: "pass"},
		{Name: "no model, but alive", Set: odd(silent, failing), Want: "pass"},
		{Name: "no model, exits at sound JSON as LlamaIndex does", Set: odd(silent, exits("string")), Want: "untestable"},
		{Name: "no model, exits at broken JSON", Set: odd(silent, exits(truncatedJSON)), Want: "process-gone"},
		{Name: "attached: no process to see", Set: odd(works, unknown), Want: "pass"},
		{Name: "nothing sent", Set: odd(works), Want: "untestable"},
	})
}
