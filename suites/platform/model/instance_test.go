package model

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// conforms validates a document by another's implementation of JSON Schema, formats included.
func conforms(t *testing.T, schema, document string) error {
	t.Helper()
	s, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", s); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Validate(d)
}

// TestInstances: what is made follows the schema and carries the text.
func TestInstances(t *testing.T) {
	for name, schema := range map[string]string{
		"one string":       `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`,
		"none is required": `{"type":"object","properties":{"b":{"type":"integer"},"a":{"type":"string"}}}`,
		"all kinds": `{"type":"object","required":["i","n","b","z","l","e","c","s","m"],"properties":{"i":{"type":"integer","minimum":3},
			"n":{"type":"number","exclusiveMinimum":2},"b":{"type":"boolean"},"z":{"type":"null"},"l":{"type":"array","items":{"type":"object",
			"properties":{"x":{"type":"number","maximum":0}}},"minItems":2},"e":{"enum":["red","blue"]},"c":{"const":7},"s":{"type":"string"},"m":{}}}`,
		"formats": `{"type":"object","required":["d","t","u","m","h","s"],"properties":{"d":{"type":"string","format":"date"},"t":{"type":"string","format":"date-time"},
			"u":{"type":"string","format":"uuid"},"m":{"type":"string","format":"email"},"h":{"type":"string","format":"uri"},"s":{"type":"string"}}}`,
		"references, as pydantic writes them": `{"$defs":{"Guest":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}},
			"type":"object","properties":{"guests":{"type":"array","items":{"$ref":"#/$defs/Guest"}},"host":{"allOf":[{"$ref":"#/$defs/Guest"}]}},"required":["guests","host"]}`,
		"a reference at the root": `{"$ref":"#/definitions/A","definitions":{"A":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}}`,
		"null or more":            `{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"string"}]},"b":{"type":["null","integer"]}},"required":["a","b"]}`,
		"one of":                  `{"type":"object","properties":{"a":{"oneOf":[{"type":"object","properties":{"k":{"const":"x"},"v":{"type":"string"}},"required":["k","v"]},{"type":"integer"}]}},"required":["a"]}`,
		"a list without items":    `{"type":"object","properties":{"a":{"type":"array"},"b":{"type":"string"}},"required":["a","b"]}`,
	} {
		document, ok := instanceOf([]byte(schema), "the text")
		if !ok || !strings.Contains(document, "the text") {
			t.Errorf("%s: %s, %t", name, document, ok)
			continue
		}
		if err := conforms(t, schema, document); err != nil {
			t.Errorf("%s: %s does not follow its schema: %v", name, document, err)
		}
		if again, _ := instanceOf([]byte(schema), "the text"); again != document {
			t.Errorf("%s: once %s, then %s", name, document, again)
		}
	}
}

func TestShortStrings(t *testing.T) {
	if document, _ := instanceOf([]byte(`{"type":"OBJECT","properties":{"a":{"type":"STRING","maxLength":3}}}`), "the text"); document != `{"a":"the"}` {
		t.Errorf("the document is %s", document)
	}
}

func TestNoInstances(t *testing.T) {
	for _, schema := range []string{``, `7`, `[]`, `{`, `{"type":"string"}`, `{"type":"array","items":{}}`, `{"$ref":"#"}`, `{"$ref":"#/none"}`} {
		if document, ok := instanceOf([]byte(schema), "x"); ok {
			t.Errorf("%s has the instance %s", schema, document)
		}
	}
}

// TestHostileSchemas: schemas that would be filled for ever, or into something huge, have bounded instances.
func TestHostileSchemas(t *testing.T) {
	wide := `{"type":"object","properties":{"a":` + strings.Repeat(`{"type":"object","required":["a","a","a","a","a","a","a","a"],"properties":{"a":`, 10) + `{}` + strings.Repeat(`}}`, 10) + `}}`
	for name, schema := range map[string]string{
		"a circle":               `{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}},"required":["a","b","c"]}`,
		"a circle of references": `{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"$ref":"#/$defs/y"},"y":{"$ref":"#/$defs/x"}}}`,
		"lists of lists":         `{"type":"object","properties":{"a":{"$ref":"#/$defs/l"}},"$defs":{"l":{"type":"array","minItems":1e9,"items":{"$ref":"#/$defs/l"}}}}`,
		"again and again":        wide,
		"a negative length":      `{"type":"object","properties":{"a":{"type":"string","maxLength":-5}}}`,
	} {
		document, ok := instanceOf([]byte(schema), "x")
		if !ok || len(document) > 100_000 || !json.Valid([]byte(document)) {
			t.Errorf("%s: %t, %d bytes: %s", name, ok, len(document), clip(document, 200))
		}
	}
}

func FuzzParseSchema(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`, `{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#"}]}}}`,
		`{"type":["null","object"],"properties":{"a":{"type":"array","minItems":-1,"items":{"enum":[]}}},"required":[7,"a"]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, schema []byte) {
		if document, ok := instanceOf(schema, "x"); ok && !json.Valid([]byte(document)) {
			t.Errorf("%s has the instance %s", schema, document)
		}
	})
}
