package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const catalogSchemaFile = "../../docs/catalog.schema.json"

type object = map[string]any

// catalogSchema is made from the flags themselves, so that it cannot say anything else than the command.
func catalogSchema() []byte {
	known := object{}
	for _, g := range flagGroups(&settings{}) {
		g.flags.VisitAll(func(f *pflag.Flag) {
			for _, n := range notInCatalog {
				if f.Name == n {
					return
				}
			}
			known[f.Name] = object{"description": f.Usage, "type": jsonTypes(f)}
		})
	}
	entry := object{}
	for name, s := range known {
		entry[name] = object{"description": s.(object)["description"], "type": append([]string{"null"}, s.(object)["type"].([]string)...)}
	}
	entry["name"] = object{"description": "unique in the catalogue", "type": "string", "maxLength": 100}
	entry["image"] = object{"description": "a reference as run takes it; relative paths begin at the catalogue", "type": "string"}
	entry["build"] = object{"description": "a line for the shell, or a program with its arguments", "type": []string{"string", "array"}, "items": object{"type": "string"}}
	entry["build-timeout"] = object{"description": "the end of the build (default 30m)", "type": "string"}
	entry["expect"] = object{"$ref": "#/$defs/expect"}
	closed := func(p object) object {
		return object{"type": "object", "properties": p, "additionalProperties": false}
	}
	entries := closed(entry)
	entries["required"] = []string{"name"}
	root := closed(object{
		"defaults": closed(known),
		"entries":  object{"type": "array", "minItems": 1, "items": entries},
	})
	root["required"], root["$schema"], root["$id"] = []string{"entries"}, "https://json-schema.org/draft/2020-12/schema", "urn:agentcore-conform:catalog:v1"
	root["title"] = "agentcore-conform catalogue"
	var ids []string
	for _, c := range checks.Contract().Clauses() {
		ids = append(ids, c.ID)
	}
	clauses := object{"type": []string{"string", "array"}, "items": object{"enum": ids}}
	root["$defs"] = object{"expect": closed(object{
		"verdict": object{"enum": []string{"conformant", "passed", "nonconformant", "partial"}},
		"fails":   clauses, "untestable": clauses, "warns": clauses,
	})}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(data, '\n')
}

// jsonTypes are the forms that a setting may be written in.
func jsonTypes(f *pflag.Flag) []string {
	_, list := f.Value.(pflag.SliceValue)
	switch {
	case list:
		return []string{"string", "array", "object"}
	case f.Value.Type() == "bool":
		return []string{"boolean"}
	case f.Value.Type() == "N":
		return []string{"integer"}
	case strings.HasPrefix(f.Value.Type(), "JSON"):
		return []string{"string", "object", "array"}
	}
	return []string{"string", "number"}
}

func TestCatalogSchema(t *testing.T) {
	if *update {
		if err := os.WriteFile(catalogSchemaFile, catalogSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(catalogSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, catalogSchema()) {
		t.Error("docs/catalog.schema.json is old: go test ./cmd/agentcore-conform -run TestCatalogSchema -update")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("catalog.json", doc); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("catalog.json")
	for _, text := range catalogsInDocuments(t) {
		if err := schema.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	for _, bad := range []string{"entries: []", "entries: [{image: a}]", "entries: [{name: a, paylod: b}]", "entries: [{name: a, expect: {fails: [X-1]}}]", "x: 1"} {
		if schema.Validate(asJSON(t, bad)) == nil {
			t.Errorf("the schema takes %s", bad)
		}
	}
}

func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// catalogsInDocuments are the catalogues that the documents show.
func catalogsInDocuments(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"README.md", "docs/certify.md"} {
		found := false
		for _, part := range strings.Split(document(t, name), "```yaml\n")[1:] {
			if text, _, _ := strings.Cut(part, "```"); strings.Contains(text, "\nentries:") {
				out, found = append(out, text), true
			}
		}
		if !found {
			t.Errorf("%s shows no catalogue", name)
		}
	}
	return out
}

func TestCatalogsInDocumentsAreAccepted(t *testing.T) {
	for _, text := range catalogsInDocuments(t) {
		c := newCall(t)
		c.write(t, "catalog.yaml", text)
		a := newApp()
		if catalog, err := a.catalog(filepath.Join(c.dir, "catalog.yaml"), ""); err != nil || len(catalog.Entries) < 2 {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

func TestCertifyPageNamesEveryWord(t *testing.T) {
	page := document(t, "docs/certify.md")
	for _, word := range []string{"name", "image", "build", "build-timeout", "expect", "verdict", "fails", "untestable", "warns", "--only", "--out", "--parallel", "--engine"} {
		if !strings.Contains(page, "`"+word+"`") {
			t.Errorf("%s is not described", word)
		}
	}
	for _, name := range notInCatalog {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("%s is not named as left out", name)
		}
	}
}
