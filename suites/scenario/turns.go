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

// search finds the round's markers in a reassembled answer, and quotes the first that is another session's. Markers are in
// lower case, and agents that write in capitals repeat them too.
func (m *markers) search(session, text string) (found []string, quote string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	folded := lower(text)
	for mark, owner := range m.owner {
		at := strings.Index(folded, mark)
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

// lower folds the letters that markers have and leaves all others alone, so that no offset moves.
func lower(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// turn sends one prompt with a fresh marker, for an answer in the agent's usual form or in its other one.
func (s *Stage) turn(ctx context.Context, m *markers, what, session string, number int, other bool) record.Turn {
	t := record.Turn{Session: session, Number: number, Marker: m.issue(session)}
	var a wire.Answer
	in := invocation{
		what: what, session: session, body: s.lingering(session, t.Marker), accept: acceptStream,
		change: func(q *wire.Request) { q.MaxKeep = turnKeep },
	}
	if other {
		in.otherwise(s, t.Marker)
	}
	t.Call, a = s.invoke(ctx, in)
	t.Found, t.Quote = m.search(session, a.Text+headerText(t.Call.Response))
	return t
}

// headerText is the values of an answer's header fields: text leaks there too.
func headerText(r *record.Response) string {
	var b strings.Builder
	if r != nil {
		for _, f := range r.Header {
			b.WriteString("\n" + f.Value)
		}
	}
	return b.String()
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
