package scenario

import (
	"context"
	"fmt"
	"net"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// examine takes a second look at a container that never became ready, so that the report can say what it is instead.
func (w *watch) examine(ctx context.Context) {
	s, b := w.stage, w.boot
	if ls, err := s.Target.Listeners(ctx); err == nil {
		b.Listeners, b.ListenersKnown = ls, true
	}
	switch b.Cause {
	case record.ProcessExited, record.Hung, record.TooSlow, record.DropsHost:
		return
	case record.NotHTTP:
		s.listenIn(ctx, b)
		return
	case record.AnswersBadly:
		s.listenIn(ctx, b)
		local := s.get(ctx, "boot/localhost", "/ping", s.localhost())
		dressed := s.dressedPing(ctx)
		b.Localhost, b.Dressed = &local, &dressed
		b.OtherPaths = s.answeringPaths(ctx)
	}
	if p := s.otherProtocol(ctx); p != "" {
		b.OtherProtocol = p
		if b.Cause == record.ListensElsewhere {
			b.Cause = record.SpeaksOtherProtocol
			b.Detail = fmt.Sprintf("looks like an %s server: %s", p, b.Detail)
		}
	}
	if b.Cause == record.AnswersBadly {
		b.Detail = fmt.Sprintf("GET /ping answers %d", b.Last.Status())
	}
}

// listenIn notes what else the contract port speaks. Some TLS servers answer plain HTTP with a polite 400.
func (s *Stage) listenIn(ctx context.Context, b *record.Boot) {
	b.TLS = wire.SpeaksTLS(ctx, s.Target.Dial)
	b.HTTP2Only = b.Cause == record.NotHTTP && !b.TLS && wire.SpeaksHTTP2(ctx, s.Target.Dial)
}

// dressedPing is the health check with everything that a guard could ask for: a session id and a token (PING-12).
func (s *Stage) dressedPing(ctx context.Context) record.Exchange {
	fields := platform.Headers(platform.Profile{Session: platform.NewSessionID(), Accept: acceptBoth, Port: s.Terms.Port, Full: true})
	x, _ := s.Client.Do(ctx, wire.Request{
		ID: s.id("boot/dressed"), Method: "GET", Path: "/ping", Host: platform.CellHost, Timeout: s.pingPatience(),
		Header: append(fields, record.Field{Name: "authorization", Value: "Bearer " + record.IdentityToken}),
	})
	return x
}

func (s *Stage) get(ctx context.Context, what, path, host string) record.Exchange {
	x, _ := s.Client.Do(ctx, wire.Request{
		ID: s.id(what), Method: "GET", Path: path, Host: host, Timeout: s.pingPatience(),
	})
	return x
}

// answeringPaths lists health paths of outdated guides that answer where /ping does not (PING-17).
func (s *Stage) answeringPaths(ctx context.Context) []string {
	var out []string
	for _, p := range []string{"/health", "/healthz", "/status"} {
		if x := s.get(ctx, "boot/other-path", p, s.localhost()); x.OK() {
			out = append(out, p)
		}
	}
	return out
}

// otherProtocol looks for MCP, A2A or HTTP on its own contract port (NET-09).
func (s *Stage) otherProtocol(ctx context.Context) string {
	probes := []struct {
		protocol string
		port     int
		request  wire.Request
	}{
		{"MCP", 8000, wire.Request{Method: "POST", Path: "/mcp", Body: []byte(mcpInitialize), Header: []record.Field{
			{Name: "content-type", Value: "application/json"}, {Name: "accept", Value: acceptBoth}}}},
		{"A2A", 9000, wire.Request{Method: "GET", Path: "/.well-known/agent-card.json"}},
		{"HTTP", 8080, wire.Request{Method: "GET", Path: "/ping"}},
	}
	for _, p := range probes {
		if p.protocol == s.Terms.Protocol {
			continue
		}
		dial := func(ctx context.Context) (net.Conn, error) { return s.Target.DialPort(ctx, p.port) }
		p.request.ID, p.request.Timeout = s.id("boot/other-protocol"), s.pingPatience()
		p.request.Host = fmt.Sprintf("localhost:%d", p.port)
		if x, _ := wire.New(dial, s.Target.Epoch()).Do(ctx, p.request); x.OK() {
			return p.protocol
		}
	}
	return ""
}

const mcpInitialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",` +
	`"capabilities":{},"clientInfo":{"name":"agentcore-conform","version":"1"}}}`
