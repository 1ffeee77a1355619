package platform

import (
	"bytes"
	"fmt"
)

// Rung is one payload shape that agents are known to take.
type Rung struct {
	Name     string
	Template Template
}

// ladder lists the shapes from the most to the least common. The platform itself prescribes none (INV-02).
var ladder = []struct{ name, body string }{
	{"prompt", `{"prompt":"{{prompt}}"}`},
	{"input.prompt", `{"input":{"prompt":"{{prompt}}"}}`},
	{"messages.blocks", `{"messages":[{"role":"user","content":[{"text":"{{prompt}}"}]}]}`},
	{"messages", `{"messages":[{"role":"user","content":"{{prompt}}"}]}`},
	{"input", `{"input":"{{prompt}}"}`},
	{"inputText", `{"inputText":"{{prompt}}"}`},
	{"message", `{"message":"{{prompt}}"}`},
	{"query", `{"query":"{{prompt}}"}`},
	{"action", `{"action":"status"}`},
	{"empty", `{}`},
}

// Ladder returns the payloads to try on an agent whose shape is unknown, in that order; stop at the first 2xx.
func Ladder() []Rung {
	out := make([]Rung, 0, len(ladder))
	for _, l := range ladder {
		t, err := ParseTemplate(l.body)
		if err != nil {
			panic(fmt.Sprintf("payload ladder: %s: %v", l.name, err))
		}
		out = append(out, Rung{Name: l.name, Template: t})
	}
	return out
}

// WithMember returns the JSON object with one more member at its end; value is JSON. A body that is no object is
// returned as it is.
func WithMember(body []byte, name, value string) []byte {
	trimmed := bytes.TrimRight(body, " \t\r\n")
	inner, ok := bytes.CutSuffix(trimmed, []byte("}"))
	if !ok || !bytes.HasPrefix(bytes.TrimLeft(trimmed, " \t\r\n"), []byte("{")) {
		return body
	}
	inner = bytes.TrimRight(inner, " \t\r\n")
	var b bytes.Buffer
	b.Grow(len(body) + len(name) + len(value) + 8)
	b.Write(inner)
	if inner[len(inner)-1] != '{' {
		b.WriteByte(',')
	}
	b.WriteString(quote(name) + ":" + value + "}")
	return b.Bytes()
}

// padding is the member that PadJSON adds; agents are expected to ignore what they do not know (INV-21).
const padding = "_padding"

// PadJSON returns the JSON object with an ignored string member that brings it to exactly size bytes. When it is that
// large already, or no object, it is returned as it is; when there is no room for a member it gets a little larger.
func PadJSON(body []byte, size int) []byte {
	least := WithMember(body, padding, `""`)
	if len(body) >= size || len(least) == len(body) {
		return body
	}
	if len(least) >= size {
		return least
	}
	return WithMember(body, padding, `"`+string(bytes.Repeat([]byte("a"), size-len(least)))+`"`)
}
