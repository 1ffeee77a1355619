// Package model plays the vendors' model services for one container: Bedrock Runtime, OpenAI, Anthropic and Gemini, over
// HTTP/1.1 and HTTP/2 with prior knowledge (h2c) on one listener. A script says what it answers, and what it was asked
// becomes records. Credentials and signatures are accepted unread.
package model

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// maxRequest bounds one request's body in bytes: it comes from the container.
const maxRequest = 32 << 20

// Server is the model of one container.
type Server struct {
	http *http.Server

	mu       sync.Mutex
	script   Script
	faults   int
	entries  []*entry
	dropped  int
	closed   chan struct{}
	closeone sync.Once
}

// entry is a request being recorded.
type entry struct {
	arrived time.Time
	record  record.ModelRequest
}

// New makes a model that answers at once.
func New() *Server {
	s := &Server{closed: make(chan struct{})}
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s.http = &http.Server{Handler: s, Protocols: protocols, ReadHeaderTimeout: 30 * time.Second, ErrorLog: nil}
	return s
}

// Serve answers on a listener until Close. It returns nil then.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends all connections.
func (s *Server) Close() error {
	s.closeone.Do(func() { close(s.closed) })
	return s.http.Close()
}

// Play answers by another script from the next request on.
func (s *Server) Play(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.faults = script, 0
}

// next returns the script, and whether its fault has been played as often as it says.
func (s *Server) next() (script Script, healthy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	script = s.script
	if script.Fault == "" || script.Times > 0 && s.faults >= script.Times {
		return script, true
	}
	s.faults++
	return script, false
}

// Requests returns what was asked so far, with times counted from the epoch.
func (s *Server) Requests(epoch time.Time) record.Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := record.Model{Dropped: s.dropped}
	for _, e := range s.entries {
		r := e.record
		r.At = millis(e.arrived.Sub(epoch))
		out.Requests = append(out.Requests, r)
	}
	return out
}

// ServeHTTP answers one request of the container.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := s.begin(r)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	op, known := find(r)
	if err != nil || !known {
		s.refuse(w, r, e, int64(len(body)))
		return
	}
	ask, err := op.parse(r, body)
	if err != nil {
		s.refuse(w, r, e, int64(len(body)))
		return
	}
	script, healthy := s.next()
	reply := script.reply(ask, healthy)
	s.note(e, func(m *record.ModelRequest) { describe(m, op, ask, reply, int64(len(body))) })
	a := answering{server: s, entry: e, op: op, ask: ask, reply: reply, w: w}
	a.run(r.Context())
}

func find(r *http.Request) (operation, bool) {
	for _, o := range operations {
		if o.match(r) {
			return o, true
		}
	}
	return operation{}, false
}

func (s *Server) begin(r *http.Request) *entry {
	e := &entry{arrived: time.Now(), record: record.ModelRequest{
		Method: clip(r.Method, 16), Path: clip(r.URL.Path, 512), Proto: r.Proto, Agent: clip(r.UserAgent(), 256), Outcome: record.ModelOpen,
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

// note changes an entry under the lock that Requests reads it under.
func (s *Server) note(e *entry, change func(*record.ModelRequest)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&e.record)
}

// refuse answers what no vendor has, in the form of the vendor whose client it most likely is.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, e *entry, size int64) {
	status, header, body := http.StatusNotFound, http.Header{}, []byte(`{"error":{"message":"the scripted model has no such operation","type":"invalid_request_error"}}`)
	if vendor := errorOf(r); vendor != nil {
		status, header, body = vendor.fault(Unknown)
	}
	s.note(e, func(m *record.ModelRequest) {
		m.Size, m.Status, m.Outcome = size, status, record.ModelUnknown
		m.Took = millis(time.Since(e.arrived))
	})
	send(w, status, header, body)
}

func send(w http.ResponseWriter, status int, header http.Header, body []byte) {
	for name, values := range header {
		w.Header()[name] = values
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func millis(d time.Duration) record.Millis {
	return record.Millis(float64(d) / float64(time.Millisecond))
}

// wait waits, or reports false when the container left or the model was closed.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.closed:
		return false
	}
}
