// Package model plays the vendors' model services for one container: Bedrock Runtime, OpenAI, Anthropic and Gemini, over
// HTTP/1.1 and HTTP/2 with prior knowledge (h2c) on one listener. A script says what it answers, and what it was asked
// becomes records. Credentials and signatures are accepted unread, unless Expired says that they have ended.
package model

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds on what a container can make the model hold.
const (
	// maxRequest is one request's body in bytes, maxHeld all those that are being read or answered.
	maxRequest = 32 << 20
	maxHeld    = 256 << 20
	// maxConnections are open at once, maxOpen are the requests being answered.
	maxConnections = 4096
	maxOpen        = 4096
	// headTime and bodyTime are for the two parts of a request. idleTime outlasts the idle times of clients: they shall
	// close a connection that rests, for one that the server closes under a request is an error that no agent made.
	headTime = 30 * time.Second
	bodyTime = time.Minute
	idleTime = 10 * time.Minute
	// closeTime is how long Close waits for answers to end.
	closeTime = 5 * time.Second
)

// Server is the model of one container.
type Server struct {
	// Expired, where it is set before Serve, reports requests that are signed with credentials which have ended.
	Expired func(*http.Request) bool

	http        *http.Server
	connections atomic.Int64
	held        atomic.Int64
	kept        memory

	mu      sync.Mutex
	script  Script
	faults  int
	entries []*entry
	dropped int
	open    int
	// closed ends all waiting, drained is closed when nothing is being answered any more.
	closed  chan struct{}
	drained chan struct{}
}

// entry is a request being recorded.
type entry struct {
	arrived time.Time
	record  record.ModelRequest
}

// New makes a model that answers at once.
func New() *Server {
	s := &Server{closed: make(chan struct{}), drained: make(chan struct{})}
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s.http = &http.Server{
		Handler: s, Protocols: protocols, ReadHeaderTimeout: headTime, IdleTimeout: idleTime,
		// What a container does wrong is in the records; net/http would write it to the console.
		ErrorLog: log.New(io.Discard, "", 0), ConnState: s.connected,
	}
	return s
}

// Serve answers on a listener until Close. It returns nil then.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// connected closes connections past the bound.
func (s *Server) connected(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if s.connections.Add(1) > maxConnections {
			_ = c.Close()
		}
	case http.StateClosed:
		s.connections.Add(-1)
	}
}

// Close ends all connections. The outcomes in the records are final after it.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.isClosed() {
		close(s.closed)
		if s.open == 0 {
			close(s.drained)
		}
	}
	s.mu.Unlock()
	err := s.http.Close()
	select {
	case <-s.drained:
		return err
	case <-time.After(closeTime):
		return errors.Join(err, errors.New("close the scripted model: an answer does not end"))
	}
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// enter reports false for a request that must not be answered any more.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() || s.open >= maxOpen {
		return false
	}
	s.open++
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open--; s.open == 0 && s.isClosed() {
		close(s.drained)
	}
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
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.leave()
	e := s.begin(r)
	body, wrong := s.read(w, r)
	defer s.held.Add(-int64(len(body)))
	op, known := find(r)
	s.note(e, func(m *record.ModelRequest) { m.Provider, m.API, m.Size = op.provider, op.name, int64(len(body)) })
	if !known {
		op.api, wrong = errorOf(r), Unknown
	}
	if s.Expired != nil && s.Expired(r) {
		op.api, wrong = bedrockOperations[0].api, Ended
	}
	if wrong != "" {
		s.refuse(w, e, op, wrong)
		return
	}
	ask, err := op.parse(r, body)
	if err != nil {
		s.refuse(w, e, op, Malformed)
		return
	}
	ask, ok := s.kept.recall(op.api, ask)
	if !ok {
		s.refuse(w, e, op, Lost)
		return
	}
	reply := s.reply(ask)
	if ask.Keep && reply.Fault == "" {
		s.kept.keep(ask, reply, len(body))
	}
	s.note(e, func(m *record.ModelRequest) { describe(m, ask, reply) })
	a := answering{server: s, entry: e, op: op, ask: ask, reply: reply, w: w}
	a.run(r.Context())
}

func (s *Server) reply(ask Ask) Reply {
	if ask.Aside {
		return Reply{}
	}
	script, healthy := s.next()
	reply := script.reply(ask, healthy)
	reply.id = identifier("")
	return reply
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

// read takes a body. Its bytes count as held by the model: the caller gives them back.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (body []byte, wrong Fault) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(&meter{http.MaxBytesReader(w, r.Body, maxRequest), &s.held})
	// The same deadline would end the watch for a client that leaves.
	_ = control.SetReadDeadline(time.Time{})
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong), errors.Is(err, errFull):
		return body, Oversized
	case err != nil:
		return body, Malformed
	}
	return body, ""
}

// meter counts what is read, all requests together.
type meter struct {
	from io.Reader
	held *atomic.Int64
}

var errFull = errors.New("the bodies of all open requests are too long together")

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	if m.held.Add(int64(n)) > maxHeld {
		return n, errFull
	}
	return n, err
}

// note changes an entry under the lock that Requests reads it under.
func (s *Server) note(e *entry, change func(*record.ModelRequest)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&e.record)
}

// refuse answers what was asked wrongly, in the form of a vendor.
func (s *Server) refuse(w http.ResponseWriter, e *entry, vendor api, f Fault) {
	status, header, body := vendor.fault(f)
	s.note(e, func(m *record.ModelRequest) {
		m.Status, m.Outcome = status, record.ModelUnknown
		if f == Ended { // what it asked for is known all the same
			m.Outcome, m.Fault = record.ModelAnswered, string(f)
		}
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

// hold waits until the container leaves or the model is closed.
func (s *Server) hold(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.closed:
	}
}

// wait waits, or reports false when the container left or the model was closed.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil && !s.isClosed()
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
