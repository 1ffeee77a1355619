package aws

import (
	"encoding/base64"
	"net/http"
	"sync"

	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// Bounds on what a container may store in a run.
const (
	maxStored     = 32 << 20
	maxItems      = 20_000
	maxPage       = 100
	maxPageSize   = 4 << 20
	ordinaryPage  = 20
	maxIdentifier = 1024
)

// memory is AgentCore Memory. Every id names one: what an id of the user's looks like in a test says nothing about the
// image. Nothing is extracted from events into long-term records, as in a memory without strategies.
type memory struct {
	mu      sync.Mutex
	threads map[thread][]*event
	records map[string][]*memoryRecord
	created map[string]*createdMemory
	items   int
	bytes   int
	serial  uint32
}

// thread is one session's short-term memory.
type thread struct{ memory, actor, session string }

func newMemory() *memory {
	return &memory{threads: map[thread][]*event{}, records: map[string][]*memoryRecord{}, created: map[string]*createdMemory{}}
}

// reserve counts what is about to be stored, under the lock.
func (m *memory) reserve(bytes int) *fault {
	if m.items+1 > maxItems || m.bytes+bytes > maxStored {
		return &fault{http.StatusPaymentRequired, "ServiceQuotaExceededException", "the harness keeps no more in one run"}
	}
	m.items++
	m.bytes += bytes
	return nil
}

func (m *memory) release(bytes int) {
	m.items--
	m.bytes -= bytes
}

// clipped is a scope as the records keep it.
func (s scope) clipped() scope {
	return scope{stub.Clip(s.memory, 256), stub.Clip(s.actor, 256), stub.Clip(s.session, 256), stub.Clip(s.namespace, maxIdentifier)}
}

// paging is the part of a request that all lists share.
type paging struct {
	MaxResults *int   `json:"maxResults"`
	NextToken  string `json:"nextToken"`
}

// size is how many results one answer has, 20 by default.
func (p paging) size() (int, *fault) {
	if p.MaxResults == nil {
		return ordinaryPage, nil
	}
	if *p.MaxResults < 1 || *p.MaxResults > maxPage {
		f := invalid("1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value between 1 and 100")
		return 0, &f
	}
	return *p.MaxResults, nil
}

// page cuts one answer out of a list. The token names the last item of the answer before; an answer is also cut by its
// size in bytes, but has one item at least.
func page[T any](all []T, p paging, id func(T) string, bytes func(T) int) ([]T, string, *fault) {
	most, failed := p.size()
	if failed != nil {
		return nil, "", failed
	}
	start := 0
	if p.NextToken != "" {
		if start = after(all, p.NextToken, id); start < 0 {
			f := invalid("Invalid nextToken")
			return nil, "", &f
		}
	}
	out := []T{}
	for total := 0; start+len(out) < len(all) && len(out) < most; {
		item := all[start+len(out)]
		if total += bytes(item); total > maxPageSize && len(out) > 0 {
			break
		}
		out = append(out, item)
	}
	if start+len(out) == len(all) {
		return out, "", nil
	}
	return out, base64.RawURLEncoding.EncodeToString([]byte(id(out[len(out)-1]))), nil
}

// after is the index behind the item that a token names, -1 if there is none.
func after[T any](all []T, token string, id func(T) string) int {
	last, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return -1
	}
	for i, item := range all {
		if id(item) == string(last) {
			return i + 1
		}
	}
	return -1
}

func weightless[T any](T) int { return 0 }
