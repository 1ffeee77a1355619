package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// symptom is something that users see on the platform, in its wordings, and what can be behind it.
type symptom struct {
	texts []string
	// known is the index's entry; nil for a text that reasons of the catalogue alone name.
	known *checks.ErrorText
	// named are the reasons of the catalogue that name one of the texts.
	named []checks.ReasonRef
}

// asSaid is the likeness from which a text that the catalogue names is a wording of a known one.
const asSaid = 0.8

// symptoms are all known ones: those of the index, then the texts that only reasons of the catalogue name.
func symptoms() []symptom {
	var out []symptom
	for i := range checks.Field().Errors {
		e := &checks.Field().Errors[i]
		out = append(out, symptom{texts: e.Texts, known: e})
	}
	known := newMatcher(slices.Clone(out))
	at := map[string]int{}
	for _, cl := range checks.Contract().Clauses() {
		for _, r := range cl.Reasons {
			for _, text := range r.Errors {
				i, ok := at[text]
				if !ok {
					if i = likest(known, text); i < 0 {
						out, i = append(out, symptom{texts: []string{text}}), len(out)
					}
					at[text] = i
				}
				out[i].named = append(out[i].named, checks.ReasonRef(cl.ID+"/"+r.ID))
			}
		}
	}
	return out
}

// likest is the place of the index's entry that a text is a wording of, below 0 when it is none's.
func likest(m *matcher, text string) int {
	best := m.rank(text)[0]
	if best.likeness < asSaid {
		return -1
	}
	return slices.IndexFunc(m.symptoms, func(s symptom) bool { return s.known == best.symptom.known })
}

var likeFailure = regexp.MustCompile(`(?i)^F-[A-Z0-9]+-S?[0-9]+$`)

// explainError explains a text that was seen on the platform, or a failure by its id.
func (a *app) explainError(text string) error {
	if likeFailure.MatchString(text) {
		return a.explainFailure(strings.ToUpper(text))
	}
	return a.explainMatch(newMatcher(symptoms()), text)
}

func (a *app) explainMatch(m *matcher, text string) error {
	found := m.find(text)
	if len(found) == 0 {
		return usagef("no known platform error resembles %q%s; paste the text as the caller or CloudWatch shows it, "+
			"or see agentcore-conform list", shorten(text), nearest(m.rank(text)))
	}
	a.printExplanation(a.explanationOf(found))
	return nil
}

// mostNearest is how many known texts are offered for an unknown one.
const mostNearest = 3

// nearest names the known texts that come closest, when any do.
func nearest(ranked []match) string {
	var out []string
	for _, x := range ranked {
		if x.likeness > 0 && len(out) < mostNearest {
			out = append(out, fmt.Sprintf("%q", shorten(x.text)))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; the nearest known ones are " + strings.Join(out, ", ")
}

// asGood is the share of the best match's weight from which another match counts as well.
const asGood = 0.9

// headline prefers a symptom of the index, which says what the error means, to a text that the catalogue alone has.
func headline(found []match) match {
	for _, f := range found {
		if f.symptom.known != nil && f.shared >= asGood*found[0].shared {
			return f
		}
	}
	return found[0]
}

// explanation is what is known of an error text.
type explanation struct {
	Text      string
	Seen      string
	Meaning   string
	Causes    []explainedCause
	Otherwise string
	// Rarer are further reasons that the catalogue names for the text.
	Rarer []checks.ReasonRef
	// Command tells the causes apart, as far as this version can; Flags are those of run without which some stay unseen.
	Command string
	Flags   []string
}

type explainedCause struct {
	When     string
	Failures []checks.Failure
	Findings []finding
	Clauses  []string
}

// finding is what a report shows when a reason is found.
type finding struct {
	Clause string
	checks.Reason
}

func (a *app) explanationOf(found []match) explanation {
	best := headline(found)
	out := explanation{Text: best.text, Causes: causesNamed(best.symptom.named)}
	if k := best.symptom.known; k != nil {
		out.Seen, out.Meaning, out.Otherwise, out.Causes = k.Seen, k.Meaning, k.Otherwise, nil
		for _, c := range k.Causes {
			out.Causes = append(out.Causes, explained(c))
		}
		out.Rarer = out.rarer(best.symptom.named)
	}
	out.Command, out.Flags = a.commandFor(out.Causes)
	return out
}

// causesNamed makes a cause of each reason, for a text of which nothing else is known.
func causesNamed(named []checks.ReasonRef) []explainedCause {
	var out []explainedCause
	for _, r := range named {
		f := findingOf(r)
		out = append(out, explainedCause{When: f.Title, Findings: []finding{f}})
	}
	return out
}

func explained(c checks.Cause) explainedCause {
	out := explainedCause{When: c.When, Clauses: c.Clauses}
	for _, id := range c.Failures {
		f, _ := checks.Field().Failure(id)
		out.Failures = append(out.Failures, f)
	}
	for _, r := range checks.Field().Findings(c) {
		out.Findings = append(out.Findings, findingOf(r))
	}
	return out
}

func findingOf(r checks.ReasonRef) finding {
	row, _ := checks.Contract().Reason(r.Clause(), r.Reason())
	return finding{r.Clause(), row}
}

// rarer are the reasons that no cause has told, each once.
func (e explanation) rarer(named []checks.ReasonRef) []checks.ReasonRef {
	told := map[checks.ReasonRef]bool{}
	for _, c := range e.Causes {
		for _, f := range c.Findings {
			told[checks.ReasonRef(f.Clause+"/"+f.ID)] = true
		}
	}
	var out []checks.ReasonRef
	for _, r := range named {
		if !told[r] {
			out, told[r] = append(out, r), true
		}
	}
	return out
}

// commandFor is the run that looks for the causes alone, "" when this version has a check for none.
func (a *app) commandFor(causes []explainedCause) (command string, flags []string) {
	var only []string
	for _, c := range causes {
		for _, f := range c.Findings {
			if _, ok := a.registry.Check(f.Clause); ok && !slices.Contains(only, f.Clause) {
				only = append(only, f.Clause)
			}
		}
		for _, f := range c.Failures {
			for _, flag := range f.Flags {
				if !slices.Contains(flags, flag) {
					flags = append(flags, flag)
				}
			}
		}
	}
	if len(only) == 0 {
		return "", nil
	}
	return "agentcore-conform IMAGE --only " + strings.Join(only, ","), flags
}
