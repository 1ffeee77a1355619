package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// listSchema names the version of what list --json prints.
const listSchema = "agentcore-conform/list/v1"

// clauseList is what list --json prints.
type clauseList struct {
	Schema   string         `json:"schema"`
	Contract string         `json:"contract"`
	Clauses  []listedClause `json:"clauses"`
}

type listedClause struct {
	ID        string          `json:"id"`
	Level     checks.Level    `json:"level"`
	Area      string          `json:"area"`
	Title     string          `json:"title"`
	Protocols []string        `json:"protocols,omitempty"`
	Covered   bool            `json:"covered"`
	Reasons   []checks.Reason `json:"reasons"`
}

func (a *app) listCommand() *cobra.Command {
	var asJSON, coverage bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the clauses of the contract and what this version covers",
		Long: "List the clauses of the contract with their levels. A clause that this version has no check for is marked\n" +
			"with a dash: a run says nothing about it. With --coverage, say how each is covered: tested, with the reasons\n" +
			"its check can find and the mutants and traps that prove the check; ruled on by the checks of others; excluded,\n" +
			"and why; or not yet.",
		Example: indent("agentcore-conform list", "agentcore-conform list --coverage",
			"agentcore-conform list --json | jq '.clauses[] | select(.covered) | .id'"),
		Args: noArguments, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if coverage {
				return a.listCoverage(asJSON)
			}
			return a.list(asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, reasons included")
	cmd.Flags().BoolVar(&coverage, "coverage", false, "say how each clause is covered, and count it by area")
	return cmd
}

func (a *app) list(asJSON bool) error {
	clauses := a.listed()
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(clauseList{listSchema, checks.Revision, clauses})
	}
	covered := 0
	for _, c := range clauses {
		mark := "-"
		if c.Covered {
			mark, covered = "*", covered+1
		}
		fmt.Fprintf(a.stdout, "%s %-8s %-7s %s\n", mark, c.ID, c.Level, c.Title)
	}
	fmt.Fprintf(a.stdout, "\n%d clauses of the contract as of %s; * covered: %d\n", len(clauses), checks.Revision, covered)
	return nil
}

func (a *app) listed() []listedClause {
	var out []listedClause
	for _, c := range checks.Contract().Clauses() {
		_, covered := a.registry.Check(c.ID)
		reasons := c.Reasons
		if reasons == nil {
			reasons = []checks.Reason{}
		}
		out = append(out, listedClause{c.ID, c.Level, c.Area, c.Title, c.Protocols, covered, reasons})
	}
	return out
}

// noArguments is cobra.NoArgs with a line of our own.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments, but got %s; see %s --help", cmd.Name(), strings.Join(args, " "), cmd.CommandPath())
	}
	return nil
}
