package net

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestHost(t *testing.T) {
	guarded := checktest.BadAnswer(421)
	guarded.Localhost = checktest.Get(checktest.OK(), "/ping")
	pair := func(platform, localhost int) *record.Set {
		return calls(map[record.Variant]*record.Exchange{
			record.Platform: checktest.Answer(platform, "{}"), record.Localhost: checktest.Answer(localhost, "{}"),
		})
	}
	drops := boot(change(checktest.Never(record.DropsHost), func(b *record.Boot) {
		b.Last, b.Localhost = checktest.Get(checktest.Ended(record.Reset), "/ping"), checktest.Get(checktest.OK(), "/ping")
	}))
	// lost is an agent whose first call, and the one with the platform's Host, ended like that, while localhost was served.
	lost := func(first, platform *record.Exchange, f func(*record.Calls)) *record.Set {
		set := calls(map[record.Variant]*record.Exchange{record.Platform: platform, record.Localhost: checktest.OK()})
		set.Calls.Ladder[0] = *first
		f(set.Calls)
		return set
	}
	as := func(*record.Calls) {}
	reset, hangs := checktest.Ended(record.Reset), checktest.Ended(record.TimedOut)
	begun := checktest.Answer(200, "{}")
	begun.Outcome = record.TimedOut
	needsAgent := calls(map[record.Variant]*record.Exchange{
		record.Platform: checktest.Answer(403, "{}"), record.Localhost: checktest.OK(), record.Rich: checktest.OK(),
	})
	checktest.Judge(t, Checks, "NET-04", []checktest.Case{
		{Name: "a User-Agent is wanted, whatever the Host", Set: needsAgent, Want: "pass"},
		{Name: "served with both", Set: pair(200, 200), Want: "pass"},
		{Name: "421 with the platform's Host", Set: pair(421, 200), Want: "host-refused"},
		{Name: "400 with the platform's Host (Django)", Set: pair(400, 200), Want: "host-refused"},
		{Name: "never ready for its Host", Set: boot(guarded), Want: "host-refused"},
		{Name: "only the health check is guarded", Want: "host-refused", Set: &record.Set{Boot: checktest.Ready(900),
			Idle: &record.Idle{Platform: checktest.Answer(403, ""), Localhost: checktest.OK()}}},
		{Name: "the health check is dropped", Set: drops, Want: "host-refused", Says: "connection broken without an answer after 30.0 s, each time"},
		{Name: "calls are dropped, every time", Set: lost(reset, reset, as), Want: "host-refused"},
		{Name: "calls are never answered", Set: lost(hangs, hangs, as), Want: "host-refused"},
		{Name: "dropped once: connections break", Set: lost(checktest.OK(), reset, as), Want: "pass"},
		{Name: "the first call alone was dropped", Set: lost(reset, checktest.OK(), as), Want: "pass"},
		{Name: "dropped with both: another cause", Want: "pass",
			Set: lost(reset, reset, func(c *record.Calls) { c.Variants[record.Localhost] = reset })},
		{Name: "the process died on the way", Want: "pass", Set: lost(reset, reset, func(c *record.Calls) { c.After = checktest.Dead(1) })},
		{Name: "an answer that does not end", Set: lost(begun, begun, as), Want: "pass"},
		{Name: "refused with both: another cause", Set: pair(422, 422), Want: "pass"},
		{Name: "busy just then", Set: pair(429, 200), Want: "pass"},
		{Name: "nothing was served", Set: boot(checktest.BadAnswer(404)), Want: "untestable"},
	})
}

func TestHeaders(t *testing.T) {
	with := func(happy, bare, full int) *record.Set {
		return calls(map[record.Variant]*record.Exchange{
			record.Platform: checktest.Answer(happy, "{}"), record.BareHeaders: checktest.Answer(bare, "{}"),
			record.FullHeaders: checktest.Answer(full, "{}"),
		})
	}
	checktest.Judge(t, Checks, "NET-05", []checktest.Case{
		{Name: "served with all", Set: with(200, 200, 200), Want: "pass"},
		{Name: "the full set is too large", Set: with(200, 200, 431), Want: "headers-refused"},
		{Name: "the observed set crashes the handler", Set: with(500, 200, 500), Want: "headers-refused"},
		{Name: "busy just then", Set: with(200, 200, 429), Want: "pass"},
		{Name: "the connection breaks with the full set", Want: "headers-refused", Set: calls(map[record.Variant]*record.Exchange{
			record.BareHeaders: checktest.OK(), record.FullHeaders: checktest.Ended(record.Reset)})},
		{Name: "the bare call fails too", Set: with(200, 500, 500), Want: "pass"},
		{Name: "no model", Set: &record.Set{Calls: checktest.NoModel(500)}, Want: "untestable"},
		{Name: "no variants were sent", Want: "untestable", Set: &record.Set{Calls: &record.Calls{Worked: true}}},
	})
}

