package aws

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

var recordOperations = []operation{
	{"BatchCreateMemoryRecords", "POST", "/memories/{memoryId}/memoryRecords/batchCreate", http.StatusCreated, createRecords},
	{"BatchUpdateMemoryRecords", "POST", "/memories/{memoryId}/memoryRecords/batchUpdate", http.StatusOK, updateRecords},
	{"BatchDeleteMemoryRecords", "POST", "/memories/{memoryId}/memoryRecords/batchDelete", http.StatusOK, deleteRecords},
	{"ListMemoryRecords", "POST", "/memories/{memoryId}/memoryRecords", http.StatusOK, listRecords},
	{"RetrieveMemoryRecords", "POST", "/memories/{memoryId}/retrieve", http.StatusOK, retrieveRecords},
	{"GetMemoryRecord", "GET", "/memories/{memoryId}/memoryRecord/{memoryRecordId}", http.StatusOK, getRecord},
	{"DeleteMemoryRecord", "DELETE", "/memories/{memoryId}/memoryRecords/{memoryRecordId}", http.StatusOK, deleteRecord},
	{"IngestData", "POST", "/memories/{memoryId}/ingest", http.StatusAccepted, ingest},
}

// memoryRecord is one long-term record. The agent itself put it there.
type memoryRecord struct {
	ID         string                     `json:"memoryRecordId"`
	Content    text                       `json:"content"`
	Strategy   string                     `json:"memoryStrategyId"`
	Namespaces []string                   `json:"namespaces"`
	Created    float64                    `json:"createdAt"`
	Score      float64                    `json:"score,omitempty"`
	Metadata   map[string]json.RawMessage `json:"metadata,omitempty"`

	bytes int
}

type text struct {
	Text string `json:"text"`
}

// recordInput is one item of the batch operations.
type recordInput struct {
	ID         string                     `json:"memoryRecordId"`
	Request    string                     `json:"requestIdentifier"`
	Namespaces []string                   `json:"namespaces"`
	Content    *text                      `json:"content"`
	Timestamp  *float64                   `json:"timestamp"`
	Strategy   string                     `json:"memoryStrategyId"`
	Metadata   map[string]json.RawMessage `json:"metadata"`
}

