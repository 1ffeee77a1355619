package model

import (
	"net/http"
	"net/url"
	"strings"
)

// geminiOperations follow the reference of the Gemini API and that of Vertex AI, which differ in the path before the model
// alone.
var geminiOperations = []operation{
	{gemini, "generate", generate{geminiCall: geminiCall{verb: "generateContent"}}},
	{gemini, "generate", generate{geminiCall{verb: "streamGenerateContent"}, serverSent}},
	{gemini, "generate", generate{geminiCall{verb: "streamGenerateContent", list: true}, listed}},
	{gemini, "count", countGemini{geminiCall{verb: "countTokens"}}},
	{gemini, "embeddings", embedGemini{geminiCall{verb: "embedContent"}}},
	{gemini, "embeddings", batchGemini{geminiCall{verb: "batchEmbedContents"}}},
	{gemini, "embeddings", predictGemini{geminiCall{verb: "predict"}}},
	{gemini, "models", modelsGemini{}},
}

// geminiCall is what POST …/models/{id}:{verb} has in common.
type geminiCall struct {
	verb string
	// list says that a stream comes as one JSON array, which is so unless alt=sse asks for events.
	list bool
}

func (c geminiCall) match(r *http.Request) bool {
	_, verb, ok := geminiPath(r)
	if !ok || verb != c.verb || r.Method != http.MethodPost {
		return false
	}
	return !strings.HasPrefix(verb, "stream") || c.list == (r.URL.Query().Get("alt") != "sse")
}

// geminiPath takes the last part of a path apart, {id}:{verb}.
func geminiPath(r *http.Request) (id, verb string, ok bool) {
	path := r.URL.EscapedPath()
	last, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	at := strings.LastIndexByte(last, ':')
	if err != nil || at <= 0 {
		return "", "", false
	}
	return last[:at], last[at+1:], true
}

// geminiFault is an error of Google's APIs: a status of HTTP and a name of gRPC.
type geminiFault struct {
	status        int
	name, message string
}

var geminiFaults = map[Fault]geminiFault{
	Throttled: {http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."},
	Broken:    {http.StatusInternalServerError, "INTERNAL", "An internal error has occurred. Please retry."},
	TooLong:   {http.StatusBadRequest, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."},
	Denied:    {http.StatusForbidden, "PERMISSION_DENIED", "The caller does not have permission."},
	Unknown:   {http.StatusNotFound, "NOT_FOUND", "The scripted model has no such method of the Gemini API."},
	Malformed: {http.StatusBadRequest, "INVALID_ARGUMENT", "The scripted model cannot read the request: contents is not specified, or not JSON."},
	Oversized: {http.StatusBadRequest, "INVALID_ARGUMENT", "Request payload size exceeds the limit of the scripted model."},
}

func (c geminiCall) fault(f Fault) (int, http.Header, []byte) {
	e := geminiFaults[f]
	return e.status, nil, e.body(c.list)
}

func (e geminiFault) body(list bool) []byte {
	told := object{"error": object{"code": e.status, "message": e.message, "status": e.name}}
	if list {
		return encode([]any{told})
	}
	return encode(told)
}
