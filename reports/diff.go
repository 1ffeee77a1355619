package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// DiffSchema names the version of the JSON form of a comparison.
const DiffSchema = "agentcore-conform/diff/v1"

// Direction says whether a change is for the worse.
type Direction string

const (
	// Worse: the image does less of what it must than before.
	Worse Direction = "worse"
	// Better: it does more.
	Better Direction = "better"
	// Other: neither can be said, as where only one of the runs looked.
	Other Direction = "other"
)

// Diff is what changed from one run to another.
type Diff struct {
	Schema string `json:"schema"`
	// Worse says that the verdict or a finding got worse. Measurements never do: they differ from run to run.
	Worse  bool       `json:"worse"`
	Before DiffSide   `json:"before"`
	After  DiffSide   `json:"after"`
	Image  []FactDiff `json:"image"`
	// Terms are the conditions of the runs that differ: scope, strictness, time scale, versions.
	Terms        []FactDiff        `json:"terms"`
	Findings     []FindingDiff     `json:"findings"`
	Measurements []MeasurementDiff `json:"measurements"`
	// Uncompared counts the times that were not compared because the runs were slowed down by different factors.
	Uncompared int `json:"uncompared,omitempty"`
}

// DiffSide names one of the two runs.
type DiffSide struct {
	Run     string  `json:"run"`
	Image   string  `json:"image,omitempty"`
	Verdict Verdict `json:"verdict"`
	Waived  int     `json:"waived,omitempty"`
}

// FactDiff is a fact that changed; empty means not known, or none.
type FactDiff struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// FindingDiff is a row of the catalogue whose outcome changed.
type FindingDiff struct {
	Direction Direction `json:"direction"`
	// Change is appeared, gone, outcome, reason, unseen (the later run did not look) or waiver (only what it counts changed).
	Change  DiffChange   `json:"change"`
	ID      string       `json:"id"`
	Level   checks.Level `json:"level"`
	Summary string       `json:"summary"`
	// Before and After are the outcomes, and the reasons where a finding changed from one to another.
	Before       checks.Outcome `json:"before,omitempty"`
	BeforeReason string         `json:"beforeReason,omitempty"`
	After        checks.Outcome `json:"after,omitempty"`
	AfterReason  string         `json:"afterReason,omitempty"`
	// Actual is what the later run saw, or the earlier one where it is gone.
	Actual string `json:"actual,omitempty"`
}

// DiffChange is what happened to a finding.
type DiffChange string

// What can happen to a finding.
const (
	Appeared       DiffChange = "appeared"
	Gone           DiffChange = "gone"
	ChangedOutcome DiffChange = "outcome"
	ChangedReason  DiffChange = "reason"
	ChangedWaiver  DiffChange = "waiver"
	NotLooked      DiffChange = "unseen"
)

