package scenario

import (
	"fmt"
	"sync"
)

// sequence numbers exchange ids: the first of a name is bare, later ones carry a number.
type sequence struct {
	mu   sync.Mutex
	seen map[string]int
}

func newSequence() *sequence { return &sequence{seen: map[string]int{}} }

func (q *sequence) next(name string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seen[name]++
	if n := q.seen[name]; n > 1 {
		return fmt.Sprintf("%s#%d", name, n)
	}
	return name
}
