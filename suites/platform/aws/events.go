package aws

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
)

var eventOperations = []operation{
	{"CreateEvent", "POST", "/memories/{memoryId}/events", http.StatusCreated, createEvent},
	{"ListEvents", "POST", "/memories/{memoryId}/actor/{actorId}/sessions/{sessionId}", http.StatusOK, listEvents},
	{"GetEvent", "GET", "/memories/{memoryId}/actor/{actorId}/sessions/{sessionId}/events/{eventId}", http.StatusOK, getEvent},
	{"DeleteEvent", "DELETE", "/memories/{memoryId}/actor/{actorId}/sessions/{sessionId}/events/{eventId}", http.StatusOK, deleteEvent},
	{"ListSessions", "POST", "/memories/{memoryId}/actor/{actorId}/sessions", http.StatusOK, listSessions},
	{"ListActors", "POST", "/memories/{memoryId}/actors", http.StatusOK, listActors},
	{"ListMemoryExtractionJobs", "POST", "/memories/{memoryId}/extractionJobs", http.StatusOK, listJobs},
}

// event is one entry of a session's short-term memory. Its payload goes back as it came.
type event struct {
	Memory    string                   `json:"memoryId"`
	Actor     string                   `json:"actorId"`
	Session   string                   `json:"sessionId"`
	ID        string                   `json:"eventId"`
	Timestamp float64                  `json:"eventTimestamp"`
	Payload   json.RawMessage          `json:"payload,omitempty"`
	Branch    *branch                  `json:"branch,omitempty"`
	Metadata  map[string]metadataValue `json:"metadata,omitempty"`

	token   string
	arrived time.Time
	bytes   int
}

type branch struct {
	Name string `json:"name"`
	Root string `json:"rootEventId,omitempty"`
}

type metadataValue struct {
	String string `json:"stringValue"`
}

// maxMetadata is the documented number of metadata entries.
const maxMetadata = 15

// newEvent is the request of CreateEvent.
type newEvent struct {
	Actor     string                   `json:"actorId"`
	Session   string                   `json:"sessionId"`
	Timestamp *float64                 `json:"eventTimestamp"`
	Payload   json.RawMessage          `json:"payload"`
	Branch    *branch                  `json:"branch"`
	Metadata  map[string]metadataValue `json:"metadata"`
	Token     string                   `json:"clientToken"`
}

// sessionID is the documented pattern: an agent that passes on an id of the runtime's that is longer breaks on AWS.
var sessionID = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}$`)

// validate returns the first thing that the service would refuse.
func (n *newEvent) validate() *fault {
	var f fault
	switch {
	case n.Actor == "" || len(n.Actor) > 255:
		f = invalid("actorId is required and has 255 characters at most")
	case n.Session != "" && !sessionID.MatchString(n.Session):
		f = invalid("1 validation error detected: Value at 'sessionId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][a-zA-Z0-9-_]* and have length less than or equal to 100")
	case n.Timestamp == nil || *n.Timestamp < 0 || *n.Timestamp > 1e14:
		f = invalid("eventTimestamp is required")
	case len(n.Payload) == 0 || n.Payload[0] != '[':
		f = invalid("payload is required and is a list")
	case len(n.Metadata) > maxMetadata:
		f = invalid("metadata has 15 entries at most")
	default:
		return nil
	}
	return &f
}

func createEvent(s *Server, a *ask) (any, *fault) {
	var n newEvent
	if f := decode(a, &n); f != nil {
		return nil, f
	}
	a.scope.actor, a.scope.session = n.Actor, n.Session
	if f := n.validate(); f != nil {
		return nil, f
	}
	if n.Session == "" {
		n.Session = uuid.NewString()
		a.scope.session = n.Session
	}
	m := s.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	out, f := m.add(thread{a.names["memoryId"], n.Actor, n.Session}, n, len(a.body))
	return map[string]any{"event": out}, f
}

// add stores an event once: an SDK that tries again sends the same token.
func (m *memory) add(t thread, n newEvent, bytes int) (*event, *fault) {
	events := m.threads[t]
	for _, e := range events {
		if n.Token != "" && e.token == n.Token {
			return e, nil
		}
	}
	if f := m.reserve(bytes); f != nil {
		return nil, f
	}
	e := &event{
		Memory: t.memory, Actor: t.actor, Session: t.session, ID: m.eventID(*n.Timestamp), Timestamp: *n.Timestamp,
		Payload: n.Payload, Branch: n.Branch, Metadata: n.Metadata, token: n.Token, arrived: time.Now(), bytes: bytes,
	}
	if e.Branch == nil {
		e.Branch = &branch{Name: "main"}
	}
	at, _ := slices.BinarySearchFunc(events, e, func(a, b *event) int { return cmp.Compare(a.ID, b.ID) })
	m.threads[t] = slices.Insert(events, at, e)
	return e, nil
}

// eventID sorts by time as a text, like the service's own; events of the same time keep the order in which they came.
func (m *memory) eventID(seconds float64) string {
	m.serial++
	return fmt.Sprintf("%019d#%08x", int64(math.Round(seconds*1000)), m.serial)
}

func threadOf(a *ask) thread {
	return thread{a.names["memoryId"], a.names["actorId"], a.names["sessionId"]}
}

// listEvents returns the newest first. An unknown session is an empty one.
func listEvents(s *Server, a *ask) (any, *fault) {
	var in struct {
		paging
		IncludePayloads *bool       `json:"includePayloads"`
		Filter          eventFilter `json:"filter"`
	}
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	events := in.Filter.apply(s.memory.threads[threadOf(a)])
	slices.Reverse(events)
	part, next, f := page(events, in.paging, func(e *event) string { return e.ID }, func(e *event) int { return e.bytes })
	if f != nil {
		return nil, f
	}
	if in.IncludePayloads != nil && !*in.IncludePayloads {
		part = withoutPayloads(part)
	}
	return list("events", part, next), nil
}

func withoutPayloads(events []*event) []*event {
	out := []*event{}
	for _, e := range events {
		bare := *e
		bare.Payload = nil
		out = append(out, &bare)
	}
	return out
}

// list is the form of all lists. Without a token they are at their end.
func list[T any](name string, items []T, next string) map[string]any {
	out := map[string]any{name: items}
	if next != "" {
		out["nextToken"] = next
	}
	return out
}

// indexOf is the place of the event that the path names, under the lock.
func indexOf(m *memory, a *ask) (int, *fault) {
	i := slices.IndexFunc(m.threads[threadOf(a)], func(e *event) bool { return e.ID == a.names["eventId"] })
	if i < 0 {
		return i, missing("event", a.names["eventId"])
	}
	return i, nil
}

func getEvent(s *Server, a *ask) (any, *fault) {
	m := s.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	i, f := indexOf(m, a)
	if f != nil {
		return nil, f
	}
	return map[string]any{"event": m.threads[threadOf(a)][i]}, nil
}

func deleteEvent(s *Server, a *ask) (any, *fault) {
	m := s.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	i, f := indexOf(m, a)
	if f != nil {
		return nil, f
	}
	t := threadOf(a)
	gone := m.threads[t][i]
	m.release(gone.bytes)
	if m.threads[t] = slices.Delete(m.threads[t], i, i+1); len(m.threads[t]) == 0 {
		delete(m.threads, t)
	}
	return map[string]any{"eventId": gone.ID}, nil
}

// listJobs is empty: nothing is extracted.
func listJobs(*Server, *ask) (any, *fault) { return map[string]any{"jobs": []any{}}, nil }
