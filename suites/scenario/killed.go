package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// Kill has a session's process end without a word in the middle of a call, as it does with its microVM.
func Kill(ctx context.Context, s *Stage, k engine.Killer, boot *record.Boot, session string) (*record.Killed, error) {
	out := &record.Killed{Session: session, Boot: *boot}
	if !boot.Ready {
		out.Untold = "a fresh process never became ready: " + boot.Detail
		return out, nil
	}
	first := s.happyIn(ctx, "first", session)
	if out.First = &first; failed(first) {
		out.Untold = "a fresh process did not answer its first call with success"
		return out, ctx.Err()
	}
	w, in := s.killedCall(session)
	defer s.script(unhurried[w])()
	u := s.setOut(ctx, in)
	defer u.leave()
	if w == "" {
		_ = pause(ctx, s.Payload.CallTook/2)
	} else {
		s.begins(ctx, u, w)
	}
	out.Signalled = s.At()
	if err := k.Kill(ctx); err != nil {
		if st, gone := s.State(ctx); gone == nil && !st.Running {
			out.Untold, out.State = "the process had ended before it could be killed", st
			return out, nil
		}
		return nil, fmt.Errorf("kill the container during a call: %w", err)
	}
	call := u.end(noticing)
	out.Call = &call
	var err error
	out.State, err = s.State(ctx)
	return out, err
}

// killedCall is the call to be killed in: one that is asked to take long where that can be, else an ordinary one, of which
// the middle is hit with some luck.
func (s *Stage) killedCall(session string) (record.Work, invocation) {
	const what = "second"
	for _, w := range []record.Work{record.WorkCall, record.WorkStream} {
		if s.Payload.CannotLast(w) == "" {
			return w, s.lastingCall(w, what, session)
		}
	}
	return "", s.happyCall(what, session)
}

// leasePause is the time between two calls of a session that is not served, which may wait for a lock to be given up.
const leasePause = 2 * time.Second

// TakeOver calls the session of a killed process on the next one. Where it is not served another session is tried, and it
// again until patience runs out: a lock of the killed process may have a time after which it is nobody's.
func TakeOver(ctx context.Context, s *Stage, boot *record.Boot, out *record.Killed) error {
	if out.Next = boot; !boot.Ready {
		out.Logs = boot.Logs
		return nil
	}
	began := time.Now()
	x := s.happyIn(ctx, "resumed", out.Session)
	out.Calls, out.Tries = []record.Exchange{x}, 1
	if failed(x) {
		other := s.again(ctx, "other")
		out.Other = other
		for other != nil && !failed(*other) && failed(x) && time.Since(began) < s.patience() && pause(ctx, leasePause) == nil {
			x = s.happyIn(ctx, "resumed", out.Session)
			out.Calls, out.Tries = append(out.Calls[:1], x), out.Tries+1
		}
	}
	out.Waited = millis(time.Since(began))
	out.Logs = s.Logs(ctx)
	return ctx.Err()
}
