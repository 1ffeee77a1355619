// Package reports holds the canonical result of a run and the writers that show it.
package reports

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Schema names the version of the canonical JSON report.
const Schema = "agentcore-conform/report/v1"

// Verdict is the verdict of a whole run.
type Verdict string

// The verdicts, as VERDICTS.md ranks them.
const (
	Conformant    Verdict = "conformant"
	Passed        Verdict = "passed"
	Nonconformant Verdict = "nonconformant"
	Errored       Verdict = "error"
	Partial       Verdict = "partial"
)

// Scope says how much of the contract a run looked at.
type Scope string

// Only a full-scope run may be called conformant.
const (
	Full    Scope = "full"
	Reduced Scope = "reduced"
)

// Run is the canonical result of one run; its JSON form is the report that all others are made from.
type Run struct {
	Schema  string  `json:"schema"`
	ID      string  `json:"id"`
	Verdict Verdict `json:"verdict"`
	Scope   Scope   `json:"scope"`
	// ScopeWhy lists what reduced the scope: attach, inspect, smoke, --only, --skip.
	ScopeWhy []string `json:"scopeWhy,omitempty"`
	// Interrupted says that the run was stopped before its end.
	Interrupted bool   `json:"interrupted,omitempty"`
	Tool        Tool   `json:"tool"`
	Started     string `json:"started"`
	// DurationMs is the wall time; PlannedWaitMs the part of it that was waiting by plan.
	DurationMs    float64             `json:"durationMs"`
	PlannedWaitMs float64             `json:"plannedWaitMs"`
	Strict        bool                `json:"strict,omitempty"`
	Image         *ImageFacts         `json:"image,omitempty"`
	Environment   *record.Environment `json:"environment,omitempty"`
	// Counts holds the number of findings by outcome, zeros included; a clause may have several findings.
	Counts   map[string]int   `json:"counts"`
	Findings []checks.Finding `json:"findings"`
	// Waivers are those that were given, with what became of each.
	Waivers []Waiver `json:"waivers,omitempty"`
	// Baseline is the one that was given, with what the run no longer found.
	Baseline *Baseline `json:"baseline,omitempty"`
	// Declared is the project file that settings were taken from.
	Declared     *Declaration       `json:"declared,omitempty"`
	Measurements map[string]float64 `json:"measurements"`
	// SessionModels holds what each of the two session models would make of SES-06, whichever was asked for.
	SessionModels map[string]Verdict `json:"sessionModels,omitempty"`
	// IdleReaper is what AgentCore would have made of the sessions that were polled, by simulation; absent where none was.
	IdleReaper *reaper.Session `json:"idleReaper,omitempty"`
	// Starts are how the run's containers came up; absent where none did, and for a server that already ran.
	Starts  *Starts     `json:"starts,omitempty"`
	Records *record.Set `json:"records"`
	// Errors are faults of the harness or its surroundings, one line each. With any of them no run is green.
	Errors []string `json:"errors,omitempty"`
}

// Tool names what made the report.
type Tool struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Contract string `json:"contract"`
}

// ImageFacts is the head of the report: what was tested.
type ImageFacts struct {
	Reference   string `json:"reference"`
	Origin      string `json:"origin"`
	Digest      string `json:"digest,omitempty"`
	IndexDigest string `json:"indexDigest,omitempty"`
	// ConfigDigest is the image id; it names what was tested where the origin knows no manifest digest.
	ConfigDigest string `json:"configDigest,omitempty"`
	Platform     string `json:"platform"`
	MediaType    string `json:"mediaType,omitempty"`
	// Size is the compressed size in bytes, or the uncompressed one when SizeUncompressed says so; -1 when unknown.
	Size             int64    `json:"size"`
	SizeUncompressed bool     `json:"sizeUncompressed,omitempty"`
	Layers           int      `json:"layers"`
	User             string   `json:"user,omitempty"`
	Entrypoint       []string `json:"entrypoint,omitempty"`
	Cmd              []string `json:"cmd,omitempty"`
	Machine          string   `json:"machine,omitempty"`
}

// ExitCode maps the run to the process's exit code: 0 conformant or passed, 1 nonconformant, 3 could not test,
// 130 interrupted. What would be 0 is 2 where a waiver is stale; other usage errors never get as far as a Run.
func (r *Run) ExitCode(allowPartial bool) int {
	if r.Interrupted {
		return 130
	}
	green := r.Verdict == Conformant || r.Verdict == Passed || r.Verdict == Partial && allowPartial
	switch {
	case r.Verdict == Nonconformant:
		return 1
	case !green:
		return 3
	case len(r.Stale()) > 0:
		return 2
	}
	return 0
}
