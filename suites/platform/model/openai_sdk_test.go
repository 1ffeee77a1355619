package model

import (
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What the drivers of OpenAI's and Anthropic's SDKs hear: the echo of their prompt, with the marker of their history, and
// the echo after a tool round, whose answer in words has the prompt alone.
const (
	echoed   = "You said: Say zq0123456789abcdef\nEarlier: zqfedcba9876543210"
	toolTurn = "You said: Weather in zq0123456789abcdef"
)

func TestOpenAISDK(t *testing.T) {
	got, servers := runSDK(t, "openai.mjs", append(faulty(), Script{Name: "well"}, Script{Name: "tool", Tool: true}, Script{Name: "once", Fault: Throttled, Times: 1})...)
	t.Run("chat", func(t *testing.T) { openaiChat(t, got) })
	t.Run("responses", func(t *testing.T) { openaiResponses(t, got) })
	t.Run("others", func(t *testing.T) {
		expect(t, got.Get("others"), map[string]string{
			"size": "1536", "same": "true", "different": "true", "asked": "8", "models": "8", "model": "gpt-test", "deployment": "mine",
			"forced": "tool_calls", "again": echoed, "lost.class": "NotFoundError", "malformed.class": "BadRequestError",
		})
		if n := servers["once"].Count(); n != 2 {
			t.Errorf("after one refusal the SDK asked %d times", n)
		}
		if length := got.Get("others.length").Float(); length < 0.999 || length > 1.001 {
			t.Errorf("an embedding has length %v, want 1", length)
		}
	})
	t.Run("faults", func(t *testing.T) {
		surfaces(t, got.Get("faults"), map[Fault]string{
			Throttled: "RateLimitError 429 rate_limit_exceeded", Broken: "InternalServerError 500 ", TooLong: "BadRequestError 400 context_length_exceeded",
			Denied: "AuthenticationError 401 invalid_api_key", Cut: "TypeError  ", Silent: "APIConnectionTimeoutError  ",
		}, "code", "chat", "chatStream", "responses", "responsesStream")
		expect(t, got.Get("faults.interrupted"), map[string]string{
			"chat.class": "InternalServerError", "chatStream.class": "APIError", "responses.class": "InternalServerError",
			"responsesStream.class": "APIError", "chatStream.type": "server_error", "responsesStream.type": "server_error",
		})
	})
	t.Run("records", func(t *testing.T) { openaiRecords(t, servers) })
}

func openaiChat(t *testing.T, got gjson.Result) {
	expect(t, got, map[string]string{
		"chat.whole.choices.0.message.content": echoed, "chat.whole.choices.0.finish_reason": "stop", "chat.whole.object": "chat.completion",
		"chat.whole.model": "gpt-test", "chat.streamed": echoed, "chat.bareUsage": "0", "chat.json.text": echoed,
		"chat.structured.title": echoed, "chat.structured.day": "1", "chat.structured.guests": `["text"]`,
		"chat.usage.completion_tokens": got.Get("chat.pieces.#").String(),
	})
	if glued(got.Get("chat.pieces")) != echoed || got.Get("chat.pieces.#").Int() < 5 {
		t.Errorf("the chunks are %s", got.Get("chat.pieces"))
	}
	for _, run := range []string{"tools", "toolsStreamed"} {
		expect(t, got.Get(run), map[string]string{
			"final": toolTurn, "cities.#": "1", "cities.0": toolTurn, "roles": `["user","assistant","tool","assistant"]`,
		})
	}
}

func openaiResponses(t *testing.T, got gjson.Result) {
	expect(t, got.Get("responses"), map[string]string{
		"text": "You said: Say zq0123456789abcdef", "status": "completed", "streamed": echoed, "structured.title": echoed,
		"events.0": "response.created", "events.1": "response.in_progress", "events.2": "response.output_item.added",
		"events.3": "response.content_part.added", "events.4": "response.output_text.delta",
		"events.@reverse.0": "response.completed", "events.@reverse.1": "response.output_item.done",
		"events.@reverse.2": "response.content_part.done", "events.@reverse.3": "response.output_text.done",
	})
	for i, n := range got.Get("responses.numbers").Array() {
		if int(n.Int()) != i {
			t.Errorf("event %d has the sequence number %d", i, n.Int())
		}
	}
	if total, deltas := got.Get("responses.events.#").Int(), got.Get("responses.deltas").Int(); deltas < 5 || total != deltas+8 {
		t.Errorf("%d of %d events are deltas", deltas, total)
	}
	for _, run := range []string{"responseTools", "responseToolsStreamed"} {
		expect(t, got.Get(run), map[string]string{"name": "weather", "city": toolTurn, "final": toolTurn})
	}
	expect(t, got.Get("responseToolsStreamed.events"), map[string]string{
		"2": "response.output_item.added", "3": "response.function_call_arguments.delta",
		"@reverse.2": "response.function_call_arguments.done", "@reverse.0": "response.completed",
	})
	expect(t, got.Get("kept"), map[string]string{
		"text": echoed, "previous": "true", "lost.class": "BadRequestError", "lost.code": "previous_response_not_found",
	})
}

func openaiRecords(t *testing.T, servers map[string]*Server) {
	apis := map[string]int{}
	for _, r := range servers["well"].Requests(time.Now()).Requests {
		apis[r.API]++
		if r.API == "embeddings" && (r.Turns != 0 || r.Outcome != record.ModelAnswered) {
			t.Errorf("an embedding is recorded as %+v", r)
		}
		if r.API == "chat" && r.Status == 200 && (len(r.Markers) != 2 || len(r.Last) != 1 || r.Turns != 4 || r.Agent == "") {
			t.Errorf("a chat is recorded as %+v", r)
		}
	}
	for api, least := range map[string]int{"chat": 5, "responses": 5, "embeddings": 2, "models": 2, "": 1} {
		if apis[api] < least {
			t.Errorf("%d requests of %q are recorded, want %d", apis[api], api, least)
		}
	}
	for _, r := range servers[string(Silent)].Requests(time.Now()).Requests {
		if r.API != "models" && r.Outcome != record.ModelAbandoned {
			t.Errorf("a client gave up, and the record says %s", r.Outcome)
		}
	}
}

// surfaces compares as what an SDK raises each fault: class, status and code, the same for every call.
func surfaces(t *testing.T, got gjson.Result, want map[Fault]string, code string, calls ...string) {
	t.Helper()
	for fault, told := range want {
		for _, call := range calls {
			e := got.Get(string(fault) + "." + call)
			if is := e.Get("class").String() + " " + e.Get("status").String() + " " + e.Get(code).String(); is != told {
				t.Errorf("%s of %s is raised as %q, want %q: %s", fault, call, is, told, e.Raw)
			}
		}
	}
	for fault, calls := range got.Map() {
		if calls.Get("models").Int() == 0 {
			t.Errorf("%s: the list of models failed too", fault)
		}
	}
}
