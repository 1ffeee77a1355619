package net

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestWhatAConnectionIsBlamedFor(t *testing.T) {
	rounds := []record.InFlightRound{{
		Calls: []record.Exchange{{At: 1000, Took: 3000, Outcome: record.Answered}}, Pings: []record.Ping{checktest.Ping(2, "{}")},
	}}
	with := func(change func(*record.Wire)) *record.Set {
		return &record.Set{InFlight: &record.InFlight{Rounds: rounds}, Wire: served(change)}
	}
	line := func(calls ...record.LineCall) *record.Set {
		return with(func(w *record.Wire) { w.Line = append(w.Line, calls...) })
	}
	idle := func(i record.IdleLine) *record.Set { return with(func(w *record.Wire) { w.Idle = &i }) }
	stale := record.LineCall{Name: "ping", Call: *checktest.Ended(record.Reset), Reused: true, Stale: true, Fresh: checktest.OK()}
	bad := record.LineCall{Name: "call-again", Call: *checktest.Answer(400, ""), Reused: true, Fresh: checktest.OK()}
	welcome := record.LineCall{Name: "refused", Call: *checktest.OK(), Reused: true}
	checktest.Judge(t, Checks, "NET-11", []checktest.Case{
		{Name: "dropped in that moment, and served on a fresh one", Set: line(stale), Want: "pass"},
		{Name: "an error after what was meant to be refused and was served", Set: line(welcome, bad), Want: "reuse-garbled"},
		{Name: "an error on a connection that was not used before", Want: "pass",
			Set: line(record.LineCall{Name: "call-again", Call: *checktest.Answer(400, ""), Fresh: checktest.OK()})},
		{Name: "served after a rest, on either", Set: idle(record.IdleLine{Next: checktest.OK(), Fresh: checktest.OK()}), Want: "pass"},
		{Name: "only the fresh one was asked", Set: idle(record.IdleLine{Fresh: checktest.OK()}), Want: "pass"},
		{Name: "dropped after a rest, and served on a fresh one", Want: "pass",
			Set: idle(record.IdleLine{Next: checktest.Ended(record.Reset), Stale: true, Fresh: checktest.OK()})},
	})
}

func TestSlowReadersAtTheirLimits(t *testing.T) {
	// The caller does not read from 1000 to 2000; each health check takes three seconds.
	with := func(sent ...record.Millis) *record.Set {
		r := record.SlowReader{Call: *checktest.OK(), From: 1000, To: 2000}
		for _, at := range sent {
			p := checktest.Ping(0, "{}")
			p.At, p.Took = at, 3000
			r.Pings = append(r.Pings, p)
		}
		return &record.Set{InFlight: &record.InFlight{}, Wire: served(func(w *record.Wire) { w.Slow = []record.SlowReader{r, r} })}
	}
	checktest.Judge(t, Checks, "NET-11", []checktest.Case{
		{Name: "from the first moment to the last", Set: with(1000, 1500, 1999), Want: "slow-reader-blocks"},
		{Name: "one before", Set: with(999, 1500, 1999), Want: "note"},
		{Name: "one after", Set: with(1000, 1500, 2000), Want: "note"},
	})
}

func TestChunksAreComparedWhereBothTell(t *testing.T) {
	chunked := func(small, whole *record.Exchange) *record.Set {
		w := served(func(w *record.Wire) {
			w.Chunked = []record.ChunkedCall{{Size: 1, Call: *small}, {Call: *whole, Own: true}}
		})
		return &record.Set{Boot: checktest.Ready(900), Wire: w}
	}
	checktest.Judge(t, Checks, "NET-03", []checktest.Case{
		{Name: "small chunks are refused, and one chunk found it busy", Set: chunked(checktest.Answer(400, ""), checktest.Answer(429, "")), Want: "pass"},
		{Name: "small chunks hang, one chunk is served", Set: chunked(checktest.Ended(record.TimedOut), checktest.OK()), Want: "chunked-unread"},
	})
}
