package reports

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func failing(id, reason string, o checks.Outcome) checks.Finding {
	f := finding(id, checks.Must, o)
	f.Reason = reason
	return f
}

// TestWhatCanBeWaived: a fail and a warn, never what could not be tested or judged.
func TestWhatCanBeWaived(t *testing.T) {
	a := Accepted{Waivers: []Waiver{{ID: "INV-01", Owner: "o"}}}
	for _, o := range outcomes {
		got := a.Apply([]checks.Finding{finding("INV-01", checks.Must, o)})[0]
		can := o == checks.Fail || o == checks.Warn
		if (got.Waiver != nil) != can || can && (got.Outcome != checks.Waived || got.Unwaived() != o) || !can && got.Outcome != o {
			t.Errorf("%s became %s, %+v", o, got.Outcome, got.Waiver)
		}
	}
}

func TestWaiverOfAReasonLeavesTheOthers(t *testing.T) {
	a := Accepted{Waivers: []Waiver{{ID: "INV-01/a"}}, Baseline: &Baseline{Findings: []BaselineRow{{ID: "INV-01", Reason: "b", Outcome: checks.Warn}}}}
	in := []checks.Finding{failing("INV-01", "a", checks.Fail), failing("INV-01", "b", checks.Warn), failing("INV-01", "b", checks.Fail), failing("INV-02", "a", checks.Fail)}
	before := slices.Clone(in)
	var got []checks.Outcome
	for _, f := range a.Apply(in) {
		got = append(got, f.Outcome)
	}
	if want := []checks.Outcome{checks.Waived, checks.Waived, checks.Fail, checks.Fail}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !reflect.DeepEqual(in, before) {
		t.Error("the findings that were given were changed")
	}
}

// TestStaleOnlyWhereAllWasSeen: a waiver whose clause could not be looked at in full may still be needed.
func TestStaleOnlyWhereAllWasSeen(t *testing.T) {
	for name, tt := range map[string]struct {
		outcomes []checks.Outcome
		want     WaiverUse
	}{
		"passed":                     {[]checks.Outcome{checks.Pass}, WaiverStale},
		"a note":                     {[]checks.Outcome{checks.Note}, WaiverStale},
		"another reason":             {[]checks.Outcome{checks.Fail}, WaiverStale},
		"untestable":                 {[]checks.Outcome{checks.Untestable}, WaiverUnseen},
		"skipped":                    {[]checks.Outcome{checks.Skipped}, WaiverUnseen},
		"not applicable":             {[]checks.Outcome{checks.NotApplicable}, WaiverUnseen},
		"an error":                   {[]checks.Outcome{checks.Error}, WaiverUnseen},
		"passed, the rest not seen":  {[]checks.Outcome{checks.Pass, checks.Untestable}, WaiverUnseen},
		"not among the clauses":      {nil, WaiverUnseen},
		"passed beside what it took": {[]checks.Outcome{checks.Pass, "found"}, WaiverUsed},
	} {
		in := sampleInput()
		in.Findings = []checks.Finding{passing}
		for _, o := range tt.outcomes {
			f := failing("INV-02", "other", o)
			if o == "found" {
				f = failing("INV-02", "mine", checks.Fail)
			}
			in.Findings = append(in.Findings, f)
		}
		in.Accepted.Waivers = []Waiver{{ID: "INV-02/mine", Owner: "o"}}
		if run := Assemble(in); run.Waivers[0].Use != tt.want {
			t.Errorf("%s: %s, want %s", name, run.Waivers[0].Use, tt.want)
		}
	}
}

// TestNothingIsGoneFromAnInterruptedRun: what was not found may have been about to be.
func TestNothingIsGoneFromAnInterruptedRun(t *testing.T) {
	in := sampleInput()
	in.Findings, in.Interrupted = passes(), true
	in.Accepted = Accepted{Waivers: []Waiver{{ID: "PING-01", Owner: "o"}}, Baseline: &Baseline{Findings: []BaselineRow{{ID: "PING-01", Reason: "r", Outcome: checks.Fail}}}}
	if run := Assemble(in); run.Waivers[0].Use != WaiverUnseen || len(run.Baseline.Fixed()) > 0 {
		t.Errorf("waiver %s, fixed %q", run.Waivers[0].Use, run.Baseline.Fixed())
	}
}

// TestStaleWaiverEndsTheRun: it takes the green from a run, and nothing from one that is not green.
func TestStaleWaiverEndsTheRun(t *testing.T) {
	stale := []Waiver{{ID: "PING-01", Owner: "o", Use: WaiverStale}}
	for _, tt := range []struct {
		run  Run
		want int
	}{
		{Run{Verdict: Conformant}, 2}, {Run{Verdict: Passed}, 2}, {Run{Verdict: Partial}, 2},
		{Run{Verdict: Nonconformant}, 1}, {Run{Verdict: Errored}, 3}, {Run{Verdict: Conformant, Interrupted: true}, 130},
	} {
		tt.run.Waivers = stale
		if got := tt.run.ExitCode(true); got != tt.want {
			t.Errorf("%s, interrupted %v: exit code %d, want %d", tt.run.Verdict, tt.run.Interrupted, got, tt.want)
		}
	}
	if partial := (&Run{Verdict: Partial, Waivers: stale}); partial.ExitCode(false) != 3 {
		t.Errorf("partial: exit code %d", partial.ExitCode(false))
	}
}

// TestVerdictRestsOnWaivers: what is taken out of a verdict is said in it.
func TestVerdictRestsOnWaivers(t *testing.T) {
	run := waivedRun()
	if run.Verdict != Conformant || run.Counts["waived"] != 2 || !strings.Contains(verdictText(run), "but for 2 waived (2 of them would fail): ") {
		t.Errorf("%s: %s", run.Verdict, verdictText(run))
	}
	if got := run.Baseline.Fixed(); !slices.Equal(got, []string{"PING-01/not-200"}) {
		t.Errorf("fixed: %q", got)
	}
	var uses []WaiverUse
	for _, w := range run.Waivers {
		uses = append(uses, w.Use)
	}
	if !slices.Equal(uses, []WaiverUse{WaiverUsed, WaiverStale, WaiverUnseen}) {
		t.Errorf("uses: %v", uses)
	}
	run.Verdict = Nonconformant
	if text := verdictText(run); !strings.Contains(text, "; 2 waived: IMG-14/loopback-on-platform, PING-06/restamped; stale waivers: 1") {
		t.Errorf("nonconformant: %s", text)
	}
}

func TestBaselinesThatAreNone(t *testing.T) {
	for content, want := range map[string]string{
		"":                            "no baseline",
		`{"schema":"x"}`:              "this version reads " + BaselineSchema,
		`{"schema":"` + Schema + `"}`: "agentcore-conform baseline REPORT",
		`{"schema":"` + BaselineSchema + `","findings":[{"id":"INV-01","outcome":"pass"}]}`: "a baseline holds fail and warn",
	} {
		if _, err := ReadBaseline([]byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", content, err)
		}
	}
}
