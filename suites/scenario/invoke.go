package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// acceptBoth names both answer types, as the contract's probe conventions say: what an SDK client sends.
const acceptBoth = "application/json, text/event-stream"

// acceptStream prefers a stream but leaves JSON open, so that agents of either kind answer.
const acceptStream = "text/event-stream, application/json"

// invocation is the platform's POST; options bend it.
type invocation struct {
	what    string
	session string
	body    []byte
	accept  string
	profile func(*platform.Profile)
	change  func(*wire.Request)
	timeout time.Duration
	// plain leaves out what a rich client adds, also for an agent that insists on it.
	plain bool
}

// richFields are what test clients add and the platform does not (INV-13).
var richFields = []record.Field{{Name: "user-agent", Value: "curl/8.5.0"}}

// invoke sends one invocation in the platform's shape.
func (s *Stage) invoke(ctx context.Context, in invocation) (record.Exchange, wire.Answer) {
	r := s.request(in)
	if !s.Allowance.take() {
		return s.unpaid(r)
	}
	return s.Client.Do(ctx, r)
}

// request writes an invocation.
func (s *Stage) request(in invocation) wire.Request {
	p := platform.Profile{Session: in.session, Accept: in.accept, ContentType: "application/json", Port: s.Terms.Port}
	if in.profile != nil {
		in.profile(&p)
	}
	r := wire.Request{
		ID: s.id(in.what), Method: "POST", Path: s.Terms.Path, Host: s.Host, Header: platform.Headers(p),
		Body: in.body, Session: in.session, Timeout: s.patience(),
	}
	if s.Rich && !in.plain {
		r.Header = append(r.Header, richFields...)
	}
	if in.timeout > 0 {
		r.Timeout = in.timeout
	}
	if in.change != nil {
		in.change(&r)
	}
	return r
}

// unpaid is the exchange of a call that was not made, because a real model would have to be paid for it.
func (s *Stage) unpaid(r wire.Request) (record.Exchange, wire.Answer) {
	return record.Exchange{
		ID: r.ID, At: s.At(), Outcome: record.Unsent, Session: r.Session,
		Error:   "not sent: the calls that may reach a real model are used up; raise --max-model-calls",
		Request: record.Request{Method: r.Method, Path: r.Path, Host: r.Host},
	}, wire.Answer{}
}

// happy sends the known-good invocation on a session of its own.
func (s *Stage) happy(ctx context.Context, what string) record.Exchange {
	return s.happyIn(ctx, what, platform.NewSessionID())
}

// happyIn sends it on that session.
func (s *Stage) happyIn(ctx context.Context, what, session string) record.Exchange {
	x, _ := s.invoke(ctx, s.happyCall(what, session))
	return x
}

// happyCall is the known-good invocation.
func (s *Stage) happyCall(what, session string) invocation {
	return invocation{what: what, session: session, body: s.Payload.body(session, platform.NewMarker()), accept: acceptBoth}
}

// again sends the known-good invocation after something odd. It returns nil where the happy path itself fails slowly, so
// that repeating it would say nothing and cost minutes.
func (s *Stage) again(ctx context.Context, what string) *record.Exchange {
	return s.againIn(ctx, what, platform.NewSessionID())
}

func (s *Stage) againIn(ctx context.Context, what, session string) *record.Exchange {
	if s.Payload.Laboured() {
		return nil
	}
	x := s.happyIn(ctx, what, session)
	return &x
}

// failed reports an answer that is no success: not 2xx, or an error inside the stream (SSE-07).
func failed(x record.Exchange) bool {
	if !x.OK() {
		return true
	}
	_, bad := record.ErrorInStream(x.Events)
	return bad
}
