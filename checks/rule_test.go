package checks_test

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var needsCalls = []record.Kind{record.KindCalls}

func registry(t *testing.T, judge func(*record.Set) []checks.Verdict) (*checks.Catalogue, *checks.Registry) {
	t.Helper()
	c, err := load(sound)
	if err != nil {
		t.Fatal(err)
	}
	return c, checks.NewRegistry(c, []checks.Check{{Clause: "NET-01", Needs: needsCalls, Judge: judge}})
}

func verdict(v ...checks.Verdict) func(*record.Set) []checks.Verdict {
	return func(*record.Set) []checks.Verdict { return v }
}

func ruleOn(t *testing.T, judge func(*record.Set) []checks.Verdict, set *record.Set) checks.Finding {
	t.Helper()
	c, r := registry(t, judge)
	f := r.Rule(c, "NET-01", set)
	if len(f) != 1 {
		t.Fatalf("got %d findings, want 1", len(f))
	}
	return f[0]
}

func TestRuleTakesOutcomeAndTextsFromTheReason(t *testing.T) {
	v := checks.Found("a", "want", "got\nover two lines", checks.Text("t", "l")).Measuring("x.ms", 3)
	f := ruleOn(t, verdict(v), &record.Set{Calls: &record.Calls{}})
	if f.Outcome != checks.Fail || f.Basis != checks.PlatformBasis || f.Summary != "t" || f.Fix != "f" || f.Consequence != "c" {
		t.Errorf("the reason's row is not in the finding: %+v", f)
	}
	if f.Actual != "got over two lines" || f.Expected != "want" || len(f.Evidence) != 1 || f.Measurements["x.ms"] != 3 {
		t.Errorf("the verdict is not in the finding: %+v", f)
	}
}

func TestRuleBearsBadChecks(t *testing.T) {
	set := &record.Set{Calls: &record.Calls{}}
	for name, c := range map[string]struct {
		judge func(*record.Set) []checks.Verdict
		want  string
	}{
		"panics":         {func(*record.Set) []checks.Verdict { panic("boom") }, "boom"},
		"nil record":     {func(s *record.Set) []checks.Verdict { return []checks.Verdict{checks.Passed("%v", s.Boot.Ready)} }, "please report this"},
		"says nothing":   {verdict(), "said nothing"},
		"unknown reason": {verdict(checks.Found("z", "", "")), `"z"`},
	} {
		if f := ruleOn(t, c.judge, set); f.Outcome != checks.Error || !strings.Contains(f.Actual, c.want) {
			t.Errorf("%s: got %s %q, want an error with %q", name, f.Outcome, f.Actual, c.want)
		}
	}
}

func TestRuleOnMissingRecords(t *testing.T) {
	for why, want := range map[record.GapCause]checks.Outcome{
		"":                    checks.Untestable,
		record.GapScope:       checks.Skipped,
		record.GapNature:      checks.NotApplicable,
		record.GapBlocked:     checks.Untestable,
		record.GapHarness:     checks.Error,
		record.GapInterrupted: checks.Untestable,
	} {
		set := &record.Set{}
		set.Terms.Attached = why == record.GapNature
		if why != "" {
			set.Gaps = []record.Gap{{Kind: record.KindCalls, Why: why, Text: "told so"}}
		}
		f := ruleOn(t, verdict(checks.Passed("never reached")), set)
		if f.Outcome != want || why != "" && f.Actual != "told so" {
			t.Errorf("gap %q: got %s %q, want %s with the gap's text", why, f.Outcome, f.Actual, want)
		}
	}
}

func TestNatureExcusesOnlyWhatATargetCannotShow(t *testing.T) {
	set := &record.Set{Gaps: []record.Gap{{Kind: record.KindCalls, Why: record.GapNature, Text: "told so"}}}
	if f := ruleOn(t, verdict(checks.Passed("never reached")), set); f.Outcome != checks.Untestable {
		t.Errorf("a booted image without calls is %s, want untestable", f.Outcome)
	}
}

func TestRuleOnOtherProtocolsAndUnknownClauses(t *testing.T) {
	c, err := load(strings.Replace(sound, "  level:", "  protocols: [HTTP]\n  level:", 1))
	if err != nil {
		t.Fatal(err)
	}
	r := checks.NewRegistry(c)
	for id, want := range map[string]checks.Outcome{"NET-01": checks.NotApplicable, "NET-99": checks.Error} {
		if f := r.Rule(c, id, &record.Set{Terms: record.Terms{Protocol: "MCP"}}); f[0].Outcome != want {
			t.Errorf("%s: got %s, want %s", id, f[0].Outcome, want)
		}
	}
	if f := r.Rule(c, "NET-01", &record.Set{Terms: record.Terms{Protocol: "HTTP"}}); f[0].Outcome != checks.Skipped {
		t.Errorf("a clause without a check is %s, want skipped", f[0].Outcome)
	}
}

func TestRuleBoundsTexts(t *testing.T) {
	f := ruleOn(t, verdict(checks.Passed("%s", strings.Repeat("ä ", 2000))), &record.Set{Calls: &record.Calls{}})
	if len(f.Actual) > 510 || !strings.HasSuffix(f.Actual, "…") {
		t.Errorf("%d bytes: too long for a list", len(f.Actual))
	}
}

func TestRegistryRefusesWhatIsWrong(t *testing.T) {
	c, _ := registry(t, verdict())
	good := checks.Check{Clause: "NET-01", Needs: needsCalls, Judge: verdict()}
	for name, group := range map[string][]checks.Check{
		"unknown clause": {{Clause: "NET-99", Needs: needsCalls, Judge: verdict()}},
		"twice":          {good, good},
		"no judge":       {{Clause: "NET-01", Needs: needsCalls}},
		"no needs":       {{Clause: "NET-01", Judge: verdict()}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was taken")
				}
			}()
			checks.NewRegistry(c, group)
		})
	}
}

func TestWorseOrdersOutcomes(t *testing.T) {
	order := []checks.Outcome{checks.NotApplicable, checks.Skipped, checks.Pass, checks.Note, checks.Waived, checks.Warn, checks.Untestable, checks.Error, checks.Fail}
	for i := 1; i < len(order); i++ {
		if !checks.Worse(order[i], order[i-1]) || checks.Worse(order[i-1], order[i]) {
			t.Errorf("%s must be graver than %s", order[i], order[i-1])
		}
	}
}

func TestVerdictsAreValues(t *testing.T) {
	base := checks.Passed("p").Measuring("a", 1)
	other := base.Measuring("b", 2).With(checks.Text("t"))
	if len(base.Measurements) != 1 || len(base.Evidence) != 0 || len(other.Measurements) != 2 || len(other.Evidence) != 1 {
		t.Errorf("a copy changed its origin: %+v, %+v", base, other)
	}
	if e := checks.Wire("t", nil); e.Kind != "text" || len(e.Lines) != 1 {
		t.Errorf("an exchange that was not sent must be shown as a text, got %+v", e)
	}
}
