package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// recordBaseline judges an image of that architecture and records what is found.
func (c *call) recordBaseline(t *testing.T, architecture string, args ...string) {
	t.Helper()
	file := c.keepRecords(t, recorded(architecture))
	c.run(append([]string{"judge", file, "--only", "IMG-01,IMG-04", "--report", "json=old.json"}, args...)...)
	if c.run("baseline", "old.json", "-o", "baseline.json"); c.code != 0 || !strings.Contains(c.stdout, "--baseline baseline.json") {
		t.Fatalf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
}

func (c *call) baseline(t *testing.T, name string) *reports.Baseline {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	b, err := reports.ReadBaseline(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOnlyNewFindingsFail(t *testing.T) {
	c := newCall(t)
	c.recordBaseline(t, "amd64")
	if b := c.baseline(t, "baseline.json"); len(b.Findings) != 2 || b.Findings[0].ID != "IMG-01" || b.Findings[0].Outcome != checks.Fail {
		t.Fatalf("got %+v", b)
	}
	c.run("judge", "old.json", "--baseline", "baseline.json", "--report", "json=new.json")
	if c.code != 0 || !strings.Contains(c.stdout, "a fail that the baseline holds") {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
	run := c.report(t, "new.json")
	if run.Counts["waived"] != 2 || run.Findings[0].Waiver.By != checks.ByBaseline || len(run.Baseline.Fixed()) != 0 {
		t.Errorf("got %+v", run.Findings)
	}
	c.recordBaseline(t, "arm64")
	if c.run("judge", c.keepRecords(t, recorded("amd64")), "--only", "IMG-01,IMG-04", "--baseline", "baseline.json"); c.code != 1 {
		t.Errorf("a new failure: exit %d, %s", c.code, c.stdout)
	}
}

func TestFixedFindingsAreListed(t *testing.T) {
	c := newCall(t)
	c.recordBaseline(t, "amd64")
	file := c.keepRecords(t, recorded("arm64"))
	c.run("judge", file, "--only", "IMG-01,IMG-04", "--baseline", "baseline.json", "--report", "json=new.json")
	if c.code != 0 || !strings.Contains(strings.Join(strings.Fields(c.stdout), " "), "fixed IMG-01/wrong-architecture of the baseline; to renew it: agentcore-conform baseline") {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
	if c.run("baseline", "new.json", "-o", "renewed.json"); len(c.baseline(t, "renewed.json").Findings) != 1 {
		t.Errorf("renewed: %+v", c.baseline(t, "renewed.json"))
	}
	if c.run("judge", file, "--only", "IMG-04", "--baseline", "baseline.json"); strings.Contains(c.stdout, "fixed") {
		t.Errorf("what was not looked at is called fixed: %s", c.stdout)
	}
}

// What was a warning when it was recorded stays excused under --strict, for it is no graver than it was.
func TestBaselineUnderStrict(t *testing.T) {
	c := newCall(t)
	c.recordBaseline(t, "arm64")
	for _, args := range [][]string{nil, {"--strict"}} {
		if c.run(append(args, "judge", "old.json", "--baseline", "baseline.json")...); c.code != 0 {
			t.Errorf("%v: exit %d, %s", args, c.code, c.stdout)
		}
	}
	c.recordBaseline(t, "arm64", "--strict")
	if b := c.baseline(t, "baseline.json"); len(b.Findings) != 1 || b.Findings[0].Outcome != checks.Warn {
		t.Errorf("recorded strictly: %+v", b.Findings)
	}
}

func TestBaselineOnStandardOutput(t *testing.T) {
	c := newCall(t)
	c.recordBaseline(t, "arm64")
	c.run("baseline", "old.json")
	if b, err := reports.ReadBaseline([]byte(c.stdout)); err != nil || len(b.Findings) != 1 {
		t.Errorf("%+v, %v: %s", b, err, c.stdout)
	}
}

// A waiver has its own end, and a run that was cut short would leave findings out.
func TestWhatNoBaselineHolds(t *testing.T) {
	c := newCall(t)
	file := c.keepRecords(t, recorded("amd64"))
	c.write(t, "waivers.yaml", waiverOf("IMG-01"))
	c.run("judge", file, "--only", "IMG-01", "--waivers", "waivers.yaml", "--report", "json=waived.json")
	if c.run("baseline", "waived.json", "-o", "b.json"); len(c.baseline(t, "b.json").Findings) != 0 {
		t.Errorf("%+v", c.baseline(t, "b.json"))
	}
	cut := c.report(t, "waived.json")
	cut.Interrupted = true
	if err := reports.WriteFile("json", filepath.Join(c.dir, "cut.json"), cut); err != nil {
		t.Fatal(err)
	}
	if c.run("baseline", "cut.json"); c.code != codeUsage || !strings.Contains(c.stderr, "run it again") {
		t.Errorf("exit %d, %s", c.code, c.stderr)
	}
}
