package all

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Every reason that the code names is in the catalogue, and no clause has reasons that nobody could name. That each of
// them is tripped by a case is proven beside the judges, by checktest.Main.
func TestReasonsInCodeAndCatalogueAgree(t *testing.T) {
	inCatalogue := map[string]bool{}
	registry := All()
	for _, cl := range checks.Contract().Clauses() {
		for _, r := range cl.Reasons {
			inCatalogue[r.ID] = true
		}
	}
	for _, lit := range literals(t) {
		if !inCatalogue[lit.text] {
			t.Errorf("%s: reason %q is not in the catalogue", lit.at, lit.text)
		}
	}
	for _, cl := range checks.Contract().Clauses() {
		if _, ok := registry.Check(cl.ID); !ok && len(cl.Reasons) > 0 {
			t.Errorf("%s has reasons but no check", cl.ID)
		}
	}
}

type literal struct{ text, at string }

// literals are the reasons that judges name.
func literals(t *testing.T) []literal {
	t.Helper()
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no judges: %v", err)
	}
	var out []literal
	fset := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatalf("read %s: %v", file, err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && callsFound(call) {
				if text, ok := firstArgument(call); ok {
					out = append(out, literal{text, fset.Position(n.Pos()).String()})
				}
			}
			return true
		})
	}
	return out
}

func callsFound(n *ast.CallExpr) bool {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Found"
}

func firstArgument(n *ast.CallExpr) (string, bool) {
	if len(n.Args) == 0 {
		return "", false
	}
	lit, ok := n.Args[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
