package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// leaking is a run in which only SES-06 fails, with everything recorded that a row shows.
func leaking() *Run {
	in := sampleInput()
	f := restamped()
	f.ID, f.Area, f.Summary, f.Title = "SES-06", "SES", "text of another session was answered", "Sessions are kept apart."
	in.Findings = append(passes(), f, bindWarning())
	in.Records.Terms.Model = "scripted"
	in.Records.Boot = &record.Boot{Ready: true, ReadyAfter: 12_345}
	in.Records.End = &record.End{Samples: []record.Sample{{Memory: 90_000_000}, {Memory: 181_500_000}}}
	in.Records.LongSession = &record.LongSession{Samples: []record.Sample{{Memory: 120_000_000}}}
	in.Records.Model = &record.ModelUse{Requests: 70, Spoken: []record.ModelOperation{
		{Provider: "bedrock", API: "converse"}, {Provider: "openai", API: "chat"}, {Provider: "bedrock", API: "invoke"},
	}}
	return Assemble(in)
}

func conformantExpected() Expectation { return Expectation{Verdict: Conformant} }

func leakExpected() Expectation {
	return Expectation{Verdict: Nonconformant, Fails: []string{"SES-06"}}
}

func rowOf(name string, want Expectation, run *Run, faults ...string) MatrixRow {
	r := MatrixRow{Name: name, Image: name + ":arm64", Expected: want, DurationMs: 125_000, Errors: faults}
	if run != nil {
		r.Report = "entry.json"
	}
	r.Saw(run)
	return r
}

func matrixOf(rows ...MatrixRow) *Matrix {
	m := &Matrix{
		Catalog: "catalog.yaml", Tool: Tool{Name: "agentcore-conform", Version: "0.1.0", Contract: "2026-11"},
		Started: "2026-11-22T15:30:00Z", DurationMs: 345_000, Rows: rows,
	}
	for _, r := range rows {
		m.Interrupted = m.Interrupted || r.Interrupted
	}
	m.Close()
	return m
}

func interruptedRow(name string, run *Run) MatrixRow {
	r := MatrixRow{Name: name, Image: name, Expected: conformantExpected(), Interrupted: true}
	r.Saw(run)
	return r
}

var matrices = []struct {
	name string
	make func() *Matrix
}{
	{"as-expected", func() *Matrix {
		return matrixOf(rowOf("langgraph", conformantExpected(), allPass()), rowOf("langgraph-naive-with-a-long-name", leakExpected(), leaking()))
	}},
	{"not-as-expected", func() *Matrix {
		return matrixOf(rowOf("good", conformantExpected(), allPass()), rowOf("leaks", conformantExpected(), leaking()), rowOf("never-leaks", leakExpected(), allPass()),
			rowOf("lacking", conformantExpected(), oneOfEach()), rowOf("crashed", conformantExpected(), nil, `the entry's process ended with signal: killed; it said "panic"`))
	}},
	{"interrupted", func() *Matrix {
		return matrixOf(rowOf("done", conformantExpected(), allPass()), interruptedRow("stopped", interruptedRun()), interruptedRow("never begun", nil))
	}},
	{"hostile", func() *Matrix {
		m := matrixOf(rowOf(hostileText, leakExpected(), hostileRun(), hostileText), rowOf("a|b [x](javascript:1) <b> `c` *d*", conformantExpected(), allPass()))
		m.Catalog, m.Only = hostileText, []string{hostileText}
		return m
	}},
	{"empty", func() *Matrix { return matrixOf() }},
}

var matrixShown = []struct {
	ending string
	write  func(io.Writer, *Matrix) error
}{
	{"json", WriteMatrixJSON},
	{"md", WriteMatrixMarkdown},
	{"xml", WriteMatrixJUnit},
	{"txt", func(w io.Writer, m *Matrix) error { return WriteMatrixConsole(w, m, ConsoleOptions{}) }},
}

func written(t *testing.T, write func(io.Writer, *Matrix) error, m *Matrix) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMatrixGolden(t *testing.T) {
	for _, s := range matrices {
		for _, f := range matrixShown {
			data := written(t, f.write, s.make())
			compare(t, filepath.Join("testdata", "matrix", s.name+"."+f.ending), data)
			for i, r := range string(data) {
				if unsafe(r) || r < 0x20 && r != '\n' || r == '\ufffd' && f.ending != "json" {
					t.Fatalf("%s.%s: %q at byte %d", s.name, f.ending, r, i)
				}
			}
		}
	}
}