func TestHeaderCase(t *testing.T) {
	with := func(lower, mixed *record.Exchange) *record.Set {
		return calls(map[record.Variant]*record.Exchange{record.Platform: lower, record.MixedCase: mixed})
	}
	session := func(x *record.Exchange) *record.Exchange { x.Session = "s-1"; return x }
	inBody := session(checktest.Answer(200, `{"session":"s-1"}`))
	inBody.Request.Body = `{"sessionId":"s-1"}`
	checktest.Judge(t, Checks, "NET-10", []checktest.Case{
		{Name: "alike", Set: with(checktest.OK(), checktest.OK()), Want: "pass"},
		{Name: "400 in lower case", Set: with(checktest.Answer(400, "{}"), checktest.OK()), Want: "lower-case-lost"},
		{Name: "the session comes back in mixed case only", Want: "lower-case-lost",
			Set: with(session(checktest.Answer(200, `{"session":""}`)), session(checktest.Answer(200, `{"session":"s-1"}`)))},
		{Name: "an echo of the body shows nothing", Set: with(session(checktest.OK()), inBody), Want: "pass"},
		{Name: "400 in mixed case", Set: with(checktest.OK(), checktest.Answer(400, "{}")), Want: "mixed-case-lost"},
		{Name: "no model", Set: &record.Set{Calls: checktest.NoModel(500)}, Want: "untestable"},
	})
}

func TestRedirects(t *testing.T) {
	slash := checktest.Answer(307, "")
	slash.Request.Path = "/invocations/"
	checktest.Judge(t, Checks, "NET-06", []checktest.Case{
		{Name: "direct", Set: calls(nil), Want: "pass"},
		{Name: "readiness is redirected", Set: boot(checktest.BadAnswer(301)), Want: "redirected"},
		{Name: "invocations are redirected", Want: "redirected",
			Set: calls(map[record.Variant]*record.Exchange{record.Platform: checktest.Answer(308, "")})},
		{Name: "the other slash form redirects, as the Python SDK does", Want: "slash-redirected",
			Set: calls(map[record.Variant]*record.Exchange{record.Slash: slash})},
		{Name: "the other slash form is 404, as in the TypeScript SDK", Want: "pass",
			Set: &record.Set{Boot: checktest.Ready(900), Idle: &record.Idle{Slash: checktest.Answer(404, "{}")}}},
		{Name: "nothing answered", Set: boot(checktest.Never(record.ProcessExited)), Want: "untestable"},
	})
}

func TestConnections(t *testing.T) {
	call := *checktest.OK()
	call.Took = 2000
	round := func(took record.Millis) *record.Set {
		p := checktest.Ping(0.5, `{"status":"Healthy"}`)
		p.Took = took
		return &record.Set{InFlight: &record.InFlight{Longest: 2000,
			Rounds: []record.InFlightRound{{Calls: []record.Exchange{call}, Pings: []record.Ping{p}}}}}
	}
	checktest.Judge(t, Checks, "NET-11", []checktest.Case{
		{Name: "answered beside a call", Set: round(5), Want: "pass"},
		{Name: "answered after the call", Set: round(1800), Want: "note"},
		{Name: "no call lasted", Set: &record.Set{InFlight: &record.InFlight{Longest: 10}}, Want: "note"},
	})
}

func TestEarlyLeave(t *testing.T) {
	ping := checktest.Ping(1, `{}`)
	left := func(phase string, again *record.Exchange, after record.State, p record.Ping) *record.Set {
		return &record.Set{Calls: checktest.Calls(nil), Disconnect: &record.Disconnect{Before: checktest.Alive(), After: after,
			Rounds: []record.DisconnectRound{{Phase: phase, Call: *checktest.Ended(record.Abandoned), Ping: &p, Again: again}}}}
	}
	lost := ping
	lost.Outcome, lost.Status = record.TimedOut, 0
	noModel := left("body", checktest.Answer(500, "{}"), checktest.Alive(), ping)
	noModel.Calls = checktest.NoModel(500)
	exited := left("body", nil, checktest.Dead(1), ping)
	exited.Calls = checktest.NoModel(500)
	checktest.Judge(t, Checks, "NET-12", []checktest.Case{
		{Name: "still serves", Set: left("headers", checktest.OK(), checktest.Alive(), ping), Want: "pass"},
		{Name: "exits", Set: left("answer", nil, checktest.Dead(1), ping), Want: "process-gone"},
		{Name: "health lost", Set: left("body", checktest.OK(), checktest.Alive(), lost), Want: "health-lost"},
		{Name: "next call lost", Set: left("answer", checktest.Ended(record.TimedOut), checktest.Alive(), ping), Want: "next-call-lost"},
		{Name: "the next call says busy for good", Set: left("answer", checktest.Answer(500, "{}"), checktest.Alive(), ping), Want: "next-call-lost"},
		{Name: "no model: the health check still counts", Set: noModel, Want: "pass"},
		{Name: "no model and it exits, as LlamaIndex does", Set: exited, Want: "untestable"},
		{Name: "streams are another clause's", Set: left("stream", checktest.OK(), checktest.Alive(), ping), Want: "untestable"},
	})
}
