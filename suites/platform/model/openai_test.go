package model

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestOpenAIPaths(t *testing.T) {
	const body = `{"messages":[{"role":"user","content":"hi"}],"input":"hi"}`
	for path, want := range map[string]string{
		"/v1/chat/completions":                               "chat ",
		"/chat/completions":                                  "chat ",
		"/chat/completions/":                                 "chat ",
		"/v1beta/openai/chat/completions":                    "chat ",
		"/openai/deployments/mine/chat/completions?api=1":    "chat mine",
		"/v1/responses":                                      "responses ",
		"/openai/v1/responses":                               "responses ",
		"/api/v1/embeddings":                                 "embeddings ",
		"/openai/deployments/vectors/embeddings?api=1":       "embeddings vectors",
		"/openai/deployments/mine/extra/v1/chat/completions": "chat mine",
	} {
		op, ask, err := asked(t, path, body)
		if got := op.name + " " + ask.Model; err != nil || op.provider != openai || got != want {
			t.Errorf("%s is %s of %s, %v; want %s", path, got, op.provider, err, want)
		}
	}
	for path, want := range map[string]string{"/v1/models": "", "/models/": "", "/v1/models/gpt-5": "gpt-5", "/v1/models/org/name": "org/name"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		op, ok := find(r)
		if !ok || op.provider != openai {
			t.Fatalf("%s is of %q", path, op.provider)
		}
		if ask, _ := op.parse(r, nil); ask.Model != want || !ask.Aside {
			t.Errorf("%s asks for %+v, want %q", path, ask, want)
		}
	}
	for _, one := range []struct{ method, path string }{
		{"GET", "/v1/chat/completions"}, {"POST", "/v1/completions"}, {"POST", "/v1/models"}, {"GET", "/v1/responses/resp_1"}, {"POST", "/"},
	} {
		if op, ok := find(httptest.NewRequest(one.method, one.path, nil)); ok {
			t.Errorf("%s %s is %s of %s", one.method, one.path, op.name, op.provider)
		}
	}
}

func TestChatAsk(t *testing.T) {
	for name, one := range map[string]struct{ body, turns, must, schema string }{
		"a string and parts": {
			body: `{"messages":[{"role":"developer","content":"brief"},{"role":"user","content":[{"type":"text","text":"see"},
				{"type":"image_url","image_url":{"url":"data:"}},{"type":"text","text":"this"}]}]}`,
			turns: "s:brief | u:see\nthis",
		},
		"a tool round": {
			body: `{"messages":[{"role":"user","content":"weather?"},{"role":"assistant","content":null,"tool_calls":[
				{"id":"c","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Bern\"}"}}]},
				{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"rain"}]}],"tool_choice":"required"}`,
			turns: "u:weather? | a:weather {\"city\":\"Bern\"} | t:rain", must: AnyTool,
		},
		"a tool by name": {
			body:  `{"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"function","function":{"name":"f"}}}`,
			turns: "u:x", must: "f",
		},
		"no tool": {body: `{"messages":[{"role":"user","content":"x"}],"tool_choice":"none"}`, turns: "u:x", must: NoTool},
		"some of the tools": {
			body:  `{"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[]}}}`,
			turns: "u:x", must: AnyTool,
		},
		"a schema": {
			body:  `{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}`,
			turns: "u:x", schema: `{"type":"object"}`,
		},
		"any JSON":                {body: `{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}`, turns: "u:x", schema: anyObject},
		"a string that is JSON":   {body: `{"messages":[{"role":"user","content":"{\"text\":\"y\"}"}]}`, turns: `u:{"text":"y"}`},
		"nothing that is written": {body: `{"messages":[{"role":"user","content":null}]}`, turns: "u:"},
	} {
		_, ask, err := asked(t, "/v1/chat/completions", one.body)
		if err != nil || transcript(ask) != one.turns || ask.Must != one.must || string(ask.Schema) != one.schema {
			t.Errorf("%s: %s, must %q, schema %s, %v", name, transcript(ask), ask.Must, ask.Schema, err)
		}
	}
}

func TestResponsesAsk(t *testing.T) {
	for name, one := range map[string]struct{ body, turns, must, schema string }{
		"a string": {body: `{"input":"hi","instructions":"brief"}`, turns: "s:brief | u:hi"},
		"items": {
			body: `{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"reasoning","summary":[]},
				{"type":"message","role":"assistant","content":[{"type":"output_text","text":"yes"}]},{"role":"user","content":"more"}]}`,
			turns: "u:hi | a:yes | u:more",
		},
		"a tool round": {
			body: `{"input":[{"role":"user","content":"w"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
				{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"rain"}]}],"tool_choice":{"type":"function","name":"f"}}`,
			turns: "u:w | a:f {} | t:rain", must: "f",
		},
		"a reference to what the model said": {
			body:  `{"input":[{"role":"user","content":"w"},{"type":"item_reference","id":"msg_1"},{"role":"user","content":"x"}]}`,
			turns: "u:w | a:msg_1 | u:x",
		},
		"a schema": {body: `{"input":"x","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}}}`, turns: "u:x", schema: `{"type":"object"}`},
	} {
		_, ask, err := asked(t, "/v1/responses", one.body)
		if err != nil || transcript(ask) != one.turns || ask.Must != one.must || string(ask.Schema) != one.schema {
			t.Errorf("%s: %s, must %q, schema %s, %v", name, transcript(ask), ask.Must, ask.Schema, err)
		}
	}
}

