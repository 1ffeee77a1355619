package model

import "sync"

// Bounds on what is kept of conversations: their number, and the bytes of the requests that they came in.
const (
	maxKept      = 2000
	maxKeptBytes = 64 << 20
)

// keeper is an operation whose service keeps conversations: an ask names the answer that it goes on from.
type keeper interface {
	// continued is an ask with what its conversation had before.
	continued(before, ask Ask) Ask
}

// memory is what the services keep of conversations, by the ids of the answers. What is oldest is forgotten first.
type memory struct {
	mu    sync.Mutex
	asks  map[string]remembered
	order []string
	size  int
}

// remembered is a conversation with the bytes of all requests that it came in: its texts are parts of them.
type remembered struct {
	ask  Ask
	size int
}

// keep remembers an ask and its answer; size is that of the request.
func (m *memory) keep(ask Ask, reply Reply, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asks == nil {
		m.asks = map[string]remembered{}
	}
	size += m.asks[ask.Previous].size
	said := Turn{Assistant, reply.Text()}
	if c := reply.Call; c != nil {
		said.Text = called(c.Name, c.Arguments)
	}
	ask.Turns = append(ask.Turns[:len(ask.Turns):len(ask.Turns)], said)
	m.asks[reply.id] = remembered{ask, size}
	m.order = append(m.order, reply.id)
	m.size += size
	for len(m.order) > maxKept || m.size > maxKeptBytes {
		m.size -= m.asks[m.order[0]].size
		delete(m.asks, m.order[0])
		m.order = m.order[1:]
	}
}

// recall finds what came before an ask. It is false where that is not kept.
func (m *memory) recall(op api, ask Ask) (Ask, bool) {
	service, ok := op.(keeper)
	if !ok || ask.Previous == "" {
		return ask, true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	before, ok := m.asks[ask.Previous]
	if !ok {
		return ask, false
	}
	return service.continued(before.ask, ask), true
}
