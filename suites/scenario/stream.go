package scenario

import (
	"context"
	"slices"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
)

// paced is a model whose answer takes long enough to see whether events follow it (SSE-05).
var paced = model.Script{Name: "paced", Tokens: 20, First: 300 * time.Millisecond, Pace: 150 * time.Millisecond}

// Stream asks for a streamed answer: with the declared stream body, or with Accept: text/event-stream alone.
func Stream(ctx context.Context, s *Stage, calls *record.Calls) (*record.Stream, error) {
	out := &record.Stream{Asked: "accept"}
	if s.Payload.Stream != nil {
		out.Asked = "payload"
	}
	heard := s.listen()
	restore := s.script(paced)
	x, _ := s.invoke(ctx, s.streamCall("stream"))
	restore()
	out.Model = heard()
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
	return out, ctx.Err()
}
