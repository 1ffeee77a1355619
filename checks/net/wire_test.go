package net

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// served is a wire record of an agent that served the happy path, changed.
func served(change func(*record.Wire)) *record.Wire {
	w := &record.Wire{Before: checktest.Alive(), After: checktest.Alive(), Line: []record.LineCall{{Name: "call", Call: *checktest.OK(), Own: true}}}
	change(w)
	return w
}

func TestChunks(t *testing.T) {
	with := func(change func(*record.Wire), calls ...record.ChunkedCall) *record.Set {
		w := served(change)
		w.Chunked = calls
		return &record.Set{Boot: checktest.Ready(900), Wire: w}
	}
	small := func(x *record.Exchange) record.ChunkedCall { return record.ChunkedCall{Size: 1, Call: *x, Own: x.OK()} }
	whole := func(x *record.Exchange) record.ChunkedCall { return record.ChunkedCall{Call: *x, Own: x.OK()} }
	deaf := record.ChunkedCall{Size: 1, Call: *checktest.OK()}
	same := func(*record.Wire) {}
	checktest.Judge(t, Checks, "NET-03", []checktest.Case{
		{Name: "read like any other", Set: with(same, small(checktest.OK())), Want: "pass"},
		{Name: "none was sent", Set: with(same), Want: "pass"},
		{Name: "411", Set: with(same, small(checktest.Answer(411, "")), whole(checktest.Answer(411, ""))), Want: "chunked-refused"},
		{Name: "the body is missed", Set: with(same, small(checktest.Answer(422, "")), whole(checktest.Answer(422, ""))), Want: "chunked-refused"},
		{Name: "busy just then", Set: with(same, small(checktest.Answer(429, "")), whole(checktest.Answer(429, ""))), Want: "pass"},
		{Name: "500", Set: with(same, small(checktest.Answer(500, "")), whole(checktest.Answer(500, ""))), Want: "chunked-unread"},
		{Name: "hangs", Set: with(same, small(checktest.Ended(record.TimedOut)), whole(checktest.Ended(record.TimedOut))), Want: "chunked-unread"},
		{Name: "takes the first piece for the whole", Set: with(same, small(checktest.Answer(400, "")), whole(checktest.OK())), Want: "chunked-unread"},
		{Name: "served without what was said", Set: with(same, deaf), Want: "chunked-unread"},
		{Name: "never repeats what is said", Set: with(func(w *record.Wire) { w.Line[0].Own = false }, deaf), Want: "pass"},
		{Name: "the plain call failed as well", Want: "pass",
			Set: with(func(w *record.Wire) { w.Line[0].Call = *checktest.Answer(500, "") }, small(checktest.Answer(500, "")))},
		{Name: "the process ended: INV-09", Want: "pass",
			Set: with(func(w *record.Wire) { w.After = checktest.Dead(1) }, small(checktest.Ended(record.Reset)))},
	})
}

