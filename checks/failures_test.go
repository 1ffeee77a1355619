package checks_test

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const soundIndex = `
failures:
  - {id: F-NET-01, score: 25, title: t, symptom: s, reasons: [NET-01/a]}
  - {id: F-NET-02, score: 12, title: t, symptom: s, uncovered: why}
  - {id: F-LIFE-S1, score: 12, title: t, symptom: s, later: [NET-01]}
errors:
  - texts: ["some <x> text"]
    seen: here
    meaning: m
    causes:
      - {when: w, failures: [F-NET-01]}
      - {when: w, reasons: [NET-01/b], clauses: [NET-01]}
`

func TestLoadFailuresRefusesWhatIsWrong(t *testing.T) {
	c, err := load(sound)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := checks.LoadFailures([]byte(soundIndex), c); err != nil {
		t.Fatalf("the sound index is refused: %v", err)
	}
	for name, x := range map[string]struct{ old, new, want string }{
		"unknown key":          {"seen: here", "seen: here\n    scene: x", "scene"},
		"id of no form":        {"F-NET-02", "NET-02", "F-AREA-NUMBER"},
		"id twice":             {"F-NET-02", "F-NET-01", "twice"},
		"no title":             {"title: t, symptom: s, uncovered", "symptom: s, uncovered", "title"},
		"no symptom":           {"symptom: s, uncovered", "uncovered", "symptom"},
		"score too high":       {"score: 25", "score: 26", "26"},
		"no score":             {"score: 25, ", "", "score 0"},
		"two ways":             {"uncovered: why", "uncovered: why, later: [NET-01]", "one of reasons"},
		"no way":               {", uncovered: why", "", "one of reasons"},
		"unknown reason":       {"NET-01/a", "NET-01/z", "NET-01/z"},
		"reason of no clause":  {"NET-01/a", "a", "a is no reason"},
		"unknown later clause": {"later: [NET-01]", "later: [NET-99]", "NET-99"},
		"text without meaning": {"    meaning: m\n", "", "meaning"},
		"text without causes":  {"causes:", "otherwise: o\n    causes: []\n#", "causes"},
		"cause without when":   {"{when: w, failures", "{failures", "when"},
		"cause of nothing":     {"{when: w, failures: [F-NET-01]}", "{when: w}", "leads to"},
		"cause of no failure":  {"failures: [F-NET-01]", "failures: [F-NET-09]", "F-NET-09"},
		"cause of no reason":   {"NET-01/b", "NET-01/z", "NET-01/z"},
		"cause of no clause":   {"clauses: [NET-01]", "clauses: [NET-99]", "NET-99"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(soundIndex, x.old, x.new, 1)
			if name == "text without causes" {
				text, _, _ = strings.Cut(text, "#")
			}
			_, err := checks.LoadFailures([]byte(text), c)
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("got %v, want an error with %q", err, x.want)
			}
		})
	}
}

func TestFindingsOfACause(t *testing.T) {
	x := &checks.FailureIndex{Failures: []checks.Failure{
		{ID: "F-NET-01", Reasons: []checks.ReasonRef{"NET-01/a", "NET-02/b", "NET-03/c"}},
		{ID: "F-NET-02", Reasons: []checks.ReasonRef{"NET-02/b", "NET-04/d", "NET-05/e"}},
	}}
	for _, c := range []struct {
		name  string
		cause checks.Cause
		want  string
	}{
		{"all of one failure", checks.Cause{Failures: []string{"F-NET-01"}}, "NET-01/a NET-02/b NET-03/c"},
		{"the likeliest of several, once", checks.Cause{Failures: []string{"F-NET-01", "F-NET-02"}}, "NET-01/a NET-02/b NET-04/d"},
		{"its own", checks.Cause{Failures: []string{"F-NET-01"}, Reasons: []checks.ReasonRef{"NET-09/z"}}, "NET-09/z"},
		{"none", checks.Cause{Clauses: []string{"NET-01"}}, ""},
	} {
		var got []string
		for _, r := range x.Findings(c.cause) {
			got = append(got, string(r))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}

// leastRank is the score from which every failure of the field must stand in the index, and how many there are.
const (
	leastRank  = 12
	mostRanked = 120
)

// A failure is listed for a reason that can fail or warn, or else says why not: a note alone would pass it.
func TestFailuresAreShownByFindingsThatCount(t *testing.T) {
	ranked := 0
	for _, f := range checks.Field().Failures {
		if f.Score >= leastRank {
			ranked++
		}
		if len(f.Reasons) == 0 {
			continue
		}
		row, _ := checks.Contract().Reason(f.Reasons[0].Clause(), f.Reasons[0].Reason())
		if row.Outcome == checks.Note && f.Note == "" {
			t.Errorf("%s: %s comes first and is a note: say what it does not show", f.ID, f.Reasons[0])
		}
	}
	if ranked != mostRanked {
		t.Errorf("%d failures of rank %d or more, want %d", ranked, leastRank, mostRanked)
	}
}

// A protocol that is played by now has findings to name.
func TestLaterIsForWhatIsNotPlayed(t *testing.T) {
	for _, f := range checks.Field().Failures {
		for _, id := range f.Later {
			if cl, _ := checks.Contract().Clause(id); len(cl.Reasons) > 0 {
				t.Errorf("%s: %s has reasons by now", f.ID, id)
			}
		}
	}
}
