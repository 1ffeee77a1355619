package model

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// chat is POST /chat/completions.
type chat struct{ openaiCall }

func (chat) match(r *http.Request) bool { return posted(r, "/chat/completions") }

func (chat) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask := Ask{
		Model:  deployed(r, doc.Get("model").String()),
		Stream: doc.Get("stream").Bool(),
		Usage:  doc.Get("stream_options.include_usage").Bool(),
		Tools:  openaiTools(doc.Get("tools"), "function"),
		Must:   openaiChoice(doc.Get("tool_choice")),
		Schema: openaiSchema(doc.Get("response_format")),
	}
	for _, m := range doc.Get("messages").Array() {
		role, ok := openaiRoles[m.Get("role").Str]
		if !ok {
			return Ask{}, fmt.Errorf("read the request: no role of a message is %q", clip(m.Get("role").String(), 40))
		}
		ask.Turns = append(ask.Turns, Turn{role, joined(contentOf(m.Get("content")), calls(m.Get("tool_calls")))})
	}
	if len(ask.Turns) == 0 {
		return Ask{}, errors.New("read the request: messages are missing")
	}
	return ask, nil
}

// openaiRoles are those of the chat and the responses API.
var openaiRoles = map[string]Role{
	"system": System, "developer": System, "user": User, "assistant": Assistant, "tool": Result, "function": Result,
}

func calls(list gjson.Result) string {
	var out []string
	for _, c := range list.Array() {
		out = append(out, called(c.Get("function.name").String(), c.Get("function.arguments").String()))
	}
	return joined(out...)
}

// deployed is the model that a body names, or the deployment that Azure has in the path.
func deployed(r *http.Request, named string) string {
	if named != "" || r.URL == nil {
		return named
	}
	_, rest, _ := strings.Cut(r.URL.Path, "/deployments/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}

func (chat) whole(ask Ask, reply Reply) []byte {
	message := object{"role": "assistant", "content": reply.Text(), "refusal": nil, "annotations": []any{}}
	if reply.Call != nil {
		message["content"] = nil
		message["tool_calls"] = []object{chatCall(reply.Call, reply.Call.Arguments)}
	}
	return encode(object{
		"id": identifier("chatcmpl-"), "object": "chat.completion", "created": now(), "model": ask.Model,
		"choices":      []object{{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish(reply)}},
		"usage":        chatUsage(ask, reply),
		"service_tier": "default", "system_fingerprint": "fp_scripted",
	})
}

func chatCall(c *Call, arguments string) object {
	return object{"id": c.ID, "type": "function", "function": object{"name": c.Name, "arguments": arguments}}
}

func finish(reply Reply) string {
	if reply.Call != nil {
		return "tool_calls"
	}
	return "stop"
}

func chatUsage(ask Ask, reply Reply) object {
	in, out := count(ask.text()), len(reply.pieces())
	return object{
		"prompt_tokens": in, "completion_tokens": out, "total_tokens": in + out,
		"prompt_tokens_details":     object{"cached_tokens": 0, "audio_tokens": 0},
		"completion_tokens_details": object{"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
	}
}

func (chat) stream(ask Ask, reply Reply) *frames {
	c := chunks{id: identifier("chatcmpl-"), created: now(), ask: ask}
	f := &frames{mime: "text/event-stream; charset=utf-8", broken: sse("", object{"error": openaiFaults[Broken].object()})}
	if reply.Call != nil {
		call := chatCall(reply.Call, "")
		call["index"] = 0
		f.begin = c.delta(object{"role": "assistant", "content": nil, "tool_calls": []object{call}, "refusal": nil}, nil)
	} else {
		f.begin = c.delta(object{"role": "assistant", "content": "", "refusal": nil}, nil)
	}
	for _, piece := range reply.pieces() {
		delta := object{"content": piece}
		if reply.Call != nil {
			delta = object{"tool_calls": []object{{"index": 0, "function": object{"arguments": piece}}}}
		}
		f.tokens = append(f.tokens, c.delta(delta, nil))
	}
	f.end = c.delta(object{}, finish(reply))
	if ask.Usage {
		f.end = append(f.end, c.chunk([]object{}, chatUsage(ask, reply))...)
	}
	f.end = append(f.end, "data: [DONE]\n\n"...)
	return f
}

// chunks are the events of one stream.
type chunks struct {
	id      string
	created int64
	ask     Ask
}

func (c chunks) delta(delta object, finish any) []byte {
	return c.chunk([]object{{"index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish}}, nil)
}

// chunk has a usage, null in all but the last, only where the client asked for it.
func (c chunks) chunk(choices []object, usage any) []byte {
	out := object{
		"id": c.id, "object": "chat.completion.chunk", "created": c.created, "model": c.ask.Model,
		"service_tier": "default", "system_fingerprint": "fp_scripted", "choices": choices,
	}
	if c.ask.Usage {
		out["usage"] = usage
	}
	return sse("", out)
}
