package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// readSuites is what an ordinary reader of JUnit knows of the format.
type readSuites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []struct {
		Name       string         `xml:"name,attr"`
		ID         int            `xml:"id,attr"`
		Tests      int            `xml:"tests,attr"`
		Failures   int            `xml:"failures,attr"`
		Errors     int            `xml:"errors,attr"`
		Skipped    int            `xml:"skipped,attr"`
		Time       string         `xml:"time,attr"`
		Properties []readProperty `xml:"properties>property"`
		Cases      []readCase     `xml:"testcase"`
		Out        string         `xml:"system-out"`
	} `xml:"testsuite"`
}

type readProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type readCase struct {
	Class      string         `xml:"classname,attr"`
	Name       string         `xml:"name,attr"`
	Time       string         `xml:"time,attr"`
	Failure    *readResult    `xml:"failure"`
	Error      *readResult    `xml:"error"`
	Skipped    *readResult    `xml:"skipped"`
	Properties []readProperty `xml:"properties>property"`
	Out        string         `xml:"system-out"`
}

type readResult struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func junitOf(t *testing.T, run *Run) []byte { return wrote(t, WriteJUnit, run) }

// wrote is what a writer makes of a run.
func wrote(t *testing.T, write func(io.Writer, *Run) error, run *Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBack(t *testing.T, data []byte) readSuites {
	t.Helper()
	var s readSuites
	d := xml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&s); err != nil {
		t.Fatalf("the JUnit report does not parse: %v", err)
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("after the root: %v", err)
	}
	return s
}

var threeDecimals = regexp.MustCompile(`^[0-9]+\.[0-9]{3}$`)

func TestJUnitReadsBack(t *testing.T) {
	for _, sample := range samples {
		t.Run(sample.name, func(t *testing.T) {
			run := sample.run()
			s := readBack(t, junitOf(t, run))
			if strict := readBack(t, wrote(t, WriteJUnitStrict, run)); !sameResults(s, strict) {
				t.Error("the dialects do not have the same results")
			}
			seen, cases, red := map[string]bool{}, 0, 0
			for i, suite := range s.Suites {
				var failures, errors, skipped int
				for _, c := range suite.Cases {
					key := c.Class + "/" + c.Name
					if seen[key] {
						t.Errorf("%s stands twice", key)
					}
					seen[key] = true
					if c.Class != "agentcore."+suite.Name || !threeDecimals.MatchString(c.Time) {
						t.Errorf("%s: class %q, time %q", key, c.Class, c.Time)
					}
					failures, errors, skipped = failures+one(c.Failure), errors+one(c.Error), skipped+one(c.Skipped)
					for _, r := range []*readResult{c.Failure, c.Error, c.Skipped} {
						if r != nil && (r.Message == "" || strings.ContainsAny(r.Message, "\n\t") || len(r.Message) > 4*maxMessage) {
							t.Errorf("%s: message %.80q", key, r.Message)
						}
					}
				}
				if suite.ID != i || suite.Tests != len(suite.Cases) || suite.Failures != failures || suite.Errors != errors || suite.Skipped != skipped {
					t.Errorf("suite %s: id %d, counts do not match its cases", suite.Name, suite.ID)
				}
				if len(suite.Properties) < 5 || !threeDecimals.MatchString(suite.Time) {
					t.Errorf("suite %s: %d properties, time %q", suite.Name, len(suite.Properties), suite.Time)
				}
				cases, red = cases+len(suite.Cases), red+failures+errors
			}
			if clauses := len(Worst(run.Findings)); cases < clauses || cases > clauses+1 {
				t.Errorf("%d cases for %d clauses", cases, clauses)
			}
			if green := run.ExitCode(false) == 0; green == (red > 0) {
				t.Errorf("verdict %s, but %d red cases", run.Verdict, red)
			}
		})
	}
}

// sameResults compares what both dialects say of every case.
func sameResults(extended, strict readSuites) bool {
	bare := func(s readSuites) (out []readCase) {
		for _, suite := range s.Suites {
			for _, c := range suite.Cases {
				c.Properties, c.Out = nil, ""
				out = append(out, c)
			}
		}
		return out
	}
	return len(bare(strict)) > 0 && reflect.DeepEqual(bare(extended), bare(strict))
}

func one(r *readResult) int {
	if r == nil {
		return 0
	}
	return 1
}

func findCase(t *testing.T, s readSuites, id string) readCase {
	t.Helper()
	for _, suite := range s.Suites {
		for _, c := range suite.Cases {
			if strings.HasPrefix(c.Name, id+" ") {
				return c
			}
		}
	}
	t.Fatalf("no case for %s", id)
	return readCase{}
}

