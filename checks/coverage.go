package checks

import "slices"

// Cover is how a clause is covered.
type Cover string

const (
	// Tested: a check of its own, with a reason that fails or warns.
	Tested Cover = "tested"
	// RuledElsewhere: the checks of other clauses see exactly this; its own says what was seen.
	RuledElsewhere Cover = "ruled-elsewhere"
	// Excluded: nothing that a container shows can rule on it.
	Excluded Cover = "excluded"
	// NotYet: no check, and no reason why not.
	NotYet Cover = "not-yet"
)

// MostExcluded is how many clauses may be excluded before a run claims more than it tests.
const MostExcluded = 30

// unplayed are the areas of what no run plays yet.
var unplayed = []string{"WS", "MCP", "A2A", "AGUI"}

// Played reports that the clause concerns what a run plays: the HTTP protocol without WebSocket.
func (c Clause) Played() bool {
	return c.AppliesTo("HTTP") && !slices.Contains(unplayed, c.Area)
}

// Coverage is how one clause is covered, and what proves it.
type Coverage struct {
	Clause Clause
	Cover  Cover
	Proof  Proof
}

// Coverage says of every clause how it is covered.
func (r *Registry) Coverage(c *Catalogue, proofs map[string]Proof) []Coverage {
	var out []Coverage
	for _, cl := range c.Clauses() {
		out = append(out, r.CoverageOf(cl, proofs))
	}
	return out
}

// CoverageOf says how one clause is covered.
func (r *Registry) CoverageOf(cl Clause, proofs map[string]Proof) Coverage {
	return Coverage{cl, r.cover(cl), proofs[cl.ID]}
}

func (r *Registry) cover(cl Clause) Cover {
	_, has := r.Check(cl.ID)
	switch {
	case has && cl.Grave():
		return Tested
	case len(cl.RuledBy) > 0:
		return RuledElsewhere
	case cl.Excluded != "":
		return Excluded
	}
	return NotYet
}

// Mutants are those that trip a reason which fails or warns, each once.
func (v Coverage) Mutants() []string {
	var out []string
	for _, r := range v.Clause.Reasons {
		if r.Outcome == Fail || r.Outcome == Warn {
			out = append(out, v.Proof.Reasons[r.ID]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Proven reports that the check was seen to pass, and to fail or warn.
func (v Coverage) Proven() bool {
	return len(v.Proof.Passed) > 0 && len(v.Mutants()) > 0
}

// Count is how many clauses are covered in which way.
type Count struct {
	Clauses        int `json:"clauses"`
	Tested         int `json:"tested"`
	RuledElsewhere int `json:"ruledElsewhere"`
	Excluded       int `json:"excluded"`
	NotYet         int `json:"notYet"`
}

// CountOf counts the clauses that count is true of.
func CountOf(all []Coverage, count func(Clause) bool) Count {
	n := Count{}
	for _, v := range all {
		if !count(v.Clause) {
			continue
		}
		n.Clauses++
		switch v.Cover {
		case Tested:
			n.Tested++
		case RuledElsewhere:
			n.RuledElsewhere++
		case Excluded:
			n.Excluded++
		case NotYet:
			n.NotYet++
		}
	}
	return n
}

// Areas are the areas of the contract, in its order.
func (c *Catalogue) Areas() []string {
	var out []string
	for _, cl := range c.Clauses() {
		if !slices.Contains(out, cl.Area) {
			out = append(out, cl.Area)
		}
	}
	return out
}