func TestUnusualFields(t *testing.T) {
	with := func(change func(*record.Wire)) *record.Set {
		set := calls(map[record.Variant]*record.Exchange{record.BareHeaders: checktest.OK(), record.FullHeaders: checktest.OK()})
		set.Wire = served(change)
		return set
	}
	large := func(all, few, one int) func(*record.Wire) {
		return func(w *record.Wire) {
			for i, status := range []int{all, few, one} {
				if status == 0 {
					break
				}
				n := []int{20, 3, 1}[i]
				w.Large = append(w.Large, record.LargeFields{Fields: n, Bytes: n << 12, Call: *checktest.Answer(status, "{}")})
			}
		}
	}
	odd := func(name string, x *record.Exchange) func(*record.Wire) {
		return func(w *record.Wire) {
			w.Odd = []record.OddField{{Name: "all", Call: *x}, {Name: name, Call: *x}}
		}
	}
	reset := checktest.Ended(record.Reset)
	checktest.Judge(t, Checks, "NET-05", []checktest.Case{
		{Name: "80 KB are taken", Set: with(large(200, 0, 0)), Want: "pass"},
		{Name: "Node takes 16 KB", Set: with(large(431, 200, 0)), Want: "pass"},
		{Name: "Tomcat takes 8 KB", Set: with(large(400, 400, 200)), Want: "large-block-refused"},
		{Name: "not one", Set: with(large(431, 431, 431)), Want: "large-field-refused"},
		{Name: "busy just then", Set: with(large(429, 429, 429)), Want: "pass"},
		{Name: "all odd fields are taken", Set: with(odd("empty", checktest.OK())), Want: "pass"},
		{Name: "500 for an empty one", Set: with(odd("empty", checktest.Answer(500, ""))), Want: "odd-field-refused"},
		{Name: "400 for an empty one", Set: with(odd("empty", checktest.Answer(400, ""))), Want: "odd-field-refused"},
		{Name: "400 beyond ASCII", Set: with(odd("obs-text", checktest.Answer(400, ""))), Want: "pass"},
		{Name: "500 beyond ASCII", Set: with(odd("obs-text", checktest.Answer(500, ""))), Want: "odd-field-refused"},
		{Name: "dropped beyond ASCII", Set: with(odd("obs-text", reset)), Want: "odd-field-refused"},
		{Name: "only all of them together", Set: with(func(w *record.Wire) { w.Odd = []record.OddField{{Name: "all", Call: *reset}} }), Want: "pass"},
		{Name: "the process ended: INV-09", Want: "pass",
			Set: with(func(w *record.Wire) { odd("empty", reset)(w); w.After = checktest.Dead(1) })},
		{Name: "the plain call failed as well", Want: "pass",
			Set: with(func(w *record.Wire) { large(500, 500, 500)(w); w.Line[0].Call = *checktest.Answer(500, "") })},
	})
}

