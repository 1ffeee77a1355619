package metadata

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// key is one set of credentials, and what was signed with it: late is what was after its end, to whom that went.
type key struct {
	id, secret, token string
	issued, expires   time.Time
	signed, late      int
	lastLate          time.Time
	to                []record.Peer
}

// freshFor is the part of their life in which credentials are handed out again.
const freshFor = 22

// issue hands out credentials: the last ones while they are nearly new, so that whoever asks again and again makes few.
func (s *Service) issue() key {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if n := len(s.keys); n > 0 && now.Sub(s.keys[n-1].issued) < s.life/freshFor {
		return *s.keys[n-1]
	}
	k := newKey(now, s.life)
	s.keys = append(s.keys, k)
	if len(s.keys) > record.MaxKeys {
		s.keys = slices.Delete(s.keys, 0, 1)
	}
	return *k
}

// newKey makes credentials that look like those of a role. They end at a whole second, as they are told to.
func newKey(now time.Time, life time.Duration) *key {
	random := strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", ""))
	return &key{
		id: "ASIA" + random[:16], secret: "conformance-secret-" + uuid.NewString(), token: "conformance-session-" + uuid.NewString(),
		issued: now, expires: now.Add(life).Truncate(time.Second),
	}
}

// Guard notes which requests to one of the harness's servers are signed with what was handed out, and reports those that are
// signed with what had ended by then. A request says itself when it was signed: a container whose clock is behind
// cannot know better.
func (s *Service) Guard(to record.Peer) func(*http.Request) (expired bool) {
	return func(r *http.Request) bool {
		id, signed := signature(r)
		if id == "" {
			return false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		i := slices.IndexFunc(s.keys, func(k *key) bool { return k.id == id })
		if i < 0 {
			return false
		}
		return s.keys[i].use(to, signed, time.Now())
	}
}

// use is called under the lock.
func (k *key) use(to record.Peer, signed, now time.Time) (expired bool) {
	k.signed++
	if signed.IsZero() || signed.Before(k.expires) || now.Before(k.expires) {
		return false
	}
	k.late++
	k.lastLate = now
	if !slices.Contains(k.to, to) {
		k.to = append(k.to, to)
	}
	return true
}

// signature reads the id of the key that a request is signed with, in its header or its URL, and the time at which it was
// signed: zero where it does not say.
func signature(r *http.Request) (id string, signed time.Time) {
	credential, at := r.URL.Query().Get("X-Amz-Credential"), r.URL.Query().Get("X-Amz-Date")
	if _, after, found := strings.Cut(r.Header.Get("Authorization"), "Credential="); found {
		credential, at = after, r.Header.Get("X-Amz-Date")
	}
	id, _, _ = strings.Cut(credential, "/")
	signed, err := time.Parse("20060102T150405Z", at)
	if err != nil {
		return id, time.Time{}
	}
	return id, signed
}

// Used reports that something was signed with what was handed out.
func (s *Service) Used() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.keys, func(k *key) bool { return k.signed > 0 })
}

// Report adds what was handed out and signed to a record, with times counted from the epoch. Of the keys themselves it says
// nothing.
func (s *Service) Report(out *record.Credentials, epoch time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := func(t time.Time) record.Millis {
		if t.IsZero() {
			return 0
		}
		return stub.Millis(t.Sub(epoch))
	}
	out.Life, out.Asked, out.LastAsked = stub.Millis(s.life), s.asked, since(s.last)
	for _, k := range s.keys {
		out.Keys = append(out.Keys, record.Key{
			Issued: since(k.issued), Expires: since(k.expires), Signed: k.signed, To: slices.Clone(k.to), Late: k.late, LastLate: since(k.lastLate),
		})
	}
}

// Instead is the environment of a container that finds its credentials at that address (host:port), as on the platform: without
// the static keys that others are given, and with the look-up that others are spared.
func Instead(env []string, address string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY" || name == "AWS_EC2_METADATA_DISABLED"
	})
	return append(out, fmt.Sprintf("AWS_EC2_METADATA_SERVICE_ENDPOINT=http://%s/", address))
}
