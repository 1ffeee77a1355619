package scenario

import (
	"context"
	"net/http"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// bodySizes are the padded sizes in bytes; the platform forwards up to 100 MB (INV-12).
var bodySizes = []int64{128 << 10, 1_100_000, 2_000_000, 20_000_000}

// Bodies sends the happy path padded to growing sizes until one is refused.
func Bodies(ctx context.Context, s *Stage) (*record.Bodies, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	out := &record.Bodies{Before: before}
	for _, size := range bodySizes {
		sid := platform.NewSessionID()
		x, _ := s.invoke(ctx, invocation{
			what: "bodies", session: sid, accept: acceptStream,
			body: platform.PadJSON(s.Payload.body(sid, platform.NewMarker()), int(size)),
		})
		out.Calls = append(out.Calls, record.BodyCall{Size: size, Call: x})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if x.Status() == http.StatusRequestEntityTooLarge || !x.Reached() {
			break
		}
	}
	out.Ping = s.ping(ctx)
	out.After, err = s.stateAfter(ctx, out.Calls[len(out.Calls)-1].Call)
	return out, err
}
