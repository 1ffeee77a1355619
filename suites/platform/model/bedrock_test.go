package model

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/tidwall/gjson"
)

// asked posts a body and returns what the operation of the path reads of it.
func asked(t *testing.T, path, body string) (operation, Ask, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, nil)
	op, ok := find(r)
	if !ok {
		t.Fatalf("no operation has %s", path)
	}
	ask, err := op.parse(r, []byte(body))
	return op, ask, err
}

// transcript is a conversation in short: a letter per role, then the text.
func transcript(ask Ask) string {
	var out []string
	for _, turn := range ask.Turns {
		out = append(out, string(turn.Role[0])+":"+turn.Text)
	}
	return strings.Join(out, " | ")
}

func TestBedrockPaths(t *testing.T) {
	const claude = "us.anthropic.claude-sonnet-4-20250514-v1:0"
	for path, want := range map[string]struct {
		model, api string
		stream     bool
	}{
		"/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/converse":                             {claude, "converse", false},
		"/model/us.anthropic.claude-sonnet-4-20250514-v1:0/converse-stream":                        {claude, "converse", true},
		"/proxy/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke":                         {claude, "invoke", false},
		"/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream":          {claude, "invoke", true},
		"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fx1/converse": {"arn:aws:bedrock:us-east-1:1:application-inference-profile/x1", "converse", false},
		"/model/arn:aws:bedrock:us-east-1:1:imported-model/x1/invoke":                              {"arn:aws:bedrock:us-east-1:1:imported-model/x1", "invoke", false},
	} {
		op, ask, err := asked(t, path, `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`)
		if err != nil || op.provider != bedrock || op.name != want.api || ask.Model != want.model || ask.Stream != want.stream {
			t.Errorf("%s is %s %s of %q, streaming %t, %v; want %+v", path, op.provider, op.name, ask.Model, ask.Stream, err, want)
		}
	}
	for _, path := range []string{"/model/x", "/model//converse", "/guardrail/g/version/1/apply", "/model/x/other"} {
		r := &http.Request{Method: http.MethodPost, Header: http.Header{}}
		r.URL = httptest.NewRequest(http.MethodPost, "/", nil).URL
		r.URL.Path = path
		if op, ok := find(r); ok {
			t.Errorf("%s is %s of %s", path, op.name, op.provider)
		}
	}
}

