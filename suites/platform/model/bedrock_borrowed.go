package model

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// borrowed is a family whose bodies are those of another vendor's API: the models of Anthropic, and all that have the
// messages of OpenAI.
type borrowed struct {
	api
	accepts func(id string, doc gjson.Result) bool
}

func isAnthropic(id string, doc gjson.Result) bool {
	return doc.Get("anthropic_version").Exists() || strings.Contains(id, "anthropic.") && doc.Get("messages").Exists()
}

func hasMessages(_ string, doc gjson.Result) bool { return doc.Get("messages").IsArray() }

func (b borrowed) takes(id string, doc gjson.Result) bool { return b.accepts(id, doc) }

func (b borrowed) read(doc gjson.Result) (Ask, error) {
	return b.parse(&http.Request{Header: http.Header{}}, []byte(doc.Raw))
}

func (b borrowed) events(ask Ask, reply Reply) (events, bool) {
	ask.Usage = true
	f := b.stream(ask, reply)
	if f == nil {
		return events{}, false
	}
	e := events{begin: fromSSE(f.begin), end: fromSSE(f.end)}
	for _, token := range f.tokens {
		e.tokens = append(e.tokens, fromSSE(token)...)
	}
	return e, len(e.tokens) > 0
}

// fromSSE takes the documents out of server-sent events; the mark at the end of a stream of OpenAI's is none.
func fromSSE(stream []byte) []event {
	var out []event
	for line := range bytes.Lines(stream) {
		data, ok := bytes.CutPrefix(line, []byte("data:"))
		if data = bytes.TrimSpace(data); ok && json.Valid(data) {
			out = append(out, event{data: json.RawMessage(data)})
		}
	}
	return out
}
