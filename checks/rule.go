package checks

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Rule judges one clause on the records and returns its findings, at least one. It never panics: a judge that does is
// a fault of the harness and becomes an error.
func (r *Registry) Rule(c *Catalogue, clause string, set *record.Set) []Finding {
	cl, ok := c.Clause(clause)
	if !ok {
		return []Finding{{ID: clause, Outcome: Error, Actual: "unknown clause"}}
	}
	verdicts := r.verdicts(cl, set)
	out := make([]Finding, 0, len(verdicts))
	for _, v := range verdicts {
		out = append(out, finding(cl, v))
	}
	return out
}

func (r *Registry) verdicts(cl Clause, set *record.Set) (out []Verdict) {
	if !cl.AppliesTo(set.Terms.Protocol) {
		return []Verdict{DoesNotApply("not part of the %s protocol", set.Terms.Protocol)}
	}
	ch, ok := r.Check(cl.ID)
	if !ok {
		return []Verdict{{Outcome: Skipped, Actual: "not covered by this version"}}
	}
	if v, missing := missingRecord(ch, set); missing {
		return []Verdict{v}
	}
	defer func() {
		if p := recover(); p != nil {
			out = []Verdict{{Outcome: Error, Actual: fmt.Sprintf("the check itself failed: %v; please report this", p)}}
		}
	}()
	out = ch.Judge(set)
	if len(out) == 0 {
		return []Verdict{{Outcome: Error, Actual: "the check said nothing; please report this"}}
	}
	return out
}

// missingRecord rules when a needed record is not there. What is missing without an explanation is untestable, never
// passed over.
func missingRecord(ch Check, set *record.Set) (Verdict, bool) {
	for _, k := range ch.Needs {
		if set.Has(k) {
			continue
		}
		g := set.GapOf(k)
		if g == nil {
			return CannotTell("no %s record was taken", k), true
		}
		switch {
		case g.Why == record.GapScope:
			return Verdict{Outcome: Skipped, Actual: g.Text}, true
		case g.Why == record.GapNature && natural(set, k):
			return DoesNotApply("%s", g.Text), true
		case g.Why == record.GapHarness:
			return Verdict{Outcome: Error, Actual: g.Text}, true
		default:
			return CannotTell("%s", g.Text), true
		}
	}
	return Verdict{}, false
}

// natural reports that a target can lack the record by nature: an attached server shows no image and no process, and
// without a declared job there is none to watch. A record of anything else is owed, whatever a file says.
func natural(set *record.Set, k record.Kind) bool {
	return set.Terms.Attached || k == record.KindAsync && !set.Terms.AsyncDeclared
}

// finding completes a verdict from the catalogue.
func finding(cl Clause, v Verdict) Finding {
	f := Finding{
		ID: cl.ID, Level: cl.Level, Area: cl.Area, Title: cl.Title, Outcome: v.Outcome,
		Expected: oneLine(v.Expected), Actual: oneLine(v.Actual), Evidence: v.Evidence, Measurements: v.Measurements,
	}
	if v.Reason == "" {
		return informative(cl, f)
	}
	for _, row := range cl.Reasons {
		if row.ID != v.Reason {
			continue
		}
		f.Reason, f.Outcome, f.Basis, f.Summary, f.Fix = row.ID, row.Outcome, row.Basis, row.Title, row.Fix
		f.Consequence = row.Consequence
		if f.Consequence == "" {
			f.Consequence = cl.Consequence
		}
		return f
	}
	f.Outcome = Error
	f.Actual = fmt.Sprintf("the check names the reason %q, which the catalogue does not have; please report this", v.Reason)
	return f
}

// informative makes a note of what was seen of an excluded clause, and says why it is no more than that: what nothing
// can rule on is never passed.
func informative(cl Clause, f Finding) Finding {
	if cl.Excluded == "" || f.Outcome != Pass && f.Outcome != Note {
		return f
	}
	f.Outcome = Note
	if f.Actual != cl.Excluded {
		f.Summary = cl.Excluded
	}
	return f
}

// oneLine folds line ends and bounds the text: findings are shown in lists.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 500
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
