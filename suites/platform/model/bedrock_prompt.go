package model

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// prompted is a family that completes one prompt, into which the client wrote the whole conversation.
type prompted struct {
	accepts func(id string, doc gjson.Result) bool
	// prompt is the member that has it.
	prompt string
	// answer is the body of an answer in one piece, chunk that of one piece of a stream.
	answer, chunk func(completed) object
}

// completed is a piece of an answer, or all of it.
type completed struct {
	text string
	done bool
	// in and out count tokens: of the prompt, and of the answer so far.
	in, out int
}

// stop is null before the end.
func (c completed) stop(reason string) any {
	if c.done {
		return reason
	}
	return nil
}

func (p prompted) takes(id string, doc gjson.Result) bool {
	return doc.Get(p.prompt).Type == gjson.String && p.accepts(id, doc)
}

func (p prompted) read(doc gjson.Result) (Ask, error) {
	return Ask{Turns: promptTurns(doc.Get(p.prompt).Str)}, nil
}

func (p prompted) whole(ask Ask, reply Reply) []byte {
	return encode(p.answer(completed{reply.Text(), true, count(ask.text()), len(reply.Tokens)}))
}

func (p prompted) events(ask Ask, reply Reply) (events, bool) {
	var e events
	in := count(ask.text())
	for i, token := range reply.Tokens {
		e.tokens = append(e.tokens, event{data: p.chunk(completed{token, false, in, i + 1})})
	}
	e.end = []event{{data: p.chunk(completed{"", true, in, len(reply.Tokens)})}}
	return e, true
}

var speaker = regexp.MustCompile(`<\|start_header_id\|>(\w+)<\|end_header_id\|>|\[(/?INST)\]|(?m:^(Human|Assistant|User|Bot|System):)`)

// control are the marks of a template that are no words.
var control = strings.NewReplacer("<|begin_of_text|>", "", "<|eot_id|>", "", "<s>", "", "</s>", "")

// promptTurns takes a prompt apart where a template changes the speaker. What comes first is the user's.
func promptTurns(prompt string) []Turn {
	var out []Turn
	role, from := User, 0
	for _, at := range speaker.FindAllStringSubmatchIndex(prompt, -1) {
		out = appendTurn(out, role, prompt[from:at[0]])
		from = at[1]
		role = speakerRole(strings.Trim(prompt[at[0]:at[1]], "<|>[]:"))
	}
	return appendTurn(out, role, prompt[from:])
}

func appendTurn(turns []Turn, role Role, text string) []Turn {
	if text = strings.TrimSpace(control.Replace(text)); text == "" {
		return turns
	}
	return append(turns, Turn{role, text})
}

func speakerRole(mark string) Role {
	mark = strings.TrimPrefix(mark, "start_header_id|>")
	mark, _, _ = strings.Cut(mark, "<|")
	switch strings.ToLower(mark) {
	case "assistant", "bot", "/inst":
		return Assistant
	case "system":
		return System
	case "ipython", "tool":
		return Result
	}
	return User
}