// MeasurementDiff is a measurement that moved.
type MeasurementDiff struct {
	Name   string  `json:"name"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Ratio is After by Before; 0 where Before is 0.
	Ratio float64 `json:"ratio,omitempty"`
}

// Compare says what changed from one run to another. It is pure.
func Compare(before, after *Run) *Diff {
	d := &Diff{
		Schema: DiffSchema, Before: sideOf(before), After: sideOf(after),
		Image: facts(imageFacts(before.Image), imageFacts(after.Image)), Terms: facts(termFacts(before), termFacts(after)),
		Findings: findingDiffs(before.Findings, after.Findings),
	}
	d.Measurements, d.Uncompared = moved(before, after)
	d.Worse = verdictRank[after.Verdict] > verdictRank[before.Verdict] ||
		slices.ContainsFunc(d.Findings, func(f FindingDiff) bool { return f.Direction == Worse })
	return d
}

// verdictRank orders verdicts from good to bad.
var verdictRank = map[Verdict]int{Conformant: 0, Passed: 0, Partial: 1, Errored: 2, Nonconformant: 3}

func sideOf(r *Run) DiffSide {
	return DiffSide{Run: r.ID, Image: subjectOf(r), Verdict: r.Verdict, Waived: r.Counts[string(checks.Waived)]}
}

func imageFacts(i *ImageFacts) []row {
	if i == nil {
		return nil
	}
	return []row{
		{"reference", i.Reference}, {"digest", i.Digest}, {"index digest", i.IndexDigest}, {"image id", i.ConfigDigest}, {"platform", i.Platform},
		{"machine", i.Machine}, {"size", sizeText(i)}, {"layers", fmt.Sprint(i.Layers)}, {"user", i.User}, {"entrypoint", strings.Join(i.Entrypoint, " ")},
		{"command", strings.Join(i.Cmd, " ")}, {"media type", i.MediaType},
	}
}

func termFacts(r *Run) []row {
	out := []row{
		{"tool", r.Tool.Version}, {"contract", r.Tool.Contract}, {"scope", scopeText(r)}, {"strict", onlyTrue(r.Strict)},
		{"time scale", timesText(scaleOf(r))},
	}
	if r.Records != nil {
		t := r.Records.Terms
		out = append(out, row{"protocol", t.Protocol}, row{"profile", t.Profile}, row{"session model", t.SessionModel}, row{"platform version", t.PlatformVersion},
			row{"compute", t.Compute})
	}
	return out
}

func timesText(f float64) string { return fmt.Sprintf("×%.3g", f) }

// scaleOf is the factor by which a run's limits on computed work were stretched, at least 1.
func scaleOf(r *Run) float64 {
	if r.Environment == nil {
		return 1
	}
	return max(r.Environment.TimeScale, 1)
}

// facts are those of which the two sides say different things.
func facts(before, after []row) []FactDiff {
	out := []FactDiff{}
	said := func(rows []row, name string) string {
		for _, r := range rows {
			if r.label == name {
				return r.text
			}
		}
		return ""
	}
	names := before
	if len(names) < len(after) {
		names = after
	}
	for _, r := range names {
		if a, b := said(before, r.label), said(after, r.label); a != b {
			out = append(out, FactDiff{r.label, a, b})
		}
	}
	return out
}

// movedBy is the least ratio by which a measurement counts as moved, and least the smallest step, by the name's ending,
// that is more than noise.
const movedBy = 1.5

var least = []struct {
	ending string
	step   float64
}{{"Ms", 5}, {"Bytes", 1 << 20}, {"", 1}}

// sameScale is how far two time scales may differ for times to be compared.
const sameScale = 1.25

// moved lists the measurements that moved. Times are compared only between runs that were slowed down alike: how much of
// a time is computed work, which emulation stretches, and how much is waiting, nobody knows.
func moved(before, after *Run) ([]MeasurementDiff, int) {
	a, b := scaleOf(before), scaleOf(after)
	alike := max(a, b) <= sameScale*min(a, b)
	out, uncompared := []MeasurementDiff{}, 0
	for _, name := range slices.Sorted(maps.Keys(before.Measurements)) {
		x, y := before.Measurements[name], after.Measurements[name]
		if _, both := after.Measurements[name]; !both || !hasMoved(name, x, y) {
			continue
		}
		if !alike && isTime(name) {
			uncompared++
			continue
		}
		m := MeasurementDiff{Name: name, Before: x, After: y}
		if x != 0 {
			m.Ratio = y / x
		}
		out = append(out, m)
	}
	return out, uncompared
}

// isTime tells times by their names: ping.idle.p99Ms, stop.ms.
func isTime(name string) bool {
	return strings.HasSuffix(name, "Ms") || strings.HasSuffix(name, ".ms") || strings.HasSuffix(name, "seconds")
}

func hasMoved(name string, x, y float64) bool {
	step := y - x
	if step < 0 {
		step = -step
	}
	for _, l := range least {
		if strings.HasSuffix(name, l.ending) {
			big, small := max(x, y), min(x, y)
			return step >= l.step && (small <= 0 || big >= movedBy*small)
		}
	}
	return false
}
