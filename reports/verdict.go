package reports

import "github.com/agentcore-conform/agentcore-conform/checks"

// VerdictOf ranks findings into the verdict of a run: any fail makes it nonconformant, else any error an error, else an
// untestable MUST partial, else it is conformant in full scope and passed in a reduced one. Findings that rule on
// nothing (none at all, or only skipped, not-applicable and untestable ones) are an error: nothing seen is never green.
func VerdictOf(findings []checks.Finding, scope Scope) Verdict {
	switch {
	case holds(findings, failed):
		return Nonconformant
	case holds(findings, errored):
		return Errored
	case holds(findings, Lacking):
		return Partial
	case !holds(findings, ruled):
		return Errored
	case scope == Full:
		return Conformant
	default:
		return Passed
	}
}

// Strictly returns the findings as --strict sees them: each warn is a fail that says so.
func Strictly(findings []checks.Finding) []checks.Finding {
	out := make([]checks.Finding, len(findings))
	for i, f := range findings {
		if f.Outcome == checks.Warn {
			f.Outcome, f.Strict = checks.Fail, true
		}
		out[i] = f
	}
	return out
}

// Worst returns one finding per clause, the gravest, in the order in which the clauses first stand.
func Worst(findings []checks.Finding) []checks.Finding {
	at := map[string]int{}
	var out []checks.Finding
	for _, f := range findings {
		i, seen := at[f.ID]
		switch {
		case !seen:
			at[f.ID] = len(out)
			out = append(out, f)
		case checks.Worse(outcomeOf(f), outcomeOf(out[i])):
			out[i] = f
		}
	}
	return out
}

// outcomes lists the outcomes a report may hold, gravest first: the order in which people want to read them.
var outcomes = []checks.Outcome{
	checks.Fail, checks.Error, checks.Untestable, checks.Warn, checks.Waived,
	checks.Note, checks.Pass, checks.Skipped, checks.NotApplicable,
}

// outcomeOf is the finding's outcome; one that nobody knows counts as an error, so that a misspelt outcome is never green.
func outcomeOf(f checks.Finding) checks.Outcome {
	for _, o := range outcomes {
		if f.Outcome == o {
			return o
		}
	}
	return checks.Error
}

// withOutcome returns the findings of the given outcomes, in the order of these and then of the report.
func withOutcome(findings []checks.Finding, wanted ...checks.Outcome) []checks.Finding {
	var out []checks.Finding
	for _, o := range wanted {
		for _, f := range findings {
			if outcomeOf(f) == o {
				out = append(out, f)
			}
		}
	}
	return out
}

func holds(findings []checks.Finding, is func(checks.Finding) bool) bool {
	for _, f := range findings {
		if is(f) {
			return true
		}
	}
	return false
}

func failed(f checks.Finding) bool  { return outcomeOf(f) == checks.Fail }
func errored(f checks.Finding) bool { return outcomeOf(f) == checks.Error }

// ruled reports that the finding comes from looking at something.
func ruled(f checks.Finding) bool {
	o := outcomeOf(f)
	return o != checks.Skipped && o != checks.NotApplicable && o != checks.Untestable
}

// Lacking reports an untestable MUST that matters: one whose breach could have failed the run. Only a MUST whose reasons
// the catalogue lists, none of them a fail, does not.
func Lacking(f checks.Finding) bool {
	if outcomeOf(f) != checks.Untestable || f.Level == checks.Should || f.Level == checks.May {
		return false
	}
	clause, known := checks.Contract().Clause(f.ID)
	if !known || len(clause.Reasons) == 0 {
		return true
	}
	for _, r := range clause.Reasons {
		if r.Outcome == checks.Fail {
			return true
		}
	}
	return false
}
