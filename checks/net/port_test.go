package net

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func on(addresses ...record.Listener) func(*record.Boot) {
	return func(b *record.Boot) { b.Listeners, b.ListenersKnown = addresses, true }
}

func TestPort(t *testing.T) {
	checktest.Judge(t, Checks, "NET-01", []checktest.Case{
		{Name: "ready", Set: boot(checktest.Ready(900)), Want: "pass"},
		{Name: "listens on 8081", Want: "other-port",
			Set: boot(change(checktest.Never(record.ListensElsewhere), on(record.Listener{Address: "0.0.0.0", Port: 8081})))},
		{Name: "right port, bad answer", Set: boot(checktest.BadAnswer(404)), Want: "pass"},
		{Name: "right port, loopback only: another clause's finding", Want: "pass",
			Set: boot(change(checktest.Never(record.LoopbackOnly), on(record.Listener{Address: "127.0.0.1", Port: 8080})))},
		{Name: "exited before listening", Set: boot(checktest.Never(record.ProcessExited)), Want: "untestable"},
		{Name: "another protocol carries it", Want: "untestable",
			Set: boot(change(checktest.Never(record.SpeaksOtherProtocol), on(record.Listener{Address: "::", Port: 8000})))},
		{Name: "an extra metrics port is fine", Want: "pass", Set: boot(change(checktest.Ready(900), on(
			record.Listener{Address: "0.0.0.0", Port: 9090}, record.Listener{Address: "0.0.0.0", Port: 8080})))},
	})
}

func TestAddress(t *testing.T) {
	loopback := record.Listener{Address: "127.0.0.1", Port: 8080}
	checktest.Judge(t, Checks, "NET-02", []checktest.Case{
		{Name: "open to the outside", Set: boot(checktest.Ready(900)), Want: "pass"},
		{Name: "dual stack", Set: boot(change(checktest.Ready(900), on(record.Listener{Address: "::", Port: 8080}))), Want: "pass"},
		{Name: "loopback only", Set: boot(change(checktest.Never(record.LoopbackOnly), on(loopback))), Want: "loopback-only"},
		{Name: "a relay made loopback look ready", Set: boot(change(checktest.Ready(900), on(loopback))), Want: "loopback-only"},
		{Name: "an extra loopback listener is fine (Fastify logs one)", Want: "pass",
			Set: boot(change(checktest.Ready(900), on(loopback, record.Listener{Address: "172.17.0.2", Port: 8080})))},
		{Name: "table unreadable, but it answers", Want: "pass",
			Set: boot(change(checktest.Ready(900), func(b *record.Boot) { b.Listeners, b.ListenersKnown = nil, false }))},
		{Name: "nothing listens", Set: boot(checktest.Never(record.ProcessExited)), Want: "untestable"},
		{Name: "attached", Want: "not-applicable",
			Set: change(boot(checktest.Ready(900)), func(s *record.Set) { s.Terms.Attached = true })},
	})
}

func TestPlainHTTP(t *testing.T) {
	proto := func(p string) func(*record.Boot) { return func(b *record.Boot) { b.Last.Response.Proto = p } }
	checktest.Judge(t, Checks, "NET-03", []checktest.Case{
		{Name: "HTTP/1.1", Set: boot(checktest.Ready(900)), Want: "pass"},
		{Name: "HTTP/1.0, as Python's standard library", Set: boot(change(checktest.Ready(900), proto("HTTP/1.0"))), Want: "http-1-0"},
		{Name: "TLS", Set: boot(change(checktest.Never(record.NotHTTP), func(b *record.Boot) { b.TLS = true })), Want: "tls"},
		{Name: "a TLS server that answers 400 in cleartext", Want: "tls",
			Set: boot(change(checktest.BadAnswer(400), func(b *record.Boot) { b.TLS = true }))},
		{Name: "h2c only", Set: boot(change(checktest.Never(record.NotHTTP), func(b *record.Boot) { b.HTTP2Only = true })), Want: "http2-only"},
		{Name: "not HTTP", Set: boot(checktest.Never(record.NotHTTP)), Want: "not-http"},
		{Name: "silent", Set: boot(checktest.Never(record.Hung)), Want: "untestable"},
	})
}

func TestProtocol(t *testing.T) {
	mcp := func(b *record.Boot) { b.OtherProtocol = "MCP" }
	checktest.Judge(t, Checks, "NET-09", []checktest.Case{
		{Name: "ready", Set: boot(checktest.Ready(900)), Want: "pass"},
		{Name: "MCP on 8000", Set: boot(change(checktest.Never(record.SpeaksOtherProtocol), mcp)), Want: "other-protocol"},
		{Name: "404 on /ping and MCP beside it", Set: boot(change(checktest.BadAnswer(404), mcp)), Want: "other-protocol"},
		{Name: "silent", Set: boot(checktest.Never(record.Hung)), Want: "untestable"},
	})
}
