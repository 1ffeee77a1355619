package reports

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/suites/platform/sdktest"
)

// tapRead is what tap-parser makes of a file.
type tapRead struct {
	Version int        `json:"version"`
	Points  []tapPoint `json:"points"`
	Extra   []string   `json:"extra"`
	Bailed  bool       `json:"bailed"`
	Results struct {
		OK       bool `json:"ok"`
		Count    int  `json:"count"`
		Failures int  `json:"failures"`
	} `json:"results"`
}

type tapPoint struct {
	OK       bool           `json:"ok"`
	ID       int            `json:"id"`
	Name     string         `json:"name"`
	Skip     any            `json:"skip"`
	Todo     any            `json:"todo"`
	Diag     map[string]any `json:"diag"`
	TapError any            `json:"tapError"`
}

// readTAP reads every run with tap-parser, in one process.
func readTAP(t *testing.T, runs map[string]*Run) map[string]tapRead {
	t.Helper()
	dir := t.TempDir()
	for name, run := range runs {
		if err := os.WriteFile(filepath.Join(dir, name), wrote(t, WriteTAP, run), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out map[string]tapRead
	if err := json.Unmarshal([]byte(sdktest.Run(t, filepath.Join("testdata", "readers"), "tap.mjs", "TAP_FILES="+dir).Raw), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTAPIsReadAsItIsMeant by the parser of the field: as many points as clauses, in order, with nothing between them.
func TestTAPIsReadAsItIsMeant(t *testing.T) {
	runs := formatRuns()
	for name, got := range readTAP(t, runs) {
		run := runs[name]
		var cases []junitCase
		for _, s := range junitSuites(run) {
			cases = append(cases, s.cases...)
		}
		if got.Version != 14 || len(got.Points) != len(cases) || got.Bailed || len(got.Extra) > 0 {
			t.Errorf("%s: version %d, %d points for %d cases, bailed %v, extra %.200q", name, got.Version, len(got.Points), len(cases), got.Bailed, got.Extra)
			continue
		}
		if green := run.ExitCode(false) == 0; green != got.Results.OK {
			t.Errorf("%s: exit code %d, and the file is ok: %v", name, run.ExitCode(false), got.Results.OK)
		}
		for i, p := range got.Points {
			red := cases[i].kind == "failure" || cases[i].kind == "error"
			if p.ID != i+1 || p.TapError != nil || red && (p.OK || p.Skip != false || p.Todo != false || p.Diag["message"] == nil) {
				t.Errorf("%s: %s is %+v", name, cases[i].name, p)
			}
		}
	}
}

func TestTAPSaysWhatHappened(t *testing.T) {
	points := map[string]tapPoint{}
	for _, p := range readTAP(t, map[string]*Run{"run": oneOfEach()})["run"].Points {
		id, _, _ := strings.Cut(strings.TrimPrefix(p.Name, "- "), " ")
		points[id] = p
	}
	fail := points["PING-06"]
	if fail.OK || fail.Diag["severity"] != "fail" || fail.Diag["reason"] != "restamped" || !strings.HasPrefix(fail.Diag["expected"].(string), "the same") ||
		!strings.Contains(fail.Diag["fix"].(string), "remember") || len(fail.Diag["evidence"].([]any)) < 5 {
		t.Errorf("%+v", fail)
	}
	if p := points["IMG-14"]; !p.OK || p.Diag["severity"] != "warn" {
		t.Errorf("a warning is %+v", p)
	}
	if p := points["INV-12"]; p.OK || !strings.HasPrefix(p.Todo.(string), "waived: ") {
		t.Errorf("a waived clause is %+v", p)
	}
	for _, id := range []string{"MCP-01", "WS-02", "OBS-01"} {
		if p := points[id]; !p.OK || p.Skip == false {
			t.Errorf("%s, which was not judged, is %+v", id, p)
		}
	}
	if p := points["PING-01"]; !p.OK || p.Skip != false || p.Diag != nil {
		t.Errorf("a pass is %+v", p)
	}
}

// FuzzTAP: what a container said stays in its line, and what is said of a clause is YAML.
func FuzzTAP(f *testing.F) {
	for _, s := range append([]string{hostileText, "", "\\", "#", "a\n  ...\n"}, injections...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		text := string(wrote(t, WriteTAP, injectedWith(said)))
		readable(t, "TAP", text)
		points, inside := 0, false
		var block strings.Builder
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			switch {
			case inside && line == "  ...":
				var out map[string]any
				if err := yaml.Unmarshal([]byte(block.String()), &out); err != nil || out["message"] == nil {
					t.Fatalf("%v in\n%s", err, block.String())
				}
				inside = false
				block.Reset()
			case inside:
				block.WriteString(strings.TrimPrefix(line, "  ") + "\n")
			case line == "  ---":
				inside = true
			case strings.HasPrefix(line, "ok "), strings.HasPrefix(line, "not ok "):
				points++
			case i == 0 && line == "TAP version 14", strings.HasPrefix(line, "# "), line == "1..7":
			default:
				t.Fatalf("%q makes a line of its own: %q", said, line)
			}
		}
		if points != 7 || inside {
			t.Errorf("%q: %d points", said, points)
		}
	})
}
