package reports

import (
	"math"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func finding(id string, level checks.Level, o checks.Outcome) checks.Finding {
	f := pass(id, level, "title", "actual")
	f.Outcome = o
	return f
}

var (
	passing = finding("PING-01", checks.Must, checks.Pass)
	warning = finding("PING-02", checks.Should, checks.Warn)
)

func TestVerdicts(t *testing.T) {
	must := func(o checks.Outcome) checks.Finding { return finding("INV-01", checks.Must, o) }
	for name, c := range map[string]struct {
		findings []checks.Finding
		scope    Scope
		want     Verdict
	}{
		"all pass":                         {[]checks.Finding{passing}, Full, Conformant},
		"all pass in reduced scope":        {[]checks.Finding{passing}, Reduced, Passed},
		"an unknown scope is reduced":      {[]checks.Finding{passing}, "", Passed},
		"fail":                             {[]checks.Finding{passing, must(checks.Fail)}, Full, Nonconformant},
		"fail of a SHOULD":                 {[]checks.Finding{passing, finding("PING-06", checks.Should, checks.Fail)}, Full, Nonconformant},
		"fail beats error":                 {[]checks.Finding{must(checks.Error), must(checks.Fail)}, Full, Nonconformant},
		"error beats partial":              {[]checks.Finding{must(checks.Untestable), must(checks.Error), passing}, Full, Errored},
		"untestable MUST":                  {[]checks.Finding{passing, must(checks.Untestable)}, Full, Partial},
		"untestable MUST in reduced scope": {[]checks.Finding{passing, must(checks.Untestable)}, Reduced, Partial},
		"untestable SHOULD":                {[]checks.Finding{passing, finding("PING-06", checks.Should, checks.Untestable)}, Full, Conformant},
		"nothing but an untestable SHOULD": {[]checks.Finding{finding("LIFE-04", checks.Should, checks.Untestable)}, Reduced, Errored},
		"nothing but an untestable MUST":   {[]checks.Finding{must(checks.Untestable)}, Reduced, Partial},
		"untestable unknown clause":        {[]checks.Finding{passing, finding("NEW-01", "", checks.Untestable)}, Full, Partial},
		"warn and note stay green":         {[]checks.Finding{passing, warning, must(checks.Note)}, Full, Conformant},
		"waived stays green":               {[]checks.Finding{passing, must(checks.Waived)}, Full, Conformant},
		"not applicable beside a pass":     {[]checks.Finding{passing, must(checks.NotApplicable), must(checks.Skipped)}, Full, Conformant},
		"nothing at all":                   {nil, Full, Errored},
		"nothing at all, reduced":          {nil, Reduced, Errored},
		"only skipped":                     {[]checks.Finding{must(checks.Skipped), must(checks.NotApplicable)}, Full, Errored},
		"a misspelt outcome":               {[]checks.Finding{passing, must("passed")}, Full, Errored},
	} {
		if got := VerdictOf(c.findings, c.scope); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestOnlyWhatCouldFailMatters finds in the catalogue a MUST that can only warn: not seeing it costs nothing.
func TestOnlyWhatCouldFailMatters(t *testing.T) {
	for _, c := range checks.Contract().Clauses() {
		if c.Level != checks.Must || len(c.Reasons) == 0 {
			continue
		}
		fails := false
		for _, r := range c.Reasons {
			fails = fails || r.Outcome == checks.Fail
		}
		if got := Lacking(finding(c.ID, checks.Must, checks.Untestable)); got != fails {
			t.Errorf("%s untestable matters: %v, but its reasons can fail a run: %v", c.ID, got, fails)
		}
	}
}

func TestStrictTurnsWarnIntoFail(t *testing.T) {
	in := sampleInput()
	in.Findings, in.Strict = []checks.Finding{passing, warning}, true
	run := Assemble(in)
	if run.Verdict != Nonconformant || run.Counts["fail"] != 1 || run.Counts["warn"] != 0 {
		t.Errorf("verdict %s, counts %v", run.Verdict, run.Counts)
	}
	for _, f := range run.Findings {
		if f.Strict != (f.ID == warning.ID) {
			t.Errorf("%s: strict is %v", f.ID, f.Strict)
		}
	}
	if in.Findings[1].Outcome != checks.Warn {
		t.Error("the input was changed")
	}
}

func TestCircumstancesTakeTheGreenAway(t *testing.T) {
	failing := finding("INV-01", checks.Must, checks.Fail)
	for name, c := range map[string]struct {
		change func(*Input)
		want   Verdict
		exit   int
	}{
		"quiet run":             {func(*Input) {}, Conformant, 0},
		"reduced":               {func(in *Input) { in.Scope = Reduced }, Passed, 0},
		"interrupted":           {func(in *Input) { in.Interrupted = true }, Partial, 130},
		"harness fault":         {func(in *Input) { in.Errors = []string{"engine gone"} }, Errored, 3},
		"fault and fail":        {func(in *Input) { in.Errors = []string{"x"}; in.Findings = append(in.Findings, failing) }, Nonconformant, 1},
		"interrupted with fail": {func(in *Input) { in.Interrupted = true; in.Findings = append(in.Findings, failing) }, Nonconformant, 130},
		"nothing judged":        {func(in *Input) { in.Findings = nil }, Errored, 3},
	} {
		in := sampleInput()
		in.Findings = []checks.Finding{passing}
		c.change(&in)
		run := Assemble(in)
		if run.Verdict != c.want || run.ExitCode(false) != c.exit {
			t.Errorf("%s: %s with exit %d, want %s with %d", name, run.Verdict, run.ExitCode(false), c.want, c.exit)
		}
	}
}

func TestNothingJudgedSaysWhatToDo(t *testing.T) {
	if run := nothingRan(); len(run.Errors) != 1 || run.Findings == nil || run.Counts["pass"] != 0 {
		t.Errorf("%+v", run)
	}
}

func TestAssembleOrdersCountsAndMeasures(t *testing.T) {
	in := sampleInput()
	in.Findings = []checks.Finding{finding("ZZZ-01", "", "weird"), finding("SEC-03", checks.Must, checks.Pass), passing, warning, warning}
	in.Findings[2].Measurements = map[string]float64{"ping.idle.p99Ms": 3, "bad": math.NaN(), "worse": math.Inf(1)}
	in.Findings[2].DurationMs = math.NaN()
	in.Records = &record.Set{Image: sampleImage()}
	run := Assemble(in)
	var ids []string
	for _, f := range run.Findings {
		ids = append(ids, f.ID)
	}
	if got, want := len(ids), 5; got != want || ids[0] != "PING-01" || ids[3] != "SEC-03" || ids[4] != "ZZZ-01" {
		t.Errorf("order %v", ids)
	}
	if run.Counts["warn"] != 2 || run.Counts["error"] != 1 || run.Counts["waived"] != 0 || len(run.Counts) != len(outcomes) {
		t.Errorf("counts %v", run.Counts)
	}
	if len(run.Measurements) != 2 || run.Measurements["ping.idle.p99Ms"] != 3 || run.Measurements["boot.readyMs"] != 412.5 {
		t.Errorf("measurements %v", run.Measurements)
	}
	if last := run.Findings[4]; last.Level != checks.Must || last.Area != "ZZZ" || last.Outcome != checks.Error {
		t.Errorf("an unknown clause became %+v", last)
	}
	if run.Findings[0].DurationMs != 0 {
		t.Error("a duration that is no number was kept")
	}
	if run.Records.Schema != record.Schema || in.Records.Schema != "" {
		t.Errorf("records' schema %q, input's %q", run.Records.Schema, in.Records.Schema)
	}
	if run.Started != "2026-11-22T15:30:00Z" || run.DurationMs != 72345 || run.PlannedWaitMs != 30000 {
		t.Errorf("times %s %v %v", run.Started, run.DurationMs, run.PlannedWaitMs)
	}
}

func TestFactsOfAnImage(t *testing.T) {
	if FactsOf(nil) != nil {
		t.Error("no image has facts")
	}
	img := sampleImage()
	if f := FactsOf(img); f.Platform != "linux/arm64" || f.Size != 123_400_000 || f.SizeUncompressed || f.Layers != 2 || f.Machine != "EM_AARCH64" {
		t.Errorf("%+v", f)
	}
	img.CompressedSize, img.Architecture, img.Variant, img.Program = -1, "arm", "v7", nil
	if f := FactsOf(img); f.Platform != "linux/arm/v7" || f.Size != 310_000_000 || !f.SizeUncompressed {
		t.Errorf("%+v", f)
	}
	img.UncompressedSize = -1
	if f := FactsOf(img); f.Size != -1 || f.SizeUncompressed {
		t.Errorf("%+v", f)
	}
}

func TestWorstKeepsOneFindingPerClause(t *testing.T) {
	got := Worst([]checks.Finding{
		finding("PING-08", checks.Must, checks.Warn), passing, finding("PING-08", checks.Must, checks.Fail), finding("PING-08", checks.Must, checks.Note),
	})
	if len(got) != 2 || got[0].ID != "PING-08" || got[0].Outcome != checks.Fail || got[1].ID != "PING-01" {
		t.Errorf("%+v", got)
	}
}

func TestDurationsKeepFractions(t *testing.T) {
	if got := millis(1500 * time.Microsecond); got != 1.5 {
		t.Errorf("%v", got)
	}
}
