package model

import (
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// Script says how the model answers. The zero value is an ordinary model: it answers at once with the last user turn and
// the markers of the history before it.
type Script struct {
	// Name is what the records call it.
	Name string
	// Tokens is how many tokens an answer has; 0 leaves it to the text. Longer answers are filled with words.
	Tokens int
	// Tail are the last tokens of an answer in words, as they are; they count among Tokens. Default: none.
	Tail []string
	// First is the time before the first token, or before the whole of an answer in one piece; Pace the time between two
	// tokens, which an answer in one piece takes together. Defaults: none.
	First, Pace time.Duration
	// Tool asks for the first offered tool before it answers in words.
	Tool bool
	// Fault is what goes wrong; Times is how often before the model is well again, 0 for ever.
	Fault Fault
	Times int
}

// Fault is a way in which a model fails.
type Fault string

// The faults of a model.
const (
	// Throttled is the vendor's too many requests.
	Throttled Fault = "throttled"
	// Broken is the vendor's internal error, status 500 or above.
	Broken Fault = "server-error"
	// TooLong is the vendor's refusal of a context that does not fit.
	TooLong Fault = "context-length"
	// Denied is the vendor's refusal of the credentials.
	Denied Fault = "denied"
	// Interrupted tells of an error within a stream, in the vendor's own form, and ends it properly. An answer in one piece,
	// or of a vendor without such a form, fails as Broken or Cut.
	Interrupted Fault = "interrupted"
	// Cut breaks the connection in the middle of the answer: after half of the tokens of a stream, within the body else.
	Cut Fault = "cut"
	// Silent takes the request and never answers; the connection stays open.
	Silent Fault = "silent"
)

// Faults are all of them.
var Faults = []Fault{Throttled, Broken, TooLong, Denied, Interrupted, Cut, Silent}

// Reply is what a script makes of one request.
type Reply struct {
	// Tokens are the pieces of the answer; joined they are the text.
	Tokens []string
	// Call is the tool that the model asks for instead of an answer in words; nil for none.
	Call *Call
	// Fault is empty for a model that is well.
	Fault Fault
	// id is what the vendors make the answer's id of.
	id     string
	script Script
}

// Call is a request to call a tool.
type Call struct {
	ID, Name string
	// Arguments is a JSON object.
	Arguments string
}

// Text is the whole answer.
func (r Reply) Text() string { return strings.Join(r.Tokens, "") }

// tokenLength is short enough that every marker is split.
const tokenLength = 7

// pieces are what a stream sends one by one: the tokens, or parts of the call's arguments. The latter are never filled up:
// agents that call tools on the way to an answer would take a multiple of the time that the script means.
func (r Reply) pieces() []string {
	if r.Call == nil {
		return r.Tokens
	}
	return tokens(r.Call.Arguments, blank, 0)
}

// reply answers an ask; healthy says that the fault has been played often enough.
func (s Script) reply(ask Ask, healthy bool) Reply {
	r := Reply{script: s}
	if !healthy {
		r.Fault = s.Fault
	}
	if len(ask.Turns) == 0 {
		return r
	}
	if t, ok := s.tool(ask); ok {
		r.Call = callOf(t, echo(ask))
		return r
	}
	if document, ok := instanceOf(ask.Schema, echo(ask)); ok {
		r.Tokens = tokens(document, blank, s.Tokens)
		return r
	}
	r.Tokens = slices.Concat(tokens(echo(ask), " And so on.", s.head()), s.Tail)
	return r
}

// head is how many tokens come before the tail; 0 leaves it to the text.
func (s Script) head() int {
	if s.Tokens == 0 {
		return 0
	}
	return max(1, s.Tokens-len(s.Tail))
}

// tool is the tool that is called instead of an answer in words. Where the choice is the model's but call it must, it is
// the last one: frameworks append the tool that takes a structured answer, and without it their loop has no end.
func (s Script) tool(ask Ask) (Tool, bool) {
	if len(ask.Tools) == 0 || ask.Must == NoTool {
		return Tool{}, false
	}
	for _, t := range ask.Tools {
		if t.Name == ask.Must {
			return t, true
		}
	}
	if s.Tool && ask.results() == 0 {
		return ask.Tools[0], true
	}
	return ask.Tools[len(ask.Tools)-1], ask.Must == AnyTool
}

// maxEcho bounds what is repeated of a prompt, in bytes.
const maxEcho = 2 << 10

// echo repeats the last user turn and names the markers of what was said before it: an agent that mixes sessions up, or
// remembers its own, shows it in its answer.
func echo(ask Ask) string {
	last := clip(ask.last(), maxEcho)
	text := "You said: " + last
	own := platform.Markers(last, maxHistory)
	earlier := slices.DeleteFunc(platform.Markers(ask.text(), maxHistory), func(m string) bool { return slices.Contains(own, m) })
	if len(earlier) > 0 {
		text += "\nEarlier: " + strings.Join(earlier, " ")
	}
	return text
}

// maxHistory is how many markers of a history an answer names.
const maxHistory = 64

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// blank fills JSON up without changing it.
const blank = " "

// tokens splits a text into n pieces, or into short ones when n is 0. A text too short for n is filled up, with sentences
// where it is none of JSON: agents that pass on whole sentences have some then before the end.
func tokens(text, filler string, n int) []string {
	runes := []rune(text)
	for len(runes) < n*tokenLength {
		runes = append(runes, []rune(filler)...)
	}
	if n == 0 {
		n = (len(runes) + tokenLength - 1) / tokenLength
	}
	out := make([]string, n)
	for i := range out {
		out[i] = string(runes[i*len(runes)/n : (i+1)*len(runes)/n])
	}
	return out
}
