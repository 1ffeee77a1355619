package model

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestGeminiPaths(t *testing.T) {
	const body = `{"contents":[{"parts":[{"text":"hi"}]}],"content":{"parts":[{"text":"hi"}]},"requests":[{"content":{"parts":[{"text":"hi"}]}}],"instances":[{"content":"hi"}]}`
	const vertex = "/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro"
	for path, want := range map[string]string{
		"/v1beta/models/gemini-2.5-flash:generateContent":               "generate gemini-2.5-flash application/json",
		"/v1/models/gemini-2.5-flash:generateContent":                   "generate gemini-2.5-flash application/json",
		"/v1alpha/models/gemini-2.5-flash%3AgenerateContent":            "generate gemini-2.5-flash application/json",
		"/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse": "generate gemini-2.5-flash text/event-stream",
		"/v1beta/models/gemini-2.5-flash:streamGenerateContent":         "generate gemini-2.5-flash stream of application/json",
		"/v1beta/models/gemini-2.5-flash:streamGenerateContent?key=k":   "generate gemini-2.5-flash stream of application/json",
		vertex + ":generateContent":                                     "generate gemini-2.5-pro application/json",
		vertex + ":streamGenerateContent?alt=sse":                       "generate gemini-2.5-pro text/event-stream",
		vertex + ":predict":                                            "embeddings gemini-2.5-pro application/json",
		"/v1beta/models/gemini-2.5-flash:countTokens":                  "count gemini-2.5-flash application/json",
		"/v1beta/models/gemini-embedding-001:embedContent":             "embeddings gemini-embedding-001 application/json",
		"/proxy/v1beta/models/gemini-embedding-001:batchEmbedContents": "embeddings gemini-embedding-001 application/json",
	} {
		op, ask, err := asked(t, path, body)
		mime := "application/json"
		if f := op.stream(ask, Reply{Tokens: []string{"a"}}); f != nil {
			if mime = f.mime; mime == "application/json" {
				mime = "stream of " + mime
			}
		}
		if got := fmt.Sprintf("%s %s %s", op.name, ask.Model, mime); err != nil || op.provider != gemini || got != want {
			t.Errorf("%s is %s, %v; want %s", path, got, err, want)
		}
	}
	for _, path := range []string{"/v1beta/models/m:other", "/v1beta/models/:generateContent", "/v1beta/cachedContents"} {
		if op, ok := find(httptest.NewRequest(http.MethodPost, path, nil)); ok {
			t.Errorf("%s is %s of %s", path, op.name, op.provider)
		}
	}
}

// TestModelLists: three vendors have their lists of models at paths that look alike.
func TestModelLists(t *testing.T) {
	for path, want := range map[string]string{
		"/v1beta/models":                    gemini,
		"/v1beta/models/gemini-2.5-flash":   gemini,
		"/v1/models?key=k":                  gemini,
		"/v1beta1/publishers/google/models": gemini,
		"/v1/models":                        openai,
	} {
		if op, _ := find(httptest.NewRequest(http.MethodGet, path, nil)); op.provider != want || op.name != "models" {
			t.Errorf("%s is %s of %q, want %s", path, op.name, op.provider, want)
		}
	}
}

