package model

import (
	"net/http"
	"time"

	"github.com/tidwall/gjson"
)

// openaiOperations follow OpenAI's API reference. Base URLs end in /v1 or anything else, such as Azure's
// /openai/deployments/{model}, so only the end of a path counts.
var openaiOperations = []operation{
	{openai, "chat", chat{}},
	{openai, "responses", responses{}},
	{openai, "embeddings", embedOpenAI{}},
	{openai, "models", modelsOpenAI{}},
}

// openaiFault is an error of the API, by the guide to its error codes.
type openaiFault struct {
	status              int
	kind, code, message string
}

var openaiFaults = map[Fault]openaiFault{
	Throttled: {http.StatusTooManyRequests, "requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again in 100ms."},
	Broken:    {http.StatusInternalServerError, "server_error", "", "The server had an error while processing your request. Sorry about that!"},
	TooLong:   {http.StatusBadRequest, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is 128000 tokens. However, your messages resulted in 200000 tokens. Please reduce the length of the messages."},
	Denied:    {http.StatusUnauthorized, "invalid_request_error", "invalid_api_key", "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys."},
	Unknown:   {http.StatusNotFound, "invalid_request_error", "", "Invalid URL: the scripted model has no such operation of OpenAI."},
	Malformed: {http.StatusBadRequest, "invalid_request_error", "", "We could not parse the JSON body of your request, or it lacks what the API requires."},
	Lost:      {http.StatusBadRequest, "invalid_request_error", "previous_response_not_found", "Previous response not found."},
	Oversized: {http.StatusRequestEntityTooLarge, "invalid_request_error", "", "The request is larger than the server takes."},
}

// object is the error's body as it stands in an answer or within a stream.
func (f openaiFault) object() object {
	return object{"message": f.message, "type": f.kind, "param": nil, "code": orNull(f.code)}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// openaiCall is what all operations have in common.
type openaiCall struct{}

func (openaiCall) fault(f Fault) (int, http.Header, []byte) {
	e := openaiFaults[f]
	header := http.Header{"X-Request-Id": {identifier("req_")}}
	if f == Throttled {
		header["Retry-After"], header["Retry-After-Ms"] = []string{"1"}, []string{"100"}
	}
	return e.status, header, encode(object{"error": e.object()})
}

// modelsOpenAI is the list of models, and one of them: whichever an agent asks for is there.
type modelsOpenAI struct{ openaiCall }

var openaiModels = []string{"gpt-5", "gpt-5-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "text-embedding-3-large"}

func (modelsOpenAI) match(r *http.Request) bool {
	_, ok := gotModels(r)
	return ok
}

func (modelsOpenAI) parse(r *http.Request, _ []byte) (Ask, error) {
	id, _ := gotModels(r)
	return Ask{Model: id, Aside: true}, nil
}

func (modelsOpenAI) whole(ask Ask, _ Reply) []byte {
	if ask.Model != "" {
		return encode(openaiModel(ask.Model))
	}
	var list []object
	for _, id := range openaiModels {
		list = append(list, openaiModel(id))
	}
	return encode(object{"object": "list", "data": list})
}

func (modelsOpenAI) stream(Ask, Reply) *frames { return nil }

func openaiModel(id string) object {
	return object{"id": id, "object": "model", "created": 1735689600, "owned_by": "scripted"}
}

// openaiTools reads the functions of a request; in the chat API they are one level deeper. Tools that OpenAI runs itself
// are none of the agent's.
func openaiTools(list gjson.Result, at string) []Tool {
	var out []Tool
	for _, t := range list.Array() {
		if t.Get("type").Str != "function" {
			continue
		}
		if at != "" {
			t = t.Get(at)
		}
		out = append(out, Tool{Name: t.Get("name").String(), Schema: []byte(t.Get("parameters").Raw)})
	}
	return out
}

// openaiChoice reads which tool the model must call.
func openaiChoice(choice gjson.Result) string {
	switch {
	case choice.Str == "required", firstOf(choice, "mode", "allowed_tools.mode").Str == "required":
		return AnyTool
	case choice.Str == "none":
		return NoTool
	}
	return firstOf(choice, "name", "function.name").String()
}

// openaiSchema reads the form that the answer must have, from response_format or text.format.
func openaiSchema(format gjson.Result) []byte {
	switch format.Get("type").Str {
	case "json_object":
		return []byte(anyObject)
	case "json_schema":
		return []byte(firstOf(format, "schema", "json_schema.schema").Raw)
	}
	return nil
}

func now() int64 { return time.Now().Unix() }
