package model

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// TestUnknown: what no vendor has is told in the form of the vendor whose client asked, and recorded as unknown.
func TestUnknown(t *testing.T) {
	s, url := serve(t, Script{Fault: Silent})
	for vendor, one := range map[string]struct{ header, value, path string }{
		bedrock:   {"Authorization", "AWS4-HMAC-SHA256 Credential=x", "message"},
		anthropic: {"X-Api-Key", "k", "request_id"},
		gemini:    {"X-Goog-Api-Key", "k", "error.status"},
		openai:    {"Authorization", "Bearer k", "error.param"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/none/of/"+vendor, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(one.header, one.value)
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(a.Body)
		if a.StatusCode != http.StatusNotFound || !gjson.GetBytes(body, one.path).Exists() || errors.Join(err, a.Body.Close()) != nil {
			t.Errorf("%s answers %d %s", vendor, a.StatusCode, body)
		}
	}
	for _, r := range s.Requests(time.Now()).Requests {
		if r.Outcome != record.ModelUnknown || r.Status != 404 || r.Provider != "" || r.Size != 1 || !strings.HasPrefix(r.Path, "/none/of/") {
			t.Errorf("the record is %+v", r)
		}
	}
}

// TestHostileBodies: bodies that cannot be read are refused, recorded, and harm nothing.
func TestHostileBodies(t *testing.T) {
	s, url := serve(t, Script{})
	deep := strings.Repeat(`[`, 1<<20)
	for name, one := range map[string]struct {
		body   string
		status int
	}{
		"no JSON":             {`{"messages":`, 400},
		"nothing":             {``, 400},
		"bytes":               {"\x00\xff\xfe", 400},
		"deeper than allowed": {deep, 400},
		"deep in a field":     {`{"messages":[{"role":"user","content":` + deep + strings.Repeat(`]`, 1<<20) + `}]}`, 400},
		"deep but allowed":    {`{"messages":[{"role":"user","content":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}]}`, 200},
		"too large":           {strings.Repeat(" ", maxRequest+1), 413},
	} {
		if status, body, err := answered(t, http.DefaultClient, url, one.body); status != one.status || err != nil || status != 200 && !gjson.Get(body, "error.message").Exists() {
			t.Errorf("%s: %d %s, %v", name, status, clip(body, 200), err)
		}
	}
	for _, r := range s.Requests(time.Now()).Requests {
		if (r.Outcome == record.ModelUnknown) != (r.Status != 200) || r.Provider != openai || r.API != "chat" {
			t.Errorf("the record is %+v", r)
		}
	}
	if status, _, err := answered(t, http.DefaultClient, url, saying(false, "hi")); status != 200 || err != nil {
		t.Errorf("after them a good request gets %d, %v", status, err)
	}
	if held := s.held.Load(); held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}

// TestTooLarge: a client that has more to send than is taken hears why.
func TestTooLarge(t *testing.T) {
	each(t, func(t *testing.T, client *http.Client) {
		s, url := serve(t, Script{})
		status, body, err := answered(t, client, url, strings.Repeat(" ", maxRequest+8<<20))
		if status != http.StatusRequestEntityTooLarge || !gjson.Get(body, "error.message").Exists() {
			t.Errorf("%d %s, %v", status, body, err)
		}
		if r := only(t, s); r.Size > maxRequest || r.Outcome != record.ModelUnknown {
			t.Errorf("the record is %+v", r)
		}
	})
}

// TestConnections: past the bound connections are closed, and there is room again when others have gone.
func TestConnections(t *testing.T) {
	each(t, func(t *testing.T, client *http.Client) {
		s, url := serve(t, Script{})
		s.connections.Add(maxConnections)
		if status, _, err := answered(t, client, url, saying(false, "hi")); err == nil {
			t.Errorf("a connection too many is answered %d", status)
		}
		s.connections.Add(-1)
		until(t, "room for a connection", func() bool { return s.connections.Load() == maxConnections-1 })
		if status, _, err := answered(t, client, url, saying(false, "hi")); status != 200 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
	})
}

// TestHeld: bodies past what is held together are refused, until others are done with.
func TestHeld(t *testing.T) {
	s, url := serve(t, Script{})
	s.held.Add(maxHeld)
	if status, _, err := answered(t, http.DefaultClient, url, saying(false, "hi")); status != 413 || err != nil {
		t.Errorf("%d, %v", status, err)
	}
	s.held.Add(-maxHeld)
	if status, _, err := answered(t, http.DefaultClient, url, saying(false, "hi")); status != 200 || err != nil {
		t.Errorf("%d, %v", status, err)
	}
}

// TestManyRequests: past the bound requests are answered and counted, and kept no more.
func TestManyRequests(t *testing.T) {
	s, url := serve(t, Script{})
	const more = 5
	for range record.MaxModelRequests + more {
		if status, _, err := answered(t, http.DefaultClient, url, saying(false, "hi")); status != 200 || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
	}
	if got := s.Requests(time.Now()); len(got.Requests) != record.MaxModelRequests || got.Dropped != more || s.Count() != record.MaxModelRequests+more {
		t.Errorf("%d are kept, %d dropped, %d counted", len(got.Requests), got.Dropped, s.Count())
	}
}

// TestLongConversations: a record is bounded, and ends in what was said last.
func TestLongConversations(t *testing.T) {
	s, url := serve(t, Script{})
	long := strings.Repeat("é", record.MaxModelText)
	if status, body, err := answered(t, http.DefaultClient, url, saying(false, long, "yes", "the end")); status != 200 || err != nil || len(body) > 4*maxEcho {
		t.Errorf("%d, %v, %d bytes", status, err, len(body))
	}
	if r := only(t, s); len(r.Text) > record.MaxModelText || !strings.HasSuffix(r.Text, "user: the end\n") || r.Size < int64(len(long)) {
		t.Errorf("the record keeps %d bytes of %d: %s", len(r.Text), r.Size, r.Text)
	}
}

// TestClose: whatever goes on, Close ends it, and what is recorded then is final.
func TestClose(t *testing.T) {
	for name, one := range map[string]struct {
		script Script
		stream bool
	}{
		"silent":      {Script{Fault: Silent}, false},
		"slow":        {Script{First: forever}, false},
		"in a stream": {Script{Pace: forever}, true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, client *http.Client) {
				s, url := serve(t, one.script)
				done := make(chan error, 1)
				go func() {
					_, _, err := answered(t, client, url, saying(one.stream, "hi"))
					done <- err
				}()
				until(t, "the request", func() bool { return s.Count() == 1 && only(t, s).Turns == 1 })
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if r := only(t, s); r.Outcome != record.ModelCut {
					t.Errorf("after Close the outcome is %s", r.Outcome)
				}
				if err := <-done; err == nil {
					t.Error("the client was answered in full")
				}
			})
		})
	}
}

