package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Expectation is what a catalogue expects of an entry. The lists are exact: no clause more, no clause less.
type Expectation struct {
	// Verdict is conformant (default), passed, nonconformant or partial.
	Verdict Verdict `json:"verdict"`
	// Fails are the clauses that must fail, Untestable those that matter and cannot be tested.
	Fails      []string `json:"fails,omitempty"`
	Untestable []string `json:"untestable,omitempty"`
	// Warns are the clauses that must warn; null leaves warnings open.
	Warns []string `json:"warns"`
}

// Difference is one thing that is not as it was expected.
type Difference struct {
	// Clause is empty when it concerns the whole entry.
	Clause string `json:"clause,omitempty"`
	// Missing says that something expected was not seen; otherwise something was seen that nobody expected.
	Missing bool `json:"missing,omitempty"`
	// Text says it in one line.
	Text string `json:"text"`
}

// differences compares a report with what was expected. Errors are those of the entry, the report's own included.
func (e Expectation) differences(run *Run, errs []string) []Difference {
	var out []Difference
	for _, text := range errs {
		out = append(out, Difference{Text: CleanLine(text)})
	}
	if run == nil {
		return append(out, Difference{Missing: true, Text: fmt.Sprintf("expected %s, but there is no report", e.Verdict)})
	}
	if run.Interrupted {
		out = append(out, Difference{Text: "the run was interrupted before its end"})
	}
	if run.Verdict != e.Verdict {
		out = append(out, Difference{Text: CleanLine(fmt.Sprintf("the verdict is %s, expected was %s%s", run.Verdict, e.Verdict, whyReduced(run, e.Verdict)))})
	}
	worst := Worst(run.Findings)
	out = append(out, compareClauses(worst, e.Fails, "fail", failed)...)
	out = append(out, compareClauses(run.Findings, e.Untestable, "be untestable", Lacking)...)
	out = append(out, compareClauses(worst, nil, "end in an error", errored)...)
	if e.Warns != nil {
		out = append(out, compareClauses(worst, e.Warns, "warn", warned)...)
	}
	return out
}

// whyReduced explains the one difference of verdicts that the catalogue itself brings about.
func whyReduced(run *Run, want Verdict) string {
	if run.Verdict == Passed && want == Conformant {
		return ": only a part of the contract was asked for"
	}
	return ""
}

// compareClauses compares the clauses that end in a way with those that should.
func compareClauses(findings []checks.Finding, want []string, verb string, is func(checks.Finding) bool) []Difference {
	var out []Difference
	seen := map[string]bool{}
	for _, f := range findings {
		if !is(f) || seen[f.ID] {
			continue
		}
		if seen[f.ID] = true; !slices.Contains(want, f.ID) {
			out = append(out, Difference{Clause: f.ID, Text: CleanLine(fmt.Sprintf("%s was not expected to %s: %s", f.ID, verb, toldOf(f)))})
		}
	}
	for _, id := range want {
		if !seen[id] {
			out = append(out, Difference{Clause: id, Missing: true, Text: CleanLine(fmt.Sprintf("%s was expected to %s, but %s", id, verb, endOf(findings, id)))})
		}
	}
	return out
}

// toldOf is what a finding says in one line.
func toldOf(f checks.Finding) string {
	switch {
	case f.Summary != "":
		return clip(f.Summary, maxMessage)
	case f.Actual != "":
		return clip(f.Actual, maxMessage)
	}
	return f.Title
}

// endOf says how a clause ended instead.
func endOf(findings []checks.Finding, id string) string {
	for _, f := range Worst(findings) {
		if f.ID == id {
			return "its outcome is " + string(outcomeOf(f))
		}
	}
	return "nothing was found about it"
}

// told lists differences for people, one line each; what is true of many clauses is said once.
func told(differences []Difference) []string {
	what := func(d Difference) string { return strings.TrimPrefix(d.Text, d.Clause+" ") }
	ids := map[string][]string{}
	for _, d := range differences {
		if d.Clause != "" {
			ids[what(d)] = append(ids[what(d)], d.Clause)
		}
	}
	var out []string
	for _, d := range differences {
		same := ids[what(d)]
		switch {
		case d.Clause == "" || len(same) < enoughToShare:
			out = append(out, d.Text)
		case same[0] == d.Clause:
			out = append(out, fmt.Sprintf("each of %s (%s) %s", clausesText(len(same)), someOf(same), what(d)))
		}
	}
	return out
}
