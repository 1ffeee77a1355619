package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// messages is POST /v1/messages.
type messages struct{ anthropicCall }

func (messages) match(r *http.Request) bool { return posted(r, "/messages") && ofAnthropic(r) }

func (messages) parse(_ *http.Request, body []byte) (Ask, error) { return messagesAsk(body) }

func messagesAsk(body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask := Ask{
		Model:  doc.Get("model").String(),
		Stream: doc.Get("stream").Bool(),
		Tools:  anthropicTools(doc.Get("tools")),
		Must:   anthropicChoice(doc.Get("tool_choice")),
		Schema: []byte(firstOf(doc, "output_config.format.schema", "output_format.schema").Raw),
	}
	if thread := doc.Get("thread"); thread.IsObject() {
		ask.Keep, ask.Previous = true, strings.TrimPrefix(thread.Get("previous_message_id").String(), "msg_")
	}
	if system := contentOf(doc.Get("system")); system != "" {
		ask.Turns = []Turn{{System, system}}
	}
	spoken := doc.Get("messages").Array()
	for _, m := range spoken {
		role, ok := anthropicRoles[m.Get("role").Str]
		if !ok {
			return Ask{}, fmt.Errorf("read the request: no role of a message is %q", clip(m.Get("role").String(), 40))
		}
		ask.Turns = append(ask.Turns, blockTurns(role, m.Get("content"))...)
	}
	if len(spoken) == 0 {
		return Ask{}, errors.New("read the request: messages are missing")
	}
	return ask, nil
}

var anthropicRoles = map[string]Role{"system": System, "user": User, "assistant": Assistant}

// blockTurns reads one message. What tools gave back comes in the user's name, but is no turn of a user.
func blockTurns(role Role, content gjson.Result) []Turn {
	if content.Type == gjson.String {
		return []Turn{{role, content.Str}}
	}
	var results []Turn
	text, wordless := "", true
	for _, block := range content.Array() {
		switch block.Get("type").String() {
		case "tool_result":
			results = append(results, Turn{Result, contentOf(block.Get("content"))})
			continue
		case "tool_use":
			text = joined(text, called(block.Get("name").String(), block.Get("input").Raw))
		default:
			text = joined(text, contentOf(block), block.Get("thinking").String(), block.Get("source.data").String())
		}
		wordless = false
	}
	if wordless && len(results) > 0 {
		return results
	}
	return append([]Turn{{role, text}}, results...)
}

// anthropicTools are those of the agent; tools that Anthropic runs have no schema.
func anthropicTools(list gjson.Result) []Tool {
	var out []Tool
	for _, t := range list.Array() {
		if schema := t.Get("input_schema"); schema.Exists() {
			out = append(out, Tool{Name: t.Get("name").String(), Schema: []byte(schema.Raw)})
		}
	}
	return out
}

// anthropicChoice reads which tool the model must call.
func anthropicChoice(choice gjson.Result) string {
	switch choice.Get("type").String() {
	case "any":
		return AnyTool
	case "none":
		return NoTool
	}
	return choice.Get("name").String()
}

// continued has the turns before, and the settings that stay the same for all of a thread.
func (messages) continued(before, ask Ask) Ask {
	ask.Turns = slices.Concat(before.Turns, ask.Turns)
	if len(ask.Tools) == 0 {
		ask.Tools = before.Tools
	}
	if len(ask.Schema) == 0 {
		ask.Schema = before.Schema
	}
	return ask
}

func (messages) whole(ask Ask, reply Reply) []byte {
	block := textBlock(reply.Text())
	if c := reply.Call; c != nil {
		block = toolUse(c, json.RawMessage(c.Arguments))
	}
	return encode(message(ask, reply, []object{block}, stopReason(reply), len(reply.pieces())))
}

func textBlock(text string) object { return object{"type": "text", "text": text, "citations": nil} }

func toolUse(c *Call, input any) object {
	return object{"type": "tool_use", "id": c.ID, "name": c.Name, "input": input}
}

func stopReason(reply Reply) string {
	if reply.Call != nil {
		return "tool_use"
	}
	return "end_turn"
}

func message(ask Ask, reply Reply, content []object, stop any, out int) object {
	return object{
		"id": "msg_" + reply.id, "type": "message", "role": "assistant", "model": ask.Model, "content": content,
		"stop_reason": stop, "stop_sequence": nil, "stop_details": nil, "container": nil,
		"usage": object{
			"input_tokens": count(ask.text()), "output_tokens": out, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
			"cache_creation": object{"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}, "service_tier": "standard",
		},
	}
}

func (messages) stream(ask Ask, reply Reply) *frames {
	block := textBlock("")
	if reply.Call != nil {
		block = toolUse(reply.Call, object{})
	}
	f := &frames{mime: "text/event-stream; charset=utf-8", broken: sse("error", overloaded.body(identifier("req_")))}
	f.begin = slices.Concat(
		named("message_start", object{"message": message(ask, reply, []object{}, nil, 1)}),
		named("content_block_start", object{"index": 0, "content_block": block}),
		named("ping", object{}),
	)
	for _, piece := range reply.pieces() {
		delta := object{"type": "text_delta", "text": piece}
		if reply.Call != nil {
			delta = object{"type": "input_json_delta", "partial_json": piece}
		}
		f.tokens = append(f.tokens, named("content_block_delta", object{"index": 0, "delta": delta}))
	}
	f.end = slices.Concat(
		named("content_block_stop", object{"index": 0}),
		named("message_delta", object{
			"delta": object{"stop_reason": stopReason(reply), "stop_sequence": nil},
			"usage": object{"output_tokens": len(reply.pieces())},
		}),
		named("message_stop", object{}),
	)
	return f
}

// named is an event that says its name inside too.
func named(name string, data object) []byte {
	data["type"] = name
	return sse(name, data)
}
