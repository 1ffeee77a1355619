package reports

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Waiver accepts until a day what a clause finds, or one reason of it, so that it does not fail the run.
type Waiver struct {
	// ID is a clause, such as SES-06, or one of its reasons, such as SES-06/foreign-marker.
	ID string `json:"id"`
	// Reason says why it is accepted, Owner who answers for it.
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	// Expires is the last day on which it holds, in UTC: 2027-01-31.
	Expires string `json:"expires"`
	// Use says what became of it in a run; empty before one.
	Use WaiverUse `json:"use,omitempty"`
}

// WaiverUse is what became of a waiver in a run.
type WaiverUse string

const (
	// WaiverUsed: it took a finding out of the verdict.
	WaiverUsed WaiverUse = "used"
	// WaiverStale: its clause was ruled on and its finding did not occur, so it is to be removed.
	WaiverStale WaiverUse = "stale"
	// WaiverUnseen: the run did not rule on its clause.
	WaiverUnseen WaiverUse = "unseen"
)

// maxWaiverText bounds each text of a waiver, in characters.
const maxWaiverText = 500

// CheckWaivers refuses waivers that say too little, that name what the catalogue does not have or what cannot fail a run,
// that stand twice, or whose last day is over.
func CheckWaivers(waivers []Waiver, now time.Time) error {
	seen := map[string]bool{}
	for _, w := range waivers {
		if err := w.Check(now); err != nil {
			return err
		}
		if seen[w.ID] {
			return fmt.Errorf("waiver %s stands twice; keep one", w.ID)
		}
		seen[w.ID] = true
	}
	return nil
}

// Check refuses the waiver for itself; see CheckWaivers.
func (w Waiver) Check(now time.Time) error {
	if w.ID == "" {
		return fmt.Errorf("a waiver names no id; give a clause, such as SES-06, or one of its reasons, such as SES-06/foreign-marker")
	}
	for _, part := range []struct{ name, text string }{{"reason", w.Reason}, {"owner", w.Owner}, {"expires", w.Expires}} {
		switch {
		case strings.TrimSpace(part.text) == "":
			return fmt.Errorf("waiver %s has no %s; give id, reason, owner and expires", w.ID, part.name)
		case utf8.RuneCountInString(part.text) > maxWaiverText:
			return fmt.Errorf("waiver %s: its %s is longer than %d characters; shorten it", w.ID, part.name, maxWaiverText)
		}
	}
	if err := w.checkRow(); err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
		return fmt.Errorf("waiver %s: expires is %q; give its last day, such as 2027-01-31", w.ID, w.Expires)
	}
	if now.UTC().Format(time.DateOnly) > w.Expires {
		return fmt.Errorf("waiver %s expired with %s; mend what it accepts, or have %s renew it", w.ID, w.Expires, w.Owner)
	}
	return nil
}

// checkRow wants a row of the catalogue that can fail a run, with --strict at least.
func (w Waiver) checkRow() error {
	id, reason, one := strings.Cut(w.ID, "/")
	clause, ok := checks.Contract().Clause(id)
	switch {
	case !ok:
		return fmt.Errorf("waiver %s: %s is no clause; see agentcore-conform list", w.ID, id)
	case !clause.Grave():
		return fmt.Errorf("waiver %s: nothing that %s finds can fail a run, so there is nothing to waive", w.ID, id)
	case !one:
		return nil
	}
	row, ok := checks.Contract().Reason(id, reason)
	switch {
	case !ok:
		return fmt.Errorf("waiver %s: %s has no reason %q; it has %s", w.ID, id, reason, strings.Join(graveReasons(clause), ", "))
	case row.Outcome == checks.Note:
		return fmt.Errorf("waiver %s: this reason is a note and fails no run, so there is nothing to waive", w.ID)
	}
	return nil
}

// graveReasons are the reasons of a clause that can be waived.
func graveReasons(c checks.Clause) []string {
	var out []string
	for _, r := range c.Reasons {
		if r.Outcome != checks.Note {
			out = append(out, r.ID)
		}
	}
	return out
}

// covers reports that the waiver is about the finding's row.
func (w Waiver) covers(f checks.Finding) bool { return w.ID == f.ID || w.ID == f.Row() }

func (w Waiver) waiving(was checks.Outcome) *checks.Waiving {
	return &checks.Waiving{Was: was, By: checks.ByWaiver, ID: w.ID, Reason: w.Reason, Owner: w.Owner, Expires: w.Expires}
}

// used returns the waivers with what became of them. A run that was cut short has not seen all of any clause.
func used(waivers []Waiver, findings []checks.Finding, interrupted bool) []Waiver {
	out := append([]Waiver(nil), waivers...)
	for i := range out {
		id, _, _ := strings.Cut(out[i].ID, "/")
		out[i].Use = WaiverUnseen
		if !interrupted && seen(findings, id) {
			out[i].Use = WaiverStale
		}
		for _, f := range findings {
			if f.Outcome == checks.Waived && out[i].covers(f) {
				out[i].Use = WaiverUsed
			}
		}
	}
	return out
}

// seen reports that the run has looked at the whole of a clause: then a finding that is not there is gone.
func seen(findings []checks.Finding, id string) bool {
	any := false
	for _, f := range findings {
		if f.ID != id {
			continue
		}
		if !ruled(f) || errored(f) {
			return false
		}
		any = true
	}
	return any
}

// Stale are the waivers whose findings did not occur although their clauses were ruled on.
func (r *Run) Stale() []Waiver {
	var out []Waiver
	for _, w := range r.Waivers {
		if w.Use == WaiverStale {
			out = append(out, w)
		}
	}
	return out
}

// staleText says what is to be done about a stale waiver.
func staleText(w Waiver) string {
	return fmt.Sprintf("waiver %s (%s) is stale: its finding no longer occurs, so remove it", w.ID, w.Owner)
}