func TestMatrixSchema(t *testing.T) {
	compare(t, "schema/matrix-v1.json", generateSchema(t, reflect.TypeFor[Matrix](), "urn:agentcore-conform:matrix:v1", "agentcore-conform certification matrix, version 1"))
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(MatrixJSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("matrix.json", doc); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("matrix.json")
	for _, s := range matrices {
		if err := validates(t, schema, written(t, WriteMatrixJSON, s.make())); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	if err := validates(t, schema, []byte(`{"schema":"agentcore-conform/matrix/v1","entries":[{}]}`)); err == nil {
		t.Error("the schema takes anything")
	}
}

func TestMatrixJSONReadsBack(t *testing.T) {
	m := matrices[1].make()
	back, err := ReadMatrix(bytes.NewReader(written(t, WriteMatrixJSON, m)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Rows {
		m.Rows[i].run = nil
	}
	if !reflect.DeepEqual(back, m) {
		t.Errorf("got %+v\nwant %+v", back, m)
	}
	if _, err := ReadMatrix(strings.NewReader(`{"schema":"agentcore-conform/report/v1"}`)); err == nil || !strings.Contains(err.Error(), "report/v1") {
		t.Errorf("a report was read as a matrix: %v", err)
	}
}

func TestRowHoldsWhatTheReportSays(t *testing.T) {
	r := rowOf("x", leakExpected(), leaking())
	got := fmt.Sprintln(r.Met, r.Verdict, r.Fails, r.Warns, r.Providers, r.ModelRequests, r.BootMs, r.PeakMemory, r.Protocol, r.Digest == sampleImage().Digest, r.ExitCode,
		r.Counts["pass"], r.Counts["fail"])
	if want := "true nonconformant [SES-06] [IMG-14] [bedrock openai] 70 12345 181500000 HTTP true 0 3 1\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestExpectations: a row is met only by exactly what is expected, and each difference says what it is.
func TestExpectations(t *testing.T) {
	warns := func(ids ...string) Expectation { return Expectation{Verdict: Conformant, Warns: ids} }
	partial := func() *Run {
		in := sampleInput()
		f := pass("INV-09", checks.Must, "The process survives.", "no model")
		f.Outcome = checks.Untestable
		in.Findings = append(passes(), f)
		return Assemble(in)
	}
	warned := func() *Run {
		in := sampleInput()
		in.Findings = append(passes(), bindWarning())
		return Assemble(in)
	}
	reduced := func() *Run {
		in := sampleInput()
		in.Findings, in.Scope, in.ScopeWhy = passes(), Reduced, []string{"--only"}
		return Assemble(in)
	}
	cases := []struct {
		name   string
		want   Expectation
		run    *Run
		faults []string
		code   int
		differ []string
	}{
		{"green", conformantExpected(), allPass(), nil, 0, nil},
		{"the one fail", leakExpected(), leaking(), nil, 0, nil},
		{"an unexpected fail", conformantExpected(), leaking(), nil, 1, []string{"verdict is nonconformant", "SES-06 was not expected to fail: text of another"}},
		{"a missing fail", leakExpected(), allPass(), nil, 1, []string{"verdict is conformant", "SES-06 was expected to fail, but nothing was found"}},
		{"another fail", Expectation{Verdict: Nonconformant, Fails: []string{"PING-01"}}, leaking(), nil, 1,
			[]string{"SES-06 was not expected to fail", "PING-01 was expected to fail, but its outcome is pass"}},
		{"untestable", conformantExpected(), partial(), nil, 3, []string{"verdict is partial", "INV-09 was not expected to be untestable: no model"}},
		{"untestable as expected", Expectation{Verdict: Partial, Untestable: []string{"INV-09"}}, partial(), nil, 0, nil},
		{"fails and something untestable", leakExpected(), oneOfEach(), nil, 1,
			[]string{"PING-06 was not expected", "SES-06 was expected", "INV-09 was not expected to be untestable", "SSE-02 was not expected to end in an error"}},
		{"warnings are open", conformantExpected(), warned(), nil, 0, nil},
		{"none at all", Expectation{Verdict: Conformant, Warns: []string{}}, warned(), nil, 1, []string{"IMG-14 was not expected to warn"}},
		{"the one warning", warns("IMG-14"), warned(), nil, 0, nil},
		{"a missing warning", warns("IMG-14"), allPass(), nil, 1, []string{"IMG-14 was expected to warn"}},
		{"reduced scope", conformantExpected(), reduced(), nil, 1, []string{"only a part of the contract"}},
		{"reduced as expected", Expectation{Verdict: Passed}, reduced(), nil, 0, nil},
		{"no report", conformantExpected(), nil, []string{"it crashed"}, 3, []string{"it crashed", "there is no report"}},
		{"a fault beside a report", conformantExpected(), allPass(), []string{"it was killed"}, 3, []string{"it was killed"}},
		{"interrupted by itself", conformantExpected(), interruptedRun(), nil, 3, []string{"interrupted", "verdict is partial"}},
		{"nothing ran", conformantExpected(), nothingRan(), nil, 3, []string{"no clause was judged", "verdict is error"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := rowOf("x", c.want, c.run, c.faults...)
			if r.Met != (c.differ == nil) || r.ExitCode != c.code || len(r.Differences) < len(c.differ) {
				t.Errorf("met %v, exit %d, differences %+v", r.Met, r.ExitCode, r.Differences)
			}
			for _, want := range c.differ {
				if !slices.ContainsFunc(r.Differences, func(d Difference) bool { return strings.Contains(d.Text, want) }) {
					t.Errorf("no difference says %q: %+v", want, r.Differences)
				}
			}
		})
	}
}

func TestWhatManyClausesShareIsSaidOnce(t *testing.T) {
	in := sampleInput()
	in.Findings, in.Interrupted = passes(), true
	for _, id := range []string{"SSE-01", "SSE-02", "SES-01", "INV-09"} {
		f := pass(id, checks.Must, "title", "the run was interrupted")
		if f.Outcome = checks.Untestable; id == "INV-09" {
			f.Actual = "no model"
		}
		in.Findings = append(in.Findings, f)
	}
	got := told(rowOf("x", conformantExpected(), Assemble(in)).Differences)
	want := []string{
		"the run was interrupted before its end", "the verdict is partial, expected was conformant",
		"INV-09 was not expected to be untestable: no model",
		"each of 3 clauses (SSE-01, SSE-02, SES-01) was not expected to be untestable: the run was interrupted",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestMatrixExitCode(t *testing.T) {
	row := func(code int) MatrixRow { return MatrixRow{Met: code == 0, ExitCode: code} }
	for _, c := range []struct {
		codes []int
		want  int
	}{{[]int{0, 0}, 0}, {[]int{0, 3}, 3}, {[]int{3, 1, 2}, 1}, {[]int{3, 2}, 2}, {[]int{130, 1}, 130}, {nil, 3}, {[]int{77}, 3}} {
		m := &Matrix{}
		for _, code := range c.codes {
			m.Rows = append(m.Rows, row(code))
		}
		m.Close()
		if got := m.ExitCode(); got != c.want || m.Met != (c.want == 0) {
			t.Errorf("%v: exit %d, met %v, want %d", c.codes, got, m.Met, c.want)
		}
	}
	m := &Matrix{Interrupted: true, Rows: []MatrixRow{row(0)}}
	if m.Close(); m.Met || m.ExitCode() != 130 {
		t.Errorf("interrupted: exit %d, met %v", m.ExitCode(), m.Met)
	}
}

// TestMatrixJUnitIsRedWhereItIsNotAsExpected reads the suites back: one per entry, red exactly where the row is not met.
func TestMatrixJUnitIsRedWhereItIsNotAsExpected(t *testing.T) {
	for _, sample := range matrices {
		m := sample.make()
		s := readBack(t, written(t, WriteMatrixJUnit, m))
		if len(s.Suites) != len(m.Rows) {
			t.Fatalf("%s: %d suites for %d entries", sample.name, len(s.Suites), len(m.Rows))
		}
		for i, suite := range s.Suites {
			row := m.Rows[i]
			if suite.Name != CleanLine(row.Name) || suite.ID != i || len(suite.Cases) != suite.Tests || !strings.HasPrefix(suite.Cases[0].Name, "EXPECTATION") {
				t.Errorf("%s: suite %+v", sample.name, suite)
			}
			if red := suite.Failures+suite.Errors > 0; red == row.Met {
				t.Errorf("%s/%s: met %v, but %d failures and %d errors", sample.name, suite.Name, row.Met, suite.Failures, suite.Errors)
			}
			if c := suite.Cases[0]; row.Met != (c.Failure == nil && c.Error == nil) {
				t.Errorf("%s/%s: the expectation is %+v", sample.name, suite.Name, c)
			}
		}
	}
	s := readBack(t, written(t, WriteMatrixJUnit, matrices[1].make()))
	in := func(i int, id string) readCase {
		t.Helper()
		one := s
		one.Suites = s.Suites[i : i+1]
		return findCase(t, one, id)
	}
	if c := in(1, "SES-06"); c.Failure == nil || c.Failure.Type != "restamped" {
		t.Errorf("an unexpected fail is %+v", c)
	}
	if c := s.Suites[4].Cases[0]; c.Error == nil || !strings.Contains(c.Error.Message, "signal: killed") {
		t.Errorf("a crash is %+v", c)
	}
	ok := readBack(t, written(t, WriteMatrixJUnit, matrices[0].make()))
	ok.Suites = ok.Suites[1:]
	if c := findCase(t, ok, "SES-06"); c.Skipped == nil || !strings.HasPrefix(c.Skipped.Message, "as expected: ") {
		t.Errorf("an expected fail is %+v", c)
	}
}

func TestMatrixJUnitFollowsThePublishedSchemas(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("xmllint is missing: install libxml2-utils")
		}
		t.Skip("xmllint is missing: install libxml2-utils to validate against the schemas")
	}
	for _, s := range matrices {
		file := filepath.Join(t.TempDir(), s.name+".xml")
		if err := os.WriteFile(file, written(t, WriteMatrixJUnit, s.make()), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, schema := range []string{"junit-jenkins-xunit-10.xsd", "junit-windyroad.xsd"} {
			if out, err := exec.Command("xmllint", "--noout", "--nonet", "--schema", filepath.Join("testdata", schema), file).CombinedOutput(); err != nil {
				t.Errorf("%s, %s: %v\n%s", s.name, schema, err, out)
			}
		}
	}
}

// cells splits a row of a GitHub table at the bars that no backslash escapes.
func cells(line string) []string {
	var out []string
	cell, escaped := "", false
	for _, r := range strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|") {
		if r == '|' && !escaped {
			out = append(out, strings.TrimSpace(cell))
			cell = ""
			continue
		}
		escaped = r == '\\' && !escaped
		cell += string(r)
	}
	return append(out, strings.TrimSpace(cell))
}

// plainMarkdown is a cell as GitHub shows it.
func plainMarkdown(t *testing.T, cell string) string {
	t.Helper()
	_, shown := readMarkdown(t, []byte("x "+cell+"\n"))
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(shownText(shown)), "x"))
}

func TestMatrixMarkdownReadsBack(t *testing.T) {
	for _, s := range matrices {
		m := s.make()
		var table [][]string
		for _, line := range strings.Split(string(written(t, WriteMatrixMarkdown, m)), "\n") {
			if strings.HasPrefix(line, "|") {
				table = append(table, cells(line))
			}
		}
		if len(table) != len(m.Rows)+2 {
			t.Fatalf("%s: %d lines for %d entries", s.name, len(table), len(m.Rows))
		}
		for i, row := range m.Rows {
			got := table[i+2]
			if len(got) != len(markdownColumns) {
				t.Fatalf("%s: %d cells: %q", s.name, len(got), got)
			}
			if name := plainMarkdown(t, got[0]); name != clip(CleanLine(row.Name), maxMessage) {
				t.Errorf("%s: name %q, want %q", s.name, name, row.Name)
			}
			if (got[3] == "yes") != row.Met || plainMarkdown(t, got[2]) != row.verdictWord() {
				t.Errorf("%s: %q", s.name, got)
			}
		}
	}
}

func TestMatrixConsoleFits(t *testing.T) {
	for _, s := range matrices {
		for i, line := range strings.Split(string(written(t, matrixShown[3].write, s.make())), "\n") {
			if n := utf8.RuneCountInString(line); n > plainWidth && s.name != "hostile" {
				t.Errorf("%s, line %d has %d characters: %s", s.name, i+1, n, line)
			}
		}
	}
	var b bytes.Buffer
	if err := WriteMatrixConsole(&b, matrices[1].make(), ConsoleOptions{Colour: true}); err != nil || !strings.Contains(b.String(), "\x1b[1;31mNOT") {
		t.Errorf("no colour: %v, %q", err, b.String())
	}
}

func TestMatrixFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := WriteMatrixFiles(dir, matrices[0].make()); err != nil {
		t.Fatal(err)
	}
	found, _ := os.ReadDir(dir)
	if len(found) != len(MatrixFiles()) {
		t.Errorf("found %v", found)
	}
	data, _ := os.ReadFile(filepath.Join(dir, "matrix.json"))
	if !json.Valid(data) {
		t.Error("matrix.json is no JSON")
	}
}

func FuzzMatrix(f *testing.F) {
	f.Add(hostileText, "nonconformant", "SES-06")
	f.Add("a|b", "", "]]>")
	f.Fuzz(func(t *testing.T, text, verdict, id string) {
		in := sampleInput()
		bad := restamped()
		bad.ID, bad.Area, bad.Summary, bad.Title = id, id, text, text
		in.Findings = append(passes(), bad)
		r := rowOf(text, Expectation{Verdict: Verdict(verdict), Fails: []string{text}}, Assemble(in), text)
		m := matrixOf(r, rowOf(text+"2", Expectation{}, nil, text))
		m.Catalog = text
		readBack(t, written(t, WriteMatrixJUnit, m))
		if _, err := ReadMatrix(bytes.NewReader(written(t, WriteMatrixJSON, m))); err != nil {
			t.Error(err)
		}
		for _, s := range matrixShown {
			for i, c := range string(written(t, s.write, m)) {
				if unsafe(c) {
					t.Fatalf("%s: %q at byte %d", s.ending, c, i)
				}
			}
		}
	})
}
