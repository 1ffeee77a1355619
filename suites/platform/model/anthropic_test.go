package model

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tidwall/gjson"
)

func TestAnthropicPaths(t *testing.T) {
	for _, one := range []struct {
		method, path, version string
		want                  string
	}{
		{"POST", "/v1/messages", "", "messages"},
		{"POST", "/proxy/v1/messages?beta=true", "2023-06-01", "messages"},
		{"POST", "/messages", "", "messages"},
		{"POST", "/api/messages", "2023-06-01", "messages"},
		{"POST", "/v1/messages/count_tokens", "", "count"},
		{"GET", "/v1/models", "2023-06-01", "models"},
		{"GET", "/v1/models/claude-x", "2023-06-01", "models"},
		{"POST", "/v1/threads/t/messages", "", ""},
		{"GET", "/v1/messages", "2023-06-01", ""},
		{"POST", "/v1/messages/batches", "2023-06-01", ""},
	} {
		r := httptest.NewRequest(one.method, one.path, nil)
		if one.version != "" {
			r.Header.Set("Anthropic-Version", one.version)
		}
		op, ok := find(r)
		if ok != (one.want != "") || op.name != one.want || ok && op.provider != anthropic {
			t.Errorf("%s %s is %q of %q, want %q", one.method, one.path, op.name, op.provider, one.want)
		}
	}
}

func TestMessagesAsk(t *testing.T) {
	for name, one := range map[string]struct{ body, turns, must, tools string }{
		"strings": {body: `{"system":"brief","messages":[{"role":"user","content":"hi"}]}`, turns: "s:brief | u:hi"},
		"blocks": {
			body: `{"system":[{"type":"text","text":"be"},{"type":"text","text":"brief","cache_control":{"type":"ephemeral"}}],
				"messages":[{"role":"user","content":[{"type":"text","text":"read"},{"type":"document","source":{"type":"text","data":"this"}}]},
				{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"yes"}]}]}`,
			turns: "s:be\nbrief | u:read\nthis | a:hm\nyes",
		},
		"a tool round": {
			body: `{"messages":[{"role":"user","content":"w"},{"role":"assistant","content":[{"type":"text","text":"let me see"},
				{"type":"tool_use","id":"c","name":"f","input":{"city":"Bern"}}]},
				{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"rain"}]},
				{"type":"text","text":"go on"}]}],"tools":[{"name":"f","input_schema":{"type":"object"}},{"type":"web_search_20250305","name":"web_search"}],
				"tool_choice":{"type":"any"}}`,
			turns: "u:w | a:let me see\nf {\"city\":\"Bern\"} | u:go on | t:rain", must: AnyTool, tools: `f={"type":"object"}`,
		},
		"a result that is a string": {
			body:  `{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"rain"}]}],"tool_choice":{"type":"tool","name":"f"}}`,
			turns: "t:rain", must: "f",
		},
		"a string that looks like blocks": {
			body:  `{"messages":[{"role":"user","content":"[{\"type\":\"tool_result\"}]"}],"tool_choice":{"type":"none"}}`,
			turns: `u:[{"type":"tool_result"}]`, must: NoTool,
		},
	} {
		_, ask, err := asked(t, "/v1/messages", one.body)
		if err != nil || transcript(ask) != one.turns || ask.Must != one.must || toolList(ask) != one.tools {
			t.Errorf("%s: %s, must %q, tools %s, %v", name, transcript(ask), ask.Must, toolList(ask), err)
		}
	}
	for _, body := range []string{``, `{}`, `{"messages":[]}`, `{"messages":[{"role":"tool","content":"x"}]}`, `"x"`} {
		if _, ask, err := asked(t, "/v1/messages", body); err == nil {
			t.Errorf("%s is read as %+v", body, ask)
		}
	}
}

// TestErrors compares the errors of OpenAI and Anthropic with their documentation.
func TestErrors(t *testing.T) {
	for _, one := range []struct {
		of   api
		code string
		want map[Fault]string
	}{
		{chat{}, "error.code", map[Fault]string{
			Throttled: "429 requests rate_limit_exceeded", Broken: "500 server_error ", TooLong: "400 invalid_request_error context_length_exceeded",
			Denied: "401 invalid_request_error invalid_api_key", Unknown: "404 invalid_request_error ", Malformed: "400 invalid_request_error ",
			Oversized: "413 invalid_request_error ", Lost: "400 invalid_request_error previous_response_not_found",
		}},
		{messages{}, "error.details.error_code", map[Fault]string{
			Throttled: "429 rate_limit_error ", Broken: "500 api_error ", TooLong: "400 invalid_request_error ",
			Denied: "401 authentication_error ", Unknown: "404 not_found_error ", Malformed: "400 invalid_request_error ",
			Oversized: "413 request_too_large ", Lost: "404 not_found_error thread_not_found",
		}},
	} {
		for fault, want := range one.want {
			status, header, body := one.of.fault(fault)
			doc := gjson.ParseBytes(body)
			if got := fmt.Sprintf("%d %s %s", status, doc.Get("error.type"), doc.Get(one.code)); got != want || doc.Get("error.message").String() == "" {
				t.Errorf("%T tells %s by %d %s, want %s", one.of, fault, status, body, want)
			}
			if (header.Get("Retry-After") != "") != (fault == Throttled) {
				t.Errorf("%T asks for patience by %v on %s", one.of, header, fault)
			}
		}
	}
}

func FuzzParseAnthropic(f *testing.F) {
	for _, seed := range []string{
		`{"system":[{"text":"x"}],"messages":[{"role":"user","content":[{"type":"tool_result","content":[[]]}]}]}`,
		`{"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":{"anyOf":[{"$ref":"#"}]}}],"tool_choice":{"type":"any"}}`,
		`{"messages":[{"role":"user","content":7}],"output_config":{"format":{"schema":{"type":"object","required":["a","a"],"properties":{"a":{}}}}},"thread":{}}`,
	} {
		f.Add("/v1/messages", seed)
		f.Add("/v1/messages/count_tokens", seed)
	}
	f.Fuzz(fuzzPosted)
}

func TestModelsOfAnthropic(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/v1/models", nil)
	r.Header.Set("Anthropic-Version", "2023-06-01")
	op, _ := find(r)
	ask, err := op.parse(r, nil)
	list := gjson.ParseBytes(op.whole(ask, Reply{}))
	if err != nil || list.Get("data.#").Int() == 0 || list.Get("has_more").Bool() || list.Get("first_id").String() != list.Get("data.0.id").String() {
		t.Errorf("the list of models is %s", list)
	}
}