// TestConverseAsk reads bodies as agents send them.
func TestConverseAsk(t *testing.T) {
	for name, one := range map[string]struct{ body, turns, must, tools string }{
		"Strands: system, cache point and tools": {
			body: `{"messages":[{"role":"user","content":[{"text":"weather?"}]}],
				"system":[{"text":"be brief"},{"cachePoint":{"type":"default"}}],"inferenceConfig":{"temperature":0.5},
				"toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"d","inputSchema":{"json":{"type":"object"}}}},{"cachePoint":{"type":"default"}}],"toolChoice":{"auto":{}}}}`,
			turns: "s:be brief | u:weather?", tools: `weather={"type":"object"}`,
		},
		"a tool's result": {
			body: `{"messages":[{"role":"user","content":[{"text":"weather?"}]},
				{"role":"assistant","content":[{"text":"let me see"},{"toolUse":{"toolUseId":"t1","name":"weather","input":{"city":"Bern"}}}]},
				{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"json":{"sky":"grey"}},{"text":"rain"}],"status":"success"}},{"cachePoint":{"type":"default"}}]}]}`,
			turns: "u:weather? | a:let me see\nweather {\"city\":\"Bern\"} | t:{\"sky\":\"grey\"}\nrain",
		},
		"words beside a result come before it": {
			body:  `{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"rain"}]}},{"text":"go on"}]}]}`,
			turns: "u:go on | t:rain",
		},
		"every kind of block": {
			body: `{"messages":[{"role":"user","content":[
				{"guardContent":{"text":{"text":"guarded","qualifiers":["query"]}}},
				{"document":{"format":"txt","name":"n","source":{"bytes":"aW4gYSBmaWxl"}}},
				{"document":{"format":"pdf","name":"n","source":{"bytes":"/////w=="}}},
				{"searchResult":{"source":"s","title":"t","content":[{"text":"found"}]}},
				{"image":{"format":"png","source":{"bytes":"aGk="}}}]},
				{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"thought","signature":"sig"}}},{"citationsContent":{"content":[{"text":"cited"}]}}]}]}`,
			turns: "u:guarded\nin a file\nfound | a:thought\ncited",
		},
		"a tool that must be called": {
			body:  `{"messages":[{"role":"user","content":[{"text":"x"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{}}}}],"toolChoice":{"tool":{"name":"a"}}}}`,
			turns: "u:x", must: "a", tools: "a={}",
		},
		"any tool must be called": {
			body:  `{"messages":[{"role":"user","content":[{"text":"x"}]}],"toolConfig":{"tools":[],"toolChoice":{"any":{}}}}`,
			turns: "u:x", must: AnyTool,
		},
		"a picture alone": {
			body:  `{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"aGk="}}}]}]}`,
			turns: "u:",
		},
	} {
		_, ask, err := asked(t, "/model/m/converse", one.body)
		if err != nil || transcript(ask) != one.turns || ask.Must != one.must || toolList(ask) != one.tools {
			t.Errorf("%s: %q, must %q, tools %q, %v; want %+v", name, transcript(ask), ask.Must, toolList(ask), err, one)
		}
	}
	for _, body := range []string{``, `[]`, `{`, `{"messages":[]}`, `"text"`, `{"messages":{}}`, `{"messages":[{"role":"system","content":[{"text":"x"}]}]}`} {
		if _, ask, err := asked(t, "/model/m/converse", body); err == nil {
			t.Errorf("the body %s is read as %+v", body, ask)
		}
	}
}

func toolList(ask Ask) string {
	var out []string
	for _, tool := range ask.Tools {
		out = append(out, tool.Name+"="+string(tool.Schema))
	}
	return strings.Join(out, " ")
}

func TestInvokeAsk(t *testing.T) {
	const opaque = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fx1/invoke"
	for name, one := range map[string]struct{ path, body, turns, inputs string }{
		"Claude behind an opaque ARN": {opaque,
			`{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"system":"be brief","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`, "s:be brief | u:hi", ""},
		"Nova behind an opaque ARN": {opaque, `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":9}}`, "u:hi", ""},
		"Llama with its template": {"/model/meta.llama3-8b-instruct-v1%3A0/invoke",
			`{"prompt":"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nbe brief<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"}`, "s:be brief | u:hi", ""},
		"Mistral with its template": {"/model/mistral.mistral-7b-instruct-v0%3A2/invoke", `{"prompt":"<s>[INST] one [/INST] two</s>[INST] three [/INST]"}`, "u:one | a:two | u:three", ""},
		"Claude of old":             {opaque, `{"prompt":"\n\nHuman: one\n\nAssistant: two\n\nHuman: three\n\nAssistant:","max_tokens_to_sample":9}`, "u:one | a:two | u:three", ""},
		"Titan with its template":   {"/model/amazon.titan-text-lite-v1/invoke", `{"inputText":"User: one\nBot: two\nUser: three\nBot:"}`, "u:one | a:two | u:three", ""},
		"Cohere": {"/model/cohere.command-r-v1%3A0/invoke",
			`{"message":"three","preamble":"be brief","chat_history":[{"role":"USER","message":"one"},{"role":"CHATBOT","message":"two"}]}`, "s:be brief | u:one | a:two | u:three", ""},
		"a model of another make": {"/model/qwen.qwen3-32b-v1%3A0/invoke", `{"messages":[{"role":"user","content":"hi"}]}`, "u:hi", ""},
		"an imported model":       {opaque, `{"prompt":"hi"}`, "u:hi", ""},
		"Titan embeddings":        {"/model/amazon.titan-embed-text-v2%3A0/invoke", `{"inputText":"one"}`, "", "one"},
		"Cohere embeddings":       {"/model/cohere.embed-multilingual-v3/invoke", `{"texts":["one","two"],"input_type":"search_query"}`, "", "one,two"},
		"Cohere embeddings of parts": {"/model/cohere.embed-v4%3A0/invoke",
			`{"inputs":[{"content":[{"type":"text","text":"one"}]},{"content":[{"type":"text","text":"two"}]}],"input_type":"search_query"}`, "", "one,two"},
		"Nova embeddings": {"/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke", `{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"text":{"value":"one"}}}`, "", "one"},
	} {
		_, ask, err := asked(t, one.path, one.body)
		if inputs := strings.Join(ask.Inputs, ","); err != nil || transcript(ask) != one.turns || inputs != one.inputs {
			t.Errorf("%s: %q and inputs %q, %v; want %+v", name, transcript(ask), inputs, err, one)
		}
	}
	wrong := map[string]string{
		"an embedding that shall stream": "/model/amazon.titan-embed-text-v2%3A0/invoke-with-response-stream" + ` {"inputText":"one"}`,
		"no body of any family":          opaque + ` {"question":"one"}`,
		"a body of the wrong types":      opaque + ` {"messages":"one","prompt":{}}`,
		"too many texts":                 opaque + ` {"input_type":"search_query","texts":["a"` + strings.Repeat(`,"a"`, maxInputs) + `]}`,
	}
	for name, request := range wrong {
		path, body, _ := strings.Cut(request, " ")
		if _, ask, err := asked(t, path, body); err == nil {
			t.Errorf("%s is read as %+v", name, ask)
		}
	}
}

