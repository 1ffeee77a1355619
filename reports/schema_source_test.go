package reports

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The schema is made from the types themselves and their comments, so that it cannot say anything else than the code.

// members is a JSON object whose order is kept.
type members []member

type member struct {
	key   string
	value any
}

func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(x.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(x.value)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(key, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// source is what the packages' source says of their types: comments by "pkg.Type" and "pkg.Type.Field", and the
// constants of each named type.
type source struct {
	doc       map[string]string
	constants map[string][]string
}

// typeSources are the packages whose types a report is made of.
var typeSources = []string{".", "../checks", "../checks/record", "../checks/reaper"}

func readSource(t *testing.T, dirs ...string) source {
	t.Helper()
	s := source{map[string]string{}, map[string][]string{}}
	for _, dir := range dirs {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					s.declaration(f.Name.Name, g)
				}
			}
		}
	}
	return s
}

func (s source) declaration(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			name := pkg + "." + spec.Name.Name
			s.doc[name] = text(spec.Doc, g.Doc)
			if st, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, n := range f.Names {
						s.doc[name+"."+n.Name] = text(f.Doc, f.Comment)
					}
				}
			}
		case *ast.ValueSpec:
			typ, ok := spec.Type.(*ast.Ident)
			if g.Tok != token.CONST || !ok {
				continue
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					value, _ := strconv.Unquote(lit.Value)
					s.constants[pkg+"."+typ.Name] = append(s.constants[pkg+"."+typ.Name], value)
				}
			}
		}
	}
}

func text(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			return strings.Join(strings.Fields(g.Text()), " ")
		}
	}
	return ""
}

// generator turns types into definitions.
type generator struct {
	source source
	defs   map[string]members
}

func typeName(t reflect.Type) string { return path.Base(t.PkgPath()) + "." + t.Name() }

func (g *generator) of(t reflect.Type) members {
	switch {
	case t == reflect.TypeFor[[]byte]():
		return members{{"type", "string"}, {"contentEncoding", "base64"}}
	case t.Kind() == reflect.Pointer:
		return g.of(t.Elem())
	case t.Kind() == reflect.Slice:
		return members{{"type", "array"}, {"items", g.of(t.Elem())}}
	case t.Kind() == reflect.Map:
		m := members{{"type", "object"}, {"additionalProperties", g.of(t.Elem())}}
		if t.Key() != reflect.TypeFor[string]() {
			m = append(m, member{"propertyNames", g.of(t.Key())})
		}
		return m
	case t.Kind() == reflect.Struct, t.Kind() == reflect.String && len(g.source.constants[typeName(t)]) > 0:
		return g.reference(t)
	}
	return plain(t.Kind())
}

func plain(k reflect.Kind) members {
	switch k {
	case reflect.String:
		return members{{"type", "string"}}
	case reflect.Bool:
		return members{{"type", "boolean"}}
	case reflect.Float64:
		return members{{"type", "number"}}
	case reflect.Uint16:
		return members{{"type", "integer"}, {"minimum", 0}}
	case reflect.Int, reflect.Int64:
		return members{{"type", "integer"}}
	}
	panic("no schema for " + k.String())
}

func (g *generator) reference(t reflect.Type) members {
	name := typeName(t)
	if _, known := g.defs[name]; !known {
		g.defs[name] = nil
		if t.Kind() == reflect.String {
			g.defs[name] = g.enumeration(name)
		} else {
			g.defs[name] = g.object(t)
		}
	}
	return members{{"$ref", "#/$defs/" + name}}
}

// enumeration lists a type's constants. In records the empty word is allowed: a part that was never reached has none.
func (g *generator) enumeration(name string) members {
	values := g.source.constants[name]
	if strings.HasPrefix(name, "record.") {
		values = append([]string{""}, values...)
	}
	return described(g.source.doc[name], members{{"type", "string"}, {"enum", values}})
}

func described(doc string, m members) members {
	if doc == "" {
		return m
	}
	return append(members{{"description", doc}}, m...)
}

func (g *generator) object(t reflect.Type) members {
	properties, required := members{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			panic(typeName(t) + "." + f.Name + " has no JSON name")
		}
		m := g.of(f.Type)
		if options != "omitempty" {
			required = append(required, name)
			m = nullable(t, f, m)
		}
		if c := constant(t, f); c != "" {
			m = members{{"const", c}}
		}
		properties = append(properties, member{name, described(g.source.doc[typeName(t)+"."+f.Name], m)})
	}
	m := members{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		m = append(m, member{"required", required})
	}
	return described(g.source.doc[typeName(t)], append(m, member{"additionalProperties", false}))
}

// nullable allows null where Go writes it: for nil slices, maps and pointers that are not left out. The run's own lists
// are always written.
func nullable(t reflect.Type, f reflect.StructField, m members) members {
	k := f.Type.Kind()
	if k != reflect.Slice && k != reflect.Map && k != reflect.Pointer || (t == reflect.TypeFor[Run]() || t == reflect.TypeFor[Matrix]()) && k != reflect.Pointer {
		return m
	}
	return members{{"anyOf", []any{m, members{{"type", "null"}}}}}
}

func constant(t reflect.Type, f reflect.StructField) string {
	switch {
	case f.Name != "Schema":
		return ""
	case t == reflect.TypeFor[Run]():
		return Schema
	case t == reflect.TypeFor[Matrix]():
		return MatrixSchema
	case t == reflect.TypeFor[Diff]():
		return DiffSchema
	case t == reflect.TypeFor[Baseline]():
		return BaselineSchema
	case t == reflect.TypeFor[record.Set]():
		return record.Schema
	}
	return ""
}

// generateSchema is the whole document for a type.
func generateSchema(t *testing.T, of reflect.Type, id, title string) []byte {
	t.Helper()
	g := &generator{readSource(t, typeSources...), map[string]members{}}
	root := g.of(of)
	defs := members{}
	for _, name := range sortedKeys(g.defs) {
		defs = append(defs, member{name, g.defs[name]})
	}
	data, err := json.MarshalIndent(append(members{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", id},
		{"title", title},
	}, append(root, member{"$defs", defs})...), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}
