package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// BaselineSchema names the version of a baseline's JSON form.
const BaselineSchema = "agentcore-conform/baseline/v1"

// Baseline is what a run found, so that later runs fail only for what is new.
type Baseline struct {
	Schema string `json:"schema"`
	// Run and Recorded are the id and the start of the run that it was recorded from; Image is what that run tested.
	Run      string        `json:"run"`
	Recorded string        `json:"recorded"`
	Image    string        `json:"image,omitempty"`
	Tool     Tool          `json:"tool"`
	Findings []BaselineRow `json:"findings"`
}

// BaselineRow is one finding of a baseline, by its row in the catalogue.
type BaselineRow struct {
	ID     string `json:"id"`
	Reason string `json:"reason,omitempty"`
	// Outcome is the row's own, without --strict: fail or warn.
	Outcome checks.Outcome `json:"outcome"`
	// Fixed says, in a report, that the run ruled on the clause and the finding did not occur.
	Fixed bool `json:"fixed,omitempty"`
}

func (b BaselineRow) row() string { return checks.Finding{ID: b.ID, Reason: b.Reason}.Row() }

// BaselineOf records what fails or warns in the run, and what an earlier baseline excused there. What a waiver accepts is
// left out: the waiver still does. A run that did not come to its end is refused, for the next one would find more.
func BaselineOf(run *Run) (*Baseline, error) {
	if run.Interrupted || run.Verdict == Errored {
		return nil, fmt.Errorf("the run did not come to its end (%s), so it does not hold all there is to find; run it again", run.Verdict)
	}
	b := &Baseline{
		Schema: BaselineSchema, Run: run.ID, Recorded: run.Started, Image: subjectOf(run), Tool: run.Tool, Findings: []BaselineRow{},
	}
	for _, f := range run.Findings {
		if f.Waiver != nil && f.Waiver.By == checks.ByWaiver {
			continue
		}
		row := BaselineRow{ID: f.ID, Reason: f.Reason, Outcome: ownOutcome(f)}
		if (row.Outcome == checks.Fail || row.Outcome == checks.Warn) && !slices.Contains(b.Findings, row) {
			b.Findings = append(b.Findings, row)
		}
	}
	return b, nil
}

// subjectOf names what a run tested, with its digest where one is known.
func subjectOf(run *Run) string {
	i := run.Image
	switch {
	case i == nil:
		return ""
	case i.Digest != "":
		return i.Reference + " " + i.Digest
	case i.ConfigDigest != "":
		return i.Reference + " " + i.ConfigDigest
	}
	return i.Reference
}

// ownOutcome is the finding's outcome without waivers and --strict.
func ownOutcome(f checks.Finding) checks.Outcome {
	if f.Strict {
		return checks.Warn
	}
	return f.Unwaived()
}

// holds reports that the finding was there when the baseline was recorded, and was no milder.
func (b *Baseline) holds(f checks.Finding) bool {
	return b != nil && slices.ContainsFunc(b.Findings, func(known BaselineRow) bool {
		return known.row() == f.Row() && !checks.Worse(ownOutcome(f), known.Outcome)
	})
}

// marked returns the baseline with what the run no longer found marked as fixed; nothing is, where it was cut short.
func (b *Baseline) marked(findings []checks.Finding, interrupted bool) *Baseline {
	if b == nil {
		return nil
	}
	out := *b
	out.Findings = slices.Clone(b.Findings)
	for i := range out.Findings {
		known := &out.Findings[i]
		known.Fixed = !interrupted && seen(findings, known.ID) && !slices.ContainsFunc(findings, func(f checks.Finding) bool {
			o := f.Unwaived()
			return f.Row() == known.row() && (o == checks.Fail || o == checks.Warn)
		})
	}
	return &out
}

// Fixed are the rows that no longer occur; the baseline may be nil.
func (b *Baseline) Fixed() []string {
	var out []string
	if b == nil {
		return out
	}
	for _, known := range b.Findings {
		if known.Fixed {
			out = append(out, known.row())
		}
	}
	return out
}

// WriteBaseline writes the baseline as JSON, indented.
func WriteBaseline(w io.Writer, b *Baseline) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(b); err != nil {
		return fmt.Errorf("encode the baseline: %w", err)
	}
	if _, err := w.Write(escapeUnsafe(out.Bytes())); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

// WriteBaselineFile writes the baseline to path. The file appears whole or not at all.
func WriteBaselineFile(path string, b *Baseline) error {
	if err := replaceFile(path, func(w io.Writer) error { return WriteBaseline(w, b) }); err != nil {
		return fmt.Errorf("write the baseline to %s: %w", path, err)
	}
	return nil
}

// ReadBaseline reads a baseline. Anything else, a report of a run above all, is an error that says what to do. Rows that
// this version's catalogue does not have are kept: nothing matches them.
func ReadBaseline(data []byte) (*Baseline, error) {
	var b Baseline
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("the file is no baseline: %w", err)
	}
	switch {
	case b.Schema == Schema:
		return nil, fmt.Errorf("this is the report of a run; record a baseline from it: agentcore-conform baseline REPORT -o FILE")
	case b.Schema != BaselineSchema:
		return nil, foreign(b.Schema, BaselineSchema)
	}
	for i, row := range b.Findings {
		if row.Outcome != checks.Fail && row.Outcome != checks.Warn {
			return nil, fmt.Errorf("finding %q has the outcome %q; a baseline holds fail and warn", row.row(), row.Outcome)
		}
		b.Findings[i].Fixed = false
	}
	return &b, nil
}
