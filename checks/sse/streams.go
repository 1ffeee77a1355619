package sse

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// candidates are the answers that may be streams: the one that was asked for, the happy path, and the one of a caller
// who takes nothing else.
func candidates(set *record.Set) []*record.Exchange {
	return []*record.Exchange{set.Stream.Call, reading.Happy(set.Calls), set.Calls.Variants[record.AcceptSSE]}
}

// streams are the answers that are event streams. An error status under text/event-stream is none: the TypeScript SDK
// refuses requests that way.
func streams(set *record.Set) []*record.Exchange {
	var out []*record.Exchange
	for _, x := range candidates(set) {
		if streamed(x) {
			out = append(out, x)
		}
	}
	return out
}

func streamed(x *record.Exchange) bool {
	return x != nil && x.Events != nil && x.Status() >= 200 && x.Status() < 300
}

// none rules on a clause about streams when there was no stream. An agent that never answered may still stream.
func none(set *record.Set) []checks.Verdict {
	if v, unanswered := reading.Unanswered(set); unanswered {
		return []checks.Verdict{v}
	}
	if !slices.ContainsFunc(reading.Answers(set.Calls), (*record.Exchange).OK) {
		return []checks.Verdict{checks.CannotTell("no complete answer was kept, so none was a stream")}
	}
	return []checks.Verdict{checks.DoesNotApply("this agent never answered with an event stream")}
}

// each rules with one on every stream, and returns the first verdict that one has; else the pass of the first stream.
func each(set *record.Set, one func(*record.Exchange) (checks.Verdict, bool), pass func(*record.Exchange) checks.Verdict) []checks.Verdict {
	all := streams(set)
	if len(all) == 0 {
		return none(set)
	}
	for _, x := range all {
		if v, bad := one(x); bad {
			return []checks.Verdict{v.With(checks.Wire("the streamed answer", x))}
		}
	}
	return []checks.Verdict{pass(all[0])}
}

// events are the kept events of a stream, the last ones included.
func events(s *record.EventStream) []record.Event {
	return append(append([]record.Event{}, s.Events...), s.Tail...)
}

// whole reports that all of an event's data was kept.
func whole(e record.Event) bool { return e.Size <= int64(len(e.Data)) }

// compressed is the encoding of an answer whose caller asked for none, "" when it is plain (SSE-11).
func compressed(x *record.Exchange) string {
	if e := x.HeaderValue("content-encoding"); e != "identity" && record.FieldValue(x.Request.Header, "accept-encoding") == "" {
		return e
	}
	return ""
}