func TestJUnitSaysWhatHappened(t *testing.T) {
	s := readBack(t, junitOf(t, oneOfEach()))
	fail := findCase(t, s, "PING-06").Failure
	if fail == nil || fail.Type != "restamped" || !strings.HasPrefix(fail.Message, "expected the same") || !strings.Contains(fail.Message, "; actual 1763825405") {
		t.Fatalf("%+v", fail)
	}
	for _, part := range []string{"expected: ", "actual: ", "on AgentCore: ", "fix: ", "$ curl ", "< 200 OK", "| listening on", `{"status":"Healthy"`} {
		if !strings.Contains(fail.Text, part) {
			t.Errorf("the failure's text lacks %q:\n%s", part, fail.Text)
		}
	}
	if e := findCase(t, s, "INV-09").Error; e == nil || e.Type != "untestable" || !strings.HasPrefix(e.Message, "could not test: the model") {
		t.Errorf("an untestable MUST is %+v", e)
	}
	if e := findCase(t, s, "SSE-02").Error; e == nil || e.Type != "error" {
		t.Errorf("an error is %+v", e)
	}
	for id, want := range map[string]string{"OBS-01": "could not test: ", "MCP-01": "not applicable: ", "WS-02": "skipped: ", "INV-12": "waived: "} {
		if c := findCase(t, s, id); c.Skipped == nil || !strings.HasPrefix(c.Skipped.Message, want) {
			t.Errorf("%s: %+v", id, c.Skipped)
		}
	}
	for _, id := range []string{"IMG-14", "PING-08", "IMG-01"} {
		if c := findCase(t, s, id); c.Failure != nil || c.Error != nil || c.Skipped != nil {
			t.Errorf("%s is not shown as passed", id)
		}
	}
	strict := readBack(t, wrote(t, WriteJUnitStrict, oneOfEach())).Suites[0]
	for where, out := range map[string]string{"the case's": findCase(t, s, "IMG-14").Out, "the strict suite's": strict.Out} {
		if strict.Name != "IMG" || !strings.Contains(out, "IMG-14 SHOULD warn") || !strings.Contains(out, "fix: ENV DOCKER_CONTAINER=1") {
			t.Errorf("the warning is not in %s output: %q", where, out)
		}
	}
}

// TestJUnitSaysWhichClauseItIs: the extended dialect has totals and, at each case, what the catalogue knows of it.
func TestJUnitSaysWhichClauseItIs(t *testing.T) {
	s := readBack(t, junitOf(t, oneOfEach()))
	tests, failures, errors, skipped := 0, 0, 0, 0
	for _, suite := range s.Suites {
		tests, failures, errors, skipped = tests+suite.Tests, failures+suite.Failures, errors+suite.Errors, skipped+suite.Skipped
	}
	if s.Tests != tests || s.Failures != failures || s.Errors != errors || s.Skipped != skipped || tests < 10 {
		t.Errorf("the totals %d, %d, %d, %d are not those of the suites", s.Tests, s.Failures, s.Errors, s.Skipped)
	}
	got := map[string]string{}
	for _, p := range findCase(t, s, "PING-06").Properties {
		got[p.Name] = p.Value
	}
	if want := map[string]string{"clause": "PING-06", "level": "SHOULD", "outcome": "fail", "reason": "restamped", "basis": "platform"}; !maps.Equal(got, want) {
		t.Errorf("properties %v, want %v", got, want)
	}
}

func TestJUnitProperties(t *testing.T) {
	got := map[string]string{}
	for _, p := range readBack(t, junitOf(t, oneOfEach())).Suites[0].Properties {
		if _, twice := got[p.Name]; twice {
			t.Errorf("property %s stands twice", p.Name)
		}
		got[p.Name] = p.Value
	}
	for name, want := range map[string]string{
		"verdict": "nonconformant", "scope": "full", "image.reference": "registry.example.com/team/agent:1.4",
		"image.digest": sampleImage().Digest, "contract": "2026-11", "tool": "agentcore-conform 0.1.0", "engine": "docker 20.10.24",
		"route": "address", "emulated": "true", "time-scale": "4.5", "profile": "gate", "image.user": "1000",
	} {
		if got[name] != want {
			t.Errorf("property %s is %q, want %q", name, got[name], want)
		}
	}
}

