// Package otlp is the telemetry collector of one container: it takes traces, metrics and logs by OTLP over HTTP, in
// protobuf and JSON, with gzip or without, and keeps what a verdict needs of them: counts, and which spans carry
// session.id. OTLP over gRPC is refused in its own form, so that an exporter gives up at once; exporters of an agent are
// to be set to http/protobuf or http/json.
package otlp

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// maxAtOnce is how many bodies are in memory at once.
const maxAtOnce = 8

// Sink is the collector of one container.
type Sink struct {
	http   *http.Server
	bodies chan struct{}

	mu      sync.Mutex
	exports []*export
	dropped int
	counts  record.Spans
	terms   terms
}

// export is a request being recorded.
type export struct {
	arrived time.Time
	record  record.Export
}

// terms are the different values that were seen so far.
type terms struct{ sessions, services, resource, scopes, names stub.Distinct }

// New makes a collector that has seen nothing.
func New() *Sink {
	s := &Sink{bodies: make(chan struct{}, maxAtOnce)}
	s.http = stub.NewHTTP(s)
	return s
}

// Serve answers on a listener until Close, over HTTP/1.1 and h2c. It returns nil then.
func (s *Sink) Serve(l net.Listener) error { return stub.Serve(s.http, l) }

// Close ends all connections.
func (s *Sink) Close() error { return s.http.Close() }

// ServeHTTP takes one export of the container.
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := s.begin(r)
	select {
	case s.bodies <- struct{}{}:
		defer func() { <-s.bodies }()
	case <-r.Context().Done():
		return
	}
	in := receive(r)
	s.end(e, in)
	in.reply(w)
}

func (s *Sink) begin(r *http.Request) *export {
	e := &export{arrived: time.Now(), record: record.Export{Path: stub.Clip(r.URL.Path, 512), Agent: stub.Clip(r.UserAgent(), 256)}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.exports) >= record.MaxExports {
		s.dropped++
		return e
	}
	s.exports = append(s.exports, e)
	return e
}

// end completes the record before the answer goes out: who was answered finds the export in the records.
func (s *Sink) end(e *export, in *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &e.record
	m.Signal, m.Encoding, m.Compressed = in.signal, in.encoding, in.compressed
	m.Size, m.Status, m.Problem = in.size, in.status, in.problem
	m.Items, m.WithSession = in.content.items, in.content.withSession
	switch in.signal {
	case traces:
		s.counts.Spans += m.Items
		s.counts.WithSession += m.WithSession
	case metrics:
		s.counts.Points += m.Items
	case logs:
		s.counts.Logs += m.Items
	}
	s.terms.take(&in.content)
}

func (t *terms) take(c *content) {
	for _, pair := range []struct {
		to   *stub.Distinct
		from stub.Distinct
	}{
		{&t.sessions, c.sessions}, {&t.services, c.services}, {&t.resource, c.resource}, {&t.scopes, c.scopes}, {&t.names, c.names},
	} {
		for _, v := range pair.from.Values() {
			pair.to.Add(v, record.MaxSpanTerms)
		}
	}
}

// Spans returns what arrived so far, with times counted from the epoch.
func (s *Sink) Spans(epoch time.Time) record.Spans {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.counts
	out.Dropped = s.dropped
	for _, e := range s.exports {
		one := e.record
		one.At = stub.Millis(e.arrived.Sub(epoch))
		out.Exports = append(out.Exports, one)
	}
	out.Sessions, out.Services, out.Resource = s.terms.sessions.Values(), s.terms.services.Values(), s.terms.resource.Values()
	out.Scopes, out.Names = s.terms.scopes.Values(), s.terms.names.Values()
	return out
}

// signalOf reads the end of a path: an endpoint may have a prefix.
func signalOf(path string) string {
	for _, signal := range []string{traces, metrics, logs} {
		if strings.HasSuffix(path, "/v1/"+signal) {
			return signal
		}
	}
	return ""
}

// The signals, as they end OTLP's paths.
const (
	traces  = "traces"
	metrics = "metrics"
	logs    = "logs"
)
