package mutate

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// onlySaid are calls that write text for people. What is in them decides nothing, so it is not changed; of Found, the
// first argument is the reason.
var onlySaid = map[string]bool{
	"Sprintf": true, "Errorf": true, "Passed": true, "Remark": true, "CannotTell": true, "DoesNotApply": true,
	"Wire": true, "Text": true, "LogLines": true, "With": true,
}

// walker collects the mutants of one declaration.
type walker struct {
	pkg  *Package
	in   *Source
	name string
	// constant is set inside a constant's declaration: all its uses change with it.
	constant *constant
	out      []Mutant
}

// constant is a package's constant whose value is being changed.
type constant struct {
	name  *ast.Ident
	typed ast.Expr
	value ast.Expr
	uses  []edit
}

// Mutants makes all mutants of a package, numbered from first on.
func Mutants(p *Package, first int) []Mutant {
	var out []Mutant
	for _, f := range p.Files {
		for _, d := range f.Tree.Decls {
			out = append(out, declaration(p, f, d)...)
		}
	}
	for i := range out {
		out[i].ID = first + i
	}
	return out
}

func declaration(p *Package, in *Source, d ast.Decl) []Mutant {
	var out []Mutant
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body != nil {
			w := &walker{pkg: p, in: in, name: nameOf(d)}
			w.walk(d.Body)
			out = w.out
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			spec, ok := s.(*ast.ValueSpec)
			if !ok || len(spec.Names) != len(spec.Values) {
				continue
			}
			for i, v := range spec.Values {
				w := &walker{pkg: p, in: in, name: spec.Names[i].Name}
				if d.Tok == token.CONST {
					w.constant = &constant{name: spec.Names[i], typed: spec.Type, value: v, uses: p.uses(spec.Names[i])}
				}
				w.walk(v)
				out = append(out, w.out...)
			}
		}
	}
	return out
}

func nameOf(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + d.Name.Name
	}
	return d.Name.Name
}

// uses are the places of the package that name a constant.
func (p *Package) uses(name *ast.Ident) []edit {
	object := p.Info.Defs[name]
	var out []edit
	for id, used := range p.Info.Uses {
		if object == nil || used != object {
			continue
		}
		for _, f := range p.Files {
			if f.Tree.FileStart <= id.Pos() && id.Pos() < f.Tree.FileEnd {
				at := p.Fset.Position(id.Pos()).Offset
				out = append(out, edit{in: f, start: at, end: at + len(id.Name)})
			}
		}
	}
	return out
}

func (w *walker) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return w.call(n)
		case *ast.KeyValueExpr:
			// What a check wants beside what it needs is read by the plan of a run, never by a judge.
			if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Wants" {
				return false
			}
		case ast.Stmt:
			w.statement(n)
		case *ast.BinaryExpr:
			w.binary(n)
		case *ast.BasicLit:
			w.literal(n)
		case *ast.Ident:
			w.identifier(n)
		case *ast.CompositeLit:
			if w.isEvidence(n) {
				return false
			}
			w.list(n)
		}
		return true
	})
}

func (w *walker) statement(s ast.Stmt) {
	switch n := s.(type) {
	case *ast.BlockStmt:
		w.drops(n.List)
	case *ast.CaseClause:
		w.drops(n.Body)
	case *ast.IfStmt:
		w.condition(n.Cond)
	case *ast.ForStmt:
		w.condition(n.Cond)
	case *ast.SwitchStmt:
		w.clauses(n.Body, n.Tag == nil)
	case *ast.TypeSwitchStmt:
		w.clauses(n.Body, false)
	case *ast.ReturnStmt:
		for _, e := range n.Results {
			if w.isBool(e) {
				w.condition(e)
			}
		}
	}
}

// call reports whether the call's arguments are to be looked at; it looks itself where only some are.
func (w *walker) call(n *ast.CallExpr) bool {
	name := ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if onlySaid[name] || name == "Found" {
			w.walk(f.X)
		}
	}
	switch {
	case name == "Found" && len(n.Args) > 0:
		w.walk(n.Args[0])
		return false
	case onlySaid[name]:
		return false
	}
	w.extreme(n)
	return true
}

// isEvidence reports a list of evidence: shown beside a finding, it decides nothing.
func (w *walker) isEvidence(n *ast.CompositeLit) bool {
	t := w.pkg.Info.TypeOf(n)
	return t != nil && strings.HasSuffix(t.String(), "checks.Evidence")
}

func (w *walker) at(p token.Pos) int { return w.pkg.Fset.Position(p).Offset }

func (w *walker) text(n ast.Node) string { return string(w.in.Text[w.at(n.Pos()):w.at(n.End())]) }

// replace makes a mutant that has the text in the node's stead.
func (w *walker) replace(operator string, n ast.Node, text string) {
	w.add(operator, n, edit{w.in, w.at(n.Pos()), w.at(n.End()), text}, short(w.text(n))+" → "+short(text))
}

// cut makes a mutant without what stands between two offsets.
func (w *walker) cut(operator string, n ast.Node, start, end int) {
	w.add(operator, n, edit{w.in, start, end, ""}, "without "+short(w.text(n)))
}

func (w *walker) add(operator string, n ast.Node, e edit, change string) {
	place := Place{File: w.pkg.Name + "/" + w.in.Name, Func: w.name, Line: w.line(n.Pos()), Operator: operator, Change: change}
	m := Mutant{Place: place, edits: []edit{e}, source: w.in}
	if c := w.constant; c != nil {
		m.edits = append([]edit{}, c.uses...)
		start, end := w.at(c.value.Pos()), w.at(c.value.End())
		m.declared = apply(w.in, start, end, []edit{e})
		if c.typed != nil {
			m.declared = w.text(c.typed) + " = " + m.declared
		} else {
			m.declared = "= " + m.declared
		}
	}
	w.out = append(w.out, m)
}

// line is the source line at a place without its indent.
func (w *walker) line(p token.Pos) string {
	at := w.at(p)
	start := strings.LastIndexByte(string(w.in.Text[:at]), '\n') + 1
	end := len(w.in.Text)
	if i := strings.IndexByte(string(w.in.Text[at:]), '\n'); i >= 0 {
		end = at + i
	}
	return strings.TrimSpace(string(w.in.Text[start:end]))
}

// short folds a piece of source into one bounded line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 90 {
		return string(r[:90]) + "…"
	}
	return s
}

// constantName is what the changed twin of a constant is called.
func constantName(id int) string { return "mutatedConstant" + strconv.Itoa(id) }
