package model

import (
	"net/http"
	"strings"
)

// anthropicOperations follow Anthropic's API reference.
var anthropicOperations = []operation{
	{anthropic, "messages", messages{}},
	{anthropic, "count", countAnthropic{}},
	{anthropic, "models", modelsAnthropic{}},
}

// anthropicFault is an error of the API, by its page on errors.
type anthropicFault struct {
	status        int
	kind, message string
}

var anthropicFaults = map[Fault]anthropicFault{
	Throttled: {http.StatusTooManyRequests, "rate_limit_error", "This request would exceed your organization's rate limit. Please try again later."},
	Broken:    {http.StatusInternalServerError, "api_error", "Internal server error"},
	TooLong:   {http.StatusBadRequest, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"},
	Denied:    {http.StatusUnauthorized, "authentication_error", "invalid x-api-key"},
	Unknown:   {http.StatusNotFound, "not_found_error", "Not found: the scripted model has no such operation of Anthropic"},
	Malformed: {http.StatusBadRequest, "invalid_request_error", "The request body is not valid JSON, or lacks what the API requires"},
	Lost:      {http.StatusNotFound, "not_found_error", "No usable Thread state was found. Replay the full conversation with thread: {\"type\": \"create\"}."},
	Oversized: {http.StatusRequestEntityTooLarge, "request_too_large", "Request exceeds the maximum size"},
}

// overloaded is what streams break off with: it comes after the status 200, where a request would have got a 529.
var overloaded = anthropicFault{529, "overloaded_error", "Overloaded"}

func (f anthropicFault) body(request string) object {
	return object{"type": "error", "error": object{"type": f.kind, "message": f.message}, "request_id": request}
}

// anthropicCall is what all operations have in common.
type anthropicCall struct{}

func (anthropicCall) fault(f Fault) (int, http.Header, []byte) {
	e, request := anthropicFaults[f], identifier("req_")
	body := e.body(request)
	if f == Lost {
		body["error"].(object)["details"] = object{"error_code": "thread_not_found"}
	}
	header := http.Header{"Request-Id": {request}}
	if f == Throttled {
		header["Retry-After"] = []string{"1"}
	}
	return e.status, header, encode(body)
}

// ofAnthropic tells whether a client is Anthropic's. Some base URLs have no /v1, and other vendors have messages as well.
func ofAnthropic(r *http.Request) bool {
	return r.Header.Get("Anthropic-Version") != "" || strings.Contains(r.URL.Path, "/v1/messages") || strings.HasPrefix(r.URL.Path, "/messages")
}

// countAnthropic is POST /v1/messages/count_tokens.
type countAnthropic struct{ anthropicCall }

func (countAnthropic) match(r *http.Request) bool {
	return posted(r, "/messages/count_tokens") && ofAnthropic(r)
}

func (countAnthropic) parse(_ *http.Request, body []byte) (Ask, error) {
	ask, err := messagesAsk(body)
	ask.Aside, ask.Stream, ask.Keep = true, false, false
	return ask, err
}

func (countAnthropic) whole(ask Ask, _ Reply) []byte {
	return encode(object{"input_tokens": count(ask.text())})
}

func (countAnthropic) stream(Ask, Reply) *frames { return nil }

// modelsAnthropic is GET /v1/models, and one of them: whichever an agent asks for is there.
type modelsAnthropic struct{ anthropicCall }

var anthropicModels = []string{"claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"}

func (modelsAnthropic) match(r *http.Request) bool {
	_, ok := gotModels(r)
	return ok && ofAnthropic(r)
}

func (modelsAnthropic) parse(r *http.Request, _ []byte) (Ask, error) {
	id, _ := gotModels(r)
	return Ask{Model: id, Aside: true}, nil
}

func (modelsAnthropic) whole(ask Ask, _ Reply) []byte {
	if ask.Model != "" {
		return encode(anthropicModel(ask.Model))
	}
	var list []object
	for _, id := range anthropicModels {
		list = append(list, anthropicModel(id))
	}
	return encode(object{
		"data": list, "has_more": false, "first_id": anthropicModels[0], "last_id": anthropicModels[len(anthropicModels)-1],
	})
}

func (modelsAnthropic) stream(Ask, Reply) *frames { return nil }

func anthropicModel(id string) object {
	return object{"type": "model", "id": id, "display_name": id, "created_at": "2025-01-01T00:00:00Z"}
}
