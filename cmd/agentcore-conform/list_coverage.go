package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// coverageSchema names the version of what list --coverage --json prints.
const coverageSchema = "agentcore-conform/coverage/v1"

// coverageList is what list --coverage --json prints.
type coverageList struct {
	Schema   string `json:"schema"`
	Contract string `json:"contract"`
	// HTTP counts the clauses that concern the HTTP protocol, All all of them.
	HTTP         checks.Count    `json:"http"`
	All          checks.Count    `json:"all"`
	MostExcluded int             `json:"mostExcluded"`
	Areas        []coveredArea   `json:"areas"`
	Clauses      []coveredClause `json:"clauses"`
}

type coveredArea struct {
	Area string `json:"area"`
	checks.Count
}

type coveredClause struct {
	ID    string       `json:"id"`
	Level checks.Level `json:"level"`
	Area  string       `json:"area"`
	Title string       `json:"title"`
	Cover checks.Cover `json:"cover"`
	// HTTP says that the clause concerns the HTTP protocol.
	HTTP     bool     `json:"http"`
	RuledBy  []string `json:"ruledBy,omitempty"`
	Excluded string   `json:"excluded,omitempty"`
	// Fail, Warn and Note count the reasons of each outcome.
	Fail    int      `json:"fail"`
	Warn    int      `json:"warn"`
	Note    int      `json:"note"`
	Passed  []string `json:"passed"`
	Mutants []string `json:"mutants"`
	Traps   []string `json:"traps"`
	// Proven says that a tested clause was seen to pass, and to fail or warn.
	Proven bool `json:"proven"`
}

func (a *app) listCoverage(asJSON bool) error {
	all := a.registry.Coverage(checks.Contract(), checks.Proofs())
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(coverageOf(all))
	}
	a.printCoverage(all)
	return nil
}

func coverageOf(all []checks.Coverage) coverageList {
	out := coverageList{
		Schema: coverageSchema, Contract: checks.Revision, MostExcluded: checks.MostExcluded,
		HTTP: checks.CountOf(all, checks.Clause.Played), All: countOf(all, ""),
	}
	for _, area := range checks.Contract().Areas() {
		out.Areas = append(out.Areas, coveredArea{area, countOf(all, area)})
	}
	for _, v := range all {
		c := v.Clause
		out.Clauses = append(out.Clauses, coveredClause{
			ID: c.ID, Level: c.Level, Area: c.Area, Title: c.Title, Cover: v.Cover, HTTP: c.Played(), RuledBy: c.RuledBy, Excluded: c.Excluded,
			Fail: c.Count(checks.Fail), Warn: c.Count(checks.Warn), Note: c.Count(checks.Note),
			Passed: orEmpty(v.Proof.Passed), Mutants: orEmpty(v.Mutants()), Traps: orEmpty(v.Proof.Traps), Proven: v.Proven(),
		})
	}
	return out
}

// countOf counts the clauses of an area; "" is all of them.
func countOf(all []checks.Coverage, area string) checks.Count {
	return checks.CountOf(all, func(c checks.Clause) bool { return area == "" || c.Area == area })
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// coverageWidth is where the coverage wraps, in columns.
const coverageWidth = 80

func (a *app) printCoverage(all []checks.Coverage) {
	w := a.stdout
	const row = "%-6s %8v %7v %10v %9v %8v\n"
	fmt.Fprintf(w, row, "area", "clauses", "tested", "by others", "excluded", "not yet")
	for _, area := range append(checks.Contract().Areas(), "") {
		n, name := countOf(all, area), area
		if name == "" {
			name = "all"
		}
		fmt.Fprintf(w, row, name, n.Clauses, n.Tested, n.RuledElsewhere, n.Excluded, n.NotYet)
	}
	http := checks.CountOf(all, checks.Clause.Played)
	fmt.Fprintf(w, "\nOf HTTP: %d clauses, %d tested, %d ruled on by others,\n%d excluded (at most %d), %d without a row.\n\n",
		http.Clauses, http.Tested, http.RuledElsewhere, http.Excluded, checks.MostExcluded, http.NotYet)
	for _, v := range all {
		label := fmt.Sprintf("%-8s %-7s %-9s ", v.Clause.ID, v.Clause.Level, coverWords[v.Cover])
		pad := strings.Repeat(" ", len(label))
		text := label + strings.TrimPrefix(fold(coverText(v), pad, coverageWidth), pad)
		fmt.Fprintln(w, strings.TrimRight(text, " "))
	}
}

// coverWords are the kinds of cover as people read them.
var coverWords = map[checks.Cover]string{
	checks.Tested: "tested", checks.RuledElsewhere: "by others", checks.Excluded: "excluded", checks.NotYet: "not yet",
}

// coverText says how: what a check can find and what proves it, who else rules, or why nobody does.
func coverText(v checks.Coverage) string {
	switch v.Cover {
	case checks.Tested:
		text := fmt.Sprintf("%d fail, %d warn; %s, %s", v.Clause.Count(checks.Fail), v.Clause.Count(checks.Warn),
			counted(len(v.Mutants()), "mutant"), counted(len(v.Proof.Traps), "trap"))
		if !v.Proven() {
			text += "; not proven"
		}
		return text
	case checks.RuledElsewhere:
		return strings.Join(v.Clause.RuledBy, ", ")
	case checks.Excluded:
		return v.Clause.Excluded
	case checks.NotYet:
	}
	return ""
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
