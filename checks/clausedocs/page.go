// Package clausedocs gathers what is known of a clause, from the catalogue, the failures of the field, the proofs and the
// snippets, and writes docs/clauses from it. A terminal shows the same pages.
package clausedocs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Page is what there is to say of one clause.
type Page struct {
	Clause  checks.Clause
	Facts   []Fact
	Reasons []Reason
	// Snippets are code that keeps the clause.
	Snippets []checks.Snippet
}

// Reason is what there is to say of one way to fall short of the clause.
type Reason struct {
	checks.Reason
	Facts []Fact
}

// Fact is a labelled text, or a labelled list of what is to be shown as it is. None is empty.
type Fact struct {
	Label string
	Text  string
	// Quotes are error texts, or, with Names, the names of agents and images.
	Quotes []string
	Names  bool
	// Failures are those of the index in docs/failures.md.
	Failures []checks.Failure
}

// Of gathers the page of a clause.
func Of(v checks.Coverage) Page {
	p := Page{Clause: v.Clause, Snippets: checks.Snippets(v.Clause.ID)}
	p.Facts = kept(
		Fact{Label: "applies to", Text: protocols(v.Clause)},
		Fact{Label: "if broken", Text: v.Clause.Consequence},
		Fact{Label: "probe", Text: v.Clause.Probe},
		Fact{Label: "covered", Text: covered(v)},
		Fact{Label: "passed for", Quotes: v.Proof.Passed, Names: true},
		Fact{Label: "traps", Quotes: v.Proof.Traps, Names: true},
		Fact{Label: "seen as", Quotes: textsOf(v.Clause.ID)},
		Fact{Label: "failures", Failures: failuresOf(v.Clause.ID)},
		Fact{Label: "source", Text: v.Clause.Source},
	)
	for _, r := range v.Clause.Reasons {
		p.Reasons = append(p.Reasons, Reason{r, kept(
			Fact{Label: "then", Text: r.Consequence},
			Fact{Label: "fix", Text: r.Fix},
			Fact{Label: "seen as", Quotes: textsBehind(v.Clause.ID, r)},
			Fact{Label: "mutants", Quotes: v.Proof.Reasons[r.ID], Names: true},
		)})
	}
	return p
}

// kept leaves out facts that say nothing.
func kept(facts ...Fact) []Fact {
	return slices.DeleteFunc(facts, func(f Fact) bool { return f.Text == "" && len(f.Quotes) == 0 && len(f.Failures) == 0 })
}

func protocols(c checks.Clause) string {
	if len(c.Protocols) == 0 {
		return "every protocol"
	}
	return strings.Join(c.Protocols, ", ")
}

// covered says who rules on the clause, or why nobody does.
func covered(v checks.Coverage) string {
	switch v.Cover {
	case checks.Tested:
		text := fmt.Sprintf("tested, with %d reasons that fail and %d that warn", v.Clause.Count(checks.Fail), v.Clause.Count(checks.Warn))
		if !v.Proven() {
			text += "; not proven by a mutant and a good agent"
		}
		return text
	case checks.RuledElsewhere:
		return "ruled on by " + strings.Join(v.Clause.RuledBy, " and ")
	case checks.Excluded:
		return "excluded: " + v.Clause.Excluded
	case checks.NotYet:
		if !v.Clause.Played() {
			return "not yet: this version does not play it, a run says nothing about it"
		}
	}
	return "not yet: this version has no check for it that fails or warns"
}

// textsBehind are the platform's texts that a reason can be behind: those that it names, then those of the index.
func textsBehind(clause string, r checks.Reason) []string {
	ref := checks.ReasonRef(clause + "/" + r.ID)
	return texts(r.Errors, func(c checks.Cause) bool { return slices.Contains(checks.Field().Findings(c), ref) })
}

// textsOf are the platform's texts of which the index says that the clause itself has something to say.
func textsOf(clause string) []string {
	return texts(nil, func(c checks.Cause) bool { return slices.Contains(c.Clauses, clause) })
}

// texts adds to those given one wording of each error text that has such a cause, unless a wording of it is there.
func texts(out []string, such func(checks.Cause) bool) []string {
	out = slices.Clone(out)
	for _, e := range checks.Field().Errors {
		if slices.ContainsFunc(e.Causes, such) && !slices.ContainsFunc(e.Texts, func(t string) bool { return begins(out, t) }) {
			out = append(out, e.Texts[0])
		}
	}
	return out
}

// begins reports that one of the texts begins the other, which is then the same with an address or a request id behind it.
func begins(texts []string, other string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return strings.HasPrefix(t, other) || strings.HasPrefix(other, t) })
}

// failuresOf are the failures of the field that the clause's reasons show, or that wait for the clause.
func failuresOf(clause string) []checks.Failure {
	var out []checks.Failure
	for _, f := range checks.Field().Failures {
		shown := slices.ContainsFunc(f.Reasons, func(r checks.ReasonRef) bool { return r.Clause() == clause })
		if shown || slices.Contains(f.Later, clause) {
			out = append(out, f)
		}
	}
	return out
}
