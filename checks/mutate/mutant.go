// Package mutate breaks Go packages on purpose, in many small ways, so that their tests can be put to the proof: a mutant
// that no test notices is a line which no test needs.
//
// All mutants of a package are compiled at once: each is a copy of its function that runs when it is chosen by number, so
// a mutant costs a run of the tests and not a build. Nothing is written to the source tree.
package mutate

import (
	"go/ast"
	"go/token"
	"go/types"
	"hash/fnv"
	"sort"
	"strings"
)

// Source is one file of a package.
type Source struct {
	// Name is the file's base name.
	Name string
	Text []byte
	Tree *ast.File
}

// Package is a package that was parsed and type-checked.
type Package struct {
	// Name is how its mutants are called: the last element of the import path.
	Name  string
	Fset  *token.FileSet
	Files []*Source
	Info  *types.Info
}

// Mutant is one small change. Its place is told by what stands there, so that an edit elsewhere does not rename it.
type Mutant struct {
	// ID chooses the mutant in the built package; 0 is none.
	ID int
	Place

	edits []edit
	// declared is a declaration that the mutant's file gets at its end.
	declared string
	source   *Source
}

// Place is where a mutant is and what it changes.
type Place struct {
	// File is package and file, Func the function, method, variable or constant, Line the source line without its indent.
	File string `yaml:"file"`
	Func string `yaml:"func,omitempty"`
	Line string `yaml:"line,omitempty"`
	// Operator is the kind of change, Change what stood there and what stands there now.
	Operator string `yaml:"operator,omitempty"`
	Change   string `yaml:"change,omitempty"`
}

// edit replaces the bytes from start to end of a file.
type edit struct {
	in         *Source
	start, end int
	text       string
}

// covers reports that a place is the other one, where what is left out of it is any.
func (p Place) covers(other Place) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return p.File == other.File && is(p.Func, other.Func) && is(p.Line, other.Line) && is(p.Operator, other.Operator) && is(p.Change, other.Change)
}

// InSample reports that the mutant is among the one in so many that are played. Its place decides, so that a sample stays
// the same as long as the code does; 1 takes all.
func (m Mutant) InSample(share uint32) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.Join([]string{m.File, m.Func, m.Line, m.Operator, m.Change}, "\x00")))
	return h.Sum32()%share == 0
}

// Package is the package that the mutant is in.
func (m Mutant) Package() string {
	name, _, _ := strings.Cut(m.File, "/")
	return name
}

// apply makes the edits that lie between start and end of a file and returns that piece.
func apply(in *Source, start, end int, edits []edit) string {
	edits = append([]edit{}, edits...)
	sort.Slice(edits, func(i, j int) bool { return edits[i].start < edits[j].start })
	var b strings.Builder
	at := start
	for _, e := range edits {
		if e.in != in || e.start < at || e.end > end {
			continue
		}
		b.Write(in.Text[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.Write(in.Text[at:end])
	return b.String()
}
