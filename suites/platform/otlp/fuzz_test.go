package otlp

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"testing"
)

// FuzzExport: whatever arrives at the collector, in whatever wrapping, is answered and counted in bounds.
func FuzzExport(f *testing.F) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte(oneSpan))
	_ = w.Close()
	f.Add("POST", "/v1/traces", "application/json", "", []byte(oneSpan))
	f.Add("POST", "/v1/traces", "application/json", "gzip", zipped.Bytes())
	f.Add("POST", "/v1/traces", "application/json; charset=x", "gzip", zipped.Bytes()[:20])
	f.Add("POST", "/v1/logs", "application/x-protobuf", "identity", []byte{0x0a, 0x04, 0x12, 0x02, 0x12, 0x00})
	f.Add("POST", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "application/grpc", "", []byte{0, 0, 0, 0, 0})
	f.Add("GET", "/v1/metrics", "text/plain", "br", []byte{})
	f.Fuzz(func(t *testing.T, method, path, kind, wrapping string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Method, r.URL.Path = method, path
		r.Header["Content-Type"], r.Header["Content-Encoding"] = []string{kind}, []string{wrapping}
		s, w := New(), httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 {
			t.Errorf("status %d", w.Code)
		}
		e := s.exports[0].record
		if len(s.exports) != 1 || e.Size > int64(len(body)) || len(e.Path) > 512 || len(e.Problem) > 256 || (e.Problem != "" && e.Items > 0) {
			t.Errorf("%+v of %d bytes", e, len(body))
		}
	})
}
