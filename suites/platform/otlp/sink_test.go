package otlp

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const oneSpan = `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"agent"}}]},
	"scopeSpans":[{"scope":{"name":"library"},"spans":[{"name":"turn","attributes":[{"key":"session.id","value":{"stringValue":"one"}}]}]}]}]}`

func packed(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func post(s *Sink, path, kind, encoding string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if encoding != "" {
		r.Header.Set("Content-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestWhatIsTakenAndWhatIsRefused(t *testing.T) {
	bomb := packed(t, make([]byte, maxUnpacked+1))
	for name, c := range map[string]struct {
		path, kind, encoding string
		body                 []byte
		status, spans        int
		problem              string
	}{
		"json":             {"/v1/traces", "application/json; charset=utf-8", "", []byte(oneSpan), 200, 1, ""},
		"prefix":           {"/collector/v1/traces", "application/json", "", []byte(oneSpan), 200, 1, ""},
		"gzip":             {"/v1/traces", "application/json", "gzip", packed(t, []byte(oneSpan)), 200, 1, ""},
		"empty protobuf":   {"/v1/traces", "application/x-protobuf", "", nil, 200, 0, ""},
		"another signal":   {"/v1/logs", "application/json", "", []byte(oneSpan), 200, 0, ""},
		"unknown path":     {"/api/v2/spans", "application/json", "", []byte(oneSpan), 404, 0, "/v1/traces"},
		"unknown type":     {"/v1/traces", "text/plain", "", []byte(oneSpan), 415, 0, "content type"},
		"unknown packing":  {"/v1/traces", "application/json", "zstd", []byte(oneSpan), 415, 0, "content encoding"},
		"not packed":       {"/v1/traces", "application/json", "gzip", []byte(oneSpan), 400, 0, "gzip"},
		"broken json":      {"/v1/traces", "application/json", "", []byte(oneSpan[:40]), 400, 0, "JSON"},
		"a list":           {"/v1/traces", "application/json", "", []byte(`[]`), 400, 0, "JSON"},
		"very deep":        {"/v1/traces", "application/json", "", bytes.Repeat([]byte(`[`), 1<<20), 400, 0, "JSON"},
		"odd members":      {"/v1/traces", "application/json", "", []byte(`{"resourceSpans":{"a":[1]},"x":null}`), 200, 0, ""},
		"broken protobuf":  {"/v1/traces", "application/x-protobuf", "", []byte{0x0a, 0x7f, 1}, 400, 0, "protobuf"},
		"broken inside":    {"/v1/traces", "application/x-protobuf", "", []byte{0x0a, 0x02, 0x12, 0x7f}, 400, 0, "protobuf"},
		"too large":        {"/v1/traces", "application/json", "", make([]byte, maxBody+1), 413, 0, "larger"},
		"too large inside": {"/v1/traces", "application/json", "gzip", bomb, 413, 0, "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New()
			w := post(s, c.path, c.kind, c.encoding, c.body)
			r := s.Spans(time.Now())
			e := r.Exports[0]
			if w.Code != c.status || e.Status != c.status || r.Spans != c.spans {
				t.Errorf("answered %d, recorded %d, counted %d spans; want %d and %d", w.Code, e.Status, r.Spans, c.status, c.spans)
			}
			if (e.Problem == "") != (c.problem == "") || !strings.Contains(e.Problem, c.problem) {
				t.Errorf("the problem is %q, want %q", e.Problem, c.problem)
			}
			if c.status == 200 && strings.HasPrefix(c.kind, "application/json") && w.Body.String() != "{}" {
				t.Errorf("a success is answered with %q", w.Body)
			}
		})
	}
}

func TestGet(t *testing.T) {
	s := New()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/traces", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET is answered with %d", w.Code)
	}
}

