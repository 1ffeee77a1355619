package reports

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// standing is what one run says of one row of a clause.
type standing struct {
	reason   string
	finding  checks.Finding
	unwaived checks.Outcome
}

// clauseStanding is what one run says of one clause: what is wrong with it, and whether it was looked at.
type clauseStanding struct {
	looked bool
	wrong  []standing
}

// findingDiffs compares clause by clause, in the order of the contract.
func findingDiffs(before, after []checks.Finding) []FindingDiff {
	a, b := standings(before), standings(after)
	out := []FindingDiff{}
	done := map[string]bool{}
	all := slices.Concat(after, before)
	inContractOrder(all)
	for _, f := range all {
		if !done[f.ID] {
			done[f.ID] = true
			out = append(out, clauseDiff(a[f.ID], b[f.ID])...)
		}
	}
	return out
}

func standings(findings []checks.Finding) map[string]clauseStanding {
	out := map[string]clauseStanding{}
	for _, f := range findings {
		c := out[f.ID]
		switch o := f.Unwaived(); o {
		case checks.Skipped:
		case checks.Fail, checks.Warn, checks.Untestable, checks.Error:
			c.looked = true
			if i := find(c.wrong, f.Reason); i < 0 {
				c.wrong = append(c.wrong, standing{f.Reason, f, o})
			} else if checks.Worse(o, c.wrong[i].unwaived) {
				c.wrong[i] = standing{f.Reason, f, o}
			}
		default:
			c.looked = true
		}
		out[f.ID] = c
	}
	return out
}

func find(list []standing, reason string) int {
	for i, s := range list {
		if s.reason == reason {
			return i
		}
	}
	return -1
}

// clauseDiff matches what is wrong by reason. One that is gone and one that appeared are one finding with another reason.
func clauseDiff(a, b clauseStanding) []FindingDiff {
	var out []FindingDiff
	var gone, come []standing
	for _, x := range a.wrong {
		if i := find(b.wrong, x.reason); i < 0 {
			gone = append(gone, x)
		} else if d, changed := sameRow(x, b.wrong[i]); changed {
			out = append(out, d)
		}
	}
	for _, y := range b.wrong {
		if find(a.wrong, y.reason) < 0 {
			come = append(come, y)
		}
	}
	if len(gone) == 1 && len(come) == 1 {
		return append(out, both(ChangedReason, gone[0], come[0]))
	}
	for _, y := range come {
		out = append(out, appeared(y, a.looked))
	}
	for _, x := range gone {
		out = append(out, vanished(x, b.looked))
	}
	return out
}

func sameRow(x, y standing) (FindingDiff, bool) {
	switch {
	case x.unwaived != y.unwaived:
		return both(ChangedOutcome, x, y), true
	case x.finding.Outcome != y.finding.Outcome:
		return both(ChangedWaiver, x, y), true
	}
	return FindingDiff{}, false
}

func both(change DiffChange, x, y standing) FindingDiff {
	d := newDiff(change, y)
	d.Before, d.BeforeReason = x.finding.Outcome, x.reason
	d.After, d.AfterReason = y.finding.Outcome, y.reason
	switch {
	case checks.Worse(y.unwaived, x.unwaived):
		d.Direction = Worse
	case checks.Worse(x.unwaived, y.unwaived):
		d.Direction = Better
	}
	return d
}

// appeared is for the worse unless the earlier run did not look at the clause.
func appeared(y standing, looked bool) FindingDiff {
	d := newDiff(Appeared, y)
	d.After, d.AfterReason = y.finding.Outcome, y.reason
	if looked {
		d.Direction = Worse
	}
	return d
}

func vanished(x standing, looked bool) FindingDiff {
	d := newDiff(NotLooked, x)
	d.Before, d.BeforeReason = x.finding.Outcome, x.reason
	if looked {
		d.Change, d.Direction = Gone, Better
	}
	return d
}

func newDiff(change DiffChange, s standing) FindingDiff {
	f := s.finding
	return FindingDiff{Direction: Other, Change: change, ID: f.ID, Level: f.Level, Summary: summaryOf(f), Actual: CleanLine(clip(f.Actual, maxMessage))}
}

// text says in a few words what happened.
func (f FindingDiff) text() string {
	switch f.Change {
	case Appeared:
		return "new " + string(f.After)
	case Gone:
		return string(f.Before) + " gone"
	case NotLooked:
		return string(f.Before) + " before, not looked at now"
	case ChangedReason:
		return string(f.Before) + " → " + string(f.After) + ", for another reason"
	}
	return string(f.Before) + " → " + string(f.After)
}

// row names the row that the change is about.
func (f FindingDiff) row() string {
	reason := f.AfterReason
	if f.After == "" {
		reason = f.BeforeReason
	}
	return checks.Finding{ID: f.ID, Reason: reason}.Row()
}
