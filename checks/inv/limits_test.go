package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestRouteByStatus(t *testing.T) {
	for status, want := range map[int]string{
		200: "pass", 299: "pass", 300: "untestable", 399: "untestable", 400: "pass", 401: "untestable", 402: "pass", 403: "untestable",
		404: "not-found", 405: "method-refused", 406: "pass", 420: "pass", 421: "untestable", 422: "pass", 500: "pass", 501: "method-refused", 502: "pass",
	} {
		checktest.Judge(t, Checks, "INV-01", []checktest.Case{{Name: checktest.Answer(status, "{}").Response.Proto, Set: ladder(checktest.Answer(status, "{}")), Want: want}})
	}
	gone := ladder(checktest.Ended(record.Reset))
	gone.Malformed = &record.Malformed{Probes: []record.Probe{{Name: truncatedJSON, Call: *checktest.Ended(record.TimedOut)}}}
	hung := ladder(checktest.Ended(record.Reset), checktest.Ended(record.TimedOut))
	hung.Malformed = &record.Malformed{Probes: []record.Probe{{Name: "null", Call: *checktest.Ended(record.TimedOut)}, {Name: truncatedJSON, Call: *checktest.OK()}}}
	begun := ladder(checktest.Ended(record.TimedOut))
	x := checktest.OK()
	x.Outcome = record.TimedOut
	begun.Malformed = &record.Malformed{Probes: []record.Probe{{Name: truncatedJSON, Call: *x}}}
	checktest.Judge(t, Checks, "INV-01", []checktest.Case{
		{Name: "resets, and hangs at what no handler sees", Set: gone, Want: "untestable"},
		{Name: "hangs, and answers what no handler sees", Set: hung, Want: "untestable", Says: "no answer within"},
		{Name: "hangs, and begins to answer what no handler sees", Set: begun, Want: "untestable"},
	})
}

func TestComparedWithAServedCall(t *testing.T) {
	only := func(variants map[record.Variant]*record.Exchange) *record.Set {
		s := &record.Set{Calls: checktest.Calls(nil)}
		s.Calls.Variants = variants
		return s
	}
	bad := checktest.Answer(400, "{}")
	declared := changed(with(record.Platform, checktest.Answer(422, "{}")), func(s *record.Set) { s.Terms.PayloadDeclared = true; s.Calls.Ladder[0] = *checktest.Answer(422, "{}") })
	checktest.Judge(t, Checks, "INV-02", []checktest.Case{
		{Name: "refused with and without a charset", Want: "pass", Set: only(map[record.Variant]*record.Exchange{record.Platform: bad, record.Charset: bad})},
		{Name: "refused whatever the type", Want: "pass", Set: only(map[record.Variant]*record.Exchange{record.Platform: bad, record.OctetStream: bad})},
		{Name: "a declared payload that worked, refused once", Set: declared, Want: "untestable"},
		{Name: "the settled call was served", Want: "pass", Set: only(map[record.Variant]*record.Exchange{record.Platform: bad})},
	})
	checktest.Judge(t, Checks, "INV-14", []checktest.Case{
		{Name: "fails with one type as with both", Want: "pass", Set: only(map[record.Variant]*record.Exchange{record.Platform: checktest.Answer(500, "{}"), record.AcceptJSON: checktest.Answer(500, "{}")})},
	})
	minimal := func(worked bool, m, none *record.Exchange) *record.Set {
		s := only(map[record.Variant]*record.Exchange{record.Platform: checktest.OK(), record.Minimal: m, record.AcceptNone: none})
		s.Calls.Worked = worked
		if !worked {
			s.Calls.Ladder[0] = *checktest.Answer(500, "{}")
		}
		return s
	}
	checktest.Judge(t, Checks, "INV-13", []checktest.Case{
		{Name: "served with and without", Set: minimal(true, checktest.OK(), checktest.OK()), Want: "pass"},
		{Name: "refused without Accept, for another reason", Set: minimal(true, bad, checktest.Answer(415, "{}")), Want: "field-required"},
		{Name: "busy both times", Set: minimal(true, checktest.Answer(429, "{}"), checktest.Answer(429, "{}")), Want: "untestable"},
		{Name: "refused by an agent that serves nothing", Set: minimal(false, bad, bad), Want: "untestable"},
	})
}

