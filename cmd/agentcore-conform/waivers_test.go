package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

func waiverOf(id string) string {
	return strings.Replace(waiverFile, "SES-06", id, 1)
}

func TestWaivers(t *testing.T) {
	for name, tt := range map[string]struct {
		architecture, id, args string
		code                   int
		outcome                checks.Outcome
		use                    reports.WaiverUse
	}{
		"a clause":                {"amd64", "IMG-01", "--only IMG-01", 0, checks.Waived, reports.WaiverUsed},
		"one of its reasons":      {"amd64", "IMG-01/wrong-architecture", "--only IMG-01", 0, checks.Waived, reports.WaiverUsed},
		"a warning":               {"arm64", "IMG-04", "--only IMG-04", 0, checks.Waived, reports.WaiverUsed},
		"a warning, strictly":     {"arm64", "IMG-04/attestation-entries", "--only IMG-04 --strict", 0, checks.Waived, reports.WaiverUsed},
		"its finding is gone":     {"arm64", "IMG-01", "--only IMG-01", 2, checks.Pass, reports.WaiverStale},
		"a failure beside it":     {"amd64", "IMG-04/attestation-entries", "--only IMG-01", 1, checks.Fail, reports.WaiverUnseen},
		"was not asked for":       {"arm64", "SES-06", "--only IMG-01", 0, checks.Pass, reports.WaiverUnseen},
		"could not be tested":     {"arm64", "SES-06", "--only SES-06 --allow-partial", 0, checks.Untestable, reports.WaiverUnseen},
		"untestable is no waiver": {"arm64", "PING-01", "--only PING-01", 3, checks.Untestable, reports.WaiverUnseen},
	} {
		t.Run(name, func(t *testing.T) {
			for _, in := range []string{"waivers.yaml", ".agentcore-conform.yaml"} {
				c := newCall(t)
				file := c.keepRecords(t, recorded(tt.architecture))
				c.write(t, in, waiverOf(tt.id))
				args := strings.Fields(tt.args)
				if in == "waivers.yaml" {
					args = append(args, "--waivers", in)
				}
				c.run(append(args, "judge", file, "--report", "json=judged.json")...)
				if c.code != tt.code {
					t.Fatalf("%s: exit %d, want %d; %s%s", in, c.code, tt.code, c.stdout, c.stderr)
				}
				run := c.report(t, "judged.json")
				if len(run.Findings) != 1 || run.Findings[0].Outcome != tt.outcome || len(run.Waivers) != 1 || run.Waivers[0].Use != tt.use {
					t.Errorf("%s: waivers %+v, findings %+v", in, run.Waivers, run.Findings)
				}
			}
		})
	}
}

// A waived failure is told with all that there is to say of it, and the verdict says what it rests on.
func TestWaivedFindingsStayVisible(t *testing.T) {
	c := newCall(t)
	file := c.keepRecords(t, recorded("amd64"))
	c.write(t, "waivers.yaml", waiverOf("IMG-01/wrong-architecture"))
	c.run("judge", file, "--only", "IMG-01", "--waivers", "waivers.yaml", "--report", "junit=run.xml", "--report", "json=run.json")
	said := strings.Join(strings.Fields(c.stdout), " ")
	for _, want := range []string{"PASSED", "but for 1 waived (1 of them would fail): IMG-01/wrong-architecture", "WAIVED",
		"a fail until " + lastDay + ", by team-a: until the new store is in"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
	xml, err := os.ReadFile(filepath.Join(c.dir, "run.xml"))
	if err != nil || !strings.Contains(string(xml), `message="waived: a fail until `+lastDay+`, by team-a`) {
		t.Errorf("%v: %s", err, xml)
	}
	f := c.report(t, "run.json").Findings[0]
	if w := f.Waiver; w == nil || w.Was != checks.Fail || w.By != checks.ByWaiver || w.Owner != "team-a" || w.Expires != lastDay || f.Actual == "" {
		t.Errorf("got %+v", f)
	}
	if c.run("judge", file, "--only", "IMG-01", "--waivers", "waivers.yaml", "-q"); !strings.Contains(c.stdout, "0 untestable, 1 waived)") {
		t.Errorf("got %q", c.stdout)
	}
}

// What a run accepted counts when it is judged again, and gives way to what is said then.
func TestJudgeKeepsTheWaiversOfTheRun(t *testing.T) {
	c := newCall(t)
	file := c.keepRecords(t, recorded("amd64"))
	c.write(t, "waivers.yaml", waiverOf("IMG-01"))
	c.write(t, "none.yaml", "waivers: []\n")
	c.run("judge", file, "--only", "IMG-01", "--waivers", "waivers.yaml", "--report", "json=run.json")
	if c.run("judge", "run.json"); c.code != 0 {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
	if c.run("judge", "run.json", "--waivers", "none.yaml"); c.code != 1 {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
}

// The day itself still counts, anywhere on earth.
func TestLastDayIsInclusive(t *testing.T) {
	w := waiverInFile
	w.Expires = "2027-01-31"
	for at, ok := range map[string]bool{
		"2027-01-31T00:00:00Z": true, "2027-01-31T23:59:59Z": true, "2027-02-01T00:00:00Z": false, "2027-02-01T08:00:00+14:00": true, "2027-01-31T23:00:00-12:00": false,
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Check(now); (err == nil) != ok {
			t.Errorf("%s: %v", at, err)
		}
	}
}
