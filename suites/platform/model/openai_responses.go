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

// responses is POST /responses.
type responses struct{ openaiCall }

func (responses) match(r *http.Request) bool { return posted(r, "/responses") }

func (responses) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask := Ask{
		Model:  deployed(r, doc.Get("model").String()),
		Stream: doc.Get("stream").Bool(),
		Tools:  openaiTools(doc.Get("tools"), ""),
		Must:   openaiChoice(doc.Get("tool_choice")),
		Schema: openaiSchema(doc.Get("text.format")),
		Keep:   !doc.Get("store").Exists() || doc.Get("store").Bool(),
		form:   repeated(doc),
	}
	ask.Previous = strings.TrimPrefix(doc.Get("previous_response_id").String(), "resp_")
	if instructions := contentOf(doc.Get("instructions")); instructions != "" {
		ask.Turns = []Turn{{System, instructions}}
	}
	input := doc.Get("input")
	if input.Type == gjson.String {
		ask.Turns = append(ask.Turns, Turn{User, input.Str})
		return ask, nil
	}
	for _, item := range input.Array() {
		turn, err := itemTurn(item)
		if err != nil {
			return Ask{}, err
		}
		ask.Turns = append(ask.Turns, turn...)
	}
	if len(ask.Turns) == 0 && ask.Previous == "" {
		return Ask{}, errors.New("read the request: input is missing, or nothing is said in it")
	}
	return ask, nil
}

// itemTurn reads one item of the input. Items that no agent's words are in, such as reasoning, are no turn.
func itemTurn(item gjson.Result) ([]Turn, error) {
	switch item.Get("type").String() {
	case "", "message":
		role, ok := openaiRoles[item.Get("role").Str]
		if !ok {
			return nil, fmt.Errorf("read the request: no role of an item is %q", clip(item.Get("role").String(), 40))
		}
		return []Turn{{role, contentOf(item.Get("content"))}}, nil
	case "function_call":
		return []Turn{{Assistant, called(item.Get("name").String(), item.Get("arguments").String())}}, nil
	case "function_call_output":
		return []Turn{{Result, contentOf(item.Get("output"))}}, nil
	case "item_reference":
		// What is referred to is what the model said; the users' words come again.
		return []Turn{{Assistant, item.Get("id").String()}}, nil
	}
	return nil, nil
}

// repeated are the parts of a request that its response says again.
func repeated(doc gjson.Result) object {
	out := object{
		"instructions": nil, "metadata": object{}, "temperature": 1.0, "top_p": 1.0, "tools": []any{}, "tool_choice": "auto",
		"text": object{"format": object{"type": "text"}}, "parallel_tool_calls": true, "previous_response_id": nil,
		"max_output_tokens": nil, "store": true, "reasoning": object{"effort": nil, "summary": nil},
	}
	for name := range out {
		if said := doc.Get(name); said.Exists() && said.Type != gjson.Null {
			out[name] = json.RawMessage(said.Raw)
		}
	}
	return out
}

// continued has the turns before, but neither instructions nor tools: each request has its own.
func (responses) continued(before, ask Ask) Ask {
	spoken := slices.DeleteFunc(slices.Clone(before.Turns), func(t Turn) bool { return t.Role == System })
	instructions := slices.IndexFunc(ask.Turns, func(t Turn) bool { return t.Role != System })
	ask.Turns = slices.Insert(slices.Clone(ask.Turns), max(0, instructions), spoken...)
	return ask
}

func (responses) whole(ask Ask, reply Reply) []byte {
	return encode(newResponse(ask, reply).completed())
}

// response is one response of the API, with its one item of output.
type response struct {
	ask     Ask
	reply   Reply
	id      string
	item    string
	created int64
}

func newResponse(ask Ask, reply Reply) response {
	item := identifier("msg_")
	if reply.Call != nil {
		item = identifier("fc_")
	}
	return response{ask: ask, reply: reply, id: "resp_" + reply.id, item: item, created: now()}
}

