package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// runOf is a run with these findings.
func runOf(findings ...checks.Finding) *Run {
	in := sampleInput()
	in.Findings = append([]checks.Finding{passing}, findings...)
	return Assemble(in)
}

func waivedAs(f checks.Finding) checks.Finding {
	return Accepted{Waivers: []Waiver{{ID: f.ID}}}.Apply([]checks.Finding{f})[0]
}

func TestCompareFindings(t *testing.T) {
	fail, warn := failing("INV-01", "a", checks.Fail), failing("INV-01", "b", checks.Warn)
	pass := finding("INV-01", checks.Must, checks.Pass)
	lack, skip := finding("INV-01", checks.Must, checks.Untestable), finding("INV-01", checks.Must, checks.Skipped)
	note := failing("INV-01", "n", checks.Note)
	for name, tt := range map[string]struct {
		before, after []checks.Finding
		change        DiffChange
		direction     Direction
		text          string
	}{
		"appeared":                {[]checks.Finding{pass}, []checks.Finding{fail}, Appeared, Worse, "new fail"},
		"gone":                    {[]checks.Finding{fail}, []checks.Finding{note}, Gone, Better, "fail gone"},
		"another reason, milder":  {[]checks.Finding{fail}, []checks.Finding{warn}, ChangedReason, Better, "fail → warn, for another reason"},
		"another reason, worse":   {[]checks.Finding{warn}, []checks.Finding{fail}, ChangedReason, Worse, "warn → fail, for another reason"},
		"strict":                  {[]checks.Finding{warn}, []checks.Finding{failing("INV-01", "b", checks.Fail)}, ChangedOutcome, Worse, "warn → fail"},
		"a second one":            {[]checks.Finding{fail}, []checks.Finding{fail, warn}, Appeared, Worse, "new warn"},
		"can no longer be tested": {[]checks.Finding{pass}, []checks.Finding{lack}, Appeared, Worse, "new untestable"},
		"waived":                  {[]checks.Finding{fail}, []checks.Finding{waivedAs(fail)}, ChangedWaiver, Other, "fail → waived"},
		"new, but waived":         {[]checks.Finding{pass}, []checks.Finding{waivedAs(fail)}, Appeared, Worse, "new waived"},
		"not looked at now":       {[]checks.Finding{fail}, []checks.Finding{skip}, NotLooked, Other, "fail before, not looked at now"},
		"left out now":            {[]checks.Finding{fail}, nil, NotLooked, Other, "fail before, not looked at now"},
		"not looked at before":    {nil, []checks.Finding{fail}, Appeared, Other, "new fail"},
		"skipped before":          {[]checks.Finding{skip}, []checks.Finding{fail}, Appeared, Other, "new fail"},
	} {
		d := Compare(runOf(tt.before...), runOf(tt.after...))
		if len(d.Findings) != 1 {
			t.Errorf("%s: %+v", name, d.Findings)
			continue
		}
		if f := d.Findings[0]; f.Change != tt.change || f.Direction != tt.direction || f.text() != tt.text {
			t.Errorf("%s: %s, %s, %q", name, f.Change, f.Direction, f.text())
		}
	}
	for name, same := range map[string][]checks.Finding{"pass": {pass}, "fail": {fail}, "note": {note}, "both": {fail, warn}} {
		if d := Compare(runOf(same...), runOf(same...)); len(d.Findings)+len(d.Image)+len(d.Terms)+len(d.Measurements) > 0 || d.Worse {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestWorseUnderTheSameVerdict(t *testing.T) {
	fail, pass := failing("INV-01", "a", checks.Fail), finding("SES-06", checks.Must, checks.Pass)
	d := Compare(runOf(fail, pass), runOf(fail, failing("SES-06", "x", checks.Warn)))
	if !d.Worse || d.Before.Verdict != d.After.Verdict {
		t.Errorf("a new warning leaves the verdict and is worse: %+v", d)
	}
}

func TestCompareMeasurements(t *testing.T) {
	with := func(scale float64, m map[string]float64) *Run {
		r := runOf()
		env := *r.Environment
		env.TimeScale = scale
		r.Environment, r.Measurements = &env, m
		return r
	}
	slow := map[string]float64{"ping.idle.p99Ms": 90, "boot.readyMs": 500, "memory.peakBytes": 300e6, "ping.idle.maxMs": 4, "ses.leaks": 0, "gone.p50Ms": 1, "stop.ms": 100}
	fast := map[string]float64{"ping.idle.p99Ms": 30, "boot.readyMs": 450, "memory.peakBytes": 100e6, "ping.idle.maxMs": 1, "ses.leaks": 2, "new.p50Ms": 1, "stop.ms": 900}
	names := func(d *Diff) string {
		var out []string
		for _, m := range d.Measurements {
			out = append(out, m.Name)
		}
		return strings.Join(out, " ")
	}
	if d := Compare(with(1, fast), with(1.1, slow)); names(d) != "memory.peakBytes ping.idle.p99Ms ses.leaks stop.ms" || d.Uncompared != 0 || d.Worse {
		t.Errorf("%s, %d, %v", names(d), d.Uncompared, d.Worse)
	} else if d.Measurements[0].Ratio != 3 || d.Measurements[2].Ratio != 0 {
		t.Errorf("%+v", d.Measurements)
	}
	if d := Compare(with(1, fast), with(11.5, slow)); names(d) != "memory.peakBytes ses.leaks" || d.Uncompared != 2 {
		t.Errorf("under emulation: %s, %d", names(d), d.Uncompared)
	}
}

// changedRuns differ in everything that a comparison shows.
func changedRuns() (before, after *Run) {
	before, after = runOf(restamped(), bindWarning(), finding("SES-06", checks.Must, checks.Pass)),
		runOf(failing("SES-06", "foreign-marker", checks.Fail), waivedAs(bindWarning()), finding("INV-09", checks.Must, checks.Untestable), finding("PING-06", checks.Should, checks.Pass))
	after.ID, after.Tool.Version = "20261123-090000-77ab", "0.2.0"
	image := *after.Image
	image.Digest, image.User = "sha256:ffff", ""
	after.Image = &image
	before.Measurements["memory.peakBytes"], after.Measurements["memory.peakBytes"] = 100e6, 250e6
	return before, after
}

func TestDiffGolden(t *testing.T) {
	before, after := changedRuns()
	for _, tt := range []struct {
		name string
		diff *Diff
	}{
		{"changed", Compare(before, after)}, {"unchanged", Compare(before, before)},
		{"hostile", Compare(runOf(), hostileRun())}, {"nothing-ran", Compare(nothingRan(), oneOfEach())},
	} {
		for _, format := range DiffFormats() {
			var b bytes.Buffer
			if err := WriteDiff(&b, tt.diff, format); err != nil {
				t.Fatal(err)
			}
			compare(t, filepath.Join("testdata", "diff", tt.name+"."+format), b.Bytes())
			for i, r := range b.String() {
				if unsafe(r) || r < 0x20 && r != '\n' {
					t.Fatalf("%s as %s: %q at byte %d", tt.name, format, r, i)
				}
			}
		}
	}
	if err := WriteDiff(&bytes.Buffer{}, Compare(before, after), "html"); err == nil || !strings.Contains(err.Error(), "text, markdown, json") {
		t.Errorf("got %v", err)
	}
}

// validatesAs holds a document against a schema of this package.
func validatesAs(t *testing.T, schema string, data []byte) error {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("schema", schema))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schema, doc); err != nil {
		t.Fatal(err)
	}
	return validates(t, c.MustCompile(schema), data)
}

func TestSmallDocumentsFollowTheirSchemas(t *testing.T) {
	before, after := changedRuns()
	var b bytes.Buffer
	if err := WriteDiff(&b, Compare(before, after), "json"); err != nil {
		t.Fatal(err)
	}
	if err := validatesAs(t, "diff-v1.json", b.Bytes()); err != nil {
		t.Error(err)
	}
	known, err := BaselineOf(before)
	if err != nil || len(known.Findings) != 2 {
		t.Fatalf("%+v, %v", known, err)
	}
	b.Reset()
	if err := WriteBaseline(&b, known); err != nil {
		t.Fatal(err)
	}
	if err := validatesAs(t, "baseline-v1.json", b.Bytes()); err != nil {
		t.Error(err)
	}
}

func TestSchemasOfSmallDocumentsAreCurrent(t *testing.T) {
	compare(t, "schema/diff-v1.json", generateSchema(t, reflect.TypeFor[Diff](), "urn:agentcore-conform:diff:v1", "agentcore-conform comparison, version 1"))
	compare(t, "schema/baseline-v1.json", generateSchema(t, reflect.TypeFor[Baseline](), "urn:agentcore-conform:baseline:v1", "agentcore-conform baseline, version 1"))
}
