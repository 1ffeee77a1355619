package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// docs/failures.md is written from the index; go test ./cmd/agentcore-conform -update writes it anew.
func TestFailuresDocument(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "failures.md")
	got := failuresDocument(checks.Field())
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want := document(t, "docs/failures.md"); got != want {
		t.Error("docs/failures.md is not what the index says; renew it: go test ./cmd/agentcore-conform -run FailuresDocument -update")
	}
}

// Every failure and every error text stands in the document, each link leads to a clause, and no cell breaks its table.
func TestFailuresDocumentHoldsTheIndex(t *testing.T) {
	doc := document(t, "docs/failures.md")
	for _, f := range checks.Field().Failures {
		if n := strings.Count(doc, "| <a id=\""+strings.ToLower(f.ID)+"\"></a>"+f.ID+" |"); n != 1 {
			t.Errorf("%s stands %d times", f.ID, n)
		}
	}
	for _, e := range checks.Field().Errors {
		for _, text := range e.Texts {
			if !strings.Contains(doc, "`"+text+"`") {
				t.Errorf("%q is missing", text)
			}
		}
	}
	links := regexp.MustCompile(`\]\(clauses/([A-Z0-9]+)\.md#([a-z0-9-]+)\)`).FindAllStringSubmatch(doc, -1)
	for _, l := range links {
		if c, ok := checks.Contract().Clause(strings.ToUpper(l[2])); !ok || c.Area != l[1] {
			t.Errorf("%s leads nowhere", l[0])
		}
	}
	if len(links) < len(checks.Field().Failures)/2 {
		t.Errorf("only %d links", len(links))
	}
	for i, line := range strings.Split(doc, "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != columns+1 {
			t.Errorf("line %d has %d bars: %s", i+1, strings.Count(line, "|"), line)
		}
	}
}

// columns is how many the tables of failures have.
const columns = 5

const failuresHead = `# What goes wrong on the platform, and what here finds it

Failures of containers on Amazon Bedrock AgentCore Runtime as they are told of in the field, and the findings that show each
of them before deployment. The rank is how often a failure is reported (1 to 5) times what it costs (1 to 5). Everything
from rank 12 up is here, and what else the [error texts](#error-texts) lead to. ` + "`agentcore-conform explain F-NET-01`" + ` prints
one of them, ` + "`agentcore-conform explain \"error text\"`" + ` what is behind a text that you saw; paste the whole line.

This page is generated from ` + "`checks/failures.yaml`" + `.
`

func failuresDocument(x *checks.FailureIndex) string {
	var b strings.Builder
	b.WriteString(failuresHead)
	b.WriteString(countsOf(x))
	area := ""
	for _, f := range x.Failures {
		if f.Area() != area {
			area = f.Area()
			fmt.Fprintf(&b, "\n## %s\n\n| Failure | What is wrong | On the platform | Rank | What shows it |\n|---|---|---|---|---|\n", area)
		}
		fmt.Fprintf(&b, "| <a id=%q></a>%s | %s | %s | %d | %s |\n", strings.ToLower(f.ID), f.ID, cell(f.Title), cell(f.Symptom), f.Score, cell(shownBy(f)))
	}
	b.WriteString("\n## Error texts\n\nThe likeliest cause first; <…> stands for any text.\n")
	for _, e := range x.Errors {
		b.WriteString(errorText(x, e))
	}
	return b.String()
}

func countsOf(x *checks.FailureIndex) string {
	shown, uncovered, later := 0, 0, 0
	for _, f := range x.Failures {
		switch {
		case len(f.Reasons) > 0:
			shown++
		case f.Uncovered != "":
			uncovered++
		default:
			later++
		}
	}
	return fmt.Sprintf("\n%d failures: %d have findings, %d have a word on why not, %d belong to protocols or platform versions that are not played yet.\n",
		len(x.Failures), shown, uncovered, later)
}

// shownBy is the last column: findings, or why there are none.
func shownBy(f checks.Failure) string {
	switch {
	case f.Uncovered != "":
		return "None. " + f.Uncovered
	case len(f.Later) > 0:
		return "Not played yet: " + clauseLinks(f.Later)
	}
	out := reasonLinks(f.Reasons)
	if len(f.Flags) > 0 {
		out += " with `" + strings.Join(f.Flags, "`, `") + "`"
	}
	if f.Note != "" {
		out += ". " + f.Note
	}
	return out
}

// reasonLinks joins the reasons of one clause behind its link.
func reasonLinks(refs []checks.ReasonRef) string {
	var parts []string
	at := map[string]int{}
	for _, r := range refs {
		if i, ok := at[r.Clause()]; ok {
			parts[i] += ", " + r.Reason()
			continue
		}
		at[r.Clause()] = len(parts)
		parts = append(parts, clauseLink(r.Clause())+" "+r.Reason())
	}
	return strings.Join(parts, "; ")
}

func clauseLinks(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = clauseLink(id)
	}
	return strings.Join(out, ", ")
}

func clauseLink(id string) string {
	area, _, _ := strings.Cut(id, "-")
	return fmt.Sprintf("[%s](clauses/%s.md#%s)", id, area, strings.ToLower(id))
}

// cell keeps a text inside its table: bars and tags would end it.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(s)
}

func errorText(x *checks.FailureIndex, e checks.ErrorText) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### `%s`\n\n", e.Texts[0])
	if len(e.Texts) > 1 {
		fmt.Fprintf(&b, "Also `%s`.\n\n", strings.Join(e.Texts[1:], "`, `"))
	}
	fmt.Fprintf(&b, "%s Seen in: %s.\n\n", e.Meaning, e.Seen)
	for i, c := range e.Causes {
		fmt.Fprintf(&b, "%d. %s%s\n", i+1, c.When, causeLinks(x, c))
	}
	if e.Otherwise != "" {
		fmt.Fprintf(&b, "\nIf nothing is found: %s\n", e.Otherwise)
	}
	return b.String()
}

func causeLinks(x *checks.FailureIndex, c checks.Cause) string {
	var ids []string
	for _, id := range c.Failures {
		ids = append(ids, fmt.Sprintf("[%s](#%s)", id, strings.ToLower(id)))
	}
	out := ""
	for _, part := range []string{strings.Join(ids, ", "), reasonLinks(x.Findings(c)), clauseLinks(c.Clauses)} {
		if part != "" {
			out += "\n   " + part
		}
	}
	return out
}
