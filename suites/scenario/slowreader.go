package scenario

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// longHold is how long a caller does not read for whom no health check was answered in a shorter time, natively and at most
// on a slow engine, so that a server that waits for him is told from a slow one.
const (
	longHold     = 2 * time.Second
	longHoldMost = 5 * time.Second
)

// SlowReadWait is the planned time of a caller who reads slowly.
const SlowReadWait = 600 * time.Millisecond

// pingsDuringHold is how often /ping is asked meanwhile.
const pingsDuringHold = 50 * time.Millisecond

// longText is more than the buffers between a server and its caller hold, in bytes, and less than a body parser takes.
const longText = 768 << 10

// talkative is a model whose streamed answer is longer than those buffers, framing included.
var talkative = model.Script{Name: "talkative", Tokens: 1500}

// slowReaders asks for a long answer and stops reading once it has begun. Only an agent that is known to repeat what it is
// told, by itself or by the scripted model, can be made to give a long one.
func (s *Stage) slowReaders(ctx context.Context, out *record.Wire) (x record.Exchange) {
	if !s.Modelled() && !repeats(out.Texts) || s.Allowance != nil || s.Terms.Attached {
		return answeredNothing
	}
	for _, hold := range []time.Duration{SlowReadWait, min(s.scaled(longHold), longHoldMost)} {
		r := s.slowReader(ctx, hold)
		out.Slow, x = append(out.Slow, r), r.Call
		if r.To == 0 || ctx.Err() != nil || slices.ContainsFunc(r.Pings, func(p record.Ping) bool { return p.At+p.Took < r.To }) {
			break
		}
	}
	return x
}

func repeats(texts []record.Text) bool {
	return slices.ContainsFunc(texts, func(t record.Text) bool { return t.Echoed })
}

func (s *Stage) slowReader(ctx context.Context, hold time.Duration) (r record.SlowReader) {
	prompt, sid := platform.NewMarker(), platform.NewSessionID()
	if s.Modelled() {
		defer s.script(talkative)()
	} else {
		prompt += strings.Repeat(" and so on", longText/10)
	}
	var collect func() []record.Ping
	in := invocation{what: "wire/slow-reader", session: sid, accept: acceptStream, body: s.Payload.body(sid, prompt)}
	in.change = func(q *wire.Request) {
		q.MaxKeep = turnKeep
		q.Hold = func() {
			r.From = s.At()
			stop := s.Pinger().Start(ctx, pingsDuringHold)
			_ = pause(ctx, hold)
			r.To = s.At()
			collect = later(stop)
		}
	}
	r.Call, _ = s.invoke(ctx, in)
	if collect != nil {
		r.Pings = collect()
		s.listened(r.Pings...)
	}
	return r
}

// later ends a series without waiting for the health checks that are still on their way; the returned function does.
func later(stop func() []record.Ping) func() []record.Ping {
	done := make(chan []record.Ping, 1)
	go func() { done <- stop() }()
	return func() []record.Ping { return <-done }
}