// TestGRPCIsRefusedInItsOwnForm: status 12 is one that no exporter tries again.
func TestGRPCIsRefusedInItsOwnForm(t *testing.T) {
	s, url := serve(t)
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	resp, err := client.Post(url+"/opentelemetry.proto.collector.trace.v1.TraceService/Export", "application/grpc", bytes.NewReader(make([]byte, 5)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	if resp.ProtoMajor != 2 || resp.StatusCode != 200 || resp.Header.Get("Grpc-Status") != "12" {
		t.Errorf("answered %s %d with grpc-status %q", resp.Proto, resp.StatusCode, resp.Header.Get("Grpc-Status"))
	}
	if p := s.Spans(time.Now()).Exports[0].Problem; !strings.Contains(p, "OTEL_EXPORTER_OTLP_PROTOCOL") {
		t.Errorf("the record does not say what to set: %q", p)
	}
}

func TestRecordsAreBoundedAndCountsAreNot(t *testing.T) {
	s := New()
	for i := range record.MaxExports + 5 {
		body := strings.ReplaceAll(oneSpan, `"one"`, `"`+strconv.Itoa(i)+`"`)
		post(s, "/v1/traces", "application/json", "", []byte(body))
	}
	r := s.Spans(time.Now())
	if len(r.Exports) != record.MaxExports || r.Dropped != 5 || r.Spans != record.MaxExports+5 || r.WithSession != r.Spans {
		t.Errorf("%d exports kept, %d dropped, %d spans, %d with a session", len(r.Exports), r.Dropped, r.Spans, r.WithSession)
	}
	if len(r.Sessions) != record.MaxSpanTerms || r.Sessions[0] != "0" {
		t.Errorf("%d sessions are kept, the first is %s", len(r.Sessions), r.Sessions[0])
	}
}

// TestBothEncodingsReadAlike with values that the SDK does not send: numbers, an empty session, one that comes twice.
func TestBothEncodingsReadAlike(t *testing.T) {
	values := []struct{ json, want string }{
		{`{"stringValue":"one"}`, "one"}, {`{"intValue":"7"}`, "7"}, {`{"intValue":7}`, "7"}, {`{"boolValue":true}`, ""}, {`{"stringValue":""}`, ""}, {`{}`, ""},
	}
	for _, v := range values {
		var c content
		if err := c.read(traces, "json", []byte(strings.ReplaceAll(oneSpan, `{"stringValue":"one"}`, v.json))); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(c.sessions.Values(), ","); got != v.want || (c.withSession == 1) != (v.want != "") {
			t.Errorf("%s: the session is %q and %d spans have one", v.json, got, c.withSession)
		}
	}
	text := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), "one")
	whole := protowire.AppendVarint(protowire.AppendTag(nil, 3, protowire.VarintType), 7)
	flag := protowire.AppendVarint(protowire.AppendTag(nil, 2, protowire.VarintType), 1)
	for _, v := range []struct {
		value []byte
		want  []string
	}{{text, []string{"one"}}, {whole, []string{"7"}}, {flag, nil}} {
		var c content
		if err := c.read(traces, "protobuf", spanOf(v.value)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.sessions.Values(), v.want) || c.items != 1 {
			t.Errorf("the sessions are %q of %d spans, want %q", c.sessions.Values(), c.items, v.want)
		}
	}
}

// spanOf encodes a request of one span whose session.id has that value.
func spanOf(value []byte) []byte {
	wrap := func(number protowire.Number, b []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), b)
	}
	pair := append(wrap(1, []byte("session.id")), wrap(2, value)...)
	return wrap(1, wrap(2, wrap(2, wrap(9, pair))))
}

func FuzzRead(f *testing.F) {
	f.Add("traces", "json", []byte(oneSpan))
	f.Add("metrics", "json", []byte(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{}]}}]}]}]}`))
	f.Add("traces", "protobuf", spanOf([]byte{0x18, 0x07}))
	f.Add("metrics", "protobuf", []byte{0x0a, 0x08, 0x12, 0x06, 0x12, 0x04, 0x2a, 0x02, 0x0a, 0x00})
	f.Add("logs", "protobuf", []byte{0x0a, 0x04, 0x12, 0x02, 0x12, 0x00})
	f.Fuzz(func(t *testing.T, signal, encoding string, body []byte) {
		var c content
		if err := c.read(signal, encoding, body); err != nil {
			return
		}
		if c.withSession > c.items || c.items > len(body) || len(c.sessions.Values()) > c.withSession {
			t.Errorf("%d bytes hold %d items, %d with one of the sessions %q", len(body), c.items, c.withSession, c.sessions.Values())
		}
		if _, err := json.Marshal(c.names.Values()); err != nil {
			t.Error(err)
		}
	})
}

// TestManyAtOnce is for the race detector: exports and the records at the same time.
func TestManyAtOnce(t *testing.T) {
	s := New()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				post(s, "/v1/traces", "application/json", "", []byte(oneSpan))
				s.Spans(time.Now())
			}
		})
	}
	all.Wait()
	if n := s.Spans(time.Now()).Spans; n != 160 {
		t.Errorf("%d spans are counted", n)
	}
}
