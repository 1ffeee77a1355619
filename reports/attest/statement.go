// Package attest says under a signature that an image passed: an in-toto statement about the image's digest, in a DSSE
// envelope. It does no I/O and knows no clock.
package attest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// The types that make a statement what it is.
const (
	StatementType = "https://in-toto.io/Statement/v1"
	PredicateType = "https://in-toto.io/attestation/test-result/v0.1"
	// statementTypeBefore is what cosign writes around a predicate; subject and predicate are the same in it.
	statementTypeBefore = "https://in-toto.io/Statement/v0.1"
)

// The results that the predicate knows.
const (
	resultPassed = "PASSED"
	resultWarned = "WARNED"
)

// Statement is an in-toto statement with a test result as its predicate.
type Statement struct {
	Type          string     `json:"_type"`
	Subject       []Resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     Predicate  `json:"predicate"`
}

// Resource is an in-toto resource descriptor. Digests are by algorithm, in hexadecimal digits.
type Resource struct {
	Name      string            `json:"name,omitempty"`
	Digest    map[string]string `json:"digest,omitempty"`
	Content   []byte            `json:"content,omitempty"`
	MediaType string            `json:"mediaType,omitempty"`
}

// Predicate is the test result. A clause that stands in none of the lists was not ruled on.
type Predicate struct {
	Result string `json:"result"`
	// Configuration holds the terms of the run, as in its report, without the names of variables.
	Configuration []Resource `json:"configuration"`
	URL           string     `json:"url,omitempty"`
	PassedTests   []string   `json:"passedTests"`
	WarnedTests   []string   `json:"warnedTests"`
	FailedTests   []string   `json:"failedTests"`
	// Conformance is this tool's extension; absent in the test results of others.
	Conformance *Conformance `json:"https://github.com/agentcore-conform/agentcore-conform/conformance/v1,omitempty"`
}

// Conformance is what the general predicate has no place for. docs/attestation.md describes it.
type Conformance struct {
	Verdict  reports.Verdict `json:"verdict"`
	Scope    reports.Scope   `json:"scope"`
	Contract string          `json:"contract"`
	Tool     string          `json:"toolVersion"`
	// Started is when the run began, in RFC 3339; Run its id.
	Started string `json:"started"`
	Run     string `json:"run"`
	// Compute is the compute type that the image was tested for.
	Compute string `json:"compute"`
	Strict  bool   `json:"strict,omitempty"`
	// Report is the digest of the JSON report.
	Report map[string]string `json:"reportDigest"`
	Waived []Waived          `json:"waived,omitempty"`
}

// Waived is a finding that somebody accepted.
type Waived struct {
	Clause string `json:"clause"`
	Reason string `json:"reason,omitempty"`
}

// Input is what a statement is made of.
type Input struct {
	Run *reports.Run
	// ReportDigest is the digest of the report's bytes, as sha256:….
	ReportDigest string
	// Name is the image's repository; Digests are those of its manifest and of the index around it, as sha256:….
	Name    string
	Digests []string
	// URL leads to the run in CI; empty where there is none.
	URL string
}

// Make makes the statement. A run that may not be attested is an error that says why.
func Make(in Input) (Statement, error) {
	if err := Attestable(in.Run); err != nil {
		return Statement{}, err
	}
	terms, err := termsOf(in.Run.Records.Terms)
	if err != nil {
		return Statement{}, err
	}
	p := Predicate{Configuration: []Resource{terms}, URL: in.URL, Conformance: conformanceOf(in), FailedTests: []string{}}
	p.PassedTests, p.WarnedTests = tests(in.Run.Findings)
	p.Result = resultPassed
	if len(p.WarnedTests) > 0 {
		p.Result = resultWarned
	}
	s := Statement{Type: StatementType, PredicateType: PredicateType, Predicate: p}
	for _, d := range in.Digests {
		s.Subject = append(s.Subject, Resource{Name: in.Name, Digest: digestSet(d)})
	}
	return s, nil
}

