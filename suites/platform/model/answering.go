package model

import (
	"context"
	"net/http"
	"strings"
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
	case "", Cut, Interrupted:
	case Silent:
		a.server.hold(ctx)
		return a.left()
	default:
		return a.fail(ctx, a.reply.Fault)
	}
	if a.ask.Stream {
		if f := a.op.stream(a.ask, a.reply); f != nil {
			return a.stream(ctx, f)
		}
	}
	if a.reply.Fault == Interrupted {
		return a.fail(ctx, Broken)
	}
	return a.whole(ctx)
}

// left tells why an answer stopped: the container went away, unless the model itself was closed.
func (a *answering) left() record.ModelOutcome {
	if a.server.isClosed() {
		return record.ModelCut
	}
	return record.ModelAbandoned
}

func (a *answering) fail(ctx context.Context, f Fault) record.ModelOutcome {
	if !a.server.wait(ctx, a.reply.script.First) {
		return a.left()
	}
	status, header, body := a.op.fault(f)
	a.begin(status)
	send(a.w, status, header, body)
	return record.ModelAnswered
}

// whole waits as long as the pieces of a stream would take.
func (a *answering) whole(ctx context.Context) record.ModelOutcome {
	pieces := len(a.reply.pieces())
	if !a.server.wait(ctx, a.reply.script.First+time.Duration(max(0, pieces-1))*a.reply.script.Pace) {
		return a.left()
	}
	body := a.op.whole(a.ask, a.reply)
	a.begin(http.StatusOK)
	if a.reply.Fault == Cut {
		send(a.w, http.StatusOK, nil, body[:len(body)/2])
		_ = http.NewResponseController(a.w).Flush()
		return record.ModelCut
	}
	if pieces > 0 {
		a.sent(pieces)
	}
	send(a.w, http.StatusOK, nil, body)
	return record.ModelAnswered
}

func (a *answering) stream(ctx context.Context, f *frames) record.ModelOutcome {
	a.begin(http.StatusOK)
	a.w.Header().Set("Content-Type", f.mime)
	a.w.Header().Set("Cache-Control", "no-cache")
	a.w.WriteHeader(http.StatusOK)
	if !a.write(f.begin) || !a.server.wait(ctx, a.reply.script.First) {
		return a.left()
	}
	for i, token := range f.tokens {
		if i >= len(f.tokens)/2 && (a.reply.Fault == Cut || a.reply.Fault == Interrupted) {
			return a.breakOff(f)
		}
		if i > 0 && !a.server.wait(ctx, a.reply.script.Pace) || !a.write(token) {
			return a.left()
		}
		a.sent(i + 1)
	}
	if !a.write(f.end) {
		return a.left()
	}
	return record.ModelAnswered
}

// breakOff ends a stream in its middle.
func (a *answering) breakOff(f *frames) record.ModelOutcome {
	if a.reply.Fault == Cut || f.broken == nil {
		return record.ModelCut
	}
	if !a.write(f.broken) {
		return a.left()
	}
	return record.ModelAnswered
}

// write sends a piece at once, the header with the first one, and reports false when the container is gone.
func (a *answering) write(b []byte) bool {
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
func describe(m *record.ModelRequest, ask Ask, reply Reply) {
	text := ask.text()
	m.Model, m.Stream = clip(ask.Model, 256), ask.Stream
	if len(ask.Inputs) > 0 {
		m.API = "embeddings"
	}
	m.Turns, m.Tools, m.ToolResults = len(ask.Turns), len(ask.Tools), ask.results()
	m.Markers, m.Last = platform.Markers(text, record.MaxModelMarkers), platform.Markers(ask.last(), record.MaxModelMarkers)
	m.Text = strings.ToValidUTF8(text[max(0, len(text)-record.MaxModelText):], "")
	m.Script, m.Fault = reply.script.Name, string(reply.Fault)
}