// TestCloseStalled: clients that say nothing, or stop in the middle, do not keep Close.
func TestCloseStalled(t *testing.T) {
	s, url := serve(t, Script{})
	for _, start := range []string{
		"", "POST /v1/chat/comp", "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := io.WriteString(c, start); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the request with half a body", func() bool { return s.Count() == 1 })
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if r := only(t, s); r.Outcome == record.ModelOpen {
		t.Errorf("after Close the record is %+v", r)
	}
}

// TestClosed: a closed model serves nothing, and says so at once.
func TestClosed(t *testing.T) {
	s := New()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != nil {
		t.Errorf("Serve after Close: %v", err)
	}
	if s.wait(t.Context(), 0) || s.wait(t.Context(), forever) {
		t.Error("a closed model waits")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if New().wait(ctx, 0) {
		t.Error("a model waits for a client that left")
	}
}

// TestEndedCredentials: what is signed with them is refused as Bedrock does, whatever was asked, and is not unknown for that.
func TestEndedCredentials(t *testing.T) {
	s := New()
	s.Expired = func(r *http.Request) bool { return r.URL.Query().Has("ended") }
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"messages":[{"role":"user","content":[{"text":"hello"}]}]}`)))
		return w
	}
	for _, path := range []string{"/model/m/converse?ended", "/v1/chat/completions?ended", "/none?ended"} {
		w := ask(path)
		if kind, _, _ := strings.Cut(w.Header().Get("X-Amzn-Errortype"), ":"); w.Code != http.StatusForbidden || kind != "ExpiredTokenException" || !gjson.Get(w.Body.String(), "message").Exists() {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
	if w := ask("/model/m/converse"); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for i, r := range s.Requests(time.Now()).Requests {
		if refused := i < 3; r.Outcome != record.ModelAnswered || refused != (r.Fault == string(Ended)) || refused != (r.Status == http.StatusForbidden) {
			t.Errorf("%s: %+v", r.Path, r)
		}
	}
}
