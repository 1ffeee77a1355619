package certify

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// options are those of a certification whose entries the test binary plays.
func options(t *testing.T, entries string) Options {
	t.Helper()
	t.Setenv(actAs, "entry")
	dir := t.TempDir()
	return Options{Catalog: read(t, "entries:\n"+entries), Out: filepath.Join(dir, "out"), Work: dir, Program: []string{os.Args[0]}}
}

func certified(ctx context.Context, t *testing.T, o Options) *reports.Matrix {
	t.Helper()
	m, err := Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(o.Out, "matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	back, err := reports.ReadMatrix(f)
	if err != nil || back.Met != m.Met || len(back.Rows) != len(m.Rows) || back.Interrupted != m.Interrupted {
		t.Errorf("matrix.json holds something else: %v, %+v", err, back)
	}
	return m
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func TestEachEndOfAnEntry(t *testing.T) {
	leak := ", expect: {fails: [SES-06]}"
	cases := []struct {
		image, expect string
		code          int
		report        bool
		errors        string
	}{
		{"conformant", "", 0, true, ""},
		{"leaks", leak, 0, true, ""},
		{"leaks", "", 1, true, ""},
		{"conformant", leak, 1, true, ""},
		{"crash", "", 3, false, `crashed (please report this); it said "panic: a fault of the harness`},
		{"crash-after-report", "", 3, true, `crashed (please report this); it said "panic: a fault at the end`},
		{"silent", "", 3, false, "no report was written; the entry's process ended with exit status 0"},
		{"usage", "", 2, false, `it said "agentcore-conform: --protocol MCP is not played"`},
		{"garbage", "", 3, false, "the report cannot be read"},
		{"liar", leak, 1, true, "exit status 0, but its report is that of exit code 1"},
		{"loud", "", 3, false, "…\" (all of it in x.log)"},
	}
	for _, c := range cases {
		t.Run(c.image+c.expect, func(t *testing.T) {
			o := options(t, "- {name: x, image: "+c.image+c.expect+"}\n- {name: after, image: conformant}")
			m := certified(context.Background(), t, o)
			r := m.Rows[0]
			if r.ExitCode != c.code || m.ExitCode() != c.code || r.Met != (c.code == 0) || (r.Report != "") != c.report {
				t.Errorf("exit %d (matrix %d), met %v, report %q, differences %+v", r.ExitCode, m.ExitCode(), r.Met, r.Report, r.Differences)
			}
			if got := strings.Join(r.Errors, "\n"); !strings.Contains(got, c.errors) || (got == "") != (c.errors == "") {
				t.Errorf("errors %q, want %q", got, c.errors)
			}
			if exists(o.Out, "x.xml") != c.report || exists(o.Out, "x.html") != c.report {
				t.Error("the JUnit report is not where the JSON report is")
			}
			if !m.Rows[1].Met || m.Rows[1].Verdict != reports.Conformant {
				t.Errorf("the entry after it: %+v", m.Rows[1])
			}
		})
	}
}

func TestOutputThatIsKeptIsBounded(t *testing.T) {
	o := options(t, "- {name: x, image: loud}")
	certified(context.Background(), t, o)
	info, err := os.Stat(filepath.Join(o.Out, "x.log"))
	if err != nil || info.Size() > maxTail+100 || info.Size() < maxTail {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestSettingsReachTheEntryByAPrivateFile(t *testing.T) {
	o := options(t, "- {name: x, image: config, env: {SECRET: hunter2}}")
	m := certified(context.Background(), t, o)
	log, _ := os.ReadFile(filepath.Join(o.Out, "x.log"))
	work, _ := filepath.EvalSymlinks(o.Work)
	if want := "env: {SECRET: hunter2} 600 in " + work; string(log) != want {
		t.Errorf("got %q, want %q; %+v", log, want, m.Rows[0].Errors)
	}
}

// TestALimitEndsTheEntry: a run that is told to end writes its report; one that does not listen is killed.
func TestALimitEndsTheEntry(t *testing.T) {
	o := options(t, "- {name: patient, image: patient}\n- {name: deaf, image: deaf}\n- {name: after, image: conformant}")
	o.Grace = 200 * time.Millisecond
	for i := range 2 {
		o.Catalog.Entries[i].Limit = 300 * time.Millisecond
	}
	o.Catalog.Entries[0].Limit, o.Catalog.Entries[2].Limit = time.Second, time.Hour
	m := certified(context.Background(), t, o)
	for i, r := range m.Rows[:2] {
		if r.Met || r.Interrupted || r.ExitCode != 3 || !strings.Contains(strings.Join(r.Errors, " "), "did not end within") {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if m.Interrupted || !m.Rows[2].Met || m.ExitCode() != 3 {
		t.Errorf("interrupted %v, exit %d, after: %+v", m.Interrupted, m.ExitCode(), m.Rows[2])
	}
	if m.Rows[1].Report != "" {
		t.Error("an entry that was killed has a report")
	}
}

// TestInterruption: what runs writes its report, what does not listen is killed, what waits is not begun.
func TestInterruption(t *testing.T) {
	o := options(t, "- {name: done, image: conformant}\n- {name: patient, image: patient}\n- {name: deaf, image: deaf}\n- {name: waits, image: conformant}")
	o.Parallel, o.Grace = 2, 5*time.Second
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var ended atomic.Int32
	o.Progress = func(e Event) {
		if e.Kind == EventEnd {
			ended.Add(1)
		}
	}
	go func() {
		for range time.Tick(10 * time.Millisecond) {
			if exists(o.Out, "patient.json.running") && exists(o.Out, "deaf.json.running") {
				break
			}
		}
		cancel()
	}()
	m := certified(ctx, t, o)
	var got []string
	for _, r := range m.Rows {
		got = append(got, fmt.Sprintf("%s met=%v interrupted=%v report=%v code=%d", r.Name, r.Met, r.Interrupted, r.Report != "", r.ExitCode))
	}
	want := []string{
		"done met=true interrupted=false report=true code=0",
		"patient met=false interrupted=true report=true code=130",
		"deaf met=false interrupted=true report=false code=130",
		"waits met=false interrupted=true report=false code=130",
	}
	if !slices.Equal(got, want) || !m.Interrupted || m.ExitCode() != 130 || ended.Load() != 3 {
		t.Errorf("got\n%s\nwant\n%s\n%d ended", strings.Join(got, "\n"), strings.Join(want, "\n"), ended.Load())
	}
}

func TestOldReportsAreGone(t *testing.T) {
	o := options(t, "- {name: x, image: silent}\n- {name: other, image: conformant}")
	o.Only = []string{"x"}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x.json", "x.xml", "x.html", "other.json", "matrix.md"} {
		if err := reports.WriteFile("json", filepath.Join(o.Out, name), fakeReport(false, false)); err != nil {
			t.Fatal(err)
		}
	}
	m := certified(context.Background(), t, o)
	if len(m.Rows) != 1 || m.Rows[0].Met || exists(o.Out, "x.json") || exists(o.Out, "x.xml") || exists(o.Out, "x.html") || !exists(o.Out, "other.json") {
		t.Errorf("%+v", m.Rows)
	}
	if !slices.Equal(m.Only, []string{"x"}) {
		t.Errorf("the matrix does not say that it is a part: %+v", m)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	o := options(t, "- {name: x, image: conformant}")
	if err := os.WriteFile(o.Out, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := Run(context.Background(), o); m != nil || err == nil || !strings.Contains(err.Error(), "make room") {
		t.Errorf("%+v, %v", m, err)
	}
	o.Only = []string{"nothing"}
	if m, err := Run(context.Background(), o); m != nil || err == nil {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestProgramThatDoesNotStart(t *testing.T) {
	o := options(t, "- {name: x, image: conformant}")
	o.Program = []string{filepath.Join(o.Work, "missing")}
	r := certified(context.Background(), t, o).Rows[0]
	if r.Met || r.ExitCode != 3 || !strings.Contains(strings.Join(r.Errors, ""), "start the entry's process") {
		t.Errorf("%+v", r)
	}
}

func TestBuilds(t *testing.T) {
	o := options(t, `
- {name: a, image: conformant, build: "echo once >> log"}
- {name: b, image: conformant, build: "echo once >> log"}
- {name: c, image: conformant, build: "echo first; echo cannot make it >&2; exit 7"}
- {name: d, image: conformant, build: [no-such-program-anywhere]}
- {name: e, image: conformant, build: "sleep 3600 & sleep 3600", build-timeout: 1s}`)
	o.Parallel = 2
	m := certified(context.Background(), t, o)
	if log, _ := os.ReadFile(filepath.Join(o.Work, "log")); string(log) != "once\n" {
		t.Errorf("the shared build ran as %q", log)
	}
	for i, want := range []string{"", "", `exit status 7; it said "cannot make it" (all of it in c.log)`, "no-such-program-anywhere", "the build did not end within 1s"} {
		r := m.Rows[i]
		if errs := strings.Join(r.Errors, " "); !strings.Contains(errs, want) || r.Met != (want == "") || want != "" && (r.ExitCode != 3 || r.Report != "") {
			t.Errorf("%s: met %v, exit %d, errors %q", r.Name, r.Met, r.ExitCode, errs)
		}
	}
	if m.Rows[4].BuildMs < 900 || m.Rows[4].BuildMs > 60_000 {
		t.Errorf("the build that was ended took %v ms", m.Rows[4].BuildMs)
	}
	if log, _ := os.ReadFile(filepath.Join(o.Out, "c.log")); !strings.HasPrefix(string(log), "first\n") {
		t.Errorf("c.log holds %q", log)
	}
}

// TestParallel: no more than allowed at a time, all of them used, rows in the catalogue's order.
func TestParallel(t *testing.T) {
	var list string
	for i := range 7 {
		list += fmt.Sprintf("- {name: n%d, image: conformant}\n", i)
	}
	o := options(t, list)
	o.Parallel = 3
	now, most := 0, 0
	o.Progress = func(e Event) { // one call at a time
		switch e.Kind {
		case EventBegin:
			now++
			most = max(most, now)
		case EventEnd:
			now--
		}
	}
	m := certified(context.Background(), t, o)
	for i, r := range m.Rows {
		if r.Name != fmt.Sprintf("n%d", i) || !r.Met || r.DurationMs <= 0 {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	if most > 3 || most < 2 || now != 0 {
		t.Errorf("at most %d at a time, %d left", most, now)
	}
}

func TestHostileNames(t *testing.T) {
	name := "../x|<b>\"' $(touch hit) ]]>"
	quoted, _ := json.Marshal(name)
	o := options(t, "- {name: "+string(quoted)+", image: conformant}\n- {name: --help, image: conformant}")
	m := certified(context.Background(), t, o)
	if !m.Met || m.Rows[0].Name != name || m.Rows[0].Report != "x--b------touch-hit.json" || m.Rows[1].Report != "help.json" {
		t.Errorf("%+v", m.Rows)
	}
	if outside, _ := filepath.Glob(filepath.Join(o.Work, "*")); len(outside) != 1 {
		t.Errorf("files outside of the folder: %v", outside)
	}
}

func TestTail(t *testing.T) {
	s := &tail{}
	for i := range 100_000 {
		fmt.Fprintf(s, "line %d\n", i)
	}
	if got := s.String(); len(got) > maxTail+10 || !strings.HasSuffix(got, "line 99999\n") || !strings.HasPrefix(got, "…\n") {
		t.Errorf("%d bytes, ends %q", len(got), got[len(got)-20:])
	}
}
