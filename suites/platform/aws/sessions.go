package aws

import (
	"cmp"
	"slices"
)

type sessionSummary struct {
	Session string  `json:"sessionId"`
	Actor   string  `json:"actorId"`
	Created float64 `json:"createdAt"`
}

type actorSummary struct {
	Actor string `json:"actorId"`
}

// listSessions returns an actor's sessions that hold events, in the order of their ids.
func listSessions(s *Server, a *ask) (any, *fault) {
	var in paging
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	var all []sessionSummary
	for t, events := range s.memory.threads {
		if t.memory == a.names["memoryId"] && t.actor == a.names["actorId"] {
			all = append(all, sessionSummary{t.session, t.actor, seconds(events[0].arrived)})
		}
	}
	slices.SortFunc(all, func(x, y sessionSummary) int { return cmp.Compare(x.Session, y.Session) })
	part, next, f := page(all, in, func(s sessionSummary) string { return s.Session }, weightless)
	return list("sessionSummaries", part, next), f
}

func listActors(s *Server, a *ask) (any, *fault) {
	var in paging
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	var all []actorSummary
	for t := range s.memory.threads {
		if t.memory == a.names["memoryId"] {
			all = append(all, actorSummary{t.actor})
		}
	}
	slices.SortFunc(all, func(x, y actorSummary) int { return cmp.Compare(x.Actor, y.Actor) })
	part, next, f := page(slices.Compact(all), in, func(s actorSummary) string { return s.Actor }, weightless)
	return list("actorSummaries", part, next), f
}
