package model

import (
	"context"
	"net/http"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// answering is one answer on its way.
type answering struct {
	server *Server
	entry  *entry
	op     operation
	ask    Ask
	reply  Reply
	w      http.ResponseWriter
}

// run answers and records how it ended. A broken connection is made by panicking with http.ErrAbortHandler, the only way
// over both versions of HTTP.
func (a *answering) run(ctx context.Context) {
	outcome := a.answer(ctx)
	a.server.note(a.entry, func(m *record.ModelRequest) {
		m.Outcome, m.Took = outcome, a.since()
	})
	if outcome == record.ModelCut {
		panic(http.ErrAbortHandler)
	}
}

func (a *answering) since() record.Millis { return millis(time.Since(a.entry.arrived)) }

func (a *answering) answer(ctx context.Context) record.ModelOutcome {
	switch a.reply.Fault {
	case "", Cut:
	case Silent:
		a.server.wait(ctx, 24*time.Hour)
		return record.ModelCut
	default:
		return a.fail(ctx)
	}
	if a.ask.Stream {
		if f := a.op.stream(a.ask, a.reply); f != nil {
			return a.stream(ctx, f)
		}
	}
	return a.whole(ctx)
}

func (a *answering) fail(ctx context.Context) record.ModelOutcome {
	if !a.server.wait(ctx, a.reply.script.First) {
		return record.ModelAbandoned
	}
	status, header, body := a.op.fault(a.reply.Fault)
	a.begin(status)
	send(a.w, status, header, body)
	return record.ModelAnswered
}

// whole waits as long as the tokens of a stream would take.
func (a *answering) whole(ctx context.Context) record.ModelOutcome {
	pauses := max(0, len(a.reply.Tokens)-1)
	if !a.server.wait(ctx, a.reply.script.First+time.Duration(pauses)*a.reply.script.Pace) {
		return record.ModelAbandoned
	}
	body := a.op.whole(a.ask, a.reply)
	a.begin(http.StatusOK)
	if a.reply.Fault == Cut {
		send(a.w, http.StatusOK, nil, body[:len(body)/2])
		_ = http.NewResponseController(a.w).Flush()
		return record.ModelCut
	}
	send(a.w, http.StatusOK, nil, body)
	a.sent(len(a.reply.Tokens))
	return record.ModelAnswered
}

func (a *answering) stream(ctx context.Context, f *frames) record.ModelOutcome {
	a.begin(http.StatusOK)
	a.w.Header().Set("Content-Type", f.mime)
	a.w.WriteHeader(http.StatusOK)
	if !a.write(f.begin) || !a.server.wait(ctx, a.reply.script.First) {
		return record.ModelAbandoned
	}
	for i, token := range f.tokens {
		if a.reply.Fault == Cut && i >= len(f.tokens)/2 {
			a.write(f.broken)
			return record.ModelCut
		}
		if i > 0 && !a.server.wait(ctx, a.reply.script.Pace) || !a.write(token) {
			return record.ModelAbandoned
		}
		a.sent(i + 1)
	}
	if !a.write(f.end) {
		return record.ModelAbandoned
	}
	return record.ModelAnswered
}

// write sends a piece at once, and reports false when the container is gone.
func (a *answering) write(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if _, err := a.w.Write(b); err != nil {
		return false
	}
	return http.NewResponseController(a.w).Flush() == nil
}

func (a *answering) begin(status int) {
	a.server.note(a.entry, func(m *record.ModelRequest) { m.Status = status })
}

// sent notes when tokens went out.
func (a *answering) sent(n int) {
	at := a.since()
	a.server.note(a.entry, func(m *record.ModelRequest) {
		m.Tokens, m.LastToken = n, at
		if m.FirstToken == 0 {
			m.FirstToken = at
		}
	})
}

// describe notes what was asked.
func describe(m *record.ModelRequest, op operation, ask Ask, reply Reply, size int64) {
	text := ask.text()
	m.Provider, m.API, m.Model, m.Stream, m.Size = op.provider, op.name, clip(ask.Model, 256), ask.Stream, size
	m.Turns, m.Tools, m.ToolResults = len(ask.Turns), len(ask.Tools), ask.results()
	m.Markers, m.Last = platform.Markers(text, record.MaxModelMarkers), platform.Markers(ask.last(), record.MaxModelMarkers)
	m.Text = text
	if over := len(text) - record.MaxModelText; over > 0 {
		m.Text = clip(text[over:], record.MaxModelText)
	}
	m.Script, m.Fault = reply.script.Name, string(reply.Fault)
}
