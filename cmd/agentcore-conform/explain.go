package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   `explain ID | "error text"`,
		Short: "Explain a clause, or an error text seen on the platform",
		Long: "Explain a clause of the contract: its level, what the platform does when it is broken, how it is probed and\n" +
			"covered, the reasons this tool tells apart, how to fix them, what proves the check, and code that keeps the\n" +
			"clause. docs/clauses holds the same. Given an error text instead, say what can be behind it and which clauses\n" +
			"tell the causes apart.",
		Example: indent("agentcore-conform explain PING-06",
			`agentcore-conform explain "Runtime health check failed or timed out"`),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("give the id of a clause, such as PING-06, or an error text in quotes")
			}
			return nil
		},
		ValidArgsFunction: completeClause,
		RunE:              func(_ *cobra.Command, args []string) error { return a.explain(strings.Join(args, " ")) },
	}
}

var likeID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*-[0-9]+$`)

func (a *app) explain(what string) error {
	what = strings.TrimSpace(what)
	id := strings.ToUpper(what)
	if c, ok := checks.Contract().Clause(id); ok {
		a.explainClause(c)
		return nil
	}
	if likeID.MatchString(what) {
		return usagef("%s is no clause%s; agentcore-conform list shows them all", id, didYouMean("", id, a.clauseIDs()))
	}
	if slices.ContainsFunc(a.clauseIDs(), func(c string) bool { return strings.HasPrefix(c, id+"-") }) {
		return usagef("%s is an area; explain one of its clauses, such as %s-01", id, id)
	}
	return a.explainError(what)
}

func (a *app) clauseIDs() []string {
	var out []string
	for _, c := range checks.Contract().Clauses() {
		out = append(out, c.ID)
	}
	return out
}

// textWidth is where explanations wrap, in columns.
const textWidth = 100

func field(w io.Writer, name, value string) {
	if value != "" {
		fmt.Fprintln(w, hang(fmt.Sprintf("%-11s", name), value, ""))
	}
}

// hang sets a label off from a text that wraps beside it.
func hang(label, text, margin string) string {
	pad := margin + strings.Repeat(" ", len(label))
	return margin + label + strings.TrimPrefix(wrap(text, pad), pad)
}

// wrap folds text into lines of textWidth, each after the margin.
func wrap(text, margin string) string { return fold(text, margin, textWidth) }

// fold breaks text into lines of at most width columns, each after the margin.
func fold(text, margin string, width int) string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && len(margin)+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > width {
			lines, line = append(lines, margin+line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return strings.Join(append(lines, margin+line), "\n")
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
