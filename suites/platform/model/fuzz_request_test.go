package model

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest: whatever a container sends to whatever path, it is answered once, and recorded in bounds.
func FuzzRequest(f *testing.F) {
	const chat = `{"model":"m","stream":true,"messages":[{"role":"user","content":"Please repeat zq1lppcftphi91gu59"}]}`
	for _, s := range [][4]string{
		{"POST", "/v1/chat/completions", "Authorization: Bearer x", chat},
		{"POST", "/v1/responses", "", `{"model":"m","input":"hi","stream":true,"previous_response_id":"resp_1"}`},
		{"POST", "/v1/messages", "anthropic-version: 2023-06-01", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}`},
		{"POST", "/model/anthropic.claude/converse-stream", "Authorization: AWS4-HMAC-SHA256 x", `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`},
		{"POST", "/v1beta/models/gemini:streamGenerateContent", "x-goog-api-key: x", `{"contents":[{"parts":[{"text":"hi"}]}]}`},
		{"GET", "/v1/models", "", ""}, {"POST", "/model/%2e%2e/invoke", "", "{}"}, {"PATCH", "/\x00", "", "\xff"}, {"POST", "/v1/embeddings", "", `{"input":[1]}`},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, method, path, field, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.URL.Path = method, path
		if name, value, ok := strings.Cut(field, ":"); ok {
			r.Header.Set(name, value)
		}
		s, w := New(), httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 || w.Body.Len() > maxRequest {
			t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%q is no JSON", w.Body)
		}
		if len(s.entries) != 1 || len(s.entries[0].record.Method) > 32 || len(s.entries[0].record.Path) > 1024 || len(s.entries[0].record.Text) > 2048 {
			t.Errorf("%d records", len(s.entries))
		}
		if _, err := json.Marshal(s.entries[0].record); err != nil {
			t.Error(err)
		}
	})
}
