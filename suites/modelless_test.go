package suites_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// withoutModel are good images whose model is out of reach: each framework has its own way to say so.
func withoutModel() map[string]http.HandlerFunc {
	answer := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	refuses := answer(http.StatusInternalServerError, "application/json", `{"error":"Missing credentials"}`)
	return map[string]http.HandlerFunc{
		"Strands streams an error event": answer(200, "text/event-stream", "event: error\ndata: {\"message\":\"Could not load credentials\"}\n\n"),
		"OpenAI Agents says 500":         refuses,
		"a provider's 401 is handed on":  answer(http.StatusUnauthorized, "application/json", `{"error":"invalid api key"}`),
		"LangGraph tries for long": func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(6 * time.Second) // it is the wait that must not be repeated
			refuses(w, r)
		},
		"ADK says nothing": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept") == "text/event-stream" {
				answer(200, "text/event-stream", "")(w, r)
				return
			}
			answer(200, "application/json", `{"result":""}`)(w, r)
		},
	}
}

// modelless is the reference agent whose calls with a prompt end in f; it takes no others.
func modelless(f http.HandlerFunc) reference.Config {
	return reference.Config{Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			switch {
			case r.Method != http.MethodPost || !json.Valid(body):
				next.ServeHTTP(w, r)
			case gjson.GetBytes(body, "prompt").Type == gjson.String:
				f(w, r)
			default:
				w.WriteHeader(http.StatusUnprocessableEntity)
			}
		})
	}}
}

// TestWithoutModelIsPartial: what depends on an answer is untestable then, and nothing is held against the image.
func TestWithoutModelIsPartial(t *testing.T) {
	t.Parallel()
	for name, f := range withoutModel() {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "LangGraph") && !slowTests {
				t.Skip("takes a minute and a half; make nightly plays it")
			}
			t.Parallel()
			partial(t, options(modelless(f)))
		})
	}
	t.Run("LlamaIndex exits", func(t *testing.T) {
		t.Parallel()
		o := options(reference.Config{})
		o.Engine = fake.New(exitsAtFirstCall)
		partial(t, o)
	})
}

func partial(t *testing.T, o suites.Options) {
	t.Helper()
	o.SlowPayload = ""
	run := play(t, o)
	if run.Verdict != reports.Partial || run.ExitCode(false) != 3 {
		t.Errorf("verdict %s, exit code %d:%s", run.Verdict, run.ExitCode(false), list(run, checks.Fail, checks.Error))
	}
	advice := 0
	for _, f := range run.Findings {
		if f.Outcome == checks.Untestable && (strings.Contains(f.Actual, "credentials") || strings.Contains(f.Actual, "a model that answers")) {
			advice++
		}
	}
	if advice == 0 {
		t.Error("nothing says what to set")
	}
	for _, e := range run.Errors {
		t.Errorf("harness: %s", e)
	}
}

// exitsAtFirstCall ends the process instead of answering.
func exitsAtFirstCall(ctx context.Context, p process.Process) int {
	inner, end := context.WithCancel(ctx)
	defer end()
	cfg := modelless(func(_ http.ResponseWriter, r *http.Request) {
		end()
		<-r.Context().Done()
	})
	_ = reference.Run(inner, p, cfg)
	return 1
}