// recordOutput tells how one item of a batch went.
type recordOutput struct {
	ID      string `json:"memoryRecordId"`
	Status  string `json:"status"`
	Request string `json:"requestIdentifier,omitempty"`
	Code    int    `json:"errorCode,omitempty"`
	Message string `json:"errorMessage,omitempty"`
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// batch does one thing to each item of a request, under the lock. A failed item does not keep the others.
func batch(s *Server, a *ask, do func(m *memory, id string, in recordInput) (string, *fault)) (any, *fault) {
	var in struct {
		Records []recordInput `json:"records"`
	}
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	if len(in.Records) == 0 || len(in.Records) > maxPage {
		f := invalid("records is required and has 100 items at most")
		return nil, &f
	}
	if first := in.Records[0]; len(first.Namespaces) > 0 {
		a.scope.namespace = first.Namespaces[0]
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	good, bad := []recordOutput{}, []recordOutput{}
	for _, r := range in.Records {
		if id, f := do(s.memory, a.names["memoryId"], r); f != nil {
			bad = append(bad, recordOutput{ID: r.ID, Status: "FAILED", Request: r.Request, Code: f.status, Message: f.message})
		} else {
			good = append(good, recordOutput{ID: id, Status: "SUCCEEDED", Request: r.Request})
		}
	}
	return map[string]any{"successfulRecords": good, "failedRecords": bad}, nil
}

func createRecords(s *Server, a *ask) (any, *fault) {
	return batch(s, a, func(m *memory, id string, in recordInput) (string, *fault) {
		if in.Content == nil || in.Content.Text == "" || len(in.Namespaces) > 1 {
			f := invalid("content is required, and there is one namespace at most")
			return "", &f
		}
		bytes := len(mustJSON(in))
		if f := m.reserve(bytes); f != nil {
			return "", f
		}
		r := &memoryRecord{ID: "mem-" + uuid.NewString(), Content: *in.Content, Strategy: in.Strategy, Created: seconds(time.Now()),
			Namespaces: append([]string{}, in.Namespaces...), Metadata: in.Metadata, bytes: bytes}
		if r.Strategy == "" {
			r.Strategy = "none"
		}
		m.records[id] = append(m.records[id], r)
		return r.ID, nil
	})
}

func updateRecords(s *Server, a *ask) (any, *fault) {
	return batch(s, a, func(m *memory, id string, in recordInput) (string, *fault) {
		r, f := m.record(id, in.ID)
		if f != nil {
			return "", f
		}
		bytes := len(mustJSON(in))
		if f := m.reserve(bytes); f != nil {
			return "", f
		}
		m.release(r.bytes)
		r.bytes = bytes
		if in.Content != nil {
			r.Content = *in.Content
		}
		if in.Namespaces != nil {
			r.Namespaces = in.Namespaces
		}
		if in.Metadata != nil {
			r.Metadata = in.Metadata
		}
		return r.ID, nil
	})
}

func deleteRecords(s *Server, a *ask) (any, *fault) {
	return batch(s, a, func(m *memory, id string, in recordInput) (string, *fault) {
		return in.ID, m.forget(id, in.ID)
	})
}

func (m *memory) record(memory, id string) (*memoryRecord, *fault) {
	for _, r := range m.records[memory] {
		if r.ID == id {
			return r, nil
		}
	}
	return nil, missing("memory record", id)
}

func (m *memory) forget(memory, id string) *fault {
	i := slices.IndexFunc(m.records[memory], func(r *memoryRecord) bool { return r.ID == id })
	if i < 0 {
		return missing("memory record", id)
	}
	m.release(m.records[memory][i].bytes)
	m.records[memory] = slices.Delete(m.records[memory], i, i+1)
	return nil
}

func getRecord(s *Server, a *ask) (any, *fault) {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	r, f := s.memory.record(a.names["memoryId"], a.names["memoryRecordId"])
	if f != nil {
		return nil, f
	}
	found := *r
	return map[string]any{"memoryRecord": found}, nil
}

func deleteRecord(s *Server, a *ask) (any, *fault) {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	id := a.names["memoryRecordId"]
	return map[string]any{"memoryRecordId": id}, s.memory.forget(a.names["memoryId"], id)
}

// wanted is what both searches for records may ask for.
type wanted struct {
	paging
	Namespace string           `json:"namespace"`
	Path      string           `json:"namespacePath"`
	Strategy  string           `json:"memoryStrategyId"`
	Metadata  []metadataFilter `json:"metadataFilters"`
	Criteria  struct {
		Query    string           `json:"searchQuery"`
		Strategy string           `json:"memoryStrategyId"`
		Top      *int             `json:"topK"`
		Metadata []metadataFilter `json:"metadataFilters"`
	} `json:"searchCriteria"`
}

func (w wanted) validate() *fault {
	if w.Namespace == "" && w.Path == "" {
		f := invalid("Either namespace or namespacePath is required")
		return &f
	}
	return nil
}

// holds compares namespaces as the service documents it: namespace is a prefix, namespacePath a folder.
func (w wanted) holds(r *memoryRecord) bool {
	strategy := w.Strategy + w.Criteria.Strategy
	if strategy != "" && r.Strategy != strategy {
		return false
	}
	folder := strings.TrimSuffix(w.Path, "/")
	inside := slices.ContainsFunc(r.Namespaces, func(n string) bool {
		return strings.HasPrefix(n, w.Namespace) && (w.Path == "" || strings.TrimSuffix(n, "/") == folder || strings.HasPrefix(n, folder+"/"))
	})
	return inside && holdsMetadata(r, slices.Concat(w.Metadata, w.Criteria.Metadata))
}

// holdsMetadata knows equality and presence. A comparison that it does not know holds for nothing, since a record too
// many would look like a leak.
func holdsMetadata(r *memoryRecord, filters []metadataFilter) bool {
	for _, m := range filters {
		value, has := r.Metadata[m.Left.Key]
		ok := false
		switch m.Operator {
		case "EXISTS":
			ok = has
		case "NOT_EXISTS":
			ok = !has
		case "EQUALS_TO":
			ok = has && bytes.Equal(value, mustJSON(m.Right.Value))
		}
		if !ok {
			return false
		}
	}
	return true
}

func listRecords(s *Server, a *ask) (any, *fault) {
	return s.search(a, func(all []*memoryRecord, _ wanted) []*memoryRecord { return all })
}

// retrieveRecords finds the records that share words with the query, the most words first and among equals the newest:
// the order of a search by meaning, without its guesses.
func retrieveRecords(s *Server, a *ask) (any, *fault) {
	return s.search(a, func(all []*memoryRecord, w wanted) []*memoryRecord {
		query := strings.Fields(strings.ToLower(w.Criteria.Query))
		out := []*memoryRecord{}
		for _, r := range slices.Backward(all) {
			if score := shared(query, strings.ToLower(r.Content.Text)); score > 0 {
				hit := *r
				hit.Score = score
				out = append(out, &hit)
			}
		}
		slices.SortStableFunc(out, func(x, y *memoryRecord) int { return compareScores(y.Score, x.Score) })
		if top := w.Criteria.Top; top != nil && *top >= 0 && *top < len(out) {
			out = out[:*top]
		}
		return out
	})
}

func compareScores(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// shared is the part of a query's words that a text contains.
func shared(query []string, text string) float64 {
	hits := 0
	for _, q := range query {
		if strings.Contains(text, q) {
			hits++
		}
	}
	return float64(hits) / float64(max(1, len(query)))
}

func (s *Server) search(a *ask, choose func([]*memoryRecord, wanted) []*memoryRecord) (any, *fault) {
	var w wanted
	if f := decode(a, &w); f != nil {
		return nil, f
	}
	a.scope.namespace = w.Namespace + w.Path
	if f := w.validate(); f != nil {
		return nil, f
	}
	if w.MaxResults == nil {
		w.MaxResults = w.Criteria.Top
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	inside := []*memoryRecord{}
	for _, r := range s.memory.records[a.names["memoryId"]] {
		if w.holds(r) {
			inside = append(inside, r)
		}
	}
	part, next, f := page(choose(inside, w), w.paging, func(r *memoryRecord) string { return r.ID }, func(r *memoryRecord) int { return r.bytes })
	if f != nil {
		return nil, f
	}
	return list("memoryRecordSummaries", copies(part), next), nil
}

// copies are encoded after the lock is gone.
func copies(records []*memoryRecord) []memoryRecord {
	out := []memoryRecord{}
	for _, r := range records {
		out = append(out, *r)
	}
	return out
}

// ingest takes content for extraction, of which there is none, and keeps nothing, as the service documents it.
func ingest(_ *Server, a *ask) (any, *fault) {
	var in struct {
		Actor   string `json:"actorId"`
		Session string `json:"sessionId"`
	}
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	if in.Session == "" {
		in.Session = uuid.NewString()
	}
	a.scope.actor, a.scope.session = in.Actor, in.Session
	return map[string]any{"sessionId": in.Session}, nil
}
