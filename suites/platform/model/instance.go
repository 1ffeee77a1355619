package model

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Bounds on an instance: its schema comes from the container and may refer to itself.
const (
	maxDepth = 12
	maxNodes = 2000
	maxItems = 16
)

// instanceOf makes a small document that follows a JSON Schema, with text in its first string. It is false for what is no
// schema of an object.
func instanceOf(schema []byte, text string) (string, bool) {
	var root map[string]any
	if json.Unmarshal(schema, &root) != nil {
		return "", false
	}
	f := filler{root: root, text: text}
	if kind(f.resolve(root)) != "object" {
		return "", false
	}
	return string(encode(f.value(root, maxDepth))), true
}

// filler fills a schema.
type filler struct {
	root map[string]any
	// text is empty once a string has taken it.
	text  string
	nodes int
}

func (f *filler) value(s map[string]any, depth int) any {
	if f.nodes++; depth == 0 || f.nodes > maxNodes {
		return nil
	}
	s = f.resolve(s)
	if fixed, ok := s["const"]; ok {
		return fixed
	}
	if choices, ok := s["enum"].([]any); ok && len(choices) > 0 {
		return choices[0]
	}
	switch kind(s) {
	case "object":
		return f.object(s, depth)
	case "array":
		return f.array(s, depth)
	case "integer", "number":
		return number(s)
	case "boolean":
		return true
	case "null":
		return nil
	}
	return f.string(s)
}

// object fills all properties that are required, or all where none is named.
func (f *filler) object(s map[string]any, depth int) map[string]any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	names := words(s["required"])
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(properties))
	}
	for _, name := range names {
		p, ok := properties[name].(map[string]any)
		if _, done := out[name]; ok && !done {
			out[name] = f.value(p, depth-1)
		}
	}
	return out
}

func (f *filler) array(s map[string]any, depth int) []any {
	out := []any{}
	items, ok := s["items"].(map[string]any)
	if !ok {
		return out
	}
	least, _ := s["minItems"].(float64)
	for range min(max(1, int(least)), maxItems) {
		out = append(out, f.value(items, depth-1))
	}
	return out
}

// number is the least that is allowed, 1 where nothing is said.
func number(s map[string]any) any {
	if least, ok := s["minimum"].(float64); ok {
		return least
	}
	if below, ok := s["exclusiveMinimum"].(float64); ok {
		return below + 1
	}
	if most, ok := s["maximum"].(float64); ok && most < 1 {
		return most
	}
	return 1
}

// formats are examples of the formats that parsers insist on.
var formats = map[string]string{
	"date-time": "2025-01-01T00:00:00Z",
	"date":      "2025-01-01",
	"time":      "00:00:00Z",
	"duration":  "PT1S",
	"email":     "someone@example.com",
	"uri":       "https://example.com/",
	"uuid":      "00000000-0000-4000-8000-000000000000",
	"ipv4":      "192.0.2.1",
	"hostname":  "example.com",
}

func (f *filler) string(s map[string]any) string {
	format, _ := s["format"].(string)
	if example, ok := formats[format]; ok {
		return example
	}
	text := f.text
	if f.text = ""; text == "" {
		text = "text"
	}
	if most, ok := s["maxLength"].(float64); ok {
		text = clip(text, max(0, int(most)))
	}
	return text
}

// resolve follows references within the schema and takes the first alternative that is more than null.
func (f *filler) resolve(s map[string]any) map[string]any {
	for range maxDepth {
		next := f.referred(s)
		if next == nil {
			next = alternative(s)
		}
		if next == nil {
			return s
		}
		s = next
	}
	return nil
}

func (f *filler) referred(s map[string]any) map[string]any {
	path, ok := s["$ref"].(string)
	if !ok {
		return nil
	}
	at := f.root
	for step := range strings.SplitSeq(strings.TrimLeft(path, "#/"), "/") {
		if step != "" {
			at, _ = at[step].(map[string]any)
		}
	}
	return at
}

func alternative(s map[string]any) map[string]any {
	for _, form := range []string{"anyOf", "oneOf", "allOf"} {
		list, _ := s[form].([]any)
		for _, one := range list {
			if a, ok := one.(map[string]any); ok && kind(a) != "null" {
				return a
			}
		}
	}
	return nil
}

// kind is the type of a schema; vendors write it in either case, and as a list where null is allowed.
func kind(s map[string]any) string {
	names := words(s["type"])
	for _, name := range names {
		if name = strings.ToLower(name); name != "null" || len(names) == 1 {
			return name
		}
	}
	if _, ok := s["properties"]; ok {
		return "object"
	}
	return "string"
}

// words are the strings of a list, or the one string that stands for it.
func words(v any) []string {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	list, _ := v.([]any)
	var out []string
	for _, w := range list {
		if s, ok := w.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// callOf asks for a tool with arguments that follow its schema and carry a text.
func callOf(t Tool, text string) *Call {
	arguments, ok := instanceOf(t.Schema, text)
	if !ok {
		arguments = "{}"
	}
	return &Call{ID: "call_" + uuid.NewString()[:8], Name: t.Name, Arguments: arguments}
}