func TestLines(t *testing.T) {
	rounds := []record.InFlightRound{{
		Calls: []record.Exchange{{At: 1000, Took: 3000, Outcome: record.Answered}}, Pings: []record.Ping{checktest.Ping(2, "{}")},
	}}
	with := func(change func(*record.Wire)) *record.Set {
		return &record.Set{InFlight: &record.InFlight{Rounds: rounds}, Wire: served(change)}
	}
	add := func(calls ...record.LineCall) func(*record.Wire) {
		return func(w *record.Wire) { w.Line = append(w.Line, calls...) }
	}
	refused := record.LineCall{Name: "refused", Call: *checktest.Answer(404, ""), Reused: true}
	second := func(x *record.Exchange, fresh *record.Exchange) record.LineCall {
		return record.LineCall{Name: "call-again", Call: *x, Reused: true, Fresh: fresh}
	}
	stale := record.LineCall{Name: "ping", Call: *checktest.Ended(record.Reset), Reused: true, Stale: true}
	kept := record.LineCall{Name: "ping", Call: *checktest.OK(), Reused: true}
	garbled := checktest.Ended(record.Garbled)
	idle := func(i record.IdleLine) func(*record.Wire) { return func(w *record.Wire) { i.Gap = 6000; w.Idle = &i } }
	mixed := second(checktest.OK(), checktest.OK())
	mixed.Earlier = true
	both := mixed
	both.Own = true
	stray := kept
	stray.End, stray.Stray = record.LineStray, `"null"`
	checktest.Judge(t, Checks, "NET-11", []checktest.Case{
		{Name: "used again", Set: with(add(refused, kept)), Want: "pass"},
		{Name: "no record of connections", Set: &record.Set{InFlight: &record.InFlight{Rounds: rounds}}, Want: "pass"},
		{Name: "garbage comes second", Set: with(add(second(garbled, checktest.OK()))), Want: "reuse-garbled"},
		{Name: "garbage comes first, too", Set: with(add(second(garbled, garbled))), Want: "pass"},
		{Name: "an error comes second", Set: with(add(second(checktest.Answer(400, ""), checktest.OK()))), Want: "reuse-garbled"},
		{Name: "an error comes after a refusal", Set: with(add(refused, second(checktest.Answer(400, ""), checktest.OK()))), Want: "body-left-unread"},
		{Name: "the answer before comes again", Set: with(add(mixed)), Want: "reuse-garbled"},
		{Name: "an agent that remembers", Set: with(add(both)), Want: "pass"},
		{Name: "bytes come after an answer", Set: with(add(stray)), Want: "reuse-garbled"},
		{Name: "each kept connection breaks", Set: with(add(stale, stale, stale)), Want: "reuse-dropped"},
		{Name: "one broke in that moment", Set: with(add(stale, kept)), Want: "pass"},
		{Name: "two did", Set: with(add(stale, stale)), Want: "pass"},
		{Name: "they broke with the process", Want: "pass",
			Set: with(func(w *record.Wire) { add(stale, stale, stale)(w); w.After = checktest.Dead(1) })},
		{Name: "idle and kept", Set: with(idle(record.IdleLine{Next: checktest.OK()})), Want: "pass"},
		{Name: "idle and closed", Set: with(idle(record.IdleLine{End: record.LineClosed, EndedAfter: 5000})), Want: "pass"},
		{Name: "idle and reset", Set: with(idle(record.IdleLine{End: record.LineReset, EndedAfter: 5000})), Want: "idle-reset"},
		{Name: "bytes on an idle one", Set: with(idle(record.IdleLine{End: record.LineStray, Stray: `"x"`})), Want: "reuse-garbled"},
		{Name: "garbage after a rest", Set: with(idle(record.IdleLine{Next: garbled, Fresh: checktest.OK()})), Want: "reuse-garbled"},
		{Name: "garbage after a rest, and on a fresh one", Set: with(idle(record.IdleLine{Next: garbled, Fresh: garbled})), Want: "pass"},
		{Name: "an error after a rest", Set: with(idle(record.IdleLine{Next: checktest.Answer(400, ""), Fresh: checktest.OK()})), Want: "reuse-garbled"},
		{Name: "a health check that fails at times", Set: with(idle(record.IdleLine{Next: checktest.Answer(503, ""), Fresh: checktest.OK()})), Want: "pass"},
		{Name: "a health check that is limited", Set: with(idle(record.IdleLine{Next: checktest.Answer(429, ""), Fresh: checktest.OK()})), Want: "pass"},
		{Name: "calls that fail at times", Set: with(add(second(checktest.Answer(500, ""), checktest.OK()))), Want: "pass"},
		{Name: "closed just as it was used", Set: with(idle(record.IdleLine{Next: checktest.Ended(record.Reset), Stale: true})), Want: "pass"},
	})
}

func TestSlowReaders(t *testing.T) {
	round := func(took record.Millis, pings int) record.SlowReader {
		r := record.SlowReader{Call: *checktest.OK(), From: 1000, To: 2000}
		for i := range pings {
			p := checktest.Ping(1+float64(i+1)*0.1, "{}")
			p.Took = took
			r.Pings = append(r.Pings, p)
		}
		return r
	}
	with := func(rounds ...record.SlowReader) *record.Set {
		return &record.Set{InFlight: &record.InFlight{}, Wire: served(func(w *record.Wire) { w.Slow = rounds })}
	}
	broken := round(3000, 5)
	broken.Call = *checktest.Ended(record.Truncated)
	early := round(5, 1)
	early.From = 1900
	checktest.Judge(t, Checks, "NET-11", []checktest.Case{
		{Name: "answered meanwhile", Set: with(round(5, 5)), Want: "note"},
		{Name: "waited in one round", Set: with(round(3000, 5)), Want: "note"},
		{Name: "waited in both", Set: with(round(3000, 5), round(3000, 5)), Want: "slow-reader-blocks"},
		{Name: "answered in the second", Set: with(round(3000, 5), round(5, 5)), Want: "note"},
		{Name: "too few were sent", Set: with(round(3000, 5), round(3000, 2)), Want: "note"},
		{Name: "the answer broke off", Set: with(broken, broken), Want: "note"},
		{Name: "answered before he stopped does not count", Set: with(round(3000, 5), early), Want: "note"},
	})
}
