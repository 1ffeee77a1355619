package sse

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var leaving = checks.Check{Clause: "SSE-09", Needs: []record.Kind{record.KindCalls, record.KindDisconnect}, Wants: []record.Kind{record.KindStream}, Judge: judgeLeaving}

// judgeLeaving looks at the callers who left in the middle of a stream alone. A process that was gone before them is
// NET-12's finding.
func judgeLeaving(set *record.Set) []checks.Verdict {
	d, tried := *set.Disconnect, false
	d.Rounds = nil
	for _, r := range set.Disconnect.Rounds {
		if r.Phase != "stream" {
			if r.Ping != nil && r.Ping.Outcome == record.Refused {
				return []checks.Verdict{checks.CannotTell("nothing listened any more after an earlier caller left (%s): see NET-12", r.Phase)}
			}
			continue
		}
		tried = true
		if r.Call.Outcome == record.Abandoned {
			d.Rounds = append(d.Rounds, r)
		}
	}
	switch {
	case !tried:
		return none(set)
	case len(d.Rounds) == 0:
		return []checks.Verdict{checks.CannotTell("no caller could leave in the middle of a stream: none came to its first event")}
	}
	slices.SortStableFunc(d.Rounds, func(a, b record.DisconnectRound) int { return deaf(b) - deaf(a) })
	only := *set
	only.Disconnect = &d
	out := reading.AfterLeaving(&only, func(string) bool { return true })
	if out[0].Outcome == checks.Pass && atOnce(set.Stream) {
		return []checks.Verdict{checks.Remark("%s, but the whole stream comes at once, so none was in the middle of it: a longer one with --stream-payload shows more", out[0].Actual)}
	}
	if left, asked := modelLeft(d.Rounds); out[0].Outcome == checks.Pass && asked > 0 {
		out[0].Actual += fmt.Sprintf("; the agent left its model as well in %d of %d, else the turn went on to its end", left, asked)
	}
	return out
}

// modelLeft counts the rounds in which the agent asked the scripted model, and those in which it left it with its caller.
func modelLeft(rounds []record.DisconnectRound) (left, asked int) {
	for _, r := range rounds {
		if len(r.Model) == 0 {
			continue
		}
		asked++
		if slices.ContainsFunc(r.Model, func(q record.ModelRequest) bool { return q.Outcome == record.ModelAbandoned }) {
			left++
		}
	}
	return left, asked
}

// deaf ranks rounds after which a health check went unanswered first: the platform ends the session for that, whatever
// became of the calls before.
func deaf(r record.DisconnectRound) int {
	if r.Ping != nil && reading.Counts(*r.Ping) && r.Ping.Outcome != record.Answered {
		return 1
	}
	return 0
}

// atOnce reports a stream whose events all came with the first: who leaves then, leaves a server that has finished.
func atOnce(s *record.Stream) bool {
	if s == nil || !streamed(s.Call) {
		return false
	}
	all := events(s.Call.Events)
	return len(all) > 0 && all[len(all)-1].After-all[0].After < oneWrite
}

// oneWrite is the time within which everything that a server wrote at once arrives.
const oneWrite = record.Millis(20)