func TestAnswersThatCount(t *testing.T) {
	nan := func(f func(*record.Exchange)) *record.Exchange {
		x := checktest.OK()
		x.Response.ValidJSON = false
		f(x)
		return x
	}
	get := with(record.Get, nan(func(x *record.Exchange) { x.Request.Method = "GET" }))
	failed := with(record.Minimal, nan(func(x *record.Exchange) { x.Response.Status = 500 }))
	checktest.Judge(t, Checks, "INV-04", []checktest.Case{
		{Name: "what answers GET is no answer to an invocation", Set: get, Want: "pass"},
		{Name: "a failure need not be JSON", Set: failed, Want: "pass"},
		{Name: "each counts once", Set: with(record.Minimal, checktest.OK()), Want: "pass", Says: "4 answers"},
		{Name: "nothing kept", Set: &record.Set{Calls: &record.Calls{Worked: true}}, Want: "untestable"},
	})
	long := func(took record.Millis, o record.Outcome) *record.Set {
		x := checktest.OK()
		x.Took, x.Outcome = took, o
		return with(record.Platform, x)
	}
	stream := checktest.Stream(1, 1, `"a"`)
	stream.Took = mostCall + 1
	three := with(record.Platform, checktest.OK())
	three.Calls.Variants[record.PlatformAgain].Took, three.Calls.Ladder[0].Took = 20, 30
	checktest.Judge(t, Checks, "INV-15", []checktest.Case{
		{Name: "a quarter of an hour", Set: long(mostCall, record.Answered), Want: "pass"},
		{Name: "more", Set: long(mostCall+1, record.Answered), Want: "too-long"},
		{Name: "no answer within a quarter of an hour", Set: long(mostCall, record.TimedOut), Want: "too-long"},
		{Name: "no answer within less", Set: long(mostCall-1, record.TimedOut), Want: "pass"},
		{Name: "a stream may take longer", Set: with(record.Platform, stream), Want: "pass"},
		{Name: "three calls", Set: three, Want: "pass", Says: "3 calls", Measures: map[string]float64{"call.p50Ms": 20, "call.maxMs": 30}},
	})
	debug := func(status int, body string) *record.Set {
		return with(record.DebugAction, checktest.Answer(status, body))
	}
	checktest.Judge(t, Checks, "INV-19", []checktest.Case{
		{Name: "the ping status", Set: debug(200, `{"status":"Healthy","time_of_last_update":1}`), Want: "debug-on"},
		{Name: "with an error status", Set: debug(500, `{"status":"Healthy","time_of_last_update":1}`), Want: "pass"},
		{Name: "another status", Set: debug(200, `{"status":"done","time_of_last_update":1}`), Want: "pass"},
		{Name: "no stamp", Set: debug(200, `{"status":"Healthy"}`), Want: "pass"},
		{Name: "no object", Set: debug(200, `[{"status":"Healthy","time_of_last_update":1}]`), Want: "pass"},
	})
}

func TestLargeBodiesAtTheirLimits(t *testing.T) {
	refusedAt := func(size int64, declared int64) *record.Set {
		s := &record.Set{Calls: checktest.Calls(nil), Bodies: &record.Bodies{Before: checktest.Alive(), After: checktest.Alive(),
			Calls: []record.BodyCall{{Size: size, Call: *checktest.Answer(413, "{}")}}}}
		s.Terms.MaxPayload = declared
		return s
	}
	silent := refusedAt(1000, 0)
	silent.Calls = checktest.NoModel(500)
	silent.Bodies.Calls = []record.BodyCall{{Size: 128 << 10, Call: *checktest.OK()}, {Size: 1 << 20, Call: *checktest.Ended(record.TimedOut)}, {Size: 2 << 20, Call: *checktest.Answer(500, "{}")}}
	first := refusedAt(1000, 0)
	first.Bodies.Calls[0].Call = *checktest.Ended(record.TimedOut)
	checktest.Judge(t, Checks, "INV-12", []checktest.Case{
		{Name: "2 MiB", Set: refusedAt(2<<20, 0), Want: "below-2mb", Says: "2.1 MB"},
		{Name: "more than 2 MiB", Set: refusedAt(2<<20+1, 0), Want: "below-100mb"},
		{Name: "less than 100 MB", Set: refusedAt(99_999_999, 0), Want: "below-100mb"},
		{Name: "100 MB", Set: refusedAt(100_000_000, 0), Want: "pass"},
		{Name: "as large as declared", Set: refusedAt(5000, 5000), Want: "below-declared", Says: "5 kB"},
		{Name: "larger than declared", Set: refusedAt(5001, 5000), Want: "pass"},
		{Name: "a megabyte", Set: refusedAt(1_000_000, 0), Want: "below-2mb", Says: "1.0 MB"},
		{Name: "less than a megabyte", Set: refusedAt(999_999, 0), Want: "below-2mb", Says: "999 kB"},
		{Name: "an agent without a model may well fail later", Set: silent, Want: "pass"},
		{Name: "the smallest gets no answer", Set: first, Want: "untestable"},
	})
}

