package mutate

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// helper stands for the file that chooses a mutant, without imports.
const helper = `package p
var chosenMutant int
func pickMutant[T any](whole T, ids []int, mutants ...T) T { return whole }
`

// parse reads one file of a package that imports nothing.
func parse(t *testing.T, text string) *Package {
	t.Helper()
	p := &Package{Name: "p", Fset: token.NewFileSet(), Info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
	}}
	tree, err := parser.ParseFile(p.Fset, "p.go", text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	p.Files = []*Source{{Name: "p.go", Text: []byte(text), Tree: tree}}
	if _, err := new(types.Config).Check("p", p.Fset, []*ast.File{tree}, p.Info); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOperators(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
	}{
		{"a comparison, its boundary and its number", "func f(n int) int { if n > 3 { return n }; return 1 }", []string{
			"statement: without return n", "statement: without return 1", "negation: n > 3 → !(n > 3)", "comparison: n > 3 → n >= 3",
			"number: 3 → 4", "number: 3 → 2", "number: 1 → 2", "number: 1 → 0",
		}},
		{"equality is turned round once", "func f(n int) { if n == m { g() } }; var m int; func g() {}", []string{
			"comparison: n == m → n != m", "statement: without g()",
		}},
		{"both operands", "func f(a, b bool) bool { return !a && b }", []string{
			"statement: without return !a && b", "negation: !a && b → !(!a && b)", "logic: !a && b → (!a || b)", "operand: !a && b → !a",
			"operand: !a && b → b",
		}},
		{"the cases of a switch", "func f(n int) int { switch n { case k, l: return n }; return n }; var k, l int", []string{
			"statement: without return n", "statement: without return n", "case: without case k, l: return n", "case: without k", "case: without l",
		}},
		{"a list's elements, and min", "var list = []int{k, min(k, l)}; var k, l int", []string{
			"element: without k", "element: without min(k, l)", "extreme: min → max",
		}},
		{"a constant and its sign", "const c = -5; func f() int { return c }", []string{
			"number: 5 → 6", "number: 5 → 4", "statement: without return c",
		}},
		{"true and false", "var b = true", []string{"constant: true → false"}},
		{"strings are not subtracted, words not changed", `func f(s string) string { return s + Sprintf("x", 1 + 1) }; func Sprintf(string, ...any) string { return "" }`,
			[]string{`statement: without return s + Sprintf("x", 1 + 1)`, `statement: without return ""`}},
		{"of a finding, the reason alone", `func f(a bool) { Found(g(!a), 1 > 0) }; func Found(int, bool) {}; func g(a bool) int { return k }; var k int`,
			[]string{"statement: without Found(g(!a), 1 > 0)", "statement: without return k"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, m := range Mutants(parse(t, "package p\n"+c.text), 1) {
				got = append(got, m.Operator+": "+m.Change)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// Everything but what cannot compile by itself is compiled at once, beside the code as it was.
func TestBuild(t *testing.T) {
	p := parse(t, `package p

const most = 3

var list = []int{1, most}

func f(n int) (int, bool) {
	if n > most && n != len(list) { // it is
		n++
		return n, true
	}
	return 0, false
}

func g() {
	list = nil
}
`)
	var mutants []Mutant
	for _, m := range Mutants(p, 1) {
		if m.Change != "without return 0, false" {
			mutants = append(mutants, m)
		}
	}
	built := Build(p, mutants)[0]
	tree, err := parser.ParseFile(p.Fset, "built", built.Text, 0)
	if err != nil {
		t.Fatalf("%v\n%s", err, built.Text)
	}
	other, err := parser.ParseFile(p.Fset, "helper", helper, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := new(types.Config).Check("p", p.Fset, []*ast.File{tree, other}, nil); err != nil {
		t.Fatalf("%v\n%s", err, built.Text)
	}
	for _, m := range mutants {
		found := false
		for i := range built.Text {
			found = found || built.MutantAt(i) == m.ID
		}
		if !found {
			t.Errorf("%s: %s is not built", m.Func, m.Change)
		}
	}
	if at := strings.Index(built.Text, "const mutatedConstant"); at < 0 || built.MutantAt(at) == 0 || built.MutantAt(0) != 0 {
		t.Errorf("the twins of the constant belong to mutants, the package's name to none:\n%s", built.Text)
	}
}

func TestPlacesStay(t *testing.T) {
	text := "package p\nfunc f(n int) int {\n\tif n > 1 { return n }\n\treturn n\n}\n"
	after := Mutants(parse(t, strings.Replace(text, "func f", "\nvar x = 7\nfunc f", 1)), 100)
	for _, m := range Mutants(parse(t, text), 1) {
		if !slices.ContainsFunc(after, func(other Mutant) bool { return other.Place == m.Place }) {
			t.Errorf("an edit elsewhere lost %+v", m.Place)
		}
	}
}

func TestPlacesCover(t *testing.T) {
	m := Place{File: "p/p.go", Func: "f", Line: "return n", Operator: "number", Change: "1 → 2"}
	for _, p := range []Place{m, {File: "p/p.go"}, {File: "p/p.go", Line: "return n"}, {File: "p/p.go", Func: "f", Operator: "number"}} {
		if !p.covers(m) {
			t.Errorf("%+v covers it", p)
		}
	}
	for _, p := range []Place{{}, {File: "q/p.go"}, {File: "p/p.go", Func: "g"}, {File: "p/p.go", Line: "return"}, {File: "p/p.go", Change: "1 → 0"}} {
		if p.covers(m) {
			t.Errorf("%+v does not cover it", p)
		}
	}
}

func TestSurvivors(t *testing.T) {
	mutants := Mutants(parse(t, "package p\nvar a, b = 1, 2\n"), 1)
	file := t.TempDir() + "/list.yaml"
	if known, err := ReadSurvivors(file); err != nil || len(known) != 0 {
		t.Fatalf("a list that is not there is empty, got %v, %v", known, err)
	}
	first := Survivors{{Place: mutants[0].Place, Reason: "why"}}
	if err := errors.Join(first.AppendTo(file), first.Missing(mutants[:2]).AppendTo(file), first.Missing(mutants[:1]).AppendTo(file)); err != nil {
		t.Fatal(err)
	}
	known, err := ReadSurvivors(file)
	if err != nil || len(known) != 2 {
		t.Fatalf("got %v, %v, want two", known, err)
	}
	if known.Reason(mutants[0]) != "why" || known.Reason(mutants[1]) != "" || known.Reason(mutants[2]) != "" {
		t.Errorf("only the first has a reason: %+v", known)
	}
	if n := len(slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool { return !m.InSample(1) })); n != len(mutants) {
		t.Errorf("a sample of one in one holds %d of %d", n, len(mutants))
	}
	if gone := known.Gone(mutants[1:]); len(gone) != 1 || gone[0].Place != mutants[0].Place {
		t.Errorf("the first is gone, got %+v", gone)
	}
	page := string(Page([]Tally{{"p", 4, 3}}, Tally{"all", 4, 3}, mutants[:1], known, 4))
	if !strings.Contains(page, "| `p` | 4 | 3 | 75.0 % |") || !strings.Contains(page, "| a: `var a, b = 1, 2` | number: `1 → 2` | why |") {
		t.Errorf("the page lacks a rate or a survivor:\n%s", page)
	}
}
