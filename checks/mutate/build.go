package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"sort"
	"strings"
)

// Helper is the file that a package with mutants needs beside its own: which mutant runs is read from the environment.
func Helper(packageName string) string {
	return "package " + packageName + `

import (
	"os"
	"strconv"
)

var chosenMutant = func() int {
	n, _ := strconv.Atoi(os.Getenv("` + Variable + `"))
	return n
}()

func pickMutant[T any](whole T, ids []int, mutants ...T) T {
	for i, id := range ids {
		if id == chosenMutant {
			return mutants[i]
		}
	}
	return whole
}
`
}

// Variable names the environment variable that chooses a mutant by its ID.
const Variable = "CHOSEN_MUTANT"

// Built is a file that holds its own code and all its mutants.
type Built struct {
	Name    string
	Text    string
	regions []region
}

// region is the piece of a built file that belongs to one mutant.
type region struct{ start, end, id int }

// MutantAt is the mutant whose code stands at that offset, 0 when it is nobody's.
func (b Built) MutantAt(offset int) int {
	for _, r := range b.regions {
		if r.start <= offset && offset < r.end {
			return r.id
		}
	}
	return 0
}

// Build writes the files of a package with the given mutants in them.
func Build(p *Package, mutants []Mutant) []Built {
	var out []Built
	for _, f := range p.Files {
		w := &writer{pkg: p, in: f, mutants: mutants}
		for _, d := range f.Tree.Decls {
			w.declaration(d)
		}
		w.copyTo(len(f.Text))
		w.b.WriteString("\n")
		for _, m := range mutants {
			if m.source == f && m.declared != "" {
				w.mark(m.ID, func() { fmt.Fprintf(&w.b, "const %s %s\n", constantName(m.ID), m.declared) })
			}
		}
		out = append(out, Built{Name: f.Name, Text: w.b.String(), regions: w.regions})
	}
	return out
}

type writer struct {
	pkg     *Package
	in      *Source
	mutants []Mutant
	b       strings.Builder
	done    int
	regions []region
}

func (w *writer) at(p token.Pos) int { return w.pkg.Fset.Position(p).Offset }

func (w *writer) copyTo(end int) {
	w.b.Write(w.in.Text[w.done:end])
	w.done = end
}

func (w *writer) mark(id int, write func()) {
	start := w.b.Len()
	write()
	w.regions = append(w.regions, region{start, w.b.Len(), id})
}

func (w *writer) declaration(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		w.function(d)
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return
		}
		for _, s := range d.Specs {
			if spec, ok := s.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
				for _, v := range spec.Values {
					w.variable(spec, v)
				}
			}
		}
	}
}

// function puts a copy of the body for each mutant before the body.
func (w *writer) function(d *ast.FuncDecl) {
	if d.Body == nil {
		return
	}
	start, end := w.at(d.Body.Lbrace), w.at(d.Body.Rbrace)+1
	results := ""
	if d.Type.Results != nil {
		results = string(w.in.Text[w.at(d.Type.Results.Pos()):w.at(d.Type.Results.End())])
	}
	w.copyTo(start + 1)
	for _, m := range w.within(start, end) {
		w.mark(m.ID, func() {
			body := apply(w.in, start, end, m.edits)
			if results == "" {
				fmt.Fprintf(&w.b, "\nif chosenMutant == %d { func() %s(); return }\n", m.ID, body)
				return
			}
			fmt.Fprintf(&w.b, "\nif chosenMutant == %d { return func() %s %s() }\n", m.ID, results, body)
		})
	}
}

// variable lets the mutants of a package's variable stand beside its value.
func (w *writer) variable(spec *ast.ValueSpec, v ast.Expr) {
	start, end := w.at(v.Pos()), w.at(v.End())
	mutants := w.within(start, end)
	if len(mutants) == 0 {
		return
	}
	w.copyTo(start)
	typed := ""
	if spec.Type != nil {
		typed = "[" + string(w.in.Text[w.at(spec.Type.Pos()):w.at(spec.Type.End())]) + "]"
	}
	w.b.WriteString("pickMutant" + typed + "(")
	w.copyTo(end)
	w.b.WriteString(", []int{")
	for _, m := range mutants {
		fmt.Fprintf(&w.b, "%d, ", m.ID)
	}
	w.b.WriteString("}")
	for _, m := range mutants {
		w.b.WriteString(", ")
		w.mark(m.ID, func() { w.b.WriteString(apply(w.in, start, end, m.edits)) })
	}
	w.b.WriteString(")")
}

// within are the mutants that change something between two offsets of the file; constants get their twin's name.
func (w *writer) within(start, end int) []Mutant {
	var out []Mutant
	for _, m := range w.mutants {
		var edits []edit
		for _, e := range m.edits {
			if e.in == w.in && e.start >= start && e.end <= end {
				if m.declared != "" {
					e.text = constantName(m.ID)
				}
				edits = append(edits, e)
			}
		}
		if len(edits) > 0 {
			m.edits = edits
			out = append(out, m)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}
