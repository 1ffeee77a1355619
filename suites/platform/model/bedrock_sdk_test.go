package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// TestBedrockSDK drives AWS's SDK for JavaScript, over both versions of HTTP.
func TestBedrockSDK(t *testing.T) {
	got, servers := runSDK(t, "bedrock.mjs", append(faulty(), Script{Name: "well"}, Script{Name: "tool", Tool: true},
		Script{Name: "once", Fault: Throttled, Times: 1})...)
	want := map[string]string{
		"whole.output.message.content.0.text":  "You said: hello zqaaaaaaaaaaaaaaa1",
		"whole.stopReason":                     "end_turn",
		"whole1.output.message.content.0.text": "You said: hello zqaaaaaaaaaaaaaaa1",
		"bearer.output.message.role":           "assistant",

		"stream.0.messageStart.role":                           "assistant",
		"stream.#(messageStop).messageStop.stopReason":         "end_turn",
		"stream1.#(metadata).metadata.usage.outputTokens":      "5",
		"tool.first.stopReason":                                "tool_use",
		"tool.first.output.message.content.0.toolUse.name":     "weather",
		"tool.second.stopReason":                               "end_turn",
		"forced.output.message.content.0.toolUse.name":         "weather",
		"tool.streamed.1.contentBlockStart.start.toolUse.name": "weather",
		"counted":                                     "8",
		"guardrail.name":                              "UnknownOperationException",
		"empty.class":                                 "ValidationException",
		"embeddings.titan.embedding.#":                "8",
		"embeddings.cohere.embeddings.#":              "2",
		"embeddings.cohere.embeddings.0.#":            "1024",
		"embeddings.cohereTyped.embeddings.float.0.#": "8",
		"embeddings.nova.embeddings.0.embedding.#":    "8",
	}
	expect(t, got, want)
	for _, at := range []string{"stream", "stream1"} {
		if text := glued(got.Get(at + ".#.contentBlockDelta.delta.text")); text != "You said: hello zqaaaaaaaaaaaaaaa1" {
			t.Errorf("%s says %q", at, text)
		}
	}
	for name, text := range map[string]string{
		"streamed arguments": glued(got.Get("tool.streamed.#.contentBlockDelta.delta.toolUse.input")),
		"structured answer":  got.Get("structured.output.message.content.0.text").String(),
	} {
		if city := gjson.Get(text, "city").String(); !strings.Contains(city, "zqaaaaaaaaaaaaaaa1") {
			t.Errorf("the %s is %s", name, text)
		}
	}
	if n := servers["once"].Count(); n != 2 || got.Get("retried.stopReason").String() != "end_turn" {
		t.Errorf("after one refusal the SDK asked %d times and got %s", n, got.Get("retried").Raw)
	}
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		if !slices.Contains(protos(servers["well"]), proto) {
			t.Errorf("no request came over %s: %v", proto, protos(servers["well"]))
		}
	}
	bedrockFamilies(t, got.Get("families"))
	bedrockErrors(t, got.Get("faults2"), "ERR_HTTP2_STREAM_ERROR")
	bedrockErrors(t, got.Get("faults1"), "ECONNRESET")
}

// bedrockFamilies looks for the answer where each family of models has it.
func bedrockFamilies(t *testing.T, got gjson.Result) {
	t.Helper()
	for id, at := range map[string][2]string{
		"amazon.nova-lite-v1:0":                       {"output.message.content.0.text", "contentBlockDelta.delta.text"},
		"amazon.titan-text-express-v1":                {"results.0.outputText", "outputText"},
		"meta.llama3-8b-instruct-v1:0":                {"generation", "generation"},
		"mistral.mistral-7b-instruct-v0:2":            {"outputs.0.text", "outputs.0.text"},
		"mistral.mistral-large-2407-v1:0":             {"choices.0.message.content", "choices.0.message.content"},
		"cohere.command-r-v1:0":                       {"text", "text"},
		"deepseek.r1-v1:0":                            {"choices.0.text", "choices.0.text"},
		"openai.gpt-oss-20b-1:0":                      {"choices.0.message.content", "choices.0.delta.content"},
		"us.anthropic.claude-haiku-4-5-20251001-v1:0": {"content.0.text", "delta.text"},
	} {
		family := got.Get(gjson.Escape(id))
		if text := family.Get("whole." + at[0]).String(); text != "You said: hello" {
			t.Errorf("%s answers %q: %s", id, text, family.Get("whole").Raw)
		}
		if text := glued(family.Get("chunks.#." + at[1])); text != "You said: hello" {
			t.Errorf("%s streams %q: %s", id, text, family.Get("chunks").Raw)
		}
		chunks := family.Get("chunks").Array()
		if !chunks[len(chunks)-1].Get("amazon-bedrock-invocationMetrics.outputTokenCount").Exists() {
			t.Errorf("%s ends without the metrics of Bedrock", id)
		}
	}
}

// bedrockErrors wants every fault as the class that the SDK has for it, and a stream that breaks off as an error.
func bedrockErrors(t *testing.T, got gjson.Result, cut string) {
	t.Helper()
	for _, call := range []string{"whole", "stream", "chunks"} {
		broken := "ModelStreamErrorException"
		if call == "whole" {
			broken = "InternalServerException"
		}
		expect(t, got, map[string]string{
			"throttled." + call + ".class":      "ThrottlingException",
			"server-error." + call + ".class":   "InternalServerException",
			"context-length." + call + ".class": "ValidationException",
			"denied." + call + ".class":         "AccessDeniedException",
			"interrupted." + call + ".class":    broken,
			"cut." + call + ".code":             cut,
		})
	}
	expect(t, got, map[string]string{"silent.name": "AbortError"})
}

// expect compares values by their paths in a driver's document.
func expect(t *testing.T, got gjson.Result, want map[string]string) {
	t.Helper()
	for path, value := range want {
		if is := got.Get(path); is.String() != value {
			t.Errorf("%s is %s, want %s", path, is.Raw, value)
		}
	}
}

// glued are the texts of a list put together.
func glued(list gjson.Result) string { return strings.Join(texts(list), "") }

// protos are the versions of HTTP that a model was asked over, in order.
func protos(s *Server) []string {
	var out []string
	for _, r := range s.Requests(time.Now()).Requests {
		out = append(out, r.Proto)
	}
	return out
}
