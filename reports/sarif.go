package reports

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// projectURL is where the tool and the pages of its clauses are.
	projectURL = "https://github.com/agentcore-conform/agentcore-conform"
	// mostResults is how many results of a run GitHub keeps.
	mostResults = 5000
)

// WriteSARIF writes SARIF 2.1.0 as GitHub's code scanning takes it: the rows of the catalogue that the run looked at as
// rules, what failed, warned or was waived as results, what could not be tested as notifications of the invocation, whose
// exit code is the run's. Each result is at the recipe of the image, for an image has no lines; the image is an artifact.
func WriteSARIF(w io.Writer, run *Run) error {
	rules := newSARIFRules(run.Findings)
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{{
		Tool: sarifTool{sarifDriver{
			Name: "agentcore-conform", Version: CleanLine(run.Tool.Version), InformationURI: projectURL, Rules: rules.list,
			Properties: map[string]string{"contract": CleanLine(run.Tool.Contract)},
		}},
		Invocations: []sarifInvocation{sarifInvocationOf(run, rules)},
		Artifacts:   sarifArtifacts(run),
		Results:     sarifResults(run, rules),
		Properties: map[string]any{
			"verdict": CleanLine(string(run.Verdict)), "scope": CleanLine(string(run.Scope)), "runId": CleanLine(run.ID), "counts": counts(run.Findings),
		},
		ColumnKind: "unicodeCodePoints",
	}}}
	if err := writeJSON(w, log); err != nil {
		return fmt.Errorf("write the SARIF report: %w", err)
	}
	return nil
}

// sarifLevels are those of the outcomes that become results.
var sarifLevels = map[checks.Outcome]string{checks.Fail: "error", checks.Warn: "warning", checks.Waived: "note"}

func sarifResults(run *Run, rules *sarifRules) []sarifResult {
	results := []sarifResult{}
	seen := map[string]int{}
	for _, f := range withOutcome(run.Findings, checks.Fail, checks.Warn, checks.Waived) {
		if len(results) == mostResults {
			break
		}
		id := ruleID(f)
		results = append(results, sarifResultOf(f, rules.at[id], fingerprint(run, id, fmt.Sprint(seen[id]))))
		seen[id]++
	}
	return results
}

func sarifResultOf(f checks.Finding, rule int, fingerprint string) sarifResult {
	r := sarifResult{
		RuleID: ruleID(f), RuleIndex: rule, Kind: "fail", Level: sarifLevels[outcomeOf(f)],
		Message:             sarifMessage{Text: clip(findingLine(f), maxDescription)},
		Locations:           []sarifLocation{{sarifPhysical{ArtifactLocation: sarifArtifactLocation{URI: recipe, Index: 0}, Region: sarifRegion{1}}}},
		PartialFingerprints: map[string]string{"primaryLocationLineHash": fingerprint, "clauseReason/v1": fingerprint},
		Properties:          map[string]string{},
	}
	for _, p := range known([]row{
		{"clause", f.ID}, {"level", string(f.Level)}, {"outcome", string(outcomeOf(f))}, {"expected", f.Expected}, {"actual", f.Actual},
		{"basis", string(f.Basis)}, {"strict", onlyTrue(f.Strict)}, {"curl", firstCurl(f)},
	}) {
		r.Properties[p.label] = clip(p.text, maxCaseBody)
	}
	if outcomeOf(f) == checks.Waived {
		r.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: clip(CleanLine(waiverText(f)), maxDescription)}}
	}
	return r
}

// firstCurl is the line that repeats the first exchange of a finding.
func firstCurl(f checks.Finding) string {
	for _, e := range f.Evidence {
		if e.Curl != "" {
			return e.Curl
		}
	}
	return ""
}

// sarifArtifacts are the recipe, at which results are shown, and the image.
func sarifArtifacts(run *Run) []sarifArtifact {
	out := []sarifArtifact{{Location: sarifArtifactLocation{URI: recipe}, Roles: []string{"resultFile"}}}
	i := run.Image
	if i == nil {
		return out
	}
	digest := i.Digest
	if digest == "" {
		digest = i.ConfigDigest
	}
	image := sarifArtifact{
		Location:    sarifArtifactLocation{URI: (&url.URL{Scheme: "oci", Opaque: url.PathEscape(CleanLine(i.Reference))}).String(), Index: 1},
		Description: &sarifMessage{Text: imageText(run, true)}, Roles: []string{"analysisTarget"}, MimeType: mimeType(i.MediaType),
	}
	image.Description.Text = CleanLine(image.Description.Text)
	if hex, found := strings.CutPrefix(digest, "sha256:"); found {
		image.Hashes = map[string]string{"sha-256": CleanLine(hex)}
	}
	return append(out, image)
}

// mimeType is empty for what is none.
func mimeType(s string) string {
	if kind, sub, found := strings.Cut(s, "/"); !found || kind == "" || sub == "" || CleanLine(s) != s || strings.ContainsAny(s, " ") {
		return ""
	}
	return s
}

func sarifInvocationOf(run *Run, rules *sarifRules) sarifInvocation {
	inv := sarifInvocation{
		ExecutionSuccessful: len(troubles(run)) == 0 && run.Verdict != Errored, ExitCode: run.ExitCode(false),
		ExitCodeDescription: CleanLine(string(run.Verdict)) + ": " + verdictText(run), StartTimeUTC: junitTime(run.Started) + "Z",
		Notifications: []sarifNotification{},
	}
	for _, t := range troubles(run) {
		inv.Notifications = append(inv.Notifications, sarifNotification{Level: "error", Message: sarifMessage{Text: clip(CleanLine(t), maxDescription)}})
	}
	for _, f := range withOutcome(run.Findings, checks.Error, checks.Untestable) {
		level := "note"
		if outcomeOf(f) == checks.Error || Lacking(f) {
			level = "error"
		}
		id := ruleID(f)
		inv.Notifications = append(inv.Notifications, sarifNotification{
			Level: level, Message: sarifMessage{Text: clip(CleanLine(f.ID+": could not test: "+f.Actual), maxDescription)},
			Rule: &sarifRuleReference{ID: id, Index: rules.at[id]},
		})
	}
	return inv
}