// framesOf reads a stream with AWS's own decoder; each frame is its kind, its name and its payload.
func framesOf(t *testing.T, stream []byte) []string {
	t.Helper()
	r, decoder := bytes.NewReader(stream), eventstream.NewDecoder()
	var out []string
	for {
		m, err := decoder.Decode(r, nil)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("after %q: %v", out, err)
		}
		kind := m.Headers.Get(":message-type").String()
		out = append(out, fmt.Sprintf("%s %s %s", kind, m.Headers.Get(":"+kind+"-type"), m.Payload))
		if mime := m.Headers.Get(":content-type").String(); mime != "application/json" {
			t.Errorf("an event has the content type %q", mime)
		}
	}
}

func TestConverseFrames(t *testing.T) {
	_, ask, err := asked(t, "/model/m/converse-stream", `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	f := converse{}.stream(ask, Reply{Tokens: []string{"a<b", "\u00e9"}})
	got := framesOf(t, bytes.Join(append(append([][]byte{f.begin}, f.tokens...), f.end), nil))
	want := []string{
		`event messageStart {"role":"assistant"}`,
		`event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"a<b"}}`,
		`event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"é"}}`,
		`event contentBlockStop {"contentBlockIndex":0}`,
		`event messageStop {"stopReason":"end_turn"}`,
		`event metadata {"metrics":{"latencyMs":1},"usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the stream is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if broken := framesOf(t, f.broken); len(broken) != 1 || !strings.HasPrefix(broken[0], "exception modelStreamErrorException {") {
		t.Errorf("a break within the stream is told as %q", broken)
	}
}

// TestInvokeFrames puts the arguments of a call together from the chunks of the families that have tools.
func TestInvokeFrames(t *testing.T) {
	reply := Reply{Call: &Call{ID: "call_1", Name: "weather", Arguments: `{"city":"Bern or Basel"}`}}
	for name, one := range map[string]struct{ path, body, at string }{
		"nova":    {"/model/amazon.nova-lite-v1%3A0/invoke-with-response-stream", `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`, "contentBlockDelta.delta.toolUse.input"},
		"claude":  {"/model/anthropic.claude-v3/invoke-with-response-stream", `{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`, "delta.partial_json"},
		"mistral": {"/model/mistral.mistral-large/invoke-with-response-stream", `{"messages":[{"role":"user","content":"hi"}]}`, "choices.0.message.tool_calls.0.function.arguments"},
		"others":  {"/model/qwen.qwen3/invoke-with-response-stream", `{"messages":[{"role":"user","content":"hi"}]}`, "choices.0.delta.tool_calls.0.function.arguments"},
	} {
		op, ask, err := asked(t, one.path, one.body)
		if err != nil {
			t.Fatal(err)
		}
		f := op.stream(ask, reply)
		var arguments string
		for _, frame := range framesOf(t, bytes.Join(append(append([][]byte{f.begin}, f.tokens...), f.end), nil)) {
			payload, ok := strings.CutPrefix(frame, "event chunk ")
			if !ok {
				t.Fatalf("%s: %s", name, frame)
			}
			arguments += gjson.Get(plain(gjson.Get(payload, "bytes")), one.at).String()
		}
		if arguments != reply.Call.Arguments {
			t.Errorf("%s streams the arguments %s", name, arguments)
		}
	}
}

