package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// stopWork is how long the work is asked to take that SIGTERM meets: so much longer than a process is given to end that
// one which waits for it is still there then.
const stopWork = 30 * time.Second

// unhurried is a model whose answer takes as long, by the form in which it is asked for.
var unhurried = map[record.Work]model.Script{
	record.WorkCall:   {Name: "unhurried", First: stopWork},
	record.WorkStream: {Name: "unhurried", Tokens: 60, First: 300 * time.Millisecond, Pace: stopWork / 60},
}

// How long work has to begin: a call that shows nothing of itself has begun then, a stream has shown its head or never
// will. Both are computed, and bounded so that enough of the work is left.
const (
	callBegins   = time.Second
	streamBegins = 5 * time.Second
	beginsMost   = 12 * time.Second
)

// StopInFlight sends SIGTERM to a process in the middle of its work, and times its end. The process has served a call
// before, so that its first imports are no part of it.
func StopInFlight(ctx context.Context, s *Stage, boot *record.Boot, w record.Work) (record.StopRound, error) {
	out := record.StopRound{Work: w, Asked: millis(stopWork)}
	if !boot.Ready {
		out.Untold = "a fresh process never became ready: " + boot.Detail
		return out, nil
	}
	if x := s.happy(ctx, "stop/first"); failed(x) {
		out.Untold = "a fresh process did not answer its first call with success"
		return out, ctx.Err()
	}
	defer s.script(unhurried[w])()
	u := s.setOut(ctx, s.lastingCall(w, "stop/"+string(w), platform.NewSessionID()))
	defer u.leave()
	if !s.begins(ctx, u, w) {
		out.Call = u.end(0)
		out.Untold = fmt.Sprintf("the %s that was to take %v was over before the signal", w, stopWork)
		if out.Call.Outcome == record.Abandoned {
			out.Untold = fmt.Sprintf("the %s that was to take %v had not begun after %v", w, stopWork, s.beginsWithin(w))
		}
		return out, ctx.Err()
	}
	out.Signalled = s.At()
	stop, err := s.Target.Terminate(ctx, stopPatience)
	if err != nil {
		return out, fmt.Errorf("stop the container with SIGTERM during a %s: %w", w, err)
	}
	out.Stop = &stop
	patience := noticing
	if stop.Killed {
		patience = 0
	}
	out.Call = u.end(patience)
	return out, nil
}

// underway is an invocation while it lasts.
type underway struct {
	call record.Exchange
	// head is closed when the head of a good answer is there, ended when call is.
	head, ended chan struct{}
	leave       context.CancelFunc
}

// setOut begins work that takes long.
func (s *Stage) setOut(ctx context.Context, in invocation) *underway {
	ctx, leave := context.WithCancel(ctx)
	u := &underway{head: make(chan struct{}), ended: make(chan struct{}), leave: leave}
	in.change = func(r *wire.Request) { r.Hold = func() { close(u.head) } }
	go func() {
		defer close(u.ended)
		u.call, _ = s.invoke(ctx, in)
	}()
	return u
}

// end gives the connection so long to end with the process, then leaves it.
func (u *underway) end(patience time.Duration) record.Exchange {
	select {
	case <-u.ended:
	case <-time.After(patience):
	}
	u.leave()
	<-u.ended
	return u.call
}

// begins waits until the work has begun and reports whether it goes on. A call has begun when it reached the model, and
// where it asks none, after a moment.
func (s *Stage) begins(ctx context.Context, u *underway, w record.Work) bool {
	limit, asked := s.beginsWithin(w), s.modelRequests()
	for began := time.Now(); time.Since(began) < limit; {
		select {
		case <-u.ended:
			return false
		case <-u.head:
			return true
		default:
		}
		if w == record.WorkCall && s.modelRequests() > asked {
			return true
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			return false
		}
	}
	return w == record.WorkCall
}

// beginsWithin is the time that work has to begin.
func (s *Stage) beginsWithin(w record.Work) time.Duration {
	if w == record.WorkStream {
		return min(s.scaled(streamBegins), beginsMost)
	}
	return min(s.scaled(callBegins), beginsMost)
}

// modelRequests counts what this container asked the scripted model.
func (s *Stage) modelRequests() int {
	if s.Model == nil {
		return 0
	}
	return s.Model.Count()
}

// lastingCall is an invocation that is asked to take long.
func (s *Stage) lastingCall(w record.Work, what, session string) invocation {
	t, accept := s.Payload.lasting(w)
	in := invocation{what: what, session: session, accept: accept, timeout: stopWork + stopPatience}
	in.body = t.Render(platform.Values{
		Prompt: prompt(platform.NewMarker()), Session: in.session, Milliseconds: int(stopWork.Milliseconds()),
	})
	return in
}

// lasting is the body that asks for work which takes long, and the Accept that goes with it; nil where there is none.
func (p Payload) lasting(w record.Work) (t *platform.Template, accept string) {
	timed := func(t *platform.Template) bool { return t != nil && t.HasDuration() }
	accept = p.accepts[w]
	switch {
	case w == record.WorkStream && p.Stream != nil && (p.AsksModel || p.Stream.HasDuration()):
		return p.Stream, acceptStream
	case accept == "":
		return nil, ""
	case timed(p.Slow):
		return p.Slow, accept
	case p.AsksModel:
		return &p.Template, accept
	}
	return nil, ""
}

// CannotLast says why this agent cannot be asked for such work that takes long; it is empty where it can.
func (p Payload) CannotLast(w record.Work) string {
	t, _ := p.lasting(w)
	switch {
	case t != nil:
		return ""
	case w == record.WorkCall && p.accepts[w] == "":
		return "no answer was seen that is not an event stream"
	case w == record.WorkStream && p.accepts[w] == "" && p.Stream == nil:
		return "no event stream was seen"
	}
	return "nothing can be asked to take long: the agent asks no scripted model, and no --slow-payload with {{milliseconds}} says how"
}
