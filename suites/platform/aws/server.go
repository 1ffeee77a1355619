// Package aws plays the AWS services around an agent, except for the model, for one container: AgentCore Memory kept for
// the length of a run, workload tokens of Identity, the caller's identity of STS, and a Gateway with one tool. Everything
// else is denied at once, in the form in which the service itself denies, so that an SDK neither hangs nor retries.
// Credentials and signatures are accepted unread, unless Expired says that they have ended. What was asked becomes records.
package aws

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// Bounds on one request: it comes from the container.
const (
	// maxBody is how many bytes of a body are read into memory; Memory takes no more in one event.
	maxBody = 12 << 20
	// maxRequest bounds the requests of all operations but CreateEvent: what is decoded takes many times the room.
	maxRequest = 4 << 20
	// maxUpload is how many bytes are read from the wire before a denial, because an SDK that is still sending does not
	// see an early answer.
	maxUpload = 256 << 20
	// maxAtOnce is how many bodies are in memory at once.
	maxAtOnce = 4
)

// Server is the AWS of one container.
type Server struct {
	// Expired, where it is set before Serve, reports requests that are signed with credentials which have ended.
	Expired func(*http.Request) bool

	http    *http.Server
	memory  *memory
	bodies  chan struct{}
	started time.Time

	mu      sync.Mutex
	entries []*entry
	dropped int
	called  map[calledKey]*record.ServiceCalls
}

// entry is a request being recorded.
type entry struct {
	arrived time.Time
	record  record.ServiceRequest
}

type calledKey struct{ service, operation string }

// New makes an AWS with an empty memory.
func New() *Server {
	s := &Server{
		memory: newMemory(), bodies: make(chan struct{}, maxAtOnce), started: time.Now(),
		called: map[calledKey]*record.ServiceCalls{},
	}
	s.http = stub.NewHTTP(s)
	return s
}

// Serve answers on a listener until Close, over HTTP/1.1 and h2c. It returns nil then.
func (s *Server) Serve(l net.Listener) error { return stub.Serve(s.http, l) }

// Close ends all connections.
func (s *Server) Close() error { return s.http.Close() }

// ServeHTTP answers one request of the container.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := s.begin(r)
	if !s.enter(r.Context()) {
		return
	}
	defer s.leave()
	body, size := read(r)
	a := recognise(r, body, size > maxBody)
	out := s.answer(a)
	s.end(e, a, out, size)
	send(w, out)
}

func (s *Server) enter(ctx context.Context) bool {
	select {
	case s.bodies <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Server) leave() { <-s.bodies }

// read keeps the first maxBody bytes of a body and counts the rest.
func read(r *http.Request) (body []byte, size int64) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return body, int64(len(body))
	}
	rest, _ := io.CopyN(io.Discard, r.Body, maxUpload)
	return body, int64(len(body)) + rest
}

func (s *Server) begin(r *http.Request) *entry {
	e := &entry{arrived: time.Now(), record: record.ServiceRequest{
		Method: stub.Clip(r.Method, 16), Path: stub.Clip(r.URL.Path, 512), Host: stub.Clip(r.Host, 256),
		Proto: r.Proto, Agent: stub.Clip(r.UserAgent(), 256),
	}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.entries) >= record.MaxModelRequests {
		s.dropped++
		return e
	}
	s.entries = append(s.entries, e)
	return e
}

// end completes an entry before the answer goes out: whoever has the answer finds the request in the records.
func (s *Server) end(e *entry, a *ask, out answer, size int64) {
	sent := platform.Markers(a.r.URL.Path+"\n"+a.r.URL.RawQuery+"\n"+string(a.body), record.MaxModelMarkers)
	returned := platform.Markers(string(out.body), record.MaxModelMarkers)
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &e.record
	m.Service, m.Operation = a.service, a.operation
	m.Memory, m.Actor, m.Session = a.scope.memory, a.scope.actor, a.scope.session
	m.Namespace = a.scope.namespace
	m.Markers, m.Returned, m.Size, m.Status, m.Error = sent, returned, size, out.status, out.fault
	m.Took = stub.Millis(time.Since(e.arrived))
	s.count(a.service, a.operation, out.fault != "")
}

func send(w http.ResponseWriter, out answer) {
	for name, value := range out.header {
		w.Header().Set(name, value)
	}
	id := uuid.NewString()
	w.Header().Set("X-Amzn-Requestid", id)
	w.Header().Set("X-Amz-Request-Id", id)
	if out.mime != "" {
		w.Header().Set("Content-Type", out.mime)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body)
}