func TestBedrockFaults(t *testing.T) {
	for fault, want := range map[Fault]string{
		Throttled: "429 ThrottlingException", Broken: "500 InternalServerException", TooLong: "400 ValidationException",
		Denied: "403 AccessDeniedException", Unknown: "404 UnknownOperationException", Malformed: "400 ValidationException", Oversized: "413 ValidationException",
	} {
		status, header, body := bedrockCall{}.fault(fault)
		kind, _, _ := strings.Cut(header.Get("X-Amzn-Errortype"), ":")
		if got := fmt.Sprintf("%d %s", status, kind); got != want || gjson.GetBytes(body, "message").String() == "" {
			t.Errorf("%s is %s %s, want %s", fault, got, body, want)
		}
	}
}

func TestInvokeEmbeddings(t *testing.T) {
	for at, request := range map[string][2]string{
		"embedding.#":              {"amazon.titan-embed-text-v2", `{"inputText":"one","dimensions":8}`},
		"embeddingsByType.float.#": {"amazon.titan-embed-text-v2", `{"inputText":"one","dimensions":8,"embeddingTypes":["float"]}`},
		"embedding.#|@this":        {"amazon.titan-embed-image-v1", `{"inputText":"one","embeddingConfig":{"outputEmbeddingLength":8}}`},
		"embeddings.float.0.#":     {"cohere.embed-v4", `{"texts":["one"],"input_type":"x","embedding_types":["float"],"output_dimension":8}`},
		"embeddings.0.embedding.#": {"amazon.nova-2-multimodal-embeddings-v1", `{"singleEmbeddingParams":{"embeddingDimension":8,"text":{"value":"one"}}}`},
	} {
		op, ask, err := asked(t, "/model/"+request[0]+"/invoke", request[1])
		if err != nil {
			t.Errorf("%s: %v", request[0], err)
		} else if body := op.whole(ask, Reply{}); gjson.GetBytes(body, at).Int() != 8 {
			t.Errorf("%s answers %s", request[0], body)
		}
	}
}

// TestPromptFamilies looks for an answer, and for its end, where every family that completes a prompt has them.
func TestPromptFamilies(t *testing.T) {
	for name, one := range map[string]struct{ path, body, text, piece, end string }{
		"Titan":   {"amazon.titan-text-lite-v1", `{"inputText":"hi"}`, "results.0.outputText", "outputText", "completionReason"},
		"Llama":   {"meta.llama3-70b", `{"prompt":"hi"}`, "generation", "generation", "stop_reason"},
		"Mistral": {"mistral.mixtral", `{"prompt":"hi"}`, "outputs.0.text", "outputs.0.text", "outputs.0.stop_reason"},
		"Claude":  {"anthropic.claude-v2", `{"prompt":"hi"}`, "completion", "completion", "stop_reason"},
		"Cohere":  {"cohere.command-text-v14", `{"prompt":"hi"}`, "generations.0.text", "text", "finish_reason"},
		"others":  {"deepseek.r1", `{"prompt":"hi"}`, "choices.0.text", "choices.0.text", "choices.0.stop_reason"},
	} {
		op, ask, err := asked(t, "/model/"+one.path+"/invoke-with-response-stream", one.body)
		if err != nil {
			t.Fatal(err)
		}
		reply := Reply{Tokens: []string{"one", " two"}}
		if whole := gjson.ParseBytes(op.whole(ask, reply)); whole.Get(one.text).String() != "one two" {
			t.Errorf("%s answers %s", name, whole.Raw)
		}
		f, text := op.stream(ask, reply), ""
		for i, frame := range framesOf(t, bytes.Join(append(f.tokens, f.end), nil)) {
			chunk := gjson.Parse(plain(gjson.Get(strings.TrimPrefix(frame, "event chunk "), "bytes")))
			text += chunk.Get(one.piece).String()
			if ended := chunk.Get(one.end).String() != ""; ended != (i == len(reply.Tokens)) {
				t.Errorf("%s: chunk %d is %s", name, i, chunk.Raw)
			}
		}
		if text != "one two" {
			t.Errorf("%s streams %q", name, text)
		}
	}
}