func TestGeminiAsk(t *testing.T) {
	for name, one := range map[string]struct{ body, turns, must, tools, schema string }{
		"ADK: instruction, tools, labels": {
			body: `{"contents":[{"parts":[{"text":"weather?"}],"role":"user"}],"systemInstruction":{"parts":[{"text":"be brief"}],"role":"user"},
				"tools":[{"functionDeclarations":[{"description":"d","name":"weather","parameters":{"type":"OBJECT"}}]},{"googleSearch":{}}],"generationConfig":{}}`,
			turns: "s:be brief | u:weather?", tools: `weather={"type":"OBJECT"}`,
		},
		"a tool's result": {
			body: `{"contents":[{"role":"user","parts":[{"text":"weather?"}]},{"role":"model","parts":[{"text":"hm","thought":true},{"functionCall":{"id":"c","name":"weather","args":{"city":"Bern"}}}]},
				{"role":"user","parts":[{"functionResponse":{"id":"c","name":"weather","response":{"sky":"grey"}}}]}]}`,
			turns: "u:weather? | a:hm\nweather {\"city\":\"Bern\"} | t:{\"sky\":\"grey\"}",
		},
		"the names of the Protocol Buffers": {
			body: `{"system_instruction":{"parts":{"text":"be brief"}},"contents":[{"role":"function","parts":[{"function_response":{"name":"n","response":{"r":1}}}]}],
				"tools":[{"function_declarations":[{"name":"n","parameters_json_schema":{"type":"object"}}]}],
				"tool_config":{"function_calling_config":{"mode":"any","allowed_function_names":["n"]}},"generation_config":{"response_schema":{"type":"OBJECT"}}}`,
			turns: `s:be brief | t:{"r":1}`, must: "n", tools: `n={"type":"object"}`, schema: `{"type":"OBJECT"}`,
		},
		"parts of other kinds": {
			body: `{"contents":[{"parts":[{"inlineData":{"mimeType":"text/plain","data":"aW4gYSBmaWxl"}},{"inlineData":{"mimeType":"image/png","data":"aGk="}},
				{"executableCode":{"language":"PYTHON","code":"1+1"}},{"codeExecutionResult":{"output":"2"}},{"fileData":{"fileUri":"gs://x"}}]}]}`,
			turns: "u:in a file\n1+1\n2",
		},
		"any tool must be called": {
			body:  `{"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}`,
			turns: "u:x", must: AnyTool,
		},
		"no tool may be called": {
			body:  `{"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}}`,
			turns: "u:x", must: NoTool,
		},
		"a JSON Schema goes before a schema": {
			body:  `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseSchema":{"type":"STRING"},"responseJsonSchema":{"type":"object"}}}`,
			turns: "u:x", schema: `{"type":"object"}`,
		},
		"a picture alone": {body: `{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"aGk="}}]}]}`, turns: "u:"},
	} {
		_, ask, err := asked(t, "/v1beta/models/m:generateContent", one.body)
		if err != nil || transcript(ask) != one.turns || ask.Must != one.must || toolList(ask) != one.tools || string(ask.Schema) != one.schema {
			t.Errorf("%s: %q, must %q, tools %q, schema %q, %v; want %+v", name, transcript(ask), ask.Must, toolList(ask), ask.Schema, err, one)
		}
	}
	for _, body := range []string{``, `[]`, `{`, `{"contents":[]}`, `{"systemInstruction":{}`} {
		if _, ask, err := asked(t, "/v1beta/models/m:generateContent", body); err == nil {
			t.Errorf("the body %s is read as %+v", body, ask)
		}
	}
}

func TestGeminiEmbeddings(t *testing.T) {
	for path, one := range map[string]struct{ body, inputs, at string }{
		"/v1beta/models/m:embedContent": {
			`{"content":{"parts":[{"text":"one"},{"text":"two"}]},"outputDimensionality":8}`, "one\ntwo", "embedding.values.#",
		},
		"/v1beta/models/m:batchEmbedContents": {
			`{"requests":[{"model":"models/m","content":{"parts":[{"text":"one"}]},"output_dimensionality":8},{"content":{"parts":[{"text":"two"}]}}]}`, "one,two", "embeddings.1.values.#",
		},
		"/v1/publishers/google/models/m:predict": {
			`{"instances":[{"content":"one","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":8}}`, "one", "predictions.0.embeddings.values.#",
		},
	} {
		op, ask, err := asked(t, path, one.body)
		if err != nil || strings.Join(ask.Inputs, ",") != one.inputs {
			t.Errorf("%s reads %q, %v; want %s", path, ask.Inputs, err, one.inputs)
			continue
		}
		if n := gjson.GetBytes(op.whole(ask, Reply{}), one.at).Int(); n != 8 {
			t.Errorf("%s answers a vector of length %d", path, n)
		}
		if _, ask, err := asked(t, path, `{"requests":[],"instances":[]}`); err == nil && len(ask.Inputs) != 1 {
			t.Errorf("%s embeds %q", path, ask.Inputs)
		}
	}
}

