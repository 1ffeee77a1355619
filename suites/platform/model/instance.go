package model

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"
)

// maxDepth bounds how deep an instance follows a schema, which comes from the container and may refer to itself.
const maxDepth = 12

// instanceOf makes the smallest document that follows a JSON Schema, with text in its first string. It is false for what
// is no schema of an object.
func instanceOf(schema []byte, text string) (string, bool) {
	var s map[string]any
	if json.Unmarshal(schema, &s) != nil || kind(s) != "object" {
		return "", false
	}
	said := &text
	out, err := json.Marshal(instance(s, &said, maxDepth))
	return string(out), err == nil
}

// instance fills all properties that are required, or all where none is named. said is taken by the first string.
func instance(s map[string]any, said **string, depth int) any {
	if depth == 0 {
		return nil
	}
	if fixed, ok := s["const"]; ok {
		return fixed
	}
	if choices, ok := s["enum"].([]any); ok && len(choices) > 0 {
		return choices[0]
	}
	for _, form := range []string{"anyOf", "oneOf", "allOf"} {
		if list, ok := s[form].([]any); ok && len(list) > 0 {
			if first, ok := list[0].(map[string]any); ok {
				return instance(first, said, depth-1)
			}
		}
	}
	switch kind(s) {
	case "object":
		return object(s, said, depth)
	case "array":
		if items, ok := s["items"].(map[string]any); ok {
			return []any{instance(items, said, depth-1)}
		}
		return []any{}
	case "integer", "number":
		if least, ok := s["minimum"].(float64); ok {
			return least
		}
		return 1
	case "boolean":
		return true
	case "null":
		return nil
	}
	if *said != nil {
		text := **said
		*said = nil
		return text
	}
	return "text"
}

func object(s map[string]any, said **string, depth int) map[string]any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	if len(required) == 0 {
		for name := range properties {
			required = append(required, name)
		}
	}
	for _, r := range required {
		name, _ := r.(string)
		if p, ok := properties[name].(map[string]any); ok {
			out[name] = instance(p, said, depth-1)
		}
	}
	return out
}

// kind is the type of a schema; vendors write it in either case, and as a list where null is allowed.
func kind(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return strings.ToLower(t)
	case []any:
		for _, one := range t {
			if name, ok := one.(string); ok && strings.ToLower(name) != "null" {
				return strings.ToLower(name)
			}
		}
	}
	if _, ok := s["properties"]; ok {
		return "object"
	}
	return "string"
}

// callOf asks for a tool with arguments that follow its schema and carry the text that the model was asked.
func callOf(t Tool, text string) *Call {
	arguments, ok := instanceOf(t.Schema, text)
	if !ok {
		arguments = "{}"
	}
	return &Call{ID: "call_" + uuid.NewString()[:8], Name: t.Name, Arguments: arguments}
}
