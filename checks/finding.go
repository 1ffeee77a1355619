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
	// Measurements are moved to the run's own list in the canonical report.
	Measurements map[string]float64 `json:"-"`
}
