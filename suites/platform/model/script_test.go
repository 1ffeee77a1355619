package model

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

func TestTokens(t *testing.T) {
	for _, one := range []struct {
		text, filler string
		n, want      int
	}{
		{"a text of some length, with é and 世界", " so", 0, 6},
		{"short", " so", 20, 20},
		{strings.Repeat("long ", 100), " so", 7, 7},
		{strings.Repeat("x", 101), " so", 50, 50},
		{`{"a":1}`, blank, 30, 30},
		{"", " so", 0, 0},
		{"", " so", 3, 3},
	} {
		got := tokens(one.text, one.filler, one.n)
		if len(got) != one.want || slices.Contains(got, "") {
			t.Errorf("%q in %d pieces is %q, want %d of them", clip(one.text, 20), one.n, got, one.want)
		}
		rest, whole := strings.CutPrefix(strings.Join(got, ""), one.text)
		if !whole || strings.Trim(strings.ReplaceAll(one.filler+rest, one.filler, ""), one.filler) != "" {
			t.Errorf("%q is made into %q", one.text, got)
		}
	}
}

// TestTail: the last tokens of an answer in words come as they are, within the number that is asked for.
func TestTail(t *testing.T) {
	schema := []byte(`{"type":"object","properties":{"a":{"type":"string"}}}`)
	user := []Turn{{User, "Please say something of some length."}}
	for _, one := range []struct {
		name   string
		script Script
		ask    Ask
		tokens int
		end    string
	}{
		{"counted", Script{Tokens: 20, Tail: []string{" a\n", "b"}}, Ask{Turns: user}, 20, " And so on. a\nb"},
		{"left to the text", Script{Tail: []string{"\n\n", "b"}}, Ask{Turns: user}, 9, "length.\n\nb"},
		{"longer than the number", Script{Tokens: 1, Tail: []string{"\n", "b"}}, Ask{Turns: user}, 3, "length.\nb"},
		{"no words", Script{Tail: []string{"\n"}}, Ask{Turns: user, Schema: schema}, 8, `length."}`},
	} {
		r := one.script.reply(one.ask, true)
		if len(r.Tokens) != one.tokens || !strings.HasSuffix(r.Text(), one.end) {
			t.Errorf("%s: %d tokens, %q", one.name, len(r.Tokens), r.Tokens)
		}
	}
}

// TestMarkersAreSplit: wherever a marker stands, no piece holds the whole of it.
func TestMarkersAreSplit(t *testing.T) {
	for before := range 20 {
		text := strings.Repeat("x", before) + platform.NewMarker() + " end"
		for _, piece := range tokens(text, blank, 0) {
			if len(platform.Markers(piece, 1)) > 0 {
				t.Errorf("%q holds a marker of %q", piece, text)
			}
		}
	}
}

func TestReply(t *testing.T) {
	weather := Tool{Name: "weather", Schema: []byte(`{"type":"object","properties":{"city":{"type":"string"}}}`)}
	answer := Tool{Name: "answer"}
	user, call, rain := Turn{User, "Bern"}, Turn{Assistant, "weather {}"}, Turn{Result, "rain"}
	for name, one := range map[string]struct {
		script Script
		ask    Ask
		call   string
		text   string
	}{
		"words":                              {Script{}, Ask{Turns: []Turn{user}, Tools: []Tool{weather}}, "", "You said: Bern"},
		"a tool first":                       {Script{Tool: true}, Ask{Turns: []Turn{user}, Tools: []Tool{weather, answer}}, "weather", ""},
		"words after its result":             {Script{Tool: true}, Ask{Turns: []Turn{user, call, rain}, Tools: []Tool{weather}}, "", "You said: Bern"},
		"words, a turn behind the result":    {Script{Tool: true}, Ask{Turns: []Turn{user, call, rain, {User, "go on"}}, Tools: []Tool{weather}}, "", "You said: go on"},
		"a tool again in the next turn":      {Script{Tool: true}, Ask{Turns: []Turn{user, call, rain, {Assistant, "rain"}, user}, Tools: []Tool{weather}}, "weather", ""},
		"no tools, no call":                  {Script{Tool: true}, Ask{Turns: []Turn{user}}, "", "You said: Bern"},
		"none is allowed":                    {Script{Tool: true}, Ask{Turns: []Turn{user}, Tools: []Tool{weather}, Must: NoTool}, "", "You said: Bern"},
		"one is asked for":                   {Script{}, Ask{Turns: []Turn{user}, Tools: []Tool{weather, answer}, Must: "weather"}, "weather", ""},
		"any is asked for":                   {Script{}, Ask{Turns: []Turn{user}, Tools: []Tool{weather, answer}, Must: AnyTool}, "answer", ""},
		"any is asked for, after the result": {Script{Tool: true}, Ask{Turns: []Turn{user, call, rain}, Tools: []Tool{weather, answer}, Must: AnyTool}, "answer", ""},
		"a schema":                           {Script{}, Ask{Turns: []Turn{user}, Schema: weather.Schema}, "", `{"city":"You said: Bern"}`},
		"a schema of no object":              {Script{}, Ask{Turns: []Turn{user}, Schema: []byte(`{"type":"string"}`)}, "", "You said: Bern"},
		"an embedding":                       {Script{Tokens: 5, Tool: true}, Ask{Inputs: []string{"a"}, Tools: []Tool{weather}}, "", ""},
	} {
		r := one.script.reply(one.ask, true)
		called := ""
		if r.Call != nil {
			called = r.Call.Name
		}
		if called != one.call || r.Text() != one.text {
			t.Errorf("%s: calls %q and says %q, want %q and %q", name, called, r.Text(), one.call, one.text)
		}
	}
}

// TestFilledDocuments: an answer by a schema stays JSON however many tokens it has; the arguments of a call have their own.
func TestFilledDocuments(t *testing.T) {
	schema := []byte(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`)
	s := Script{Tokens: 200}
	for name, one := range map[string]struct {
		reply  Reply
		pieces int
	}{
		"an answer": {s.reply(Ask{Turns: []Turn{{User, "hi"}}, Schema: schema}, true), 200},
		"a call":    {s.reply(Ask{Turns: []Turn{{User, "hi"}}, Tools: []Tool{{"f", schema}}, Must: "f"}, true), 3},
	} {
		pieces := one.reply.pieces()
		if text := strings.Join(pieces, ""); len(pieces) != one.pieces || !json.Valid([]byte(text)) || !strings.Contains(text, "You said: hi") {
			t.Errorf("%s of %d tokens is %s", name, len(pieces), text)
		}
	}
}

// TestEchoIsBounded: of a long prompt the beginning is repeated, and all its markers are named.
func TestEchoIsBounded(t *testing.T) {
	m := platform.NewMarker()
	for _, prompt := range []string{strings.Repeat("x", maxEcho) + m, strings.Repeat("x", maxEcho-9) + m} {
		text := echo(Ask{Turns: []Turn{{User, prompt}}})
		if found := platform.Markers(text, 9); len(found) != 1 || found[0] != m || len(text) > maxEcho+100 {
			t.Errorf("the echo has %d bytes and the markers %v", len(text), found)
		}
	}
}

func TestHealthy(t *testing.T) {
	if r := (Script{Fault: Broken}).reply(Ask{Turns: []Turn{{User, "x"}}}, true); r.Fault != "" || r.Text() == "" {
		t.Errorf("a model that is well again answers %+v", r)
	}
	if r := (Script{Fault: Cut}).reply(Ask{Turns: []Turn{{User, "x"}}}, false); r.Fault != Cut || r.Text() == "" {
		t.Errorf("a model that breaks off answers %+v", r)
	}
}