func TestOddBodiesWhereNothingElseTells(t *testing.T) {
	works, silent := checktest.Calls(nil), checktest.NoModel(500)
	unknown := func(p record.Probe) *record.Set {
		return changed(odd(works, p), func(s *record.Set) { s.Malformed.Before = record.State{} })
	}
	checktest.Judge(t, Checks, "INV-07", []checktest.Case{
		{Name: "the process was not seen before", Set: unknown(probe(truncatedJSON, checktest.OK())), Want: "accepted"},
		{Name: "no model, and sound JSON is refused", Set: odd(silent, probe("null", checktest.Answer(400, "{}"))), Want: "pass"},
		{Name: "no model, it refuses and then exits", Want: "untestable", Set: changed(odd(silent, probe("null", checktest.Answer(400, "{}"))),
			func(s *record.Set) { s.Malformed.Probes[0].State = checktest.Dead(1) })},
		{Name: "no model, and an empty body is a fault all the same", Set: odd(silent, probe(emptyBody, checktest.Answer(500, "{}"))), Want: "server-error"},
		{Name: "nothing listens any more", Set: odd(works, probe(truncatedJSON, checktest.Ended(record.Refused))), Want: "dropped"},
	})
	checktest.Judge(t, Checks, "INV-08", []checktest.Case{
		{Name: "no model, and what is not UTF-8 is a fault all the same", Set: odd(silent, probe(notUTF8Body, checktest.Answer(500, "{}"))), Want: "server-error"},
	})
	turn := func(x *record.Exchange) record.Turn { return record.Turn{Marker: "m", Call: *x} }
	overlap := func(x *record.Exchange) *record.Set {
		return &record.Set{Calls: works, Overlap: &record.Overlap{Before: checktest.Alive(), StateAfter: checktest.Alive(), Solo: turn(checktest.OK()),
			Turns: []record.Turn{turn(checktest.OK()), turn(x)}, After: turn(checktest.OK())}}
	}
	notSent := overlap(checktest.OK())
	notSent.Overlap.After = turn(checktest.Ended(record.Unsent))
	checktest.Judge(t, Checks, "INV-17", []checktest.Case{
		{Name: "one breaks off", Set: overlap(checktest.Ended(record.Reset)), Want: "no-answer"},
		{Name: "nothing takes the other", Set: overlap(checktest.Ended(record.Refused)), Want: "no-answer"},
		{Name: "nobody called afterwards", Set: notSent, Want: "pass"},
	})
}

