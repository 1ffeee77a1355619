package reports

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Bounds of the JUnit report: GitLab takes no file past 30 MB, and every reader keeps it in memory.
const (
	maxMessage   = 500
	maxCaseBody  = 32 << 10
	maxCaseOut   = 8 << 10
	maxSuiteText = 128 << 10
)

var junitEvidence = bounds{lines: 40, width: 2000, total: 8 << 10}

// junitSuite is one area.
type junitSuite struct {
	name  string
	cases []junitCase
}

// junitCase is one clause. Kind is failure, error, skipped, or empty for a case that passed. Out is what was found beside
// that, worst the finding that decides, all those of the clause; the case of the whole run has none of them.
type junitCase struct {
	class, name         string
	seconds             float64
	kind, typ, msg, txt string
	out                 string
	worst               checks.Finding
	all                 []checks.Finding
}

func junitSuites(run *Run) []*junitSuite {
	var suites []*junitSuite
	byArea := map[string]*junitSuite{}
	all := map[string][]checks.Finding{}
	for _, f := range run.Findings {
		all[f.ID] = append(all[f.ID], f)
	}
	for _, worst := range Worst(run.Findings) {
		s := byArea[worst.Area]
		if s == nil {
			s = &junitSuite{name: areaName(worst.Area)}
			byArea[worst.Area] = s
			suites = append(suites, s)
		}
		s.add(worst, all[worst.ID])
	}
	if c, needed := wholeRun(run, suites); needed {
		suites = append(suites, &junitSuite{name: "RUN", cases: []junitCase{c}})
	}
	return suites
}

func areaName(area string) string {
	if area = CleanLine(area); area != "" {
		return area
	}
	return "OTHER"
}

// wholeRun is the case that stands for what no clause can show: faults of the harness, an interruption, nothing judged.
func wholeRun(run *Run, suites []*junitSuite) (junitCase, bool) {
	red := false
	for _, s := range suites {
		_, failures, errors, _ := s.count()
		red = red || failures+errors > 0
	}
	green := run.Verdict == Conformant || run.Verdict == Passed
	if len(run.Errors)+len(run.Stale()) == 0 && !run.Interrupted && (green || red) {
		return junitCase{}, false
	}
	lines := troubles(run)
	if len(lines) == 0 {
		lines = append(lines, "the verdict of the run is "+string(run.Verdict))
	}
	return junitCase{
		class: "agentcore.RUN", name: "RUN the run came to its end", kind: "error", typ: "error",
		msg: lines[0], txt: strings.Join(lines, "\n"),
	}, true
}

// troubles are what kept the run from being whole, one line each.
func troubles(run *Run) []string {
	lines := append([]string{}, run.Errors...)
	for _, w := range run.Stale() {
		lines = append(lines, staleText(w))
	}
	if run.Interrupted {
		lines = append(lines, "the run was interrupted before its end")
	}
	return lines
}

func (s *junitSuite) add(worst checks.Finding, all []checks.Finding) {
	c := junitCase{class: "agentcore." + s.name, name: CaseName(worst), worst: worst, all: all}
	var body, aside strings.Builder
	for _, f := range all {
		c.seconds += f.DurationMs / 1000
		switch outcomeOf(f) {
		case checks.Pass:
		case checks.Warn, checks.Note, checks.Waived:
			aside.WriteString(junitAside(f))
		default:
			body.WriteString(junitBody(f))
		}
	}
	c.kind, c.typ, c.msg = junitResult(worst)
	c.txt, c.out = clip(body.String(), maxCaseBody), clip(aside.String(), maxCaseOut)
	s.cases = append(s.cases, c)
}

// CaseName is the stable name of a clause in test reports: its id and the beginning of its title.
func CaseName(f checks.Finding) string {
	return CleanLine(f.ID + " " + shortTitle(f.Title))
}

// shortTitle is the first clause of the sentence, at most about 80 characters, cut between words.
func shortTitle(title string) string {
	title = CleanLine(title)
	const least, most = 15, 80
	for _, end := range []string{". ", "; ", ": ", " ("} {
		if i := strings.Index(title, end); i >= least {
			title = title[:i]
		}
	}
	if len(title) > most {
		cut := strings.LastIndex(title[:most], " ")
		if cut < least {
			return clip(title, most)
		}
		title = title[:cut] + "…"
	}
	return strings.TrimSuffix(title, ".")
}

