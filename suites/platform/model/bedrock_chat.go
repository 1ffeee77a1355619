package model

import (
	"strings"

	"github.com/tidwall/gjson"
)

// nova is the own form of Amazon's models: the bodies of Converse, whose events are members of the chunks.
type nova struct{}

func (nova) takes(id string, doc gjson.Result) bool {
	first := doc.Get("messages.0.content.0")
	return doc.Get("messages").IsArray() && (strings.Contains(id, "amazon.nova") || doc.Get("schemaVersion").Exists() ||
		first.IsObject() && !first.Get("type").Exists())
}

func (nova) read(doc gjson.Result) (Ask, error) { return converseAsk(doc) }

func (nova) whole(ask Ask, reply Reply) []byte { return encode(converseAnswer(ask, reply)) }

func (nova) events(ask Ask, reply Reply) (events, bool) {
	e := converseEvents(ask, reply)
	for _, list := range [][]event{e.begin, e.tokens, e.end} {
		for i := range list {
			list[i].data = object{list[i].name: list[i].data}
		}
	}
	return e, true
}

// cohereChat is the chat of Cohere's Command models. Their tools have no JSON Schema, so none is called.
type cohereChat struct{}

func (cohereChat) takes(_ string, doc gjson.Result) bool {
	return doc.Get("message").Type == gjson.String
}

var cohereRoles = map[string]Role{"CHATBOT": Assistant, "SYSTEM": System, "TOOL": Result}

func (cohereChat) read(doc gjson.Result) (Ask, error) {
	ask := Ask{Turns: appendTurn(nil, System, doc.Get("preamble").String())}
	for _, m := range doc.Get("chat_history").Array() {
		role, ok := cohereRoles[m.Get("role").String()]
		if !ok {
			role = User
		}
		ask.Turns = appendTurn(ask.Turns, role, m.Get("message").String())
	}
	ask.Turns = append(ask.Turns, Turn{User, doc.Get("message").Str})
	for _, r := range doc.Get("tool_results").Array() {
		ask.Turns = append(ask.Turns, Turn{Result, r.Get("outputs").Raw})
	}
	return ask, nil
}

func (cohereChat) whole(_ Ask, reply Reply) []byte { return encode(cohereAnswer(reply)) }

func cohereAnswer(reply Reply) object {
	return object{"response_id": requestID(), "generation_id": requestID(), "text": reply.Text(), "chat_history": []any{}, "finish_reason": "COMPLETE"}
}

func (cohereChat) events(_ Ask, reply Reply) (events, bool) {
	e := events{begin: []event{{data: object{"is_finished": false, "event_type": "stream-start", "generation_id": requestID()}}}}
	for _, token := range reply.Tokens {
		e.tokens = append(e.tokens, event{data: object{"is_finished": false, "event_type": "text-generation", "text": token}})
	}
	e.end = []event{{data: object{"is_finished": true, "event_type": "stream-end", "finish_reason": "COMPLETE", "response": cohereAnswer(reply)}}}
	return e, true
}

// mistralChat is the chat of Mistral's models: the messages and tools of OpenAI, and an answer of its own.
type mistralChat struct{}

func (mistralChat) takes(id string, doc gjson.Result) bool {
	return strings.Contains(id, "mistral") && doc.Get("messages").IsArray()
}

func (mistralChat) read(doc gjson.Result) (Ask, error) {
	return borrowed{chat{}, hasMessages}.read(doc)
}

func (mistralChat) whole(_ Ask, reply Reply) []byte {
	if reply.Call != nil {
		return encode(mistralCall(reply.Call))
	}
	return encode(mistralChoice(object{"role": "assistant", "content": reply.Text()}, "stop"))
}

func mistralChoice(message object, stop any) object {
	return object{"choices": []any{object{"index": 0, "message": message, "stop_reason": stop}}}
}

func mistralCall(call *Call) object {
	function := object{"name": call.Name, "arguments": call.Arguments}
	calls := []any{object{"id": call.ID, "type": "function", "function": function}}
	return mistralChoice(object{"role": "assistant", "content": "", "tool_calls": calls}, "tool_calls")
}

func (mistralChat) events(_ Ask, reply Reply) (events, bool) {
	if reply.Call != nil {
		return events{tokens: []event{{data: mistralCall(reply.Call)}}}, true
	}
	var e events
	for _, token := range reply.Tokens {
		e.tokens = append(e.tokens, event{data: mistralChoice(object{"role": "assistant", "content": token}, nil)})
	}
	e.end = []event{{data: mistralChoice(object{"role": "assistant", "content": ""}, "stop")}}
	return e, true
}
