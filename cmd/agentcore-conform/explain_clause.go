package main

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/clausedocs"
)

// explainClause prints what docs/clauses says of a clause.
func (a *app) explainClause(c checks.Clause) {
	p := clausedocs.Of(a.registry.CoverageOf(c, checks.Proofs()))
	w := a.stdout
	fmt.Fprintf(w, "%s  %s\n\n%s\n\n", c.ID, c.Level, wrap(c.Title, ""))
	a.facts(p.Facts, "", 12)
	if len(p.Reasons) > 0 {
		fmt.Fprintln(w, "\nReasons this tool tells apart:")
	}
	for _, r := range p.Reasons {
		fmt.Fprintf(w, "\n  %s  %s (%s)\n%s\n", r.ID, r.Outcome, r.Basis, wrap(r.Title, "    "))
		a.facts(r.Facts, "    ", 9)
	}
	if len(p.Snippets) > 0 {
		fmt.Fprintln(w, "\nCode that keeps it:")
	}
	for _, s := range p.Snippets {
		fmt.Fprintf(w, "\n  %s\n\n%s\n", s.Framework, indented(s.Code, "    "))
	}
}

// facts prints each fact beside its label, which takes so many columns. Lists of failures and error texts have a line for
// each, names share one.
func (a *app) facts(facts []clausedocs.Fact, margin string, columns int) {
	for _, f := range facts {
		label := fmt.Sprintf("%-*s", columns, f.Label)
		for _, text := range factLines(f) {
			fmt.Fprintln(a.stdout, hang(label, text, margin))
			label = strings.Repeat(" ", columns)
		}
	}
}

func factLines(f clausedocs.Fact) []string {
	var out []string
	if f.Text != "" {
		out = append(out, f.Text)
	}
	for _, x := range f.Failures {
		out = append(out, x.ID+" "+x.Title)
	}
	if f.Names {
		return append(out, strings.Join(f.Quotes, ", "))
	}
	for _, q := range f.Quotes {
		out = append(out, `"`+q+`"`)
	}
	return out
}

// indented sets code off from the text around it; empty lines stay empty.
func indented(code, margin string) string {
	lines := strings.Split(code, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = margin + l
		}
	}
	return strings.Join(lines, "\n")
}