// TestCountTokens: a count is of the whole conversation, and of no request that has none.
func TestCountTokens(t *testing.T) {
	for body, want := range map[string]string{
		`{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi there"}]}]}}}`: `{"inputTokens":4}`,
		`{"input":{"invokeModel":{"body":"eyJwcm9tcHQiOiJoaSB0aGVyZSJ9"}}}`:                     `{"inputTokens":4}`,
	} {
		op, ask, err := asked(t, "/model/m/count-tokens", body)
		if err != nil || !ask.Aside || string(op.whole(ask, Reply{})) != want {
			t.Errorf("%s is counted as %+v, %v; want %s", body, ask, err, want)
		}
	}
	if _, ask, err := asked(t, "/model/m/count-tokens", `{"input":{}}`); err == nil {
		t.Errorf("nothing is counted as %+v", ask)
	}
}

// TestVendorOf: bearer tokens say nothing, so the path does.
func TestVendorOf(t *testing.T) {
	for path, want := range map[string]string{
		"/guardrail/g/version/1/apply": bedrock, "/async-invoke": bedrock, "/model/m/other": bedrock, "/v1beta/cachedContents": gemini,
		"/v1/projects/p/locations/l/publishers/google/models/m:other": gemini, "/v1/other": openai, "/v1/models/other": openai,
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer none")
		if got := vendorOf(r); got != want {
			t.Errorf("%s is taken for %s, want %s", path, got, want)
		}
	}
}

func FuzzBedrock(f *testing.F) {
	for _, seed := range []string{
		`{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`, `{"prompt":"[INST] hi [/INST]"}`, `{"inputText":"hi","dimensions":4096}`,
		`{"texts":["a"],"input_type":"x","embedding_types":["float"]}`, `{"message":"hi","chat_history":[{"role":"TOOL"}]}`,
		`{"anthropic_version":"x","messages":[{"role":"user","content":"hi"}],"tools":[{"name":"t","input_schema":{"type":"object"}}]}`,
		`{"input":{"invokeModel":{"body":"e30="}}}`, `{"singleEmbeddingParams":{"embeddingDimension":1e99}}`,
	} {
		f.Add("converse-stream", seed)
		f.Add("invoke-with-response-stream", seed)
		f.Add("count-tokens", seed)
	}
	f.Fuzz(func(t *testing.T, verb, body string) {
		r := httptest.NewRequest(http.MethodPost, "/model/m/converse", nil)
		r.URL.Path, r.URL.RawPath = "/model/m/"+verb, ""
		op, ok := find(r)
		if !ok {
			return
		}
		ask, err := op.parse(r, []byte(body))
		if err != nil {
			return
		}
		answers(t, op, ask)
	})
}

// answers makes every answer to an ask: none may panic, and each is JSON.
func answers(t *testing.T, op operation, ask Ask) {
	t.Helper()
	for _, script := range []Script{{}, {Tool: true}} {
		reply := script.reply(ask, true)
		if whole := op.whole(ask, reply); !gjson.ValidBytes(whole) {
			t.Errorf("the answer is no JSON: %s", whole)
		}
		if f := op.stream(ask, reply); f != nil && len(f.tokens) == 0 {
			t.Error("a stream has no tokens")
		}
	}
}
