package checks

// Finding is a verdict in full: what reports show. The names are those of the canonical JSON report.
type Finding struct {
	// ID is the clause's id; Reason the catalogue's reason, empty when nothing was found wrong.
	ID      string  `json:"id"`
	Reason  string  `json:"reason,omitempty"`
	Level   Level   `json:"level"`
	Basis   Basis   `json:"basis,omitempty"`
	Area    string  `json:"area"`
	Outcome Outcome `json:"outcome"`
	// Title is the clause in one line; Summary the reason in one line.
	Title   string `json:"title"`
	Summary string `json:"summary,omitempty"`
	// Expected and Actual are one line each.
	Expected string     `json:"expected,omitempty"`
	Actual   string     `json:"actual,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	// Consequence is what the platform would do, Fix what to change.
	Consequence string `json:"consequence,omitempty"`
	Fix         string `json:"fix,omitempty"`
	// DurationMs is the time the harness spent on the records that this clause alone needed; 0 when they were shared.
	DurationMs float64 `json:"durationMs"`
	// Strict says that --strict made a fail of a warn.
	Strict bool `json:"strict,omitempty"`
	// Waiver is set where the outcome is waived, and says what the outcome would be.
	Waiver *Waiving `json:"waiver,omitempty"`
	// Measurements are moved to the run's own list in the canonical report.
	Measurements map[string]float64 `json:"-"`
}

// Waiving says why a finding does not count.
type Waiving struct {
	// Was is the outcome that the finding has without it.
	Was Outcome  `json:"was"`
	By  WaivedBy `json:"by"`
	// ID is what was waived: a clause, or CLAUSE/REASON for one of its reasons.
	ID string `json:"id"`
	// Reason, Owner and Expires are those of the waiver; a baseline has none.
	Reason  string `json:"reason,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Expires string `json:"expires,omitempty"`
}

// WaivedBy tells what took a finding out of the verdict.
type WaivedBy string

const (
	// ByWaiver: somebody answers for it, until a day.
	ByWaiver WaivedBy = "waiver"
	// ByBaseline: it was there when the baseline was recorded.
	ByBaseline WaivedBy = "baseline"
)

// Row names the finding's row in the catalogue: CLAUSE/REASON, or the clause alone where it has no reason.
func (f Finding) Row() string {
	if f.Reason == "" {
		return f.ID
	}
	return f.ID + "/" + f.Reason
}

// Unwaived is the outcome that the finding has without its waiver.
func (f Finding) Unwaived() Outcome {
	if f.Waiver != nil {
		return f.Waiver.Was
	}
	return f.Outcome
}
