//go:build mutate

package mutate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/agentcore-conform/agentcore-conform/"

// left are the packages under checks that do not judge. The statistics of checks/trend are proven by how often they err over
// tens of thousands of series: no single number of theirs is right or wrong.
var left = []string{"checks/facts", "checks/mutate", "checks/checktest", "checks/all", "checks/clausedocs", "checks/trend"}

// listed is what go list says of a package.
type listed struct {
	Dir, ImportPath, Export            string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
	Deps                               []string
	Standard                           bool
	Error                              *struct{ Err string }
}

func (l listed) tested() bool { return len(l.TestGoFiles)+len(l.XTestGoFiles) > 0 }

func list(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json", "./checks/...")
	cmd.Dir = root
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the packages: %v\n%s", err, errs.String())
	}
	all := map[string]listed{}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read the list of packages: %v", err)
		}
		all[l.ImportPath] = l
	}
}

// judges are the packages to put mutants into.
func judges(all map[string]listed) []listed {
	var out []listed
	for p, l := range all {
		if strings.HasPrefix(p, module+"checks") && len(l.GoFiles) > 0 && !isLeft(p) {
			out = append(out, l)
		}
	}
	return out
}

func isLeft(p string) bool {
	for _, l := range left {
		if p == module+l {
			return true
		}
	}
	return false
}

// reaches reports that the tests of a package run code of another.
func reaches(all map[string]listed, tests listed, of string) bool {
	if tests.ImportPath == of {
		return true
	}
	for _, p := range append(append(append([]string{}, tests.Imports...), tests.TestImports...), tests.XTestImports...) {
		if p == of {
			return true
		}
		for _, d := range all[p].Deps {
			if d == of {
				return true
			}
		}
	}
	return false
}

// load parses and checks a package.
func load(t *testing.T, all map[string]listed, l listed) *Package {
	t.Helper()
	p := &Package{Name: path.Base(l.ImportPath), Fset: token.NewFileSet()}
	for _, name := range l.GoFiles {
		text, err := os.ReadFile(filepath.Join(l.Dir, name))
		if err != nil {
			t.Fatalf("read a judge: %v", err)
		}
		p.Files = append(p.Files, &Source{Name: name, Text: text})
	}
	info, errs := check(all, l.ImportPath, p, func(s *Source) string { return string(s.Text) }, nil)
	if len(errs) > 0 {
		t.Fatalf("%s does not compile: %v", l.ImportPath, errs[0])
	}
	p.Info = info
	return p
}

// check parses and type-checks files; where files is given it parses those texts and leaves the package's trees alone.
func check(all map[string]listed, importPath string, p *Package, text func(*Source) string, helper *string) (*types.Info, []types.Error) {
	fset := p.Fset
	var trees []*ast.File
	for _, s := range p.Files {
		tree, err := parser.ParseFile(fset, s.Name, text(s), parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, []types.Error{{Msg: err.Error()}}
		}
		if helper == nil {
			s.Tree = tree
		}
		trees = append(trees, tree)
	}
	if helper != nil {
		tree, err := parser.ParseFile(fset, "helper", *helper, 0)
		if err != nil {
			return nil, []types.Error{{Msg: err.Error()}}
		}
		trees = append(trees, tree)
	}
	var errs []types.Error
	conf := types.Config{
		Importer: importer.ForCompiler(fset, "gc", func(p string) (io.ReadCloser, error) {
			if all[p].Export == "" {
				return nil, fmt.Errorf("no compiled %s", p)
			}
			return os.Open(all[p].Export)
		}),
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				errs = append(errs, e)
			}
		},
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
	}
	_, _ = conf.Check(importPath, fset, trees, info)
	return info, errs
}

// compiling drops the mutants that would not compile, and returns the others with their package's files.
func compiling(t *testing.T, all map[string]listed, l listed, p *Package, mutants []Mutant) ([]Mutant, []Built) {
	t.Helper()
	helper := Helper(p.Files[0].Tree.Name.Name)
	for range 30 {
		built := map[string]Built{}
		var files []Built
		for _, b := range Build(p, mutants) {
			built[b.Name] = b
			files = append(files, b)
		}
		fresh := &Package{Name: p.Name, Fset: token.NewFileSet(), Files: p.Files}
		_, errs := check(all, l.ImportPath, fresh, func(s *Source) string { return built[s.Name].Text }, &helper)
		if len(errs) == 0 {
			return mutants, files
		}
		bad := map[int]bool{}
		for _, e := range errs {
			if e.Fset == nil {
				t.Fatalf("%s with its mutants: %s", l.ImportPath, e.Msg)
			}
			at := e.Fset.Position(e.Pos)
			id := built[at.Filename].MutantAt(at.Offset)
			if id == 0 && !strings.Contains(e.Msg, "declared and not used") && !strings.HasPrefix(e.Msg, "\t") {
				t.Fatalf("%s with its mutants: %s:%d: %s", l.ImportPath, at.Filename, at.Line, e.Msg)
			}
			bad[id] = true
		}
		var good []Mutant
		for _, m := range mutants {
			if !bad[m.ID] {
				good = append(good, m)
			}
		}
		mutants = good
	}
	t.Fatalf("%s with its mutants does not compile", l.ImportPath)
	return nil, nil
}