// TestJUnitSaysWhatTheSessionCosts, and by whose reading, where another is milder.
func TestJUnitSaysWhatTheSessionCosts(t *testing.T) {
	for _, tt := range []struct {
		run  *Run
		want map[string]string
	}{
		{neverIdle(), map[string]string{"costClass": "never-idle", "idle-timeout": "900.000", "max-lifetime": "28800.000"}},
		{killedWhileBusy(), map[string]string{"costClass": "killed-while-busy", "costClass.reading": "measured", "idle-timeout": "120.000", "max-lifetime": "3600.000"}},
		{allPass(), map[string]string{}},
	} {
		got := map[string]string{}
		for _, p := range readBack(t, junitOf(t, tt.run)).Suites[0].Properties {
			if strings.HasPrefix(p.Name, "costClass") || p.Name == "idle-timeout" || p.Name == "max-lifetime" {
				got[p.Name] = p.Value
			}
		}
		if !maps.Equal(got, tt.want) {
			t.Errorf("got %v, want %v", got, tt.want)
		}
	}
}

// TestJUnitNamesAreStable: a reader keeps a case's history by its name, so a verdict must not change it.
func TestJUnitNamesAreStable(t *testing.T) {
	names := map[string]string{}
	for _, c := range checks.Contract().Clauses() {
		name := CaseName(checks.Finding{ID: c.ID, Title: c.Title, Outcome: checks.Pass})
		if name != CaseName(checks.Finding{ID: c.ID, Title: c.Title, Outcome: checks.Fail, Summary: "other", Actual: "other"}) {
			t.Errorf("%s changes its name with its outcome", c.ID)
		}
		if other := names[name]; other != "" {
			t.Errorf("%s and %s are both %q", other, c.ID, name)
		}
		names[name] = c.ID
		if len(name) > 100 || len(name) < len(c.ID)+5 || name != CleanLine(name) {
			t.Errorf("%s: name %q", c.ID, name)
		}
	}
}

func TestJUnitIsBounded(t *testing.T) {
	in := sampleInput()
	for i := range 300 {
		f := restamped()
		f.ID, f.Actual = fmt.Sprintf("PING-%03d", i), strings.Repeat("\x00", 10_000)
		w := f
		w.Outcome = checks.Warn
		huge := samplePing(strings.Repeat("\xff", 64<<10))
		for range 20 {
			f.Evidence = append(f.Evidence, checks.Wire("huge", huge))
		}
		in.Findings = append(in.Findings, f, w)
	}
	data := junitOf(t, Assemble(in))
	if len(data) > 20<<20 {
		t.Errorf("%d MB: GitLab takes no more than 30", len(data)>>20)
	}
	readBack(t, data)
}

// TestJUnitFollowsThePublishedSchemas validates with xmllint. Without it the test is skipped, except in CI.
func TestJUnitFollowsThePublishedSchemas(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("xmllint is missing: install libxml2-utils")
		}
		t.Skip("xmllint is missing: install libxml2-utils to validate against the schemas")
	}
	files := []string{}
	dir := t.TempDir()
	for _, s := range samples {
		name := filepath.Join(dir, s.name+".xml")
		if err := os.WriteFile(name, wrote(t, WriteJUnitStrict, s.run()), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	for _, schema := range []string{"junit-jenkins-xunit-10.xsd", "junit-windyroad.xsd"} {
		args := append([]string{"--noout", "--nonet", "--schema", filepath.Join("testdata", schema)}, files...)
		if out, err := exec.Command("xmllint", args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", schema, err, out)
		}
	}
	broken := filepath.Join(dir, "broken.xml")
	if err := os.WriteFile(broken, bytes.Replace(wrote(t, WriteJUnitStrict, allPass()), []byte(`hostname="localhost" `), nil, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("xmllint", "--noout", "--schema", "testdata/junit-windyroad.xsd", broken).Run(); err == nil {
		t.Error("xmllint accepts a suite without hostname, so it proves nothing")
	}
}

func FuzzJUnit(f *testing.F) {
	f.Add(hostileText, "PING-06", "fail")
	f.Add("]]>&<>\"'", "\x00", "warn")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, text, id, outcome string) {
		in := sampleInput()
		x := samplePing(text)
		x.Error = text
		in.Findings = append(passes(), checks.Finding{
			ID: id, Area: id, Reason: text, Level: checks.Level(text), Outcome: checks.Outcome(outcome), Title: text, Summary: text,
			Expected: text, Actual: text, Consequence: text, Fix: text,
			Evidence: []checks.Evidence{checks.Wire(text, x), checks.Text(text, text)},
		})
		in.Errors, in.Tool.Version, in.Records.Image.Reference = []string{text}, text, text
		for _, write := range []func(io.Writer, *Run) error{WriteJUnit, WriteJUnitStrict} {
			data := wrote(t, write, Assemble(in))
			readBack(t, data)
			readable(t, "JUnit", string(data))
		}
	})
}
