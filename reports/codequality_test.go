package reports

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// readCodeQuality reads what GitLab reads, and nothing else.
func readCodeQuality(t *testing.T, run *Run) []codeQuality {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(wrote(t, WriteCodeQuality, run)))
	dec.DisallowUnknownFields()
	var out []codeQuality
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	if out == nil {
		t.Fatal("GitLab wants a list, if an empty one")
	}
	return out
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func TestCodeQualityIsWhatGitLabReads(t *testing.T) {
	for name, run := range map[string]*Run{"one of each": oneOfEach(), "hostile": hostileRun(), "injected": injected(), "crowded": crowded(), "nothing": nothingRan(), "green": allPass()} {
		prints := map[string]bool{}
		for _, e := range readCodeQuality(t, run) {
			if !sha256Hex.MatchString(e.Fingerprint) || prints[e.Fingerprint] {
				t.Errorf("%s: fingerprint %q is none, or stands twice", name, e.Fingerprint)
			}
			prints[e.Fingerprint] = true
			if !strings.Contains(" info minor major critical blocker ", " "+e.Severity+" ") || e.Location.Path != "Dockerfile" || e.Location.Lines.Begin != 1 {
				t.Errorf("%s: %+v", name, e)
			}
			if e.Description == "" || e.Description != CleanLine(e.Description) || len(e.Description) > 2*maxDescription || e.CheckName == "" {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
}

func TestCodeQualityWeighsFindings(t *testing.T) {
	got := map[string]string{}
	for _, e := range readCodeQuality(t, oneOfEach()) {
		got[e.CheckName] = e.Severity
	}
	for name, want := range map[string]string{
		"PING-06/restamped": "critical", "IMG-14/loopback-on-platform": "minor", "INV-09": "major", "SSE-02": "major", "INV-12/refused-below-2mb": "info",
		"OBS-01": "", "PING-01": "",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if e := readCodeQuality(t, nothingRan()); len(e) != 1 || e[0].CheckName != "RUN" {
		t.Errorf("a run that ruled on nothing is %+v", e)
	}
	if e := readCodeQuality(t, allPass()); len(e) != 0 {
		t.Errorf("a green run is %+v", e)
	}
}

// TestFingerprintsSurviveABuild: a new build has another tag, digest and figures, and the same faults.
func TestFingerprintsSurviveABuild(t *testing.T) {
	before := readCodeQuality(t, oneOfEach())
	run := oneOfEach()
	run.Image.Reference, run.Image.Digest, run.ID = "registry.example.com/team/agent@sha256:00", "sha256:00", "another"
	for i := range run.Findings {
		run.Findings[i].Actual += ", again"
	}
	after := readCodeQuality(t, run)
	for i := range before {
		if before[i].Fingerprint != after[i].Fingerprint {
			t.Errorf("%s: the fingerprint changes with the build", before[i].CheckName)
		}
	}
	run.Image.Reference = "registry.example.com/team/other:1.4"
	if readCodeQuality(t, run)[0].Fingerprint == before[0].Fingerprint {
		t.Error("two repositories share a fingerprint")
	}
	for reference, want := range map[string]string{
		"localhost:5000/a": "localhost:5000/a", "localhost:5000/a:b": "localhost:5000/a", "a:b@sha256:cc": "a", "a": "a", "oci:layout": "oci", "": "",
	} {
		if got := repository(&Run{Image: &ImageFacts{Reference: reference}}); got != want {
			t.Errorf("%q is of the repository %q, want %q", reference, got, want)
		}
	}
}