// Attestable says why a run cannot be attested, or nothing: only what ran to its end in full scope and is conformant can.
// The verdict is ranked anew, so that a report which says other than its findings is not signed.
func Attestable(run *reports.Run) error {
	switch again := reports.VerdictOf(run.Findings, run.Scope); {
	case run.Interrupted:
		return fmt.Errorf("the run was interrupted: let it run to its end, and attest that report")
	case run.Scope != reports.Full:
		return fmt.Errorf("the run is of reduced scope (%s): attest one that looked at everything", scopeWhy(run))
	case run.Verdict != reports.Conformant:
		return fmt.Errorf("the run's verdict is %s: only a conformant one can be attested", run.Verdict)
	case again != reports.Conformant || len(run.Errors) > 0:
		return fmt.Errorf("the report says conformant, but its findings make it %s: attest the report as the tool wrote it", orErrored(again))
	case len(run.Stale()) > 0:
		return fmt.Errorf("the run was not green: waiver %s is stale; take it out, run again and attest that", run.Stale()[0].ID)
	case run.Image == nil || run.Records == nil:
		return fmt.Errorf("the report names no image: attest the JSON report of a run on an image")
	}
	return nil
}

func scopeWhy(run *reports.Run) string {
	if len(run.ScopeWhy) == 0 {
		return "it does not say why"
	}
	return strings.Join(run.ScopeWhy, ", ")
}

// orErrored names what errors of the harness make of a run.
func orErrored(v reports.Verdict) reports.Verdict {
	if v == reports.Conformant {
		return reports.Errored
	}
	return v
}

// OfImage says why a report is not of this image, or nothing. The manifest's digest decides; a report from an engine that
// knows none is told by the image id, the digest of the configuration, which names all layers.
func OfImage(tested *reports.ImageFacts, found *record.Image) error {
	was, is := tested.Digest, found.Digest
	if was == "" {
		was, is = tested.ConfigDigest, found.ConfigDigest
	}
	if was == "" || was != is {
		return fmt.Errorf("the report is of another image: it tested %s, and %s is %s; run again on what will be deployed",
			orNone(was), found.Reference, orNone(is))
	}
	return nil
}

func orNone(digest string) string {
	if digest == "" {
		return "one without a digest"
	}
	return digest
}

// termsOf embeds the terms of a run. The variables are left out: their names are nobody's business who may pull an image.
func termsOf(t record.Terms) (Resource, error) {
	t.Environment = nil
	data, err := json.Marshal(t)
	if err != nil {
		return Resource{}, fmt.Errorf("encode the terms of the run: %w", err)
	}
	return Resource{Name: "terms", Content: data, MediaType: "application/json"}, nil
}

func conformanceOf(in Input) *Conformance {
	run := in.Run
	return &Conformance{
		Verdict: run.Verdict, Scope: run.Scope, Contract: run.Tool.Contract, Tool: run.Tool.Version,
		Started: run.Started, Run: run.ID, Compute: run.Records.Terms.Compute, Strict: run.Strict,
		Report: digestSet(in.ReportDigest), Waived: waived(run.Findings),
	}
}

// tests sorts the clauses by their gravest finding. One that was waived warns: it did not pass, and does not fail the run.
func tests(findings []checks.Finding) (passed, warned []string) {
	passed, warned = []string{}, []string{}
	for _, f := range reports.Worst(findings) {
		switch f.Outcome {
		case checks.Pass, checks.Note:
			passed = append(passed, f.ID)
		case checks.Warn, checks.Waived:
			warned = append(warned, f.ID)
		}
	}
	slices.Sort(passed)
	slices.Sort(warned)
	return passed, warned
}

// waived lists every waived finding, also of a clause that has a graver one.
func waived(findings []checks.Finding) []Waived {
	var out []Waived
	for _, f := range findings {
		if f.Outcome == checks.Waived {
			out = append(out, Waived{f.ID, f.Reason})
		}
	}
	return out
}

// digestSet is sha256:… as in-toto writes it.
func digestSet(digest string) map[string]string {
	algorithm, hex, _ := strings.Cut(digest, ":")
	return map[string]string{algorithm: hex}
}

// Encode writes the statement, or a part of it, as it is signed or left to others to sign.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the attestation: %w", err)
	}
	return b.Bytes(), nil
}
