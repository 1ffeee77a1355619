package model

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"
)

// contentOf is the text of a message's content, which is a string or a list of parts.
func contentOf(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return strings.Join(said(v, maxBlockDepth), "\n")
}

// called is the turn in which a model asked for a tool: its arguments are part of the conversation.
func called(name, arguments string) string { return name + " " + arguments }

// joined puts the texts of a turn together; those that are empty are left out.
func joined(texts ...string) string {
	var b strings.Builder
	for _, t := range texts {
		if b.Len() > 0 && t != "" {
			b.WriteByte('\n')
		}
		b.WriteString(t)
	}
	return b.String()
}

// sse is one server-sent event, without a name where that is empty.
func sse(name string, data any) []byte {
	var b bytes.Buffer
	if name != "" {
		fmt.Fprintf(&b, "event: %s\n", name)
	}
	fmt.Fprintf(&b, "data: %s\n\n", encode(data))
	return b.Bytes()
}

// anyObject is the schema of an answer that shall be JSON, whatever it holds.
const anyObject = `{"type":"object","properties":{"text":{"type":"string"}}}`

// identifier makes an id as the vendors do: what it is for, then random letters.
func identifier(prefix string) string {
	return prefix + strings.ReplaceAll(uuid.NewString(), "-", "")
}

// posted tells whether a request posts to a path that ends so, whatever stands before it in the client's base URL.
func posted(r *http.Request, end string) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), end)
}

// gotModels finds what a request gets from the list of models: one model, or all where id is empty.
func gotModels(r *http.Request) (id string, ok bool) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	if r.Method != http.MethodGet {
		return "", false
	}
	if strings.HasSuffix(path, "/models") {
		return "", true
	}
	_, id, ok = strings.Cut(path, "/models/")
	return id, ok
}

// firstOf is the first of some paths in a document that there is.
func firstOf(doc gjson.Result, paths ...string) gjson.Result {
	for _, path := range paths {
		if v := doc.Get(path); v.Exists() {
			return v
		}
	}
	return gjson.Result{}
}