func TestSurvivesByWhatCameAfter(t *testing.T) {
	works, silent := checktest.Calls(nil), checktest.NoModel(500)
	refused := checktest.Answer(400, "{}")
	after := func(f func(*record.Probe)) record.Probe {
		p := probe(truncatedJSON, refused)
		f(&p)
		return p
	}
	dead := exits(truncatedJSON)
	gone := changed(odd(works, dead), func(s *record.Set) { s.Malformed.Before = checktest.Dead(1) })
	told := checktest.Answer(500, `{"error":"model"}`)
	second := faulty(nil, illness(told, 1), illness(told, 1))
	for i := range second.ModelFaults.Rounds {
		second.ModelFaults.Rounds[i].State = checktest.Other()
	}
	second.ModelFaults.Before = checktest.Other()
	round := func(f func(*record.ModelFaultRound)) *record.Set { return faulty(f, illness(told, 1)) }
	restarted := faulty(func(r *record.ModelFaultRound) { r.State = checktest.Other() }, illness(told, 1), illness(told, 1))
	unsent := func(p *record.Ping) { p.Outcome, p.Status = record.Unsent, 0 }
	checktest.Judge(t, Checks, "INV-09", []checktest.Case{
		{Name: "it had ended before", Set: gone, Want: "untestable"},
		{Name: "no health check was made", Set: odd(works, after(func(p *record.Probe) { p.Ping = nil })), Want: "pass"},
		{Name: "a health check was not sent", Set: odd(works, after(func(p *record.Probe) { unsent(p.Ping) })), Want: "pass"},
		{Name: "the next call was not sent", Set: odd(works, after(func(p *record.Probe) { p.Again = checktest.Ended(record.Unsent) })), Want: "untestable"},
		{Name: "neither was made", Set: odd(works, after(func(p *record.Probe) { p.Ping, p.Again = nil, nil })), Want: "untestable"},
		{Name: "no model, and no health check", Set: odd(silent, after(func(p *record.Probe) { p.Ping = nil })), Want: "untestable"},
		{Name: "no model, and a bad health check", Set: odd(silent, after(func(p *record.Probe) { p.Ping.Status = 503 })), Want: "untestable"},
		{Name: "one process all along", Set: second, Want: "pass", Says: "1 bad requests and 2 failures of the model"},
		{Name: "restarted in the second round", Set: restarted, Want: "gone-with-model"},
		{Name: "no failure was played", Set: changed(round(nil), func(s *record.Set) { s.ModelFaults.Rounds = nil }), Want: "pass", Says: "still itself after 1 bad requests"},
		{Name: "no health check after a failure", Set: round(func(r *record.ModelFaultRound) { r.Ping = nil }), Want: "pass"},
		{Name: "a health check after a failure was not sent", Set: round(func(r *record.ModelFaultRound) { unsent(r.Ping) }), Want: "pass"},
		{Name: "the next call after a failure was not sent", Set: round(func(r *record.ModelFaultRound) { r.Again = checktest.Ended(record.Unsent) }), Want: "pass"},
		{Name: "as many tries as are sensible", Set: faulty(func(r *record.ModelFaultRound) { r.Later = mostLater }, illness(told, mostTries)), Want: "pass"},
	})
}

func TestWhatAloneDecides(t *testing.T) {
	works := checktest.Calls(nil)
	unseen := changed(odd(works, exits(truncatedJSON)), func(s *record.Set) { s.Malformed.Before = record.State{} })
	late := faulty(func(r *record.ModelFaultRound) { r.State = checktest.Other() }, illness(checktest.Answer(500, "{}"), 1), illness(checktest.Answer(500, "{}"), 1))
	late.ModelFaults.Before = record.State{}
	checktest.Judge(t, Checks, "INV-09", []checktest.Case{
		{Name: "a working agent exits at sound JSON", Set: odd(works, exits("null")), Want: "process-gone"},
		{Name: "exits, and was not seen before", Set: unseen, Want: "process-gone"},
		{Name: "restarted between two failures of the model", Set: late, Want: "gone-with-model"},
	})
	minimal := ladder(checktest.Ended(record.TimedOut))
	minimal.Calls.Variants[record.Minimal] = checktest.OK()
	checktest.Judge(t, Checks, "INV-01", []checktest.Case{
		{Name: "only the minimal call is answered", Set: minimal, Want: "pass"},
		{Name: "calls worked, and none was kept", Set: &record.Set{Calls: &record.Calls{Worked: true}}, Want: "untestable", Says: "the request was not made"},
		{Name: "never answered, with what that takes", Set: ladder(checktest.Ended(record.Reset)), Want: "untestable", Says: "no call was answered with success"},
	})
	once := with(record.Platform, checktest.OK())
	once.Calls.Ladder[0] = *checktest.Answer(500, "{}")
	checktest.Judge(t, Checks, "INV-02", []checktest.Case{{Name: "the happy path alone was served", Set: once, Want: "pass"}})
}