// junitResult maps an outcome to what the formats know. An untestable clause that the verdict does not need is skipped:
// red in a green run would have the gate switched off.
func junitResult(f checks.Finding) (kind, typ, msg string) {
	switch outcomeOf(f) {
	case checks.Fail:
		return "failure", junitType(f), junitMessage(f)
	case checks.Error:
		return "error", "error", junitMessage(f)
	case checks.Untestable:
		if Lacking(f) {
			return "error", "untestable", "could not test: " + f.Actual
		}
		return "skipped", "", "could not test: " + f.Actual
	case checks.Waived:
		return "skipped", "", "waived: " + labelledBefore(waiverText(f), junitMessage(f))
	case checks.Skipped:
		return "skipped", "", "skipped: " + f.Actual
	case checks.NotApplicable:
		return "skipped", "", "not applicable: " + f.Actual
	}
	return "", "", ""
}

func labelledBefore(label, text string) string {
	if label == "" {
		return text
	}
	return label + "; " + text
}

func junitType(f checks.Finding) string {
	if f.Reason != "" {
		return f.Reason
	}
	return "fail"
}

func junitMessage(f checks.Finding) string {
	var parts []string
	if f.Expected != "" {
		parts = append(parts, "expected "+f.Expected)
	}
	if f.Actual != "" {
		parts = append(parts, "actual "+f.Actual)
	}
	if len(parts) == 0 {
		parts = append(parts, f.Summary)
	}
	return strings.Join(parts, "; ")
}

// junitBody is a finding in full.
func junitBody(f checks.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s: %s\n", f.ID, f.Level, f.Outcome, summaryOf(f))
	for _, row := range explained(f) {
		fmt.Fprintf(&b, "%s: %s\n", row.label, row.text)
	}
	for _, e := range f.Evidence {
		if b.Len() > maxCaseBody {
			break
		}
		fmt.Fprintf(&b, "evidence: %s\n", CleanLine(e.Title))
		for _, l := range evidenceLines(e, junitEvidence) {
			fmt.Fprintf(&b, "  %s\n", l)
		}
	}
	return b.String()
}

// junitAside is a finding that does not make the case red: what it says and what to do, without the wire.
func junitAside(f checks.Finding) string {
	f.Evidence = nil
	return junitBody(f)
}

// row is one labelled line of a finding.
type row struct{ label, text string }

// explained lists what a finding says besides its evidence, without what is empty.
func explained(f checks.Finding) []row {
	return known([]row{
		{"waived", waiverText(f)},
		{"expected", f.Expected}, {"actual", f.Actual}, {"on AgentCore", f.Consequence}, {"fix", f.Fix}, {"basis", basisText(f)},
	})
}

// waiverText says what the finding would be without its waiver, and who answers for that until when.
func waiverText(f checks.Finding) string {
	w := f.Waiver
	switch {
	case w == nil:
		return ""
	case w.By == checks.ByBaseline:
		return fmt.Sprintf("a %s that the baseline holds", w.Was)
	}
	return fmt.Sprintf("a %s until %s, by %s: %s", w.Was, w.Expires, w.Owner, w.Reason)
}

func basisText(f checks.Finding) string {
	switch {
	case f.Strict:
		return "a warning that --strict turned into a failure"
	case f.Basis == checks.PolicyBasis:
		return "this tool's policy, not the platform's"
	default:
		return ""
	}
}

func summaryOf(f checks.Finding) string {
	if f.Summary != "" {
		return CleanLine(f.Summary)
	}
	return CleanLine(f.Title)
}

func (s *junitSuite) count() (tests, failures, errors, skipped int) {
	for _, c := range s.cases {
		switch c.kind {
		case "failure":
			failures++
		case "error":
			errors++
		case "skipped":
			skipped++
		}
	}
	return len(s.cases), failures, errors, skipped
}
