package reports

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// MatrixSchema names the version of the certification matrix's JSON form.
const MatrixSchema = "agentcore-conform/matrix/v1"

// Matrix is what came of a catalogue: one row per entry, in the catalogue's order.
type Matrix struct {
	Schema string `json:"schema"`
	// Catalog is the catalogue's name as it was given.
	Catalog string `json:"catalog"`
	// Only lists the selectors that left entries out; a matrix that has them certifies a part.
	Only []string `json:"only,omitempty"`
	Tool Tool     `json:"tool"`
	// Started is when it began, in UTC; DurationMs the wall time.
	Started    string  `json:"started"`
	DurationMs float64 `json:"durationMs"`
	// Interrupted says that it was stopped before every entry had come to its end.
	Interrupted bool `json:"interrupted,omitempty"`
	// Met says that every entry did what the catalogue expects of it.
	Met  bool        `json:"met"`
	Rows []MatrixRow `json:"entries"`
}

// MatrixRow is one entry: what was expected of it and what was seen.
type MatrixRow struct {
	Name string `json:"name"`
	// Image is the reference, or the endpoint, as the catalogue has it.
	Image string `json:"image"`
	// Digest is the manifest's digest, or the image id where the origin knows no manifest.
	Digest   string `json:"digest,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	// SessionModel is what SES-06 was judged by.
	SessionModel string `json:"sessionModel,omitempty"`
	// Verdict is empty when there is no report: Errors say why.
	Verdict  Verdict     `json:"verdict,omitempty"`
	Scope    Scope       `json:"scope,omitempty"`
	ScopeWhy []string    `json:"scopeWhy,omitempty"`
	Expected Expectation `json:"expected"`
	// Met says that what was seen is exactly what was expected.
	Met bool `json:"met"`
	// Differences say what was not, one line each.
	Differences []Difference `json:"differences,omitempty"`
	// Fails, Warns and Untestable are the clauses of that gravest outcome; of the untestable ones only those that matter.
	Fails      []string `json:"fails,omitempty"`
	Warns      []string `json:"warns,omitempty"`
	Untestable []string `json:"untestable,omitempty"`
	// Counts holds the number of clauses by their gravest outcome, zeros included; empty without a report.
	Counts map[string]int `json:"counts,omitempty"`
	// Model says what answered the agent's model calls; Providers whose interface it spoke, ModelRequests how often.
	Model         string   `json:"model,omitempty"`
	Providers     []string `json:"providers,omitempty"`
	ModelRequests int      `json:"modelRequests,omitempty"`
	// BootMs is the time from the start of the main container to its first good answer; 0 when it was never ready.
	BootMs float64 `json:"bootMs,omitempty"`
	// BuildMs is the time the build took, DurationMs the wall time of the entry without it.
	BuildMs    float64 `json:"buildMs,omitempty"`
	DurationMs float64 `json:"durationMs"`
	// PeakMemory is the largest working set that was sampled in a container, in bytes; 0 when none was.
	PeakMemory int64 `json:"peakMemory,omitempty"`
	// Report is the JSON report's file, beside the matrix.
	Report string `json:"report,omitempty"`
	// Interrupted says that the certification was stopped before this entry came to its end, or began.
	Interrupted bool `json:"interrupted,omitempty"`
	// Errors are faults of the harness or its surroundings, one line each.
	Errors []string `json:"errors,omitempty"`
	// ExitCode is what the entry makes of the exit code: 0 when it did what was expected.
	ExitCode int `json:"exitCode"`

	// run is the report, without its records.
	run *Run
}

// Saw fills in what the report of the entry holds and compares it with what was expected. A nil run is an entry without
// a report.
func (r *MatrixRow) Saw(run *Run) {
	if run != nil {
		r.facts(run)
		if run.Records != nil {
			r.recorded(run.Records)
		}
		light := *run
		light.Records = nil
		r.run = &light
	}
	if r.Differences = nil; r.Interrupted && run == nil {
		r.Differences = []Difference{{Text: "it was interrupted before its end"}}
	}
	r.Differences = append(r.Differences, r.Expected.differences(run, r.Errors)...)
	r.Met = run != nil && len(r.Differences) == 0 && !r.Interrupted
	if r.ExitCode = r.code(run); r.Met {
		r.ExitCode = 0
	}
}

func (r *MatrixRow) facts(run *Run) {
	r.Verdict, r.Scope, r.ScopeWhy = run.Verdict, run.Scope, run.ScopeWhy
	r.Errors = append(r.Errors, run.Errors...)
	worst := Worst(run.Findings)
	r.Counts = counts(worst)
	r.Fails, r.Warns, r.Untestable = having(worst, failed), having(worst, warned), having(run.Findings, Lacking)
	if i := run.Image; i != nil {
		if r.Digest = i.Digest; r.Digest == "" {
			r.Digest = i.ConfigDigest
		}
	}
}

func (r *MatrixRow) recorded(set *record.Set) {
	r.Protocol, r.SessionModel, r.Model = set.Terms.Protocol, set.Terms.SessionModel, set.Terms.Model
	if set.Boot != nil && set.Boot.Ready {
		r.BootMs = float64(set.Boot.ReadyAfter)
	}
	if set.Model != nil {
		r.ModelRequests = set.Model.Requests
		for _, o := range set.Model.Spoken {
			if !slices.Contains(r.Providers, o.Provider) {
				r.Providers = append(r.Providers, o.Provider)
			}
		}
	}
	r.PeakMemory = peakMemory(set)
}

func peakMemory(set *record.Set) int64 {
	var peak int64
	sampled := func(samples []record.Sample) {
		for _, s := range samples {
			peak = max(peak, s.Memory)
		}
	}
	if set.End != nil {
		sampled(set.End.Samples)
	}
	if set.LongSession != nil {
		sampled(set.LongSession.Samples)
	}
	return peak
}

// code is the exit code of an entry that did not do what was expected: its run's own, and never 0.
func (r *MatrixRow) code(run *Run) int {
	switch {
	case r.Interrupted:
		return 130
	case run == nil && r.ExitCode == 2:
		return 2
	case run == nil, run.Interrupted:
		return 3
	case run.ExitCode(false) != 0:
		return run.ExitCode(false)
	case len(r.Errors) > 0:
		return 3
	}
	return 1
}

func warned(f checks.Finding) bool { return outcomeOf(f) == checks.Warn }

// having lists the clauses of such findings, each once, in report order.
func having(findings []checks.Finding, is func(checks.Finding) bool) []string {
	var out []string
	for _, f := range findings {
		if is(f) && !slices.Contains(out, f.ID) {
			out = append(out, f.ID)
		}
	}
	return out
}

// Close settles the matrix once all rows are in it.
func (m *Matrix) Close() {
	m.Schema, m.Met = MatrixSchema, len(m.Rows) > 0 && !m.Interrupted
	for _, r := range m.Rows {
		m.Met = m.Met && r.Met
	}
}

// byGravity are the exit codes, gravest first: what is found wrong beats a wrong setting, which beats what could not be
// tested and may be tried again.
var byGravity = []int{130, 1, 2, 3}

// ExitCode is that of the worst entry; 0 when all did what was expected, 130 when the run was interrupted.
func (m *Matrix) ExitCode() int {
	if m.Interrupted {
		return 130
	}
	for _, code := range byGravity {
		if slices.ContainsFunc(m.Rows, func(r MatrixRow) bool { return r.ExitCode == code }) {
			return code
		}
	}
	if m.Met {
		return 0
	}
	return 3
}
