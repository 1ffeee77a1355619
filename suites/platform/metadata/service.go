// Package metadata plays the metadata service of a microVM, version 2, for one container: it hands out credentials of the
// execution role that end after a while, and knows them again on the requests that are signed with them.
package metadata

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// Life is how long credentials have to be good for an SDK to let go of them in time. Those that end sooner it may keep past
// their end on purpose: botocore takes an end that is less than 20 minutes off for a service in trouble, and goes on with what
// it has for as long.
const Life = 22 * time.Minute

// The service's paths, as EC2 has them too.
const (
	tokenPath = "/latest/api/token"
	rolePath  = "/latest/meta-data/iam/security-credentials/"
	role      = "execution_role"
)

// The fields that carry a session's token and say how many seconds it lasts, which are six hours at most.
const (
	tokenField    = "X-Aws-Ec2-Metadata-Token"
	secondsField  = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	longestToken  = 21600
	mostRequested = 64 << 10
)

// Service is the metadata service of one container.
type Service struct {
	http  *http.Server
	life  time.Duration
	token string

	mu    sync.Mutex
	asked int
	last  time.Time
	keys  []*key
}

// New makes a service whose credentials are good for that long, and for at least 21 of 22 parts of it when they are handed out.
func New(life time.Duration) *Service {
	s := &Service{life: life, token: "conformance-metadata-" + uuid.NewString()}
	s.http = stub.NewHTTP(s)
	return s
}

// Serve answers on a listener until Close. It returns nil then.
func (s *Service) Serve(l net.Listener) error { return stub.Serve(s.http, l) }

// Close ends all connections.
func (s *Service) Close() error { return s.http.Close() }

// Life is how long the credentials are good.
func (s *Service) Life() time.Duration { return s.life }

// ServeHTTP answers one request of the container. No connection outlives its answer: one that is kept would be older than the
// snapshot.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count()
	r.Body = http.MaxBytesReader(w, r.Body, mostRequested)
	w.Header().Set("Connection", "close")
	if r.URL.Path == tokenPath {
		s.session(w, r)
		return
	}
	if r.Header.Get(tokenField) != s.token {
		refuse(w, http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodGet {
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	switch strings.TrimSuffix(r.URL.Path, "/") + "/" {
	case rolePath:
		answer(w, "text/plain", []byte(role))
	case rolePath + role + "/":
		answer(w, "application/json", s.issue().document())
	default:
		refuse(w, http.StatusNotFound)
	}
}

// session hands out the token that every other request has to carry.
func (s *Service) session(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(r.Header.Get(secondsField))
	switch {
	case r.Method != http.MethodPut:
		refuse(w, http.StatusMethodNotAllowed)
	case err != nil || seconds < 1 || seconds > longestToken:
		refuse(w, http.StatusBadRequest)
	default:
		w.Header().Set(secondsField, strconv.Itoa(seconds))
		answer(w, "text/plain", []byte(s.token))
	}
}

func (s *Service) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.last = time.Now()
}

func answer(w http.ResponseWriter, mime string, body []byte) {
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func refuse(w http.ResponseWriter, status int) {
	http.Error(w, http.StatusText(status), status)
}

// document is the form in which credentials are handed out. Times have no fractions: botocore reads no others.
func (k key) document() []byte {
	out, err := json.Marshal(map[string]string{
		"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": stamp(k.issued), "AccessKeyId": k.id,
		"SecretAccessKey": k.secret, "Token": k.token, "Expiration": stamp(k.expires),
	})
	if err != nil {
		panic(err) // a map of texts can be encoded
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
