package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func (a *app) explainError(text string) error {
	symptoms, err := vocabulary(checks.Contract)
	if err != nil {
		return err
	}
	m := newMatcher(symptoms)
	found := m.find(text)
	if len(found) == 0 {
		return usagef("no known platform error resembles %q%s; paste the text as the caller or CloudWatch shows it, "+
			"or see agentcore-conform list", shorten(text), nearest(m.rank(text)[0]))
	}
	best := headline(found)
	w := a.stdout
	fmt.Fprintln(w, best.text)
	if best.symptom.Meaning != "" {
		field(w, "seen in", best.symptom.Seen)
		field(w, "means", best.symptom.Meaning)
	}
	a.explainCauses(causesOf(best, found))
	return nil
}

// nearest names the known text that comes closest, when anything does.
func nearest(x match) string {
	if x.likeness == 0 {
		return ""
	}
	return fmt.Sprintf("; the nearest known one is %q", x.text)
}

// asGood is the share of the best match's weight from which another match counts as well.
const asGood = 0.9

// headline prefers a symptom that says what the error means to a text that a single reason names.
func headline(found []match) match {
	for _, f := range found {
		if f.symptom.Meaning != "" && f.shared >= asGood*found[0].shared {
			return f
		}
	}
	return found[0]
}

// causesOf are the causes of the symptom, then those the catalogue names for texts that fit as well, clause by clause.
func causesOf(best match, found []match) []cause {
	out := slices.Clone(best.symptom.Causes)
	told := map[string]bool{}
	for _, c := range out {
		for _, id := range c.Clauses {
			told[id] = true
		}
	}
	for _, f := range found {
		for _, c := range f.symptom.Causes {
			if c.reason != nil && !told[c.Clauses[0]] && f.shared >= asGood*found[0].shared {
				out = append(out, c)
				told[c.Clauses[0]] = true
			}
		}
	}
	return out
}

func (a *app) explainCauses(causes []cause) {
	w := a.stdout
	var covered []string
	fmt.Fprintln(w, "\nLikely causes, most likely first:")
	for i, c := range causes {
		fmt.Fprintf(w, "\n%d. %s\n", i+1, c.When)
		for _, id := range c.Clauses {
			clause, _ := checks.Contract.Clause(id)
			fmt.Fprintln(w, hang(fmt.Sprintf("%-8s ", id), clause.Title, "   "))
			if fix := fixOf(clause, c.reason); fix != "" {
				fmt.Fprintln(w, wrap("fix: "+fix, "            "))
			}
			if _, ok := a.registry.Check(id); ok && !slices.Contains(covered, id) {
				covered = append(covered, id)
			}
		}
	}
	if len(covered) > 0 {
		fmt.Fprintf(w, "\nTo tell them apart: agentcore-conform IMAGE --only %s\n", strings.Join(covered, ","))
	}
	fmt.Fprintln(w, "More on each: agentcore-conform explain ID")
}

// fixOf is the fix of the reason, or of the clause's gravest one.
func fixOf(c checks.Clause, r *checks.Reason) string {
	if r != nil {
		return r.Fix
	}
	fix, worst := "", checks.NotApplicable
	for _, row := range c.Reasons {
		if checks.Worse(row.Outcome, worst) {
			fix, worst = row.Fix, row.Outcome
		}
	}
	return fix
}
