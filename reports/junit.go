package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Bounds of the JUnit report: GitLab takes no file past 30 MB, and every reader keeps it in memory.
const (
	maxMessage   = 500
	maxCaseBody  = 32 << 10
	maxSuiteText = 128 << 10
)

var junitEvidence = bounds{lines: 40, width: 2000, total: 8 << 10}

// WriteJUnit writes the strict dialect of JUnit XML: valid against the schema of Jenkins' xunit plugin (junit-10) and
// the Ant one of Windy Road. One suite per area and one case per clause; a clause that failed is a failure, one that
// could not be tested or judged although the verdict needs it is an error, so that a reader of the file sees red
// exactly when the run is not green. What passed with something to say says it in the suite's system-out.
func WriteJUnit(w io.Writer, run *Run) error {
	b := bufio.NewWriter(w)
	x := &xmlWriter{w: b}
	x.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	x.line(`<testsuites>`)
	properties := junitProperties(run)
	for i, s := range junitSuites(run) {
		s.write(x, i, run, properties)
	}
	x.line(`</testsuites>`)
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	return nil
}

// xmlWriter writes lines of XML; errors stay in its buffer until Flush.
type xmlWriter struct{ w *bufio.Writer }

func (x *xmlWriter) line(format string, args ...any) { _, _ = fmt.Fprintf(x.w, format+"\n", args...) }

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// xmlText escapes for an element's text. Clean has made sure that only characters of XML 1.0 are left, and escaping >
// leaves no "]]>".
func xmlText(s string) string { return xmlEscapes.Replace(Clean(s)) }

// xmlAttr escapes for an attribute, on one line.
func xmlAttr(s string) string { return xmlEscapes.Replace(CleanLine(s)) }

// junitSuite is one area.
type junitSuite struct {
	name  string
	cases []junitCase
	out   strings.Builder
}

// junitCase is one clause. Kind is failure, error, skipped, or empty for a case that passed.
type junitCase struct {
	class, name         string
	seconds             float64
	kind, typ, msg, txt string
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
	lines := append([]string{}, run.Errors...)
	for _, w := range run.Stale() {
		lines = append(lines, staleText(w))
	}
	if run.Interrupted {
		lines = append(lines, "the run was interrupted before its end")
	}
	if len(lines) == 0 {
		lines = append(lines, "the verdict of the run is "+string(run.Verdict))
	}
	return junitCase{
		class: "agentcore.RUN", name: "RUN the run came to its end", kind: "error", typ: "error",
		msg: lines[0], txt: strings.Join(lines, "\n"),
	}, true
}

func (s *junitSuite) add(worst checks.Finding, all []checks.Finding) {
	c := junitCase{class: "agentcore." + s.name, name: CaseName(worst)}
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
	c.txt = clip(body.String(), maxCaseBody)
	s.cases = append(s.cases, c)
	if s.out.Len() < maxSuiteText {
		s.out.WriteString(aside.String())
	}
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
	all := []row{
		{"waived", waiverText(f)},
		{"expected", f.Expected}, {"actual", f.Actual}, {"on AgentCore", f.Consequence}, {"fix", f.Fix}, {"basis", basisText(f)},
	}
	var out []row
	for _, r := range all {
		if r.text = CleanLine(r.text); r.text != "" {
			out = append(out, r)
		}
	}
	return out
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

func (s *junitSuite) write(x *xmlWriter, id int, run *Run, properties []row) {
	tests, failures, errors, skipped := s.count()
	seconds := 0.0
	for _, c := range s.cases {
		seconds += c.seconds
	}
	x.line(`  <testsuite name="%s" package="agentcore" id="%d" hostname="localhost" timestamp="%s" tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f">`,
		xmlAttr(s.name), id, junitTime(run.Started), tests, failures, errors, skipped, seconds)
	x.line(`    <properties>`)
	for _, p := range properties {
		x.line(`      <property name="%s" value="%s"/>`, xmlAttr(p.label), xmlAttr(clip(p.text, maxMessage)))
	}
	x.line(`    </properties>`)
	for _, c := range s.cases {
		c.write(x)
	}
	x.line(`    <system-out>%s</system-out>`, xmlText(clip(s.out.String(), maxSuiteText)))
	x.line(`    <system-err></system-err>`)
	x.line(`  </testsuite>`)
}

func (c junitCase) write(x *xmlWriter) {
	open := fmt.Sprintf(`    <testcase classname="%s" name="%s" time="%.3f"`, xmlAttr(c.class), xmlAttr(c.name), c.seconds)
	msg := xmlAttr(clip(c.msg, maxMessage))
	switch c.kind {
	case "":
		x.line(`%s/>`, open)
	case "skipped":
		x.line("%s>\n      <skipped message=\"%s\"/>\n    </testcase>", open, msg)
	default:
		x.line("%s>\n      <%s type=\"%s\" message=\"%s\">%s</%s>\n    </testcase>",
			open, c.kind, xmlAttr(c.typ), msg, xmlText(c.txt), c.kind)
	}
}

// junitTime is the start in UTC without a zone, as the Windy Road schema wants it.
func junitTime(started string) string {
	t, err := time.Parse(time.RFC3339, started)
	if err != nil {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}
