package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// keepReport writes the JSON report of a run that failed one clause and returns its name.
func (c *call) keepReport(t *testing.T) string {
	t.Helper()
	c.run("judge", c.keepRecords(t, recorded("amd64")), "--only", "IMG-01,IMG-04", "--report", "json=run.json")
	if c.code != 1 {
		t.Fatalf("exit %d, %s", c.code, c.stderr)
	}
	return "run.json"
}

// Every format can be made later, and says what it would have said at once.
func TestReportMakesEveryFormat(t *testing.T) {
	c := newCall(t)
	file := c.keepReport(t)
	args := []string{"report", file, "-q"}
	for _, f := range reports.Formats() {
		args = append(args, "--report", f+"=out/"+f)
	}
	if c.run(args...); c.code != 0 || c.stdout != "image:tag: nonconformant (1 fail, 1 warn, 0 untestable)\n" || c.stderr != "" {
		t.Fatalf("exit %d, %q, %q", c.code, c.stdout, c.stderr)
	}
	run := c.report(t, file)
	for _, f := range reports.Formats() {
		if err := reports.WriteFile(f, filepath.Join(c.dir, "direct"), run); err != nil {
			t.Fatal(err)
		}
		got, _ := os.ReadFile(filepath.Join(c.dir, "out", f))
		if want, _ := os.ReadFile(filepath.Join(c.dir, "direct")); len(got) == 0 || string(got) != string(want) {
			t.Errorf("%s differs from what is written at once", f)
		}
	}
}

// Nothing is judged again: what the file says is what is shown.
func TestReportDoesNotJudge(t *testing.T) {
	c := newCall(t)
	data, err := os.ReadFile(filepath.Join(c.dir, c.keepReport(t)))
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, "changed.json", strings.Replace(string(data), `"verdict": "nonconformant"`, `"verdict": "conformant"`, 1))
	if c.run("report", "changed.json"); c.code != 0 || !strings.HasPrefix(c.stdout, "CONFORMANT ") {
		t.Errorf("exit %d, %.200s", c.code, c.stdout)
	}
}

func TestReportShows(t *testing.T) {
	c := newCall(t)
	file := c.keepReport(t)
	for args, want := range map[string]string{
		"": "FAIL · IMG, the image", "-v": "IMG-01 MUST", "--color always": "\x1b[1;31m",
	} {
		if c.run(append([]string{"report", file}, strings.Fields(args)...)...); c.code != 0 || !strings.Contains(c.stdout, want) {
			t.Errorf("%q: exit %d, %.300s", args, c.code, c.stdout)
		}
	}
	if c.run("report", file, "--report", "junit=-"); !strings.Contains(c.stderr, "NONCONFORMANT") || strings.Contains(c.stdout, "NONCONFORMANT") {
		t.Errorf("what is for people is not on stderr alone: %.200s", c.stderr)
	}
}

// A run that tested nothing is an error of run; of report it is what there is to show.
func TestReportOfNothing(t *testing.T) {
	c := newCall(t)
	c.write(t, "run.json", `{"schema":"agentcore-conform/report/v1","verdict":"error","errors":["no engine answers"],"findings":[]}`)
	if c.run("report", "run.json"); c.code != 0 || !strings.HasPrefix(c.stdout, "ERROR ") || !strings.Contains(c.stdout, "no engine answers") {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
}

// The file may not have come from this tool: secrets go out of it before anything is shown.
func TestReportTakesSecretsOut(t *testing.T) {
	c := newCall(t)
	secret := "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	c.write(t, "run.json", `{"schema":"agentcore-conform/report/v1","verdict":"nonconformant","findings":[{"id":"OBS-01","outcome":"fail","actual":"authorization: `+secret+`"}]}`)
	if c.run("report", "run.json", "--report", "html=run.html"); c.code != 0 || strings.Contains(c.stdout, "dozjgNryP4J3j") {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
	if page, err := os.ReadFile(filepath.Join(c.dir, "run.html")); err != nil || strings.Contains(string(page), "dozjgNryP4J3j") {
		t.Errorf("%v, or the secret is in the page", err)
	}
}

func TestReportReadsOnlyReports(t *testing.T) {
	c := newCall(t)
	records := c.keepRecords(t, recorded("arm64"))
	c.write(t, "other.json", `{"schema":"other/v1"}`)
	file := c.keepReport(t)
	for args, want := range map[string]string{
		"": "give one FILE", "a b": "give one FILE", "absent.json": "absent.json: ", records: "with the judge command", "other.json": `schema is "other/v1"`,
		file + " -v -q": "exclude each other", file + " --report pdf=a": "is not known", file + " --report html=.": "is a folder",
		file + " --config x": "unknown flag --config",
	} {
		if c.run(append([]string{"report"}, strings.Fields(args)...)...); c.code != codeUsage || !strings.Contains(c.stderr, want) {
			t.Errorf("%q: exit %d, %q does not say %q", args, c.code, c.stderr, want)
		}
	}
}

// Every command that judges writes the page.
func TestPageOfEveryCommand(t *testing.T) {
	c := newCall(t)
	records := c.keepRecords(t, recorded("arm64"))
	for _, args := range [][]string{{"run", "image:tag"}, {"inspect", "image:tag"}, {"judge", records, "--only", "IMG-01"}} {
		c.run(append(args, "--report", "html=page.html")...)
		page, err := os.ReadFile(filepath.Join(c.dir, "page.html"))
		if err != nil || !strings.HasPrefix(string(page), "<!doctype html>") || !strings.Contains(string(page), "PASS") && !strings.Contains(string(page), "CONFORMANT") {
			t.Errorf("%v: %v, %.100s", args, err, page)
		}
		_ = os.Remove(filepath.Join(c.dir, "page.html"))
	}
}