// TestGeminiStreams reads both forms of a stream, whole and broken off within.
func TestGeminiStreams(t *testing.T) {
	reply := Reply{Tokens: []string{"a<b", "\u00e9"}}
	for path, one := range map[string]func(stream []byte) []byte{
		"/v1beta/models/m:streamGenerateContent":         func(stream []byte) []byte { return stream },
		"/v1beta/models/m:streamGenerateContent?alt=sse": eventList,
	} {
		op, ask, err := asked(t, path, `{"contents":[{"parts":[{"text":"hi"}]}]}`)
		if err != nil {
			t.Fatal(err)
		}
		f := op.stream(ask, reply)
		whole := gjson.ParseBytes(one(bytes.Join([][]byte{f.begin, f.tokens[0], f.tokens[1], f.end}, nil)))
		if text := glued(whole.Get("#.candidates.0.content.parts.0.text")); text != "a<b\u00e9" {
			t.Errorf("%s streams %s", path, whole.Raw)
		}
		if ends := whole.Get("#.candidates.0.finishReason").Raw; ends != `["STOP"]` || !whole.Get("1.candidates.0.finishReason").Exists() {
			t.Errorf("%s ends %s", path, ends)
		}
		broken := bytes.Join([][]byte{f.begin, f.tokens[0], f.broken}, nil)
		if !bytes.Contains(broken, []byte(`"status":"INTERNAL"`)) {
			t.Errorf("%s is broken off by %s", path, f.broken)
		}
		if f.mime == "application/json" && gjson.GetBytes(broken, "1.error.code").Int() != 500 {
			t.Errorf("%s breaks off as %s", path, broken)
		}
	}
}

// eventList makes a list of the events of a stream.
func eventList(stream []byte) []byte {
	var list [][]byte
	for chunk := range bytes.SplitSeq(bytes.TrimSuffix(stream, []byte("\r\n\r\n")), []byte("\r\n\r\n")) {
		list = append(list, bytes.TrimPrefix(chunk, []byte("data: ")))
	}
	return append(append([]byte("["), bytes.Join(list, []byte(","))...), ']')
}

func TestGeminiFaults(t *testing.T) {
	for fault, want := range map[Fault]string{
		Throttled: "429 RESOURCE_EXHAUSTED", Broken: "500 INTERNAL", TooLong: "400 INVALID_ARGUMENT", Denied: "403 PERMISSION_DENIED",
		Unknown: "404 NOT_FOUND", Malformed: "400 INVALID_ARGUMENT", Oversized: "400 INVALID_ARGUMENT",
	} {
		for at, call := range map[string]geminiCall{"error": {}, "0.error": {list: true}} {
			status, _, body := call.fault(fault)
			e := gjson.GetBytes(body, at)
			if got := fmt.Sprintf("%d %s", e.Get("code").Int(), e.Get("status")); got != want || int(e.Get("code").Int()) != status || e.Get("message").String() == "" {
				t.Errorf("%s is %d %s, want %s", fault, status, body, want)
			}
		}
	}
}

func FuzzGemini(f *testing.F) {
	for _, seed := range []string{
		`{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"tools":[{"functionDeclarations":[{"name":"t","parameters":{"type":"OBJECT"}}]}]}`,
		`{"contents":{"parts":{"text":"hi"}},"generation_config":{"response_schema":{"type":"OBJECT"}}}`,
		`{"content":{"parts":[{"text":"a"}]},"outputDimensionality":-1}`, `{"requests":[{}]}`, `{"instances":[{"content":1}],"parameters":7}`,
		`{"generateContentRequest":{"contents":[]}}`,
	} {
		for _, verb := range []string{"generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents", "predict"} {
			f.Add(verb, seed)
		}
	}
	f.Fuzz(func(t *testing.T, verb, body string) {
		r := httptest.NewRequest(http.MethodPost, "/v1beta/models/m:x", nil)
		r.URL.Path = "/v1beta/models/m:" + verb
		op, ok := find(r)
		if !ok {
			return
		}
		if ask, err := op.parse(r, []byte(body)); err == nil {
			answers(t, op, ask)
		}
	})
}
