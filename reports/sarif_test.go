package reports

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// published compiles one of the schemas in testdata, which the others of the folder belong to.
func published(t testing.TB, main string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(main), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema beside %s: %v", main, err)
	}
	if strings.Contains(main, "sarif") {
		files = []string{main}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("test:///"+filepath.Base(file), doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("test:///" + filepath.Base(main))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readSARIF(t *testing.T, data []byte) sarifRun {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal(data, &log); err != nil || len(log.Runs) != 1 {
		t.Fatalf("%v, %d runs", err, len(log.Runs))
	}
	return log.Runs[0]
}

// formatRuns are the samples and those that are harder to write.
func formatRuns() map[string]*Run {
	runs := map[string]*Run{"injected": injected(), "crowded": crowded(), "empty": {}}
	for _, s := range samples {
		runs[s.name] = s.run()
	}
	return runs
}

func TestSARIFFollowsThePublishedSchema(t *testing.T) {
	s := published(t, "testdata/sarif-2.1.0.json")
	for name, run := range formatRuns() {
		data := wrote(t, WriteSARIF, run)
		if err := validates(t, s, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := bytes.Replace(wrote(t, WriteSARIF, oneOfEach()), []byte(`"kind": "fail"`), []byte(`"kind": "bad"`), 1)
	if validates(t, s, broken) == nil {
		t.Error("an unknown kind is accepted, so the schema proves nothing")
	}
}

// TestSARIFIsWhatCodeScanningTakes holds the rules that GitHub has beyond the schema.
func TestSARIFIsWhatCodeScanningTakes(t *testing.T) {
	for name, run := range formatRuns() {
		data := wrote(t, WriteSARIF, run)
		if len(data) > 10<<20 {
			t.Errorf("%s: %d MB", name, len(data)>>20)
		}
		r := readSARIF(t, data)
		for _, rule := range r.Tool.Driver.Rules {
			codeScanningRule(t, rule)
		}
		for _, result := range r.Results {
			if len(result.Locations) != 1 || result.Locations[0].Physical.ArtifactLocation.URI != recipe || result.Locations[0].Physical.Region.StartLine != 1 {
				t.Errorf("%s: %s is nowhere", name, result.RuleID)
			}
			if at := result.RuleIndex; at < 0 || at >= len(r.Tool.Driver.Rules) || r.Tool.Driver.Rules[at].ID != result.RuleID {
				t.Errorf("%s: the rule of %s is not at %d", name, result.RuleID, at)
			}
			if !sha256Hex.MatchString(result.PartialFingerprints["primaryLocationLineHash"]) || result.Message.Text == "" {
				t.Errorf("%s: %+v", name, result)
			}
		}
		for _, n := range r.Invocations[0].Notifications {
			if n.Rule != nil && r.Tool.Driver.Rules[n.Rule.Index].ID != n.Rule.ID {
				t.Errorf("%s: the rule of a notification on %s is not at %d", name, n.Rule.ID, n.Rule.Index)
			}
		}
	}
}

func codeScanningRule(t *testing.T, r sarifRule) {
	t.Helper()
	if r.ID == "" || len(r.ID) > 255 || len(r.Name) > 255 || len(r.Properties.Tags) > 10 {
		t.Errorf("%q: id, name or tags are too long", r.ID)
	}
	for _, text := range []string{r.ShortDescription.Text, r.FullDescription.Text} {
		if len(text) > 1024 {
			t.Errorf("%s: a description of %d bytes", r.ID, len(text))
		}
	}
	if r.Help.Text == "" || r.Help.Markdown == "" || !strings.Contains(" very-high high medium low ", " "+r.Properties.Precision+" ") ||
		!strings.Contains(" error warning recommendation ", " "+r.Properties.ProblemSeverity+" ") {
		t.Errorf("%+v", r)
	}
}

// TestSARIFHasTheRowsOfTheCatalogue: every reason of a clause that was looked at is a rule, with its page and fix.
func TestSARIFHasTheRowsOfTheCatalogue(t *testing.T) {
	rules := map[string]sarifRule{}
	for _, r := range readSARIF(t, wrote(t, WriteSARIF, oneOfEach())).Tool.Driver.Rules {
		rules[r.ID] = r
	}
	for _, id := range []string{"PING-06", "IMG-14", "INV-12"} {
		clause, _ := checks.Contract().Clause(id)
		for _, reason := range clause.Reasons {
			r := rules[id+"/"+reason.ID]
			if r.ShortDescription.Text != CleanLine(reason.Title) || r.HelpURI != projectURL+"/blob/main/docs/clauses/"+clause.Area+".md#"+strings.ToLower(id) ||
				reason.Fix != "" && !strings.Contains(r.Help.Text, CleanLine(reason.Fix)) || r.Properties.Clause != id || r.Properties.Level != string(clause.Level) {
				t.Errorf("%s/%s: %+v", id, reason.ID, r)
			}
		}
	}
	if _, there := rules["MCP-01"]; there {
		t.Error("a clause that was not looked at has a rule")
	}
}

// TestSARIFPagesExist: the help of a rule leads to a page and a heading that the documents have.
func TestSARIFPagesExist(t *testing.T) {
	for _, c := range checks.Contract().Clauses() {
		page, err := url.Parse(clausePage(c.ID))
		if err != nil {
			t.Fatal(err)
		}
		_, file, _ := strings.Cut(page.Path, "/blob/main/")
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil || !strings.Contains(strings.ToLower(string(text)), "\n## "+page.Fragment+"\n") {
			t.Errorf("%s leads nowhere: %v", page, err)
		}
	}
}

func TestSARIFSaysWhatHappened(t *testing.T) {
	r := readSARIF(t, wrote(t, WriteSARIF, oneOfEach()))
	got := map[string]string{}
	for _, result := range r.Results {
		got[result.RuleID] = result.Level
		if suppressed := len(result.Suppressions) > 0; suppressed != (result.Level == "note") {
			t.Errorf("%s: suppressed %v", result.RuleID, suppressed)
		}
	}
	if len(got) != 3 || got["PING-06/restamped"] != "error" || got["IMG-14/loopback-on-platform"] != "warning" || got["INV-12/refused-below-2mb"] != "note" {
		t.Errorf("results %v", got)
	}
	notes := map[string]string{}
	for _, n := range r.Invocations[0].Notifications {
		notes[n.Rule.ID] = n.Level
	}
	if len(notes) != 3 || notes["INV-09"] != "error" || notes["SSE-02"] != "error" || notes["OBS-01"] != "note" {
		t.Errorf("notifications %v", notes)
	}
	if len(r.Artifacts) != 2 || "sha256:"+r.Artifacts[1].Hashes["sha-256"] != sampleImage().Digest || r.Artifacts[0].Location.URI != recipe {
		t.Errorf("artifacts %+v", r.Artifacts)
	}
	if inv := readSARIF(t, wrote(t, WriteSARIF, interruptedRun())).Invocations[0]; inv.ExecutionSuccessful || inv.ExitCode != 130 || len(inv.Notifications) != 1 {
		t.Errorf("an interrupted run is %+v", inv)
	}
}

// FuzzSARIF: whatever a container and a report say, the file is valid, and so is GitLab's.
func FuzzSARIF(f *testing.F) {
	for _, s := range append([]string{hostileText, "", "a/b", "%", ":"}, injections...) {
		f.Add(s, "PING-06")
	}
	f.Add("x", "\x00/ /")
	s := published(f, "testdata/sarif-2.1.0.json")
	f.Fuzz(func(t *testing.T, said, id string) {
		run := injectedWith(said)
		run.Findings = append(run.Findings, checks.Finding{ID: id, Reason: said, Outcome: checks.Fail, Level: checks.Level(said), Area: said, Basis: checks.Basis(said)})
		run.Image.MediaType, run.Image.Digest, run.Started, run.Tool.Version = said, "sha256:"+said, said, said
		data := wrote(t, WriteSARIF, run)
		readable(t, "SARIF", string(data))
		if err := validates(t, s, data); err != nil {
			t.Errorf("%q, %q: %v", said, id, err)
		}
		for _, r := range readSARIF(t, data).Tool.Driver.Rules {
			codeScanningRule(t, r)
		}
		readable(t, "Code Quality", string(wrote(t, WriteCodeQuality, run)))
		readCodeQuality(t, run)
	})
}
