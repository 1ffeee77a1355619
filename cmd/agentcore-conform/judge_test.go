package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// recorded is what a run would have seen of an image with an attestation in its index: one warning, nothing worse.
func recorded(architecture string) *record.Set {
	return &record.Set{
		Schema: record.Schema,
		Terms:  record.Terms{Protocol: "HTTP", Profile: "gate", SessionModel: "process", Compute: "microvm", TimeScale: 1},
		Image: &record.Image{
			Reference: "image:tag", Origin: "registry", OS: "linux", Architecture: architecture, IndexDigest: "sha256:1",
			MediaType: "application/vnd.oci.image.manifest.v1+json", CompressedSize: 1000, UncompressedSize: -1,
			Children: []record.Child{
				{Digest: "sha256:2", OS: "linux", Architecture: architecture, Chosen: true},
				{Digest: "sha256:3", OS: "unknown", Architecture: "unknown", Attestation: true},
			},
		},
	}
}

// keepRecords writes a bare record set and returns its name.
func (c *call) keepRecords(t *testing.T, set *record.Set) string {
	t.Helper()
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, "records.json", string(data))
	return "records.json"
}

func (c *call) report(t *testing.T, name string) *reports.Run {
	t.Helper()
	f, err := os.Open(filepath.Join(c.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := reports.ReadRun(f)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestJudge(t *testing.T) {
	cases := []struct {
		name, architecture, args string
		code                     int
		clause                   string
		outcome                  checks.Outcome
	}{
		{"right architecture", "arm64", "--only IMG-01", 0, "IMG-01", checks.Pass},
		{"wrong architecture", "amd64", "--only IMG-01", 1, "IMG-01", checks.Fail},
		{"a warning", "arm64", "--only IMG-04", 0, "IMG-04", checks.Warn},
		{"a warning, strictly", "arm64", "--only IMG-04 --strict", 1, "IMG-04", checks.Fail},
		{"what was not recorded", "arm64", "--only PING-01", 3, "PING-01", checks.Untestable},
		{"the same, allowed", "arm64", "--only PING-01 --allow-partial", 0, "PING-01", checks.Untestable},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			c := newCall(t)
			file := c.keepRecords(t, recorded(tt.architecture))
			c.run(append(strings.Fields(tt.args), "judge", file, "--report", "json=judged.json")...)
			if c.code != tt.code {
				t.Fatalf("exit %d, want %d; %s%s", c.code, tt.code, c.stdout, c.stderr)
			}
			run := c.report(t, "judged.json")
			if len(run.Findings) != 1 || run.Findings[0].ID != tt.clause || run.Findings[0].Outcome != tt.outcome || run.Scope != reports.Reduced {
				t.Errorf("scope %s, findings %+v", run.Scope, run.Findings)
			}
		})
	}
}

// Judging a report that judge wrote must say the same again.
func TestJudgeTwice(t *testing.T) {
	c := newCall(t)
	file := c.keepRecords(t, recorded("arm64"))
	c.run("judge", file, "--report", "json=first.json")
	code := c.code
	if c.run("judge", "first.json", "--report", "json=second.json"); c.code != code {
		t.Errorf("exit %d, then %d", code, c.code)
	}
	first, second := c.report(t, "first.json"), c.report(t, "second.json")
	if len(first.Findings) < 50 || len(first.Findings) != len(second.Findings) || first.Verdict != second.Verdict {
		t.Errorf("%d findings, %s; then %d, %s", len(first.Findings), first.Verdict, len(second.Findings), second.Verdict)
	}
}

func TestJudgeWithAnotherSessionModel(t *testing.T) {
	c := newCall(t)
	file := c.keepRecords(t, recorded("arm64"))
	for _, set := range []func() []string{
		func() []string { return []string{"--session-model", "microvm"} },
		func() []string { c.write(t, ".agentcore-conform.yaml", "session-model: microvm\n"); return nil },
	} {
		c.run(append(set(), "judge", file, "--report", "json=judged.json")...)
		if got := c.report(t, "judged.json").Records.Terms.SessionModel; got != "microvm" {
			t.Errorf("judged under %q", got)
		}
	}
}

func TestJudgeForAnotherPlatformVersion(t *testing.T) {
	c := newCall(t)
	c.run("judge", c.keepRecords(t, recorded("arm64")), "--platform-version", "v2", "--report", "json=judged.json")
	if got := c.report(t, "judged.json").Records.Terms; !got.OnV2() || !strings.Contains(c.stdout, "platform v2") {
		t.Errorf("judged under %q: %s", got.PlatformVersion, c.stdout)
	}
}

// The records are all that a picture needs.
func TestJudgeDraws(t *testing.T) {
	c := newCall(t)
	set := recorded("arm64")
	set.LongSession = &record.LongSession{Samples: []record.Sample{{At: 1000, Memory: 24 << 20}, {At: 6000, Memory: 48 << 20}}}
	c.run("judge", c.keepRecords(t, set), "--report", "timeline=run.svg", "--report", "timeline=run.html")
	for name, begins := range map[string]string{"run.svg": "<?xml", "run.html": "<figure"} {
		data, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil || !strings.HasPrefix(string(data), begins) || !strings.Contains(string(data), "24 to 48 MiB") {
			t.Errorf("%s: %v, %.60q; %s", name, err, data, c.stderr)
		}
	}
}

// TestJudgeWithOtherLifecycleSettings: when the session ends is told anew, without the image.
func TestJudgeWithOtherLifecycleSettings(t *testing.T) {
	c := newCall(t)
	set := recorded("arm64")
	set.Boot = &record.Boot{Ready: true}
	set.LongSession = &record.LongSession{Turns: []record.Exchange{{Outcome: record.Answered, At: 1000, Took: 9000}}}
	set.Terms.IdleTimeout = 600_000
	file := c.keepRecords(t, set)
	for _, tt := range []struct {
		args           string
		idle, lifetime float64
	}{{"", 600, 28_800}, {"--idle-timeout 5m", 300, 28_800}, {"--max-lifetime 20m", 600, 1200}, {"--idle-timeout 2m --max-lifetime 3m", 120, 180}} {
		c.run(append(strings.Fields(tt.args), "judge", file, "--report", "json=judged.json")...)
		s := c.report(t, "judged.json").IdleReaper
		if s == nil || s.IdleTimeout != tt.idle || s.MaxLifetime != tt.lifetime || s.Worst().Worst().EndsAt != 10+tt.idle {
			t.Errorf("%q: %+v", tt.args, s)
		}
	}
	if c.run("--max-lifetime", "9m", "judge", file); c.code != codeUsage || !strings.Contains(c.stderr, "--idle-timeout is 10m0s, --max-lifetime 9m0s") {
		t.Errorf("exit %d, %s", c.code, c.stderr)
	}
}

func TestJudgeShowsWhatIsAsked(t *testing.T) {
	cases := []struct {
		args  string
		holds func(*call) bool
	}{
		{"--skip IMG-04", func(c *call) bool { return !strings.Contains(c.stdout, "IMG-04") }},
		{"--verbose", func(c *call) bool { return strings.Contains(c.stdout, "  IMG-01") }},
		{"--quiet", func(c *call) bool { return strings.Count(c.stdout, "\n") == 1 }},
		{"--color always", func(c *call) bool { return strings.Contains(c.stdout, "\x1b[") }},
		{"--config strict.yaml", func(c *call) bool { return strings.Contains(c.stdout, "FAIL") }},
	}
	for _, tt := range cases {
		c := newCall(t)
		c.write(t, "strict.yaml", "strict: true\n")
		file := c.keepRecords(t, recorded("arm64"))
		if c.run("judge", file, "--only", "IMG-01,IMG-04"); tt.holds(c) {
			t.Errorf("%s: seen without it as well:\n%s", tt.args, c.stdout)
		}
		if c.run(append(strings.Fields(tt.args), "judge", file, "--only", "IMG-01,IMG-04")...); !tt.holds(c) {
			t.Errorf("%s: exit %d, %s%s", tt.args, c.code, c.stdout, c.stderr)
		}
	}
}

func TestJudgeReadsOnlyItsOwnFiles(t *testing.T) {
	for _, content := range []string{"", "{}", `{"schema":"other/v1"}`, `[1]`, `{"schema":"agentcore-conform/report/v1"}`} {
		c := newCall(t)
		c.write(t, "file.json", content)
		if c.run("judge", "file.json"); c.code != codeUsage || !strings.Contains(c.stderr, "file.json: ") {
			t.Errorf("%q: exit %d, %s", content, c.code, c.stderr)
		}
	}
	c := newCall(t)
	file := c.keepRecords(t, recorded("arm64"))
	if c.run("judge", file, "--only", "SSE", "--skip", "SSE"); c.code != codeUsage {
		t.Errorf("exit %d, %s", c.code, c.stderr)
	}
}
