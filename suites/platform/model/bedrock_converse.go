package model

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// converse is Converse and ConverseStream.
type converse struct{ bedrockCall }

func (c converse) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask, err := converseAsk(doc)
	c.name(r, &ask)
	return ask, errors.Join(err, spoken(ask))
}

func (converse) whole(ask Ask, reply Reply) []byte {
	answer := converseAnswer(ask, reply)
	answer["metrics"] = converseMetrics
	return encode(answer)
}

func (converse) stream(ask Ask, reply Reply) *frames {
	return converseEvents(ask, reply).frames(func(e event) []byte { return eventFrame(e.name, encode(e.data)) })
}

// converseAsk reads a body of Converse, which is also that of an Amazon Nova model's own form.
func converseAsk(doc gjson.Result) (Ask, error) {
	var ask Ask
	if system := strings.Join(said(doc.Get("system"), maxBlockDepth), "\n"); system != "" {
		ask.Turns = append(ask.Turns, Turn{System, system})
	}
	for _, m := range doc.Get("messages").Array() {
		role := Role(m.Get("role").String())
		if role != User && role != Assistant {
			return Ask{}, fmt.Errorf("read the request: no role of a message is %q", clip(string(role), 40))
		}
		ask.Turns = append(ask.Turns, converseTurns(role, m.Get("content"))...)
	}
	for _, t := range doc.Get("toolConfig.tools.#.toolSpec").Array() {
		ask.Tools = append(ask.Tools, Tool{Name: t.Get("name").String(), Schema: []byte(t.Get("inputSchema.json").Raw)})
	}
	ask.Must = doc.Get("toolConfig.toolChoice.tool.name").String()
	if doc.Get("toolConfig.toolChoice.any").Exists() {
		ask.Must = AnyTool
	}
	// The schema travels as a string of JSON.
	ask.Schema = []byte(doc.Get("outputConfig.textFormat.structure.jsonSchema.schema").String())
	return ask, nil
}

// converseTurns are the turns of one message. Tool results come last: words beside them, such as a framework's reminder,
// are no new question that would have to be answered by another call.
func converseTurns(role Role, content gjson.Result) []Turn {
	var words []string
	var results []Turn
	if content.Type == gjson.String {
		return []Turn{{role, content.Str}}
	}
	for _, block := range content.Array() {
		if r := block.Get("toolResult"); r.Exists() {
			results = append(results, Turn{Result, strings.Join(said(r.Get("content"), maxBlockDepth), "\n")})
			continue
		}
		words = append(words, blockWords(block)...)
	}
	if len(words) > 0 || len(results) == 0 {
		results = append([]Turn{{role, strings.Join(words, "\n")}}, results...)
	}
	return results
}

// maxBlockDepth bounds how deep a content block is searched: no kind of block has its text deeper.
const maxBlockDepth = 8

func blockWords(block gjson.Result) []string {
	if call := block.Get("toolUse"); call.Exists() {
		return []string{call.Get("name").String() + " " + call.Get("input").Raw}
	}
	words := said(block, maxBlockDepth)
	if text := plain(block.Get("document.source.bytes")); text != "" {
		words = append(words, text)
	}
	return words
}

// said gathers the texts of content blocks, wherever a kind of block has them: text, guardContent, searchResult,
// reasoningContent, citationsContent, document.
func said(v gjson.Result, depth int) []string {
	var out []string
	if depth == 0 || !v.IsObject() && !v.IsArray() {
		return nil
	}
	v.ForEach(func(key, value gjson.Result) bool {
		switch {
		case key.Str == "text" && value.Type == gjson.String:
			out = append(out, value.Str)
		case key.Str == "json":
			out = append(out, value.Raw)
		default:
			out = append(out, said(value, depth-1)...)
		}
		return true
	})
	return out
}

// plain is the text in base64 data, or nothing where the data is no text.
func plain(v gjson.Result) string {
	b, err := base64.StdEncoding.DecodeString(v.Str)
	if err != nil || !utf8.Valid(b) {
		return ""
	}
	return string(b)
}

var converseMetrics = map[string]int{"latencyMs": 1}

func converseAnswer(ask Ask, reply Reply) map[string]any {
	content := map[string]any{"text": reply.Text()}
	if call := reply.Call; call != nil {
		content = map[string]any{"toolUse": map[string]any{
			"toolUseId": call.ID, "name": call.Name, "input": json.RawMessage(call.Arguments),
		}}
	}
	return map[string]any{
		"output":     map[string]any{"message": map[string]any{"role": "assistant", "content": []any{content}}},
		"stopReason": converseStop(reply),
		"usage":      converseUsage(ask, reply),
	}
}

func converseStop(reply Reply) string {
	if reply.Call != nil {
		return "tool_use"
	}
	return "end_turn"
}

func converseUsage(ask Ask, reply Reply) map[string]int {
	in, out := count(ask.text()), len(reply.pieces())
	return map[string]int{"inputTokens": in, "outputTokens": out, "totalTokens": in + out}
}

// converseEvents are the events of ConverseStream. A text block has no start of its own, a tool's block has.
func converseEvents(ask Ask, reply Reply) events {
	out := events{begin: []event{{"messageStart", object{"role": "assistant"}}}}
	member := func(piece string) object { return object{"text": piece} }
	if call := reply.Call; call != nil {
		start := object{"toolUse": object{"toolUseId": call.ID, "name": call.Name}}
		out.begin = append(out.begin, event{"contentBlockStart", object{"contentBlockIndex": 0, "start": start}})
		member = func(piece string) object { return object{"toolUse": object{"input": piece}} }
	}
	for _, piece := range reply.pieces() {
		out.tokens = append(out.tokens, event{"contentBlockDelta", object{"contentBlockIndex": 0, "delta": member(piece)}})
	}
	out.end = []event{
		{"contentBlockStop", object{"contentBlockIndex": 0}},
		{"messageStop", object{"stopReason": converseStop(reply)}},
		{"metadata", object{"usage": converseUsage(ask, reply), "metrics": converseMetrics}},
	}
	return out
}
