package model

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// api is one operation of one vendor.
type api interface {
	// match tells whether a request is for this operation.
	match(r *http.Request) bool
	// parse reads a body. The path may carry the model's id and whether to stream.
	parse(r *http.Request, body []byte) (Ask, error)
	// whole is the body of an answer in one piece; its content type is application/json.
	whole(ask Ask, reply Reply) []byte
	// stream makes the frames of an answer in events; nil for an operation that does not stream.
	stream(ask Ask, reply Reply) *frames
	// fault is how the vendor tells of a fault, before an answer has begun; the three of wrong requests included.
	fault(f Fault) (status int, header http.Header, body []byte)
}

// What a container asked for wrongly is told in the vendors' forms too. These are not played.
const (
	// Unknown is a path that no vendor has.
	Unknown Fault = "unknown"
	// Malformed is a body that cannot be read.
	Malformed Fault = "malformed"
	// Oversized is a body past maxRequest, or one too many at once.
	Oversized Fault = "oversized"
	// Lost is a conversation that the service was to go on with but does not keep; only keepers tell of it.
	Lost Fault = "lost"
	// Ended is a signature by credentials that have ended; only Bedrock takes signatures.
	Ended Fault = "ended"
)

// frames are the bytes of an answer in events, as they go over the wire.
type frames struct {
	// mime is the content type.
	mime string
	// begin comes before the first token, each of tokens for one token of the reply (or one piece of a tool call), end
	// after the last.
	begin  []byte
	tokens [][]byte
	end    []byte
	// broken tells of a fault within the stream, where the vendor has a form for that; nil otherwise.
	broken []byte
}

// operation is an api by its names in the records.
type operation struct {
	provider, name string
	api
}

// The providers as the records name them.
const (
	bedrock   = "bedrock"
	openai    = "openai"
	anthropic = "anthropic"
	gemini    = "gemini"
)

// operations are all that is served; the first match answers.
var operations = slices.Concat(bedrockOperations, anthropicOperations, geminiOperations, openaiOperations)

// Paths that a vendor is known by where the credentials are bearer tokens, as every vendor takes them.
var (
	bedrockPaths = regexp.MustCompile(`/(model|guardrail|async-invoke)(/|$)`)
	geminiPaths  = regexp.MustCompile(`/(v1beta|v1alpha|publishers/google)/`)
)

// vendorOf is the vendor whose client a request most likely comes from.
func vendorOf(r *http.Request) string {
	switch {
	case strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256"), bedrockPaths.MatchString(r.URL.Path):
		return bedrock
	case r.Header.Get("Anthropic-Version") != "" || r.Header.Get("X-Api-Key") != "":
		return anthropic
	case r.Header.Get("X-Goog-Api-Key") != "", geminiPaths.MatchString(r.URL.Path):
		return gemini
	}
	return openai
}

// errorOf is the form in which an error is told on a path that no operation has.
func errorOf(r *http.Request) api {
	vendor := vendorOf(r)
	for _, o := range operations {
		if o.provider == vendor {
			return o.api
		}
	}
	return nil
}
