package aws

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// controlOperations are those of AgentCore's control plane that agents call when they start.
var controlOperations = []operation{
	{"CreateMemory", "POST", "/memories/create", http.StatusAccepted, createMemory},
	{"GetMemory", "GET", "/memories/{memoryId}/details", http.StatusOK, getMemory},
	{"ListMemories", "POST", "/memories/", http.StatusOK, listMemories},
}

// maxMemories is how many memories a container may create.
const maxMemories = 100

// createdMemory is a memory that the container created. Its strategies have names and nothing to do.
type createdMemory struct {
	ARN         string     `json:"arn"`
	ID          string     `json:"id"`
	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	Expiry      int        `json:"eventExpiryDuration,omitempty"`
	Status      string     `json:"status"`
	Created     float64    `json:"createdAt"`
	Updated     float64    `json:"updatedAt"`
	Strategies  []strategy `json:"strategies"`
}

type strategy struct {
	ID         string   `json:"strategyId"`
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Namespaces []string `json:"namespaces"`
	Templates  []string `json:"namespaceTemplates"`
	Status     string   `json:"status"`
}

// strategyTypes are the types by the name of the request's member.
var strategyTypes = map[string]string{
	"semanticMemoryStrategy": "SEMANTIC", "summaryMemoryStrategy": "SUMMARIZATION", "userPreferenceMemoryStrategy": "USER_PREFERENCE",
	"customMemoryStrategy": "CUSTOM", "episodicMemoryStrategy": "EPISODIC",
}

func newCreatedMemory(id string, at time.Time) *createdMemory {
	return &createdMemory{
		ARN: memoryARN + id, ID: id, Status: "ACTIVE", Created: seconds(at), Updated: seconds(at), Strategies: []strategy{},
	}
}

var memoryName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,47}$`)

func createMemory(s *Server, a *ask) (any, *fault) {
	var in struct {
		Name        string                       `json:"name"`
		Description string                       `json:"description"`
		Expiry      int                          `json:"eventExpiryDuration"`
		Strategies  []map[string]json.RawMessage `json:"memoryStrategies"`
	}
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	if !memoryName.MatchString(in.Name) {
		f := invalid("1 validation error detected: Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][a-zA-Z0-9_]{0,47}")
		return nil, &f
	}
	m := newCreatedMemory(in.Name+"-"+suffix(), time.Now())
	m.Name, m.Description, m.Expiry = in.Name, stub.Clip(in.Description, 4096), in.Expiry
	for _, union := range in.Strategies[:min(len(in.Strategies), 10)] {
		m.Strategies = append(m.Strategies, strategiesOf(union)...)
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	if len(s.memory.created) >= maxMemories {
		return nil, &fault{http.StatusPaymentRequired, "ServiceQuotaExceededException", "the harness keeps no more memories in one run"}
	}
	s.memory.created[m.ID] = m
	a.scope.memory = m.ID
	return map[string]any{"memory": m}, nil
}

func strategiesOf(union map[string]json.RawMessage) []strategy {
	var out []strategy
	for member, raw := range union {
		var in struct {
			Name       string   `json:"name"`
			Namespaces []string `json:"namespaces"`
			Templates  []string `json:"namespaceTemplates"`
		}
		if kind := strategyTypes[member]; kind != "" && json.Unmarshal(raw, &in) == nil {
			spaces := append([]string{}, slices.Concat(in.Namespaces, in.Templates)...)
			out = append(out, strategy{ID: in.Name + "-" + suffix(), Name: in.Name, Type: kind, Namespaces: spaces, Templates: spaces, Status: "ACTIVE"})
		}
	}
	return out
}

// getMemory knows every id, as events do; only its own carry strategies.
func getMemory(s *Server, a *ask) (any, *fault) {
	id := a.names["memoryId"]
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	if m := s.memory.created[id]; m != nil {
		return map[string]any{"memory": m}, nil
	}
	m := newCreatedMemory(id, s.started)
	m.Name, m.Expiry = id, 90
	if at := strings.LastIndex(id, "-"); at > 0 {
		m.Name = id[:at]
	}
	return map[string]any{"memory": m}, nil
}

// listMemories lists those that the container created, or wrote to.
func listMemories(s *Server, a *ask) (any, *fault) {
	var in paging
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	seen := map[string]*createdMemory{}
	for t := range s.memory.threads {
		seen[t.memory] = newCreatedMemory(t.memory, s.started)
	}
	for id := range s.memory.records {
		seen[id] = newCreatedMemory(id, s.started)
	}
	for id, m := range s.memory.created {
		seen[id] = m
	}
	all := []createdMemory{}
	for _, m := range seen {
		all = append(all, createdMemory{ARN: m.ARN, ID: m.ID, Status: m.Status, Created: m.Created, Updated: m.Updated})
	}
	slices.SortFunc(all, func(x, y createdMemory) int { return cmp.Compare(x.ID, y.ID) })
	part, next, f := page(all, in, func(m createdMemory) string { return m.ID }, weightless)
	return list("memories", part, next), f
}
