package scenario

import (
	"context"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Stream asks for a streamed answer: with the declared stream body, or with Accept: text/event-stream alone.
func Stream(ctx context.Context, s *Stage, calls *record.Calls) (*record.Stream, error) {
	out := &record.Stream{Asked: "accept"}
	if s.Payload.Stream != nil {
		out.Asked = "payload"
	}
	x, _ := s.invoke(ctx, s.streamCall("stream"))
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
