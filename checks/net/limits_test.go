package net

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestConnectionsInsideACall(t *testing.T) {
	// The call runs from 1000 to 2000.
	beside := func(from, to record.Millis) *record.Set {
		x, p := *checktest.OK(), checktest.Ping(0, "{}")
		x.At, x.Took, p.At, p.Took = 1000, 1000, from, to-from
		return &record.Set{InFlight: &record.InFlight{Rounds: []record.InFlightRound{{Calls: []record.Exchange{x}, Pings: []record.Ping{p}}}}}
	}
	checktest.Judge(t, Checks, "NET-11", []checktest.Case{
		{Name: "inside", Set: beside(1001, 1999), Want: "pass"},
		{Name: "ends with the call", Set: beside(1001, 2000), Want: "note", Says: "none of 1 health checks"},
		{Name: "sent with the call", Set: beside(1000, 1500), Want: "note", Says: "no call lasted long enough"},
		{Name: "sent at its end", Set: beside(2000, 2000), Want: "note", Says: "no call lasted long enough"},
		{Name: "before it", Set: beside(500, 600), Want: "note", Says: "no call lasted long enough"},
	})
}

func TestAddressByListeners(t *testing.T) {
	listening := func(b *record.Boot, known bool, addresses ...string) *record.Set {
		b.ListenersKnown, b.Listeners = known, nil
		for _, a := range addresses {
			b.Listeners = append(b.Listeners, record.Listener{Address: a, Port: 8080})
		}
		return boot(b)
	}
	checktest.Judge(t, Checks, "NET-02", []checktest.Case{
		{Name: "ready, and no listener is seen", Set: listening(checktest.Ready(900), true), Want: "pass", Says: "answers on the container's own address"},
		{Name: "ready, on loopback alone", Set: listening(checktest.Ready(900), true, "127.0.0.1"), Want: "loopback-only"},
		{Name: "ready, on both", Set: listening(checktest.Ready(900), true, "127.0.0.1", "::"), Want: "pass", Says: "open to the outside"},
		{Name: "an old list of listeners", Set: listening(checktest.Ready(900), false, "127.0.0.1"), Want: "pass"},
		{Name: "never ready for loopback, and no listener is known", Set: listening(checktest.Never(record.LoopbackOnly), false), Want: "loopback-only"},
		{Name: "answers badly", Set: listening(checktest.BadAnswer(500), false), Want: "pass"},
		{Name: "silent", Set: listening(checktest.Never(record.Hung), false), Want: "untestable"},
	})
	named := func(x *record.Exchange) *record.Exchange { x.Session = "s-1"; return x }
	echo := func() *record.Exchange { return named(checktest.Answer(200, `{"id":"s-1"}`)) }
	checktest.Judge(t, Checks, "NET-10", []checktest.Case{
		{Name: "the id comes back in both cases", Set: calls(map[record.Variant]*record.Exchange{record.Platform: echo(), record.MixedCase: echo()}), Want: "pass"},
		{Name: "the id comes back in mixed case only", Want: "lower-case-lost",
			Set: calls(map[record.Variant]*record.Exchange{record.Platform: named(checktest.OK()), record.MixedCase: echo()})},
	})
}

func TestRedirectsOfHealthChecksCount(t *testing.T) {
	idle := func(i *record.Idle) *record.Set { return &record.Set{Boot: checktest.Ready(900), Idle: i} }
	moved := checktest.Get(checktest.Answer(302, ""), "/ping")
	for name, i := range map[string]*record.Idle{"bare": {Bare: moved}, "with the platform's Host": {Platform: moved}} {
		checktest.Judge(t, Checks, "NET-06", []checktest.Case{{Name: name, Set: idle(i), Want: "redirected"}})
	}
	checktest.Judge(t, Checks, "NET-06", []checktest.Case{{Name: "the other slash form", Set: idle(&record.Idle{Slash: moved}), Want: "slash-redirected"}})
}
