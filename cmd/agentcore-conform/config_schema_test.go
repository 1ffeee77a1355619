package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const configSchemaFile = "../../docs/config.schema.json"

// The schema of the configuration file is made from the flags themselves, so that it cannot say anything else.
func configSchema(t *testing.T) []byte {
	t.Helper()
	known := object{}
	for _, g := range flagGroups(&settings{}) {
		g.flags.VisitAll(func(f *pflag.Flag) {
			if f.Name == configFlag {
				return
			}
			s := shapeOf(f)
			s["description"] = f.Usage
			if v, ok := defaultOf(f); ok {
				s["default"] = v
			}
			known[f.Name] = s
		})
	}
	data, err := json.MarshalIndent(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:agentcore-conform:config:v1",
		"title": "agentcore-conform configuration", "type": "object", "properties": known, "additionalProperties": false,
		"$defs": object{"waiver": waiverShape()},
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}

// The texts that the settings take, as far as a pattern can tell.
const (
	durationText = `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`
	sizeText     = `^ *[0-9]+(\.[0-9]+)? *([KkMmGg][Ii]?[Bb]|[Bb])? *$`
)

// shapeOf are the forms in which a setting is written.
func shapeOf(f *pflag.Flag) object {
	kind := f.Value.Type()
	if _, list := f.Value.(pflag.SliceValue); list {
		return listShape(kind)
	}
	switch n, _ := f.Value.(setting[int]); kind {
	case "bool":
		return object{"type": "boolean"}
	case "N":
		return object{"type": []string{"integer", "string"}, "minimum": n.least, "maximum": n.most, "pattern": "^[0-9]+$"}
	case "DURATION":
		if f.Name == "freeze" {
			return object{"anyOf": []object{{"type": "string", "pattern": durationText}, {"enum": []any{0, "0"}}}}
		}
		return object{"type": "string", "pattern": durationText}
	case "SIZE":
		return object{"anyOf": []object{{"type": "number", "minimum": 1}, {"type": "string", "pattern": sizeText}}}
	case "auto|N":
		return object{"anyOf": []object{{"type": "number", "minimum": 1, "maximum": maxFactor}, {"type": "string", "pattern": "^(" + anyCase("auto") + `|[0-9]+(\.[0-9]+)?)$`}}}
	case "JSON|@FILE":
		return object{"type": []string{"string", "object", "array"}}
	case "PATH":
		return object{"type": "string", "pattern": "^/[^?#]*$"}
	case "URL":
		return object{"type": "string", "pattern": "^https?://[^?#]+$"}
	case "ADDRESS":
		return object{"type": "string", "pattern": "^(" + strings.Join(engineSchemes, "|") + ")://.+"}
	}
	if f.Name == waiversKey {
		return object{"anyOf": []object{{"type": "string", "minLength": 1}, {"type": "array", "items": object{"$ref": "#/$defs/waiver"}}}}
	}
	if words := strings.Split(kind, "|"); len(words) > 1 {
		return object{"anyOf": []object{{"enum": words}, {"type": "string", "pattern": "^(" + anyCase(words...) + ")$"}}}
	}
	return object{"type": "string", "minLength": 1}
}

// listShape is one entry, a list, or NAME: VALUE where entries are written so.
func listShape(kind string) object {
	item := object{"type": "string", "minLength": 1}
	switch kind {
	case "NAME=VALUE":
		item["pattern"] = `^[^=\s]+=`
	case "FORMAT=FILE":
		item["pattern"] = "^(" + anyCase(reportFormats...) + ")=."
	case "HOST":
		item["pattern"] = "^[^/ @]+$"
	}
	forms := []object{item, {"type": "array", "items": item}}
	if strings.Contains(kind, "=") {
		forms = append(forms, object{"type": "object", "additionalProperties": object{"type": []string{"string", "number", "boolean"}}})
	}
	return object{"anyOf": forms}
}

// anyCase is a pattern for the words in upper and lower case.
func anyCase(words ...string) string {
	var out []string
	for _, w := range words {
		var b strings.Builder
		for _, r := range w {
			if upper, lower := strings.ToUpper(string(r)), strings.ToLower(string(r)); upper != lower {
				b.WriteString("[" + upper + lower + "]")
			} else {
				b.WriteString(regexp.QuoteMeta(string(r)))
			}
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "|")
}

// waiverShape lists every clause and reason that can be waived.
func waiverShape() object {
	var ids []string
	for _, c := range checks.Contract().Clauses() {
		if !c.Grave() {
			continue
		}
		ids = append(ids, c.ID)
		for _, r := range c.Reasons {
			if r.Outcome != checks.Note {
				ids = append(ids, c.ID+"/"+r.ID)
			}
		}
	}
	text := func(what string) object {
		return object{"type": "string", "description": what, "pattern": `\S`, "maxLength": 500}
	}
	return object{"type": "object", "additionalProperties": false, "required": waiverKeys, "properties": object{
		"id":     object{"enum": ids, "description": "a clause, or one of its reasons as CLAUSE/REASON"},
		"reason": text("why the finding is accepted"),
		"owner":  text("who answers for it"),
		"expires": object{"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
			"description": "the last day on which it holds, in UTC"},
	}}
}

var plainDefault = regexp.MustCompile(`\(default ([0-9a-z]+)(?:: [a-z]+)?\)`)

// defaultOf is the value that the flag itself has, or that its usage names.
func defaultOf(f *pflag.Flag) (any, bool) {
	switch said := plainDefault.FindStringSubmatch(f.Usage); {
	case f.Value.Type() == "bool":
		return false, true
	case f.DefValue != "":
		return f.DefValue, true
	case said == nil:
		return nil, false
	default:
		if n, err := strconv.Atoi(said[1]); err == nil {
			return n, true
		}
		return said[1], true
	}
}

func compiledConfigSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(configSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("config.json")
}

// plain is a YAML value as an editor's schema sees it: what looks like a date is a text.
func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(t, n.Content[0])
	case yaml.MappingNode:
		out := object{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plain(t, c))
		}
		return out
	}
	var v any
	if n.Tag == "!!timestamp" {
		return n.Value
	}
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func validConfig(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(plain(t, &n))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestConfigSchema(t *testing.T) {
	if *update {
		if err := os.WriteFile(configSchemaFile, configSchema(t), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(configSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, configSchema(t)) {
		t.Error("docs/config.schema.json is old: go test ./cmd/agentcore-conform -run TestConfigSchema -update")
	}
	s := compiledConfigSchema(t)
	for _, e := range effects {
		if err := validConfig(t, s, e.flag+": "+e.yaml); err != nil {
			t.Errorf("%s: %s: %v", e.flag, e.yaml, err)
		}
	}
}

// TestConfigSchemaAgreesWithTheTool: what the one takes the other takes, and what the one refuses the other refuses.
func TestConfigSchemaAgreesWithTheTool(t *testing.T) {
	s := compiledConfigSchema(t)
	for _, tt := range []struct {
		good bool
		file string
	}{
		{true, "protocol: http"},
		{true, "profile: Soak\nonly: PING\nskip: [IMG-04, SSE-0*]"},
		{true, "port: \"9090\"\nfreeze: 0"},
		{true, "freeze: 1m30s\ntimeout: 1.5h"},
		{true, "time-scale: AUTO\nmax-payload: 500000"},
		{true, "payload: [1, {a: '{{prompt}}'}]"},
		{true, "env: {DEBUG: true, N: 1, EMPTY: ''}"},
		{true, "env: A=b"},
		{true, "report: {json: out.json, junit: out.xml}"},
		{true, waiverFile},
		{true, "waivers: []"},
		{true, "waivers:\n  - {id: PING-06/restamped, reason: r, owner: o, expires: '2999-12-31'}"},
		{false, "protocl: HTTP"},
		{false, "config: other.yaml"},
		{false, "protocol: SOAP"},
		{false, "protocol:"},
		{false, "port: 0"},
		{false, "port: 65536"},
		{false, "port: [8080]"},
		{false, "sessions: 1"},
		{false, "path: chat"},
		{false, "endpoint: ftp://x"},
		{false, "engine: docker.sock"},
		{false, "strict: perhaps"},
		{false, "strict: \"true\""},
		{false, "pull: 1"},
		{false, "timeout: 10"},
		{false, "timeout: soon"},
		{false, "time-scale: 0.5"},
		{false, "max-payload: lots"},
		{false, "env: [A]"},
		{false, "env: {A: [1]}"},
		{false, "report: xml=a"},
		{false, "only: {}\nonly-x: a"},
		{false, "insecure-registry: http://a"},
		{false, "- strict"},
		{false, "waivers: [SES-06]"},
		{false, "waivers: {id: SES-06}"},
		{false, "waivers: [{id: SES-06, reason: r, owner: o}]"},
		{false, "waivers: [{id: NOPE-01, reason: r, owner: o, expires: 2999-12-31}]"},
		{false, "waivers: [{id: SES-06/nope, reason: r, owner: o, expires: 2999-12-31}]"},
		{false, "waivers: [{id: SES-06, reason: ' ', owner: o, expires: 2999-12-31}]"},
		{false, "waivers: [{id: SES-06, reason: r, owner: o, expires: soon}]"},
		{false, "waivers: [{id: SES-06, reason: r, owner: o, expires: 2999-12-31, note: n}]"},
		{false, "waivers: [{id: SES-06, reason: 5 o, owner: o, expires: 2999-12-31, id2: n}]"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			c := newCall(t)
			c.write(t, ".agentcore-conform.yaml", tt.file)
			c.run("image:tag")
			if taken := c.code == 0 && c.options != nil; taken != tt.good {
				t.Errorf("the tool takes it: %v (exit %d, %s)", taken, c.code, c.stderr)
			}
			if err := validConfig(t, s, tt.file); (err == nil) != tt.good {
				t.Errorf("the schema says %v", err)
			}
		})
	}
}

// configurationsInDocuments are those that the documents show, with a day that is not over.
func configurationsInDocuments(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"docs/flags.md", "docs/config.md", "docs/waivers.md"} {
		parts := strings.Split(document(t, name), "```yaml\n# .agentcore-conform.yaml\n")[1:]
		if len(parts) == 0 {
			t.Errorf("%s shows no configuration", name)
		}
		for _, part := range parts {
			text, _, _ := strings.Cut(part, "```")
			out = append(out, regexp.MustCompile(`expires: [0-9-]+`).ReplaceAllString(text, "expires: "+lastDay))
		}
	}
	return out
}

// TestConfigurationsInDocuments: what the documents show is taken, by the tool and by editors.
func TestConfigurationsInDocuments(t *testing.T) {
	s := compiledConfigSchema(t)
	for _, text := range configurationsInDocuments(t) {
		t.Run("", func(t *testing.T) {
			if err := validConfig(t, s, text); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
			c := inProject(t)
			c.write(t, ".agentcore-conform.yaml", text)
			c.write(t, "test.env", "A=b\n")
			if c.run("inspect", "image:tag"); c.code != 0 {
				t.Errorf("exit %d, %s\n%s", c.code, c.stderr, text)
			}
		})
	}
}
