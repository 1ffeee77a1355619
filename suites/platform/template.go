package platform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Values are what a template's placeholders stand for.
type Values struct {
	Prompt  string
	Session string
	// Milliseconds is {{milliseconds}}, and {{seconds}} as well, with a fraction if need be.
	Milliseconds int
}

// Template is a JSON body with the placeholders {{prompt}}, {{session}}, {{milliseconds}} and {{seconds}}. The zero value
// renders to nothing.
type Template struct{ pieces []piece }

// piece is literal text or a placeholder; quoted says that the placeholder stands inside a JSON string.
type piece struct {
	text   string
	holder string
	quoted bool
}

var placeholders = []string{"prompt", "session", "milliseconds", "seconds"}

// ParseTemplate reads a template. Inside a JSON string a placeholder becomes part of the string, escaped; outside it
// becomes a value of its own: {"prompt":{{prompt}},"ms":{{milliseconds}}}. It is an error when no JSON would come out,
// or when something in double braces is no placeholder; a literal {{ in a string is written \u007b\u007b.
func ParseTemplate(text string) (Template, error) {
	t, err := split(text)
	if err != nil {
		return Template{}, err
	}
	for _, v := range []Values{{}, {Prompt: `a "quoted" \ line` + "\n", Session: NewSessionID(), Milliseconds: 1500}} {
		if out := t.Render(v); !json.Valid(out) {
			return Template{}, fmt.Errorf("the payload is not JSON once its placeholders are filled in: %s", fault(out))
		}
	}
	return t, nil
}

func fault(doc []byte) string {
	var any any
	if err := json.Unmarshal(doc, &any); err != nil {
		return err.Error()
	}
	return "unknown fault"
}

func split(text string) (Template, error) {
	var t Template
	quoted, begin := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case strings.HasPrefix(text[i:], "{{"):
			name, after, ok := strings.Cut(text[i+2:], "}}")
			name = strings.TrimSpace(name)
			if !ok || !known(name) {
				return t, fmt.Errorf("{{%s}} is no placeholder; use {{%s}}, or \\u007b\\u007b for literal braces in a string",
					shortened(name), strings.Join(placeholders, "}}, {{"))
			}
			t.pieces = append(t.pieces, piece{text: text[begin:i]}, piece{holder: name, quoted: quoted})
			begin = len(text) - len(after)
			i = begin - 1
		}
	}
	t.pieces = append(t.pieces, piece{text: text[begin:]})
	return t, nil
}

func known(name string) bool {
	for _, p := range placeholders {
		if p == name {
			return true
		}
	}
	return false
}

func shortened(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// HasPrompt reports that the template has a place for a prompt, so that markers can be sent.
func (t Template) HasPrompt() bool { return t.has("prompt") }

// HasDuration reports that the template has a place for a time, so that it can be said how long the work is to take.
func (t Template) HasDuration() bool { return t.has("milliseconds", "seconds") }

func (t Template) has(holders ...string) bool {
	return slices.ContainsFunc(t.pieces, func(p piece) bool { return slices.Contains(holders, p.holder) })
}

// Render fills in the placeholders.
func (t Template) Render(v Values) []byte {
	var b bytes.Buffer
	for _, p := range t.pieces {
		b.WriteString(p.text)
		b.WriteString(p.fill(v))
	}
	return b.Bytes()
}

func (p piece) fill(v Values) string {
	value := ""
	switch p.holder {
	case "":
		return ""
	case "prompt":
		value = quote(v.Prompt)
	case "session":
		value = quote(v.Session)
	case "milliseconds":
		return strconv.Itoa(v.Milliseconds)
	case "seconds":
		return strconv.FormatFloat(float64(v.Milliseconds)/1000, 'f', -1, 64)
	}
	if p.quoted {
		return value[1 : len(value)-1]
	}
	return value
}

// quote renders a JSON string without the escapes that only HTML needs.
func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
