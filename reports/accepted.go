package reports

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Accepted is what is known of an image before the run and does not fail it.
type Accepted struct {
	Waivers []Waiver
	// Baseline is nil where none is given.
	Baseline *Baseline
}

// Apply returns the findings with what is accepted taken out of the verdict: their outcome is waived, and they say what
// it was. Only a fail or a warn can be waived, and a waiver goes before the baseline.
func (a Accepted) Apply(findings []checks.Finding) []checks.Finding {
	out := slices.Clone(findings)
	for i := range out {
		if f := &out[i]; f.Outcome == checks.Fail || f.Outcome == checks.Warn {
			if f.Waiver = a.waiving(*f); f.Waiver != nil {
				f.Outcome = checks.Waived
			}
		}
	}
	return out
}

func (a Accepted) waiving(f checks.Finding) *checks.Waiving {
	for _, w := range a.Waivers {
		if w.covers(f) {
			return w.waiving(f.Outcome)
		}
	}
	if a.Baseline.holds(f) {
		return &checks.Waiving{Was: f.Outcome, By: checks.ByBaseline, ID: f.Row()}
	}
	return nil
}
