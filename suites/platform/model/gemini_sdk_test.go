package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// TestGeminiSDK drives Google's SDK for JavaScript on the paths of the Gemini API and of Vertex AI.
func TestGeminiSDK(t *testing.T) {
	got, servers := runSDK(t, "gemini.mjs", append(faulty(), Script{Name: "well"}, Script{Name: "tool", Tool: true},
		Script{Name: "once", Fault: Throttled, Times: 1})...)
	expect(t, got, map[string]string{
		"whole.text":               "You said: hello zqaaaaaaaaaaaaaaa1",
		"whole.finish":             "STOP",
		"whole.model":              "gemini-2.5-flash",
		"alpha.text":               "You said: hello zqaaaaaaaaaaaaaaa1",
		"stable.text":              "You said: hello zqaaaaaaaaaaaaaaa1",
		"vertex.text":              "You said: hello zqaaaaaaaaaaaaaaa1",
		"stream.@reverse.0.finish": "STOP",
		"stream.0.finish":          "",
		"stream.@reverse.0.usage.candidatesTokenCount": "5",
		"tool.first.calls.0.name":                      "weather",
		"tool.second.text":                             "You said: hello zqaaaaaaaaaaaaaaa1",
		"tool.streamed.0.calls.0.name":                 "weather",
		"tool.streamed.0.finish":                       "STOP",
		"forced.calls.0.name":                          "weather",
		"chat.text":                                    "You said: and now?\nEarlier: zqaaaaaaaaaaaaaaa1",
		"counted":                                      "8",
		"embedded.#":                                   "2",
		"embedded.1.values.#":                          "8",
		"vertexEmbedded.0.values.#":                    "8",
		"models.first":                                 "models/gemini-2.5-flash",
		"models.one":                                   "models/gemini-2.5-flash",
		"unknown.status":                               "404",
	})
	for _, at := range []string{"stream", "vertexStream"} {
		if text := glued(got.Get(at + ".#.text")); text != "You said: hello zqaaaaaaaaaaaaaaa1" {
			t.Errorf("%s says %q", at, text)
		}
	}
	for name, document := range map[string]string{
		"call":              got.Get("tool.first.calls.0.args").Raw,
		"streamed call":     got.Get("tool.streamed.0.calls.0.args").Raw,
		"structured answer": got.Get("structured.text").String(),
		"answer by schema":  got.Get("structuredJSON.text").String(),
	} {
		if city := gjson.Get(document, "city").String(); !strings.Contains(city, "zqaaaaaaaaaaaaaaa1") {
			t.Errorf("the %s is %s", name, document)
		}
	}
	if n := servers["once"].Count(); n != 2 || got.Get("retried.finish").String() != "STOP" {
		t.Errorf("after one refusal the SDK asked %d times and got %s", n, got.Get("retried").Raw)
	}
	geminiErrors(t, got.Get("faults"))
	for _, path := range []string{
		"/v1beta/models/gemini-2.5-flash:generateContent", "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent",
		"/v1beta/models/gemini-embedding-001:batchEmbedContents", "/v1beta1/publishers/google/models/text-embedding-005:predict",
	} {
		if !slices.Contains(paths(servers["well"]), path) {
			t.Errorf("the SDK did not ask for %s: %v", path, paths(servers["well"]))
		}
	}
}

// geminiErrors wants every fault as the SDK's error with Google's status, and a stream that breaks off as an error.
func geminiErrors(t *testing.T, got gjson.Result) {
	t.Helper()
	for _, call := range []string{"whole", "stream"} {
		for fault, told := range map[string][2]string{
			"throttled": {"429", "RESOURCE_EXHAUSTED"}, "server-error": {"500", "INTERNAL"}, "context-length": {"400", "INVALID_ARGUMENT"},
			"denied": {"403", "PERMISSION_DENIED"},
		} {
			e := got.Get(fault + "." + call)
			status := gjson.Get(e.Get("message").String(), "error.status").String()
			if e.Get("class").String() != "ApiError" || e.Get("status").String() != told[0] || status != told[1] {
				t.Errorf("%s of an answer (%s) is raised as %s", fault, call, e.Raw)
			}
		}
	}
	expect(t, got, map[string]string{
		"interrupted.whole.class": "ApiError", "interrupted.whole.status": "500",
		"cut.stream.name": "TypeError", "cut.stream.message": "terminated",
		"silent.name": "AbortError",
	})
	for _, call := range []string{"interrupted.stream", "cut.whole"} {
		if e := got.Get(call); !e.Get("class").Exists() {
			t.Errorf("%s is no error: %s", call, e.Raw)
		}
	}
}

// paths are what a model was asked for, in order.
func paths(s *Server) []string {
	var out []string
	for _, r := range s.Requests(time.Now()).Requests {
		out = append(out, r.Path)
	}
	return out
}
