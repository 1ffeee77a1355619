package scenario

import (
	"context"
	"slices"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// paced is a model whose answer takes long enough to see whether events follow it (SSE-05).
var paced = model.Script{Name: "paced", Tokens: 20, Tail: lines, First: 300 * time.Millisecond, Pace: 150 * time.Millisecond}

// ponderous speaks for four times as long.
var ponderous = model.Script{Name: "paced, slower", Tokens: paced.Tokens, First: paced.First, Pace: 4 * paced.Pace}

// Stream asks for a streamed answer: with the declared stream body, or with Accept: text/event-stream alone.
func Stream(ctx context.Context, s *Stage, calls *record.Calls) (*record.Stream, error) {
	out := &record.Stream{Asked: "accept"}
	if s.Payload.Stream != nil {
		out.Asked = "payload"
	}
	first, a := s.speak(ctx, "stream", paced)
	x := first.Call
	out.Model = first.Model
	if x.Events != nil && slices.ContainsFunc(out.Model, func(q record.ModelRequest) bool { return q.Script == paced.Name }) {
		out.Lines = linesOf(a.Text)
	}
	out.Paced = slices.ContainsFunc(out.Model, func(q record.ModelRequest) bool { return q.Stream && q.Tokens == paced.Tokens })
	if happy := calls.Happy(); happy != nil && happy.OK() && happy.Events == nil {
		out.JSONAnswers = happy.Response.BodySize > 0
	}
	if f := formByBody(s.Payload, calls, &x); f != nil {
		s.Payload.other = f
	}
	if x.Events != nil || s.Payload.Stream != nil {
		out.Call = &x
	}
	if out.Paced && late(first) {
		slower, _ := s.speak(ctx, "stream/slower", ponderous)
		out.Slower = &slower
	}
	return out, ctx.Err()
}

// speak asks for a streamed answer while the model speaks by a script.
func (s *Stage) speak(ctx context.Context, what string, script model.Script) (record.Spoken, wire.Answer) {
	heard, restore := s.listen(), s.script(script)
	defer restore()
	x, a := s.invoke(ctx, s.streamCall(what))
	return record.Spoken{Call: x, Model: heard()}, a
}

// late reports a stream of which nothing came while the model spoke.
func late(s record.Spoken) bool {
	return s.Call.Events != nil && s.Call.Events.Count > 1 &&
		!slices.ContainsFunc(s.Model, func(q record.ModelRequest) bool { return q.Spoke() && s.Call.EventsDuring(&q) > 0 })
}
