package model

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// bedrockOperations follow the API reference of Amazon Bedrock Runtime.
var bedrockOperations = []operation{
	{bedrock, "converse", converse{bedrockCall{verb: "converse"}}},
	{bedrock, "converse", converse{bedrockCall{verb: "converse-stream", streams: true}}},
	{bedrock, "invoke", invoke{bedrockCall{verb: "invoke"}}},
	{bedrock, "invoke", invoke{bedrockCall{verb: "invoke-with-response-stream", streams: true}}},
	{bedrock, "count", countBedrock{bedrockCall{verb: "count-tokens"}}},
}

// bedrockCall is what POST /model/{id}/{verb} has in common.
type bedrockCall struct {
	verb    string
	streams bool
}

func (c bedrockCall) match(r *http.Request) bool {
	_, verb, ok := bedrockPath(r)
	return ok && verb == c.verb && r.Method == http.MethodPost
}

// name sets what the path alone says.
func (c bedrockCall) name(r *http.Request, ask *Ask) {
	ask.Model, _, _ = bedrockPath(r)
	ask.Stream = c.streams
}

// bedrockPath takes /model/{id}/{verb} apart. The id is an ARN as often as a name; most clients encode the slashes in it,
// some do not.
func bedrockPath(r *http.Request) (id, verb string, ok bool) {
	_, rest, found := strings.Cut(r.URL.EscapedPath(), "/model/")
	end := strings.LastIndexByte(rest, '/')
	if !found || end <= 0 {
		return "", "", false
	}
	id, err := url.PathUnescape(rest[:end])
	return id, rest[end+1:], err == nil
}

// bedrockFault is an error as the service's model of its API names it.
type bedrockFault struct {
	status        int
	name, message string
}

var bedrockFaults = map[Fault]bedrockFault{
	Throttled: {http.StatusTooManyRequests, "ThrottlingException", "Too many requests, please wait before trying again."},
	Broken:    {http.StatusInternalServerError, "InternalServerException", "The system encountered an unexpected error during processing. Try your request again."},
	TooLong:   {http.StatusBadRequest, "ValidationException", "Input is too long for requested model."},
	Denied:    {http.StatusForbidden, "AccessDeniedException", "You don't have access to the model with the specified model ID."},
	Unknown:   {http.StatusNotFound, "UnknownOperationException", "The scripted model has no such operation of Bedrock Runtime."},
	Malformed: {http.StatusBadRequest, "ValidationException", "The scripted model cannot read the request: no messages, no prompt, or no form of this model's."},
	Ended:     {http.StatusForbidden, "ExpiredTokenException", "The security token included in the request is expired"},
	Oversized: {http.StatusRequestEntityTooLarge, "ValidationException", "The request is too large for the scripted model."},
}

func (bedrockCall) fault(f Fault) (int, http.Header, []byte) {
	e := bedrockFaults[f]
	header := http.Header{
		"X-Amzn-Errortype": {e.name + ":http://internal.amazon.com/coral/com.amazon.bedrock/"},
		"X-Amzn-Requestid": {requestID()},
	}
	return e.status, header, encode(map[string]string{"message": e.message})
}

// countBedrock is CountTokens: no conversation is answered, but the agent's prompt is in it.
type countBedrock struct{ bedrockCall }

func (c countBedrock) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask, err := converseAsk(doc.Get("input.converse"))
	if inner := doc.Get("input.invokeModel.body"); inner.Exists() {
		ask, err = invokeAsk(r, []byte(plain(inner)))
	}
	c.name(r, &ask)
	ask.Aside = true
	return ask, errors.Join(err, spoken(ask))
}

func (countBedrock) whole(ask Ask, _ Reply) []byte {
	return encode(map[string]int{"inputTokens": count(ask.text())})
}

func (countBedrock) stream(Ask, Reply) *frames { return nil }