func TestOpenAIRefuses(t *testing.T) {
	for path, bodies := range map[string][]string{
		"/v1/chat/completions": {``, `[]`, `{`, `{}`, `{"messages":[]}`, `{"messages":[{"role":"nobody","content":"x"}]}`, `{"messages":["x"]}`},
		"/v1/responses":        {`{}`, `{"input":[]}`, `{"input":[{"role":"nobody"}]}`, `null`, `{"input":[{"type":"reasoning"}]}`},
		"/v1/embeddings":       {`{}`, `{"input":[]}`, `{"input":null}`, `{"input":[` + strings.Repeat(`"x",`, maxInputs) + `"x"]}`},
	} {
		for _, body := range bodies {
			if _, ask, err := asked(t, path, body); err == nil {
				t.Errorf("%s reads %s as %+v", path, clip(body, 80), ask)
			}
		}
	}
}

func TestEmbeddingInputs(t *testing.T) {
	for body, want := range map[string]string{
		`{"input":"one"}`:                        "one",
		`{"input":["one","two"]}`:                "one,two",
		`{"input":[101,102]}`:                    "[101,102]",
		`{"input":[[101,102],[103]]}`:            "[101,102],[103]",
		`{"input":["one"],"dimensions":9999999}`: "one",
	} {
		_, ask, err := asked(t, "/v1/embeddings", body)
		if got := strings.Join(ask.Inputs, ","); err != nil || got != want || ask.form.(embeddingForm).dimensions > maxDimensions {
			t.Errorf("%s has the inputs %s, %v; want %s", body, got, err, want)
		}
	}
}

func TestChatStream(t *testing.T) {
	ask := Ask{Model: "m", Stream: true, Turns: []Turn{{User, "hello"}}}
	for usage, marks := range map[bool]string{false: "choices.0.finish_reason=stop", true: "usage.total_tokens"} {
		ask.Usage = usage
		f := chat{}.stream(ask, Script{}.reply(ask, true))
		end := strings.Split(strings.TrimSpace(string(f.end)), "\n\n")
		if end[len(end)-1] != "data: [DONE]" {
			t.Errorf("the stream ends in %q", end[len(end)-1])
		}
		last := gjson.Parse(strings.TrimPrefix(end[len(end)-2], "data: "))
		path, value, _ := strings.Cut(marks, "=")
		if is := last.Get(path); !is.Exists() || value != "" && is.String() != value || usage != (last.Get("choices.#").Int() == 0) {
			t.Errorf("with usage %t the last chunk is %s", usage, last)
		}
	}
}

// TestResponsesNumbers: the events of a stream are numbered without a gap, the error within one included.
func TestResponsesNumbers(t *testing.T) {
	weather := []Tool{{Name: "f", Schema: []byte(anyObject)}}
	for _, tools := range [][]Tool{nil, weather} {
		ask := Ask{Turns: []Turn{{User, "hello"}}, Tools: tools, form: object{}}
		f := responses{}.stream(ask, Script{Tool: true, Tokens: 9}.reply(ask, true))
		tokens := bytes.Join(f.tokens, nil)
		half := bytes.Join(f.tokens[:len(f.tokens)/2], nil)
		for _, stream := range [][]byte{slices.Concat(f.begin, tokens, f.end), slices.Concat(f.begin, half, f.broken)} {
			for i, event := range strings.Split(strings.TrimSpace(string(stream)), "\n\n") {
				name, data, _ := strings.Cut(event, "\n")
				doc := gjson.Parse(strings.TrimPrefix(data, "data: "))
				if n := doc.Get("sequence_number"); !n.Exists() || int(n.Int()) != i || name != "event: "+doc.Get("type").String() {
					t.Errorf("event %d is %s", i, event)
				}
			}
		}
	}
}

func FuzzParseOpenAI(f *testing.F) {
	for _, seed := range []string{
		`{"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"$ref":"#"}}}],"tool_choice":"required"}`,
		`{"input":[{"role":"user","content":[{"type":"input_text","text":"x"}]}],"text":{"format":{"type":"json_schema","schema":{"type":"object"}}}}`,
		`{"input":[[1,2],[3]],"encoding_format":"base64","dimensions":4096}`, `{"input":"x","tools":[{"type":"function"}],"metadata":{"a":[]},"store":"x"}`,
		`{"messages":["{"],"tool_choice":"a{"}`,
	} {
		for _, path := range []string{"/chat/completions", "/responses", "/embeddings"} {
			f.Add(path, seed)
		}
	}
	f.Fuzz(fuzzPosted)
}

// fuzzPosted parses and answers a body; whatever it is, nothing panics and every answer is JSON.
func fuzzPosted(t *testing.T, path, body string) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.URL.Path = path
	op, ok := find(r)
	if !ok {
		return
	}
	if ask, err := op.parse(r, []byte(body)); err == nil && ask.Previous == "" {
		answers(t, op, ask)
	}
}
