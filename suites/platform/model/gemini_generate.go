package model

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// generate is generateContent and, with a form of stream, streamGenerateContent.
type generate struct {
	geminiCall
	frame func(chunks [][]byte) *frames
}

func (g generate) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask := geminiAsk(doc)
	ask.Model, _, _ = geminiPath(r)
	ask.Stream = g.frame != nil
	return ask, spoken(ask)
}

func (generate) whole(ask Ask, reply Reply) []byte {
	return encode(geminiAnswer(ask, reply.Text(), reply.Call, len(reply.pieces()), requestID()))
}

// stream sends a call in one piece, as the service does; its last chunk has the end in it.
func (g generate) stream(ask Ask, reply Reply) *frames {
	if g.frame == nil {
		return nil
	}
	id := requestID()
	if reply.Call != nil {
		return g.frame([][]byte{encode(geminiAnswer(ask, "", reply.Call, len(reply.pieces()), id))})
	}
	var chunks [][]byte
	for i, token := range reply.Tokens {
		answer := geminiAnswer(ask, token, nil, i+1, id)
		if i < len(reply.Tokens)-1 {
			delete(answer["candidates"].([]object)[0], "finishReason")
		}
		chunks = append(chunks, encode(answer))
	}
	return g.frame(chunks)
}

func geminiAnswer(ask Ask, text string, call *Call, out int, id string) object {
	part := object{"text": text}
	if call != nil {
		part = object{"functionCall": object{"id": call.ID, "name": call.Name, "args": json.RawMessage(call.Arguments)}}
	}
	in := count(ask.text())
	return object{
		"candidates": []object{{
			"content": object{"role": "model", "parts": []any{part}}, "finishReason": "STOP", "index": 0,
		}},
		"usageMetadata": object{"promptTokenCount": in, "candidatesTokenCount": out, "totalTokenCount": in + out},
		"modelVersion":  ask.Model,
		"responseId":    id,
	}
}

// serverSent is the stream that alt=sse asks for. An error within it is a document without the prefix of an event.
func serverSent(chunks [][]byte) *frames {
	out := &frames{mime: "text/event-stream", broken: append(geminiFaults[Broken].body(false), "\r\n"...)}
	for _, c := range chunks {
		out.tokens = append(out.tokens, []byte("data: "+string(c)+"\r\n\r\n"))
	}
	return out
}

// listed is the stream in one JSON array.
func listed(chunks [][]byte) *frames {
	out := &frames{mime: "application/json", begin: []byte("["), end: []byte("\n]")}
	out.broken = append([]byte("\n,\r\n"), append(geminiFaults[Broken].body(false), "\n]"...)...)
	for i, c := range chunks {
		if i > 0 {
			c = append([]byte("\n,\r\n"), c...)
		}
		out.tokens = append(out.tokens, c)
	}
	return out
}

// member is a member by its name in the Gemini API. The service also takes the names of its Protocol Buffers, which
// clients without an SDK send.
func member(v gjson.Result, name string) gjson.Result {
	if found := v.Get(name); found.Exists() {
		return found
	}
	var snake strings.Builder
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			snake.WriteByte('_')
		}
		snake.WriteString(strings.ToLower(string(c)))
	}
	return v.Get(snake.String())
}

// either is the first member that is there.
func either(v gjson.Result, names ...string) gjson.Result {
	for _, name := range names {
		if found := member(v, name); found.Exists() {
			return found
		}
	}
	return gjson.Result{}
}

func geminiAsk(doc gjson.Result) Ask {
	var ask Ask
	if system := member(doc, "systemInstruction"); system.Exists() {
		ask.Turns = append(ask.Turns, Turn{System, geminiTurns(system)[0].Text})
	}
	for _, content := range doc.Get("contents").Array() {
		ask.Turns = append(ask.Turns, geminiTurns(content)...)
	}
	for _, group := range doc.Get("tools").Array() {
		for _, f := range member(group, "functionDeclarations").Array() {
			ask.Tools = append(ask.Tools, Tool{f.Get("name").String(), []byte(either(f, "parametersJsonSchema", "parameters").Raw)})
		}
	}
	ask.Must = geminiMust(member(member(doc, "toolConfig"), "functionCallingConfig"))
	ask.Schema = []byte(either(member(doc, "generationConfig"), "responseJsonSchema", "responseSchema").Raw)
	return ask
}

// geminiMust is the only tool that is allowed, where a call is.
func geminiMust(config gjson.Result) string {
	switch strings.ToUpper(config.Get("mode").String()) {
	case "NONE":
		return NoTool
	case "ANY":
		if names := texts(member(config, "allowedFunctionNames")); len(names) == 1 {
			return names[0]
		}
		return AnyTool
	}
	return ""
}

// geminiTurns are the turns of one content. It has tool results in a turn of the user or of the function; they come last,
// for words beside them are no new question.
func geminiTurns(content gjson.Result) []Turn {
	role := User
	if content.Get("role").String() == "model" {
		role = Assistant
	}
	var words []string
	var results []Turn
	for _, part := range content.Get("parts").Array() {
		if r := member(part, "functionResponse"); r.Exists() {
			results = append(results, Turn{Result, r.Get("response").Raw})
		} else if text := partWords(part); text != "" {
			words = append(words, text)
		}
	}
	if len(words) == 0 && len(results) > 0 {
		return results
	}
	return append([]Turn{{role, strings.Join(words, "\n")}}, results...)
}

// partWords is what a part says in words.
func partWords(part gjson.Result) string {
	if call := member(part, "functionCall"); call.Exists() {
		return call.Get("name").String() + " " + call.Get("args").Raw
	}
	if data := member(part, "inlineData"); data.Exists() && strings.HasPrefix(either(data, "mimeType").String(), "text/") {
		return plain(data.Get("data"))
	}
	for _, path := range []string{"text", "executableCode.code", "executable_code.code", "codeExecutionResult.output", "code_execution_result.output"} {
		if text := part.Get(path); text.Exists() {
			return text.String()
		}
	}
	return ""
}