func (r response) completed() object {
	in, out := count(r.ask.text()), len(r.reply.pieces())
	done := r.state("completed", []object{r.output("completed", r.text(), r.arguments())})
	done["completed_at"] = now()
	done["usage"] = object{
		"input_tokens": in, "input_tokens_details": object{"cached_tokens": 0},
		"output_tokens": out, "output_tokens_details": object{"reasoning_tokens": 0}, "total_tokens": in + out,
	}
	return done
}

func (r response) text() []object { return []object{outputText(r.reply.Text())} }

func (r response) arguments() string {
	if r.reply.Call == nil {
		return ""
	}
	return r.reply.Call.Arguments
}

// state is the response as it stands at some point.
func (r response) state(status string, output []object) object {
	out := object{
		"id": r.id, "object": "response", "created_at": r.created, "completed_at": nil, "status": status, "background": false, "error": nil,
		"incomplete_details": nil, "model": r.ask.Model, "output": output, "service_tier": "default", "truncation": "disabled",
		"usage": nil, "user": nil, "top_logprobs": 0, "max_tool_calls": nil,
	}
	for name, said := range r.ask.form.(object) {
		out[name] = said
	}
	return out
}

func (r response) output(status string, content []object, arguments string) object {
	if c := r.reply.Call; c != nil {
		return object{"id": r.item, "type": "function_call", "status": status, "call_id": c.ID, "name": c.Name, "arguments": arguments}
	}
	return object{"id": r.item, "type": "message", "status": status, "role": "assistant", "content": content}
}

func outputText(text string) object {
	return object{"type": "output_text", "text": text, "annotations": []any{}, "logprobs": []any{}}
}

func (responses) stream(ask Ask, reply Reply) *frames {
	r := newResponse(ask, reply)
	var n numbered
	f := &frames{mime: "text/event-stream; charset=utf-8"}
	f.begin = slices.Concat(
		n.event("response.created", object{"response": r.state("in_progress", []object{})}),
		n.event("response.in_progress", object{"response": r.state("in_progress", []object{})}),
		n.event("response.output_item.added", object{"output_index": 0, "item": r.output("in_progress", []object{}, "")}),
	)
	if reply.Call == nil {
		f.begin = append(f.begin, n.event("response.content_part.added", r.part(object{"part": outputText("")}))...)
	}
	f.broken = r.failed(n + numbered(len(reply.pieces())/2))
	for _, piece := range reply.pieces() {
		if reply.Call != nil {
			f.tokens = append(f.tokens, n.event("response.function_call_arguments.delta", object{"item_id": r.item, "output_index": 0, "delta": piece}))
		} else {
			f.tokens = append(f.tokens, n.event("response.output_text.delta", r.part(object{"delta": piece, "logprobs": []any{}})))
		}
	}
	f.end = slices.Concat(
		r.ends(&n),
		n.event("response.output_item.done", object{"output_index": 0, "item": r.output("completed", r.text(), r.arguments())}),
		n.event("response.completed", object{"response": r.completed()}),
	)
	return f
}

// ends are the events that close the item's content.
func (r response) ends(n *numbered) []byte {
	if c := r.reply.Call; c != nil {
		return n.event("response.function_call_arguments.done", object{"item_id": r.item, "output_index": 0, "name": c.Name, "arguments": c.Arguments})
	}
	return slices.Concat(
		n.event("response.output_text.done", r.part(object{"text": r.reply.Text(), "logprobs": []any{}})),
		n.event("response.content_part.done", r.part(object{"part": outputText(r.reply.Text())})),
	)
}

// part names the content part that an event is about.
func (r response) part(event object) object {
	event["item_id"], event["output_index"], event["content_index"] = r.item, 0, 0
	return event
}

// failed is how a response ends in an error: the error's fields stand both where the reference has them and where the
// service's own clients look.
func (r response) failed(n numbered) []byte {
	fault := openaiFaults[Broken]
	told := fault.object()
	state := r.state("failed", []object{})
	state["error"] = object{"code": fault.kind, "message": fault.message}
	return slices.Concat(
		n.event("error", object{"code": fault.kind, "message": fault.message, "param": nil, "error": told}),
		n.event("response.failed", object{"response": state}),
	)
}

// numbered counts the events of one stream.
type numbered int

func (n *numbered) event(name string, data object) []byte {
	data["type"], data["sequence_number"] = name, int(*n)
	*n++
	return sse(name, data)
}
