package scenario

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// Modes of a round of sessions.
const (
	overlapping = "overlapping"
	serial      = "serial"
)

// serialSessions bounds the serial round: two sessions would do, four show whose text it was.
const serialSessions = 4

// Sessions plays many sessions talking to one process: overlapping first, serially interleaved when the agent refuses
// overlap, and once more with new markers when a foreign one was seen (SES-06).
func Sessions(ctx context.Context, s *Stage, sessions, turns int) (*record.Sessions, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	out := &record.Sessions{Before: before}
	round := s.round(ctx, overlapping, sessions, turns)
	out.Rounds = append(out.Rounds, round)
	if refused(round) {
		round = s.round(ctx, serial, min(sessions, serialSessions), turns)
		out.Rounds = append(out.Rounds, round)
	}
	if slices.ContainsFunc(out.Rounds, foreign) {
		out.Rounds = append(out.Rounds, s.round(ctx, round.Mode, round.Sessions, turns))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	last := out.Rounds[len(out.Rounds)-1].Turns
	out.After, err = s.stateAfter(ctx, last[len(last)-1].Call)
	return out, err
}

// refused reports that some answer was no success, as agents that take one call at a time do.
func refused(r record.SessionRound) bool {
	return slices.ContainsFunc(r.Turns, func(t record.Turn) bool { return failed(t.Call) })
}

// foreign reports that some answer held a marker of another session, or a request to the model those of two.
func foreign(r record.SessionRound) bool {
	if slices.ContainsFunc(r.Turns, func(t record.Turn) bool { return t.Quote != "" }) {
		return true
	}
	session := map[string]string{}
	for _, t := range r.Turns {
		session[t.Marker] = t.Session
	}
	return slices.ContainsFunc(r.Model, func(q record.ModelRequest) bool {
		said := map[string]bool{}
		for _, m := range q.Markers {
			if by := session[m]; by != "" {
				said[by] = true
			}
		}
		return len(said) > 1
	})
}

// roundLimit is the time after which a round ends with the turn that it is in, from the second on: agents that queue calls
// take one after the other, and two turns show a leak.
const roundLimit = 3 * time.Minute

// round plays turn after turn; within a turn all sessions speak at once, or one after the other.
func (s *Stage) round(ctx context.Context, mode string, sessions, turns int) (r record.SessionRound) {
	r = record.SessionRound{Mode: mode, Sessions: sessions, Turns: make([]record.Turn, sessions*turns)}
	m, ids := newMarkers(), sessionIDs(sessions)
	heard, stored := s.listen(), s.watchStores()
	defer func() { r.Model, r.Stored = heard(), stored() }()
	began := time.Now()
	for n := range turns {
		var wg sync.WaitGroup
		for i, sid := range ids {
			speak := func() { r.Turns[n*sessions+i] = s.turn(ctx, m, "sessions/"+mode, sid, n+1, (n+i)%2 == 1) }
			if mode == serial {
				speak()
				continue
			}
			wg.Add(1)
			go func() { defer wg.Done(); speak() }()
		}
		wg.Wait()
		if ctx.Err() != nil {
			break
		}
		if n > 0 && time.Since(began) > roundLimit {
			r.Turns = r.Turns[:(n+1)*sessions]
			break
		}
	}
	return r
}

// cut is where session ids that are alike differ: half of them before it, half behind it. It follows the second hyphen.
const cut = 14

// sessionIDs are ids for sessions that talk at once. Of each four, one shares its end with the others of its kind and one
// its beginning, as ids do that callers number: an agent that cuts ids takes them for one session.
func sessionIDs(n int) []string {
	ids, like := make([]string, n), platform.NewSessionID()
	for i := range ids {
		id := platform.NewSessionID()
		switch i % 4 {
		case 2:
			id = id[:cut] + like[cut:]
		case 3:
			id = like[:cut] + id[cut:]
		}
		ids[i] = id
	}
	return ids
}
