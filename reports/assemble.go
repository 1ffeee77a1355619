package reports

import (
	"math"
	"sort"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Input is what a run has to say at its end, before it is ranked.
type Input struct {
	ID   string
	Tool Tool
	// Findings are those of all clauses that were asked for. Their own measurements become the run's.
	Findings []checks.Finding
	// Scope and ScopeWhy say how much was looked at. Anything but Full counts as reduced.
	Scope    Scope
	ScopeWhy []string
	// Environment may be nil when nothing was booted.
	Environment *record.Environment
	// Records may be nil when nothing was recorded; its Image becomes the head of the report.
	Records      *record.Set
	Measurements map[string]float64
	Started      time.Time
	Duration     time.Duration
	// PlannedWait is the part of Duration that was waiting by plan.
	PlannedWait time.Duration
	// Strict turns each warn into a fail.
	Strict      bool
	Interrupted bool
	// Errors are faults of the harness or its surroundings, one line each. Any of them keeps the run from being green;
	// what a reader should merely know belongs into the environment's notes.
	Errors []string
	// SessionModels holds the verdict under each session model, as VerdictOf ranks it.
	SessionModels map[string]Verdict
	// Accepted is what does not fail the run although it is found.
	Accepted Accepted
	// Declared is the project file that settings were taken from; nil for none.
	Declared *Declaration
}

// Assemble makes the canonical result of a run. It is pure and does not change its input. Call Redact on the result
// before it is shown to anybody.
func Assemble(in Input) *Run {
	findings := append([]checks.Finding{}, in.Findings...)
	if in.Strict {
		findings = Strictly(findings)
	}
	inContractOrder(findings)
	for i := range findings {
		complete(&findings[i])
	}
	findings = in.Accepted.Apply(findings)
	if in.Scope != Full {
		in.Scope = Reduced
	}
	run := &Run{
		Schema: Schema, ID: in.ID, Scope: in.Scope, ScopeWhy: in.ScopeWhy, Interrupted: in.Interrupted, Tool: in.Tool,
		Started: in.Started.UTC().Format(time.RFC3339), DurationMs: millis(in.Duration), PlannedWaitMs: millis(in.PlannedWait),
		Strict: in.Strict, Environment: in.Environment, Findings: findings, Measurements: measured(in.Measurements, findings),
		SessionModels: in.SessionModels, Records: versioned(in.Records), Errors: append([]string{}, in.Errors...),
		Waivers: used(in.Accepted.Waivers, findings, in.Interrupted), Baseline: in.Accepted.Baseline.marked(findings, in.Interrupted), Declared: in.Declared,
	}
	if in.Records != nil {
		run.Image = FactsOf(in.Records.Image)
		run.IdleReaper = reading.Reaped(in.Records)
		run.Starts = startsOf(in.Records)
	}
	run.Counts = counts(findings)
	run.Verdict = VerdictOf(findings, in.Scope)
	if run.Verdict == Errored && len(run.Errors) == 0 && !holds(findings, ruled) {
		run.Errors = append(run.Errors, nothingRuled(in.Interrupted))
	}
	run.Verdict = sobered(run)
	return run
}

// complete gives a finding of an unknown clause what every finding must have; the heaviest level, to be safe.
func complete(f *checks.Finding) {
	f.Outcome = outcomeOf(*f)
	if f.Level == "" {
		f.Level = checks.Must
	}
	if f.Area == "" {
		f.Area, _, _ = strings.Cut(f.ID, "-")
	}
	if !finite(f.DurationMs) || f.DurationMs < 0 {
		f.DurationMs = 0
	}
}

// versioned names the schema of records that do not say it themselves, so that they can be read back.
func versioned(set *record.Set) *record.Set {
	if set == nil || set.Schema != "" {
		return set
	}
	named := *set
	named.Schema = record.Schema
	return &named
}

// sobered takes the green from a verdict that the circumstances of the run do not allow.
func sobered(run *Run) Verdict {
	green := run.Verdict == Conformant || run.Verdict == Passed
	switch {
	case run.Verdict == Nonconformant:
		return Nonconformant
	case len(run.Errors) > 0:
		return Errored
	case green && run.Interrupted:
		return Partial
	default:
		return run.Verdict
	}
}

func nothingRuled(interrupted bool) string {
	if interrupted {
		return "the run was interrupted before any clause was judged; run it again"
	}
	return "no clause was judged; widen --only or --skip, or run the full gate"
}

// counts counts findings by outcome. Every outcome is there, so that a reader need not tell absent from zero.
func counts(findings []checks.Finding) map[string]int {
	n := map[string]int{}
	for _, o := range outcomes {
		n[string(o)] = 0
	}
	for _, f := range findings {
		n[string(outcomeOf(f))]++
	}
	return n
}

// measured joins the run's measurements with those of its findings. What is not a number cannot be written as JSON and
// says nothing, so it is left out.
func measured(own map[string]float64, findings []checks.Finding) map[string]float64 {
	out := map[string]float64{}
	add := func(m map[string]float64) {
		for name, v := range m {
			if finite(v) {
				out[name] = v
			}
		}
	}
	for _, f := range findings {
		add(f.Measurements)
	}
	add(own)
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// inContractOrder sorts by the catalogue's order, so that lanes that end in another order make the same report.
func inContractOrder(findings []checks.Finding) {
	rank := map[string]int{}
	for i, c := range checks.Contract().Clauses() {
		rank[c.ID] = i + 1
	}
	last := len(rank) + 1
	of := func(f checks.Finding) int {
		if r := rank[f.ID]; r > 0 {
			return r
		}
		return last
	}
	sort.SliceStable(findings, func(i, j int) bool { return of(findings[i]) < of(findings[j]) })
}

// FactsOf is the head of the report for an image; nil for no image.
func FactsOf(img *record.Image) *ImageFacts {
	if img == nil {
		return nil
	}
	facts := &ImageFacts{
		Reference: img.Reference, Origin: img.Origin, Digest: img.Digest, IndexDigest: img.IndexDigest, ConfigDigest: img.ConfigDigest,
		Platform: platformOf(img), MediaType: img.MediaType, Size: img.CompressedSize, Layers: len(img.Layers),
		User: img.User, Entrypoint: img.Entrypoint, Cmd: img.Cmd,
	}
	if img.CompressedSize < 0 && img.UncompressedSize >= 0 {
		facts.Size, facts.SizeUncompressed = img.UncompressedSize, true
	}
	if img.Program != nil {
		facts.Machine = img.Program.Machine
	}
	return facts
}

// platformOf names the platform as --platform does: v8 is what arm64 means anyway.
func platformOf(img *record.Image) string {
	parts := []string{img.OS, img.Architecture}
	if img.Variant != "" && !(img.Architecture == "arm64" && img.Variant == "v8") {
		parts = append(parts, img.Variant)
	}
	return strings.Join(parts, "/")
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
