package scenario

import (
	"context"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// asyncPatience is how long a declared background job is followed before the harness stops watching.
const asyncPatience = 2 * time.Minute

// asyncPoll is how often /ping is asked meanwhile: LIFE-08 wants HealthyBusy within 5 s.
const asyncPoll = 500 * time.Millisecond

// Async follows a declared background job from its trigger until /ping says Healthy again (PING-05, PING-07, LIFE-08).
func Async(ctx context.Context, s *Stage) (*record.Async, error) {
	out := &record.Async{Before: s.Pinger().Series(ctx, 2, asyncPoll)}
	sid := platform.NewSessionID()
	body := s.Payload.Async.Render(platform.Values{Prompt: prompt(platform.NewMarker()), Session: sid})
	out.Trigger, _ = s.invoke(ctx, invocation{what: "async/trigger", session: sid, body: body, accept: acceptStream})
	began, busy := time.Now(), false
	for time.Since(began) < asyncPatience {
		p := s.Pinger().Once(ctx)
		out.Pings = append(out.Pings, p)
		switch gjson.Get(p.Body, "status").String() {
		case "HealthyBusy":
			if !busy {
				busy = true
				x := s.happy(ctx, "async/during")
				out.During = &x
			}
		case "Healthy":
			if busy || time.Since(began) > 10*time.Second {
				return out, ctx.Err()
			}
		}
		if err := pause(ctx, asyncPoll); err != nil {
			return nil, err
		}
	}
	return out, ctx.Err()
}
