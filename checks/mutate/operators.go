package mutate

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// swaps are the operators that stand in for each other. Those of && and || also lose an operand.
var swaps = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ}, token.LEQ: {token.LSS}, token.GTR: {token.GEQ}, token.GEQ: {token.GTR},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.MUL},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
}

// binary swaps an operator, or drops one operand of a condition.
func (w *walker) binary(n *ast.BinaryExpr) {
	if w.isString(n) && n.Op == token.ADD {
		return
	}
	logic := n.Op == token.LAND || n.Op == token.LOR
	for _, op := range swaps[n.Op] {
		if logic {
			w.replace("logic", n, "("+w.text(n.X)+" "+op.String()+" "+w.text(n.Y)+")")
			continue
		}
		w.replace(kindOf(n.Op), n, w.text(n.X)+" "+op.String()+" "+w.text(n.Y))
	}
	if logic {
		w.replace("operand", n, w.text(n.X))
		w.replace("operand", n, w.text(n.Y))
	}
}

func kindOf(op token.Token) string {
	switch op {
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM:
		return "arithmetic"
	}
	return "comparison"
}

// condition turns a condition round. Comparisons for equality are turned round by binary.
func (w *walker) condition(e ast.Expr) {
	switch n := e.(type) {
	case nil:
		return
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			w.replace("negation", n, w.text(n.X))
			return
		}
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			return
		}
	}
	w.replace("negation", e, "!("+w.text(e)+")")
}

// literal moves a number by one either way.
func (w *walker) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			w.replace("number", n, strconv.FormatInt(v+1, 10))
			w.replace("number", n, strconv.FormatInt(v-1, 10))
		}
	case token.FLOAT:
		w.replace("number", n, "("+n.Value+" + 1)")
		w.replace("number", n, "("+n.Value+" - 1)")
	}
}

// identifier turns the constants true and false round.
func (w *walker) identifier(n *ast.Ident) {
	if w.pkg.Info.Uses[n] == types.Universe.Lookup("true") {
		w.replace("constant", n, "false")
	}
	if w.pkg.Info.Uses[n] == types.Universe.Lookup("false") {
		w.replace("constant", n, "true")
	}
}

// extreme swaps min and max.
func (w *walker) extreme(n *ast.CallExpr) {
	id, ok := n.Fun.(*ast.Ident)
	if !ok || w.pkg.Info.Uses[id] == nil || w.pkg.Info.Uses[id].Parent() != types.Universe {
		return
	}
	if other := map[string]string{"min": "max", "max": "min"}[id.Name]; other != "" {
		w.replace("extreme", id, other)
	}
}

// drops takes statements out of a list one at a time. What declares something stays: it would not compile.
func (w *walker) drops(list []ast.Stmt) {
	for _, s := range list {
		switch n := s.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.ReturnStmt, *ast.BranchStmt, *ast.DeferStmt:
		default:
			continue
		}
		w.cut("statement", s, w.at(s.Pos()), w.at(s.End()))
	}
}

// clauses takes the clauses of a switch out one at a time, and turns round the conditions of one without a tag.
func (w *walker) clauses(body *ast.BlockStmt, conditions bool) {
	for _, s := range body.List {
		c, ok := s.(*ast.CaseClause)
		if !ok {
			continue
		}
		w.cut("case", c, w.at(c.Pos()), w.at(c.End()))
		w.elements("case", c.List)
		if conditions {
			for _, e := range c.List {
				w.condition(e)
			}
		}
	}
}

// elements takes elements out of a list of several one at a time.
func (w *walker) elements(operator string, list []ast.Expr) {
	if len(list) < 2 {
		return
	}
	for i, e := range list {
		if i+1 < len(list) {
			w.cut(operator, e, w.at(e.Pos()), w.at(list[i+1].Pos()))
			continue
		}
		w.cut(operator, e, w.at(list[i-1].End()), w.at(e.End()))
	}
}

// list takes the elements out of a list or map; a struct's fields are no list.
func (w *walker) list(n *ast.CompositeLit) {
	t := w.pkg.Info.TypeOf(n)
	if t == nil {
		return
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
		w.elements("element", n.Elts)
	}
}

func (w *walker) isString(e ast.Expr) bool { return w.is(e, types.IsString) }

func (w *walker) isBool(e ast.Expr) bool { return w.is(e, types.IsBoolean) }

func (w *walker) is(e ast.Expr, info types.BasicInfo) bool {
	t := w.pkg.Info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&info != 0
}
