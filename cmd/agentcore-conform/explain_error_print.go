package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func (a *app) printExplanation(e explanation) {
	w := a.stdout
	fmt.Fprintln(w, wrap(e.Text, ""))
	field(w, "seen in", e.Seen)
	field(w, "means", e.Meaning)
	fmt.Fprintln(w, "\nLikely causes, most likely first:")
	for i, c := range e.Causes {
		fmt.Fprintf(w, "\n%s\n", hang(fmt.Sprintf("%d. ", i+1), c.When, ""))
		a.printCause(c)
	}
	if e.Command != "" {
		fmt.Fprintf(w, "\nTo tell them apart: %s\n", e.Command)
	}
	if len(e.Flags) > 0 {
		fmt.Fprintln(w, wrap("Some show only with "+strings.Join(e.Flags, ", ")+".", ""))
	}
	if e.Otherwise != "" {
		fmt.Fprintln(w, wrap("If nothing is found: "+e.Otherwise, ""))
	}
	if len(e.Rarer) > 0 {
		fmt.Fprintln(w, wrap("More rarely: "+join(e.Rarer), ""))
	}
	fmt.Fprintln(w, "More on each: agentcore-conform explain ID")
}

// printCause shows the failures that a cause is, what a report says when it is the one, and how to mend it.
func (a *app) printCause(c explainedCause) {
	for _, f := range c.Failures {
		line(a, f.ID, f.Title+unplayed(f))
	}
	label := "tell by"
	for _, f := range c.Findings {
		line(a, label, verdictText(f))
		label = ""
	}
	if len(c.Findings) > 0 {
		line(a, "fix", c.Findings[0].Fix)
	}
	for _, id := range c.Clauses {
		clause, _ := checks.Contract().Clause(id)
		line(a, "see", id+": "+clause.Title)
	}
}

// unplayed says why a run does not show a failure.
func unplayed(f checks.Failure) string {
	switch {
	case len(f.Later) > 0:
		return " Not played by this version: " + strings.Join(f.Later, ", ") + "."
	case f.Uncovered != "":
		return " Not shown by a run."
	}
	return ""
}

// verdictText is what stands in a report when a reason is found.
func verdictText(f finding) string {
	return fmt.Sprintf("%s %s, %s: %s", f.Clause, f.Outcome, f.ID, f.Title)
}

// line prints a text beside a label, indented below its cause. Nothing is printed for an empty text.
func line(a *app, label, text string) {
	if text != "" {
		fmt.Fprintln(a.stdout, hang(fmt.Sprintf("%-11s", label), text, "   "))
	}
}

func (a *app) explainFailure(id string) error {
	f, ok := checks.Field().Failure(id)
	if !ok {
		return usagef("%s is no failure of the index%s; docs/failures.md has them all", id, didYouMean("", id, failureIDs()))
	}
	w := a.stdout
	fmt.Fprintf(w, "%s  rank %d of 25\n\n%s\n\n", f.ID, f.Score, wrap(f.Title, ""))
	field(w, "seen as", f.Symptom)
	field(w, "not shown", f.Uncovered)
	if len(f.Later) > 0 {
		field(w, "not shown", "this version does not play it yet; its clauses: "+strings.Join(f.Later, ", "))
	}
	field(w, "unseen", f.Note)
	for _, text := range textsBehind(id) {
		field(w, "text", text)
	}
	if len(f.Reasons) > 0 {
		fmt.Fprintln(w, "\nWhat a report says of it, most likely first:")
	}
	for _, r := range f.Reasons {
		row := findingOf(r)
		fmt.Fprintf(w, "\n  %s\n", strings.TrimSpace(wrap(verdictText(row), "  ")))
		if row.Fix != "" {
			fmt.Fprintln(w, wrap("fix: "+row.Fix, "    "))
		}
	}
	command, flags := a.commandFor([]explainedCause{explained(checks.Cause{Failures: []string{id}})})
	if command != "" {
		fmt.Fprintf(w, "\nTo look for it: %s\n", strings.TrimSpace(command+" "+strings.Join(flags, " ")))
	}
	return nil
}

// textsBehind are the error texts that a failure can be behind, in their first wording.
func textsBehind(id string) []string {
	var out []string
	for _, e := range checks.Field().Errors {
		if slices.ContainsFunc(e.Causes, func(c checks.Cause) bool { return slices.Contains(c.Failures, id) }) {
			out = append(out, e.Texts[0])
		}
	}
	return out
}

func failureIDs() []string {
	var out []string
	for _, f := range checks.Field().Failures {
		out = append(out, f.ID)
	}
	return out
}

func join(refs []checks.ReasonRef) string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = string(r)
	}
	return strings.Join(out, ", ")
}
