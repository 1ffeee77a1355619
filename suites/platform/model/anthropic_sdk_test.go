package model

import (
	"testing"
	"time"
)

func TestAnthropicSDK(t *testing.T) {
	got, servers := runSDK(t, "anthropic.mjs", append(faulty(), Script{Name: "well"}, Script{Name: "tool", Tool: true}, Script{Name: "once", Fault: Throttled, Times: 1})...)
	expect(t, got.Get("messages"), map[string]string{
		"whole.content.0.text": echoed, "whole.stop_reason": "end_turn", "whole.type": "message", "whole.model": "claude-test",
		"streamed.content.0.text": echoed, "streamed.stop_reason": "end_turn", "structured.title": echoed, "structured.day": "1",
		"events.0": "message_start", "events.1": "content_block_start", "events.2": "content_block_delta",
		"events.@reverse.2": "content_block_stop", "events.@reverse.1": "message_delta", "events.@reverse.0": "message_stop",
		"streamed.usage.output_tokens": got.Get("messages.deltas").String(),
	})
	if n := got.Get("messages.deltas").Int(); n < 5 {
		t.Errorf("the text came in %d deltas", n)
	}
	for _, run := range []string{"tools", "toolsStreamed"} {
		expect(t, got.Get(run), map[string]string{
			"final.0.text": toolTurn, "stop": "end_turn", "cities.#": "1", "cities.0": toolTurn, "roles": `["user","assistant","user","assistant"]`,
		})
	}
	expect(t, got.Get("kept"), map[string]string{"text": echoed, "lost.class": "ThreadNotFoundError"})
	expect(t, got.Get("others"), map[string]string{
		"count": "18", "models": "3", "model": "claude-test", "forced": "weather", "any": "answer", "none": "text", "again": echoed,
		"lost.class": "NotFoundError", "malformed.class": "BadRequestError",
	})
	surfaces(t, got.Get("faults"), map[Fault]string{
		Throttled: "RateLimitError 429 rate_limit_error", Broken: "InternalServerError 500 api_error", TooLong: "BadRequestError 400 invalid_request_error",
		Denied: "AuthenticationError 401 authentication_error", Cut: "TypeError  ", Silent: "APIConnectionTimeoutError  ",
	}, "type", "messages", "messagesStream")
	expect(t, got.Get("faults.interrupted"), map[string]string{
		"messages.class": "InternalServerError", "messagesStream.class": "APIError", "messagesStream.type": "overloaded_error",
	})
	if n := servers["once"].Count(); n != 2 {
		t.Errorf("after one refusal the SDK asked %d times", n)
	}
	for _, r := range servers["tool"].Requests(time.Now()).Requests {
		if r.Provider != anthropic || r.API != "messages" || len(r.Markers) != 1 {
			t.Errorf("a round of a tool is recorded as %+v", r)
		}
	}
}
