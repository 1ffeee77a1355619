package scenario

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// quoteReach is how many bytes around a foreign marker are kept as its quote.
const quoteReach = 60

// markers are the markers of one round and who sent them.
type markers struct {
	mu    sync.Mutex
	owner map[string]string
}

func newMarkers() *markers { return &markers{owner: map[string]string{}} }

// issue makes a marker for a session.
func (m *markers) issue(session string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	mark := platform.NewMarker()
	m.owner[mark] = session
	return mark
}

// search finds the round's markers in a reassembled answer, and quotes the first that is another session's.
func (m *markers) search(session, text string) (found []string, quote string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for mark, owner := range m.owner {
		at := strings.Index(text, mark)
		if at < 0 {
			continue
		}
		found = append(found, mark)
		if owner != session && quote == "" {
			quote = text[max(0, at-quoteReach):min(len(text), at+len(mark)+quoteReach)]
		}
	}
	return found, strings.ToValidUTF8(quote, "�")
}

// turn sends one prompt with a fresh marker.
func (s *Stage) turn(ctx context.Context, m *markers, what, session string, number int) record.Turn {
	t := record.Turn{Session: session, Number: number, Marker: m.issue(session)}
	var a wire.Answer
	t.Call, a = s.invoke(ctx, invocation{
		what: what, session: session, body: s.lingering(session, t.Marker), accept: acceptStream,
		change: func(q *wire.Request) { q.MaxKeep = turnKeep },
	})
	t.Found, t.Quote = m.search(session, a.Text)
	return t
}

// linger is how long a call is asked to take, where that can be said, so that calls sent together really overlap.
const linger = 150 * time.Millisecond

// lingering is the body of a call that takes a moment.
func (s *Stage) lingering(session, marker string) []byte {
	if s.Payload.Slow == nil || !s.Payload.Slow.HasPrompt() {
		return s.Payload.body(session, marker)
	}
	return s.Payload.Slow.Render(platform.Values{
		Prompt: prompt(marker), Session: session, Milliseconds: int(linger.Milliseconds()),
	})
}

// turnKeep bounds what a record keeps of each of the many turns' answers; markers are searched in the whole.
const turnKeep = 4 << 10
