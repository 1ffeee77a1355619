package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func TestVersion(t *testing.T) {
	c := newCall(t).run("version", "--json")
	var v versionInfo
	if err := json.Unmarshal([]byte(c.stdout), &v); err != nil {
		t.Fatal(err)
	}
	if v.Contract != checks.Revision || v.Version == "" || !strings.HasPrefix(v.Go, "go1.") || !strings.Contains(v.Platform, "/") {
		t.Errorf("got %+v", v)
	}
	for _, args := range [][]string{{"version"}, {"--version"}} {
		if c := newCall(t).run(args...); c.code != 0 || !strings.Contains(c.stdout, v.Version) {
			t.Errorf("%v: exit %d, %q", args, c.code, c.stdout)
		}
	}
}

func built(version string, settings ...string) *debug.BuildInfo {
	info := &debug.BuildInfo{Main: debug.Module{Version: version}}
	for i := 0; i < len(settings); i += 2 {
		info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
	}
	return info
}

// TestVersionOfEachKindOfBuild: a release by go install, one of a commit without a tag, a checkout, and an archive of none.
func TestVersionOfEachKindOfBuild(t *testing.T) {
	const commit, when = "0123456789abcdef0123456789abcdef01234567", "2026-03-04T05:06:07Z"
	cases := []struct {
		info                  *debug.BuildInfo
		version, commit, date string
	}{
		{built("v1.2.3"), "v1.2.3", "", ""},
		{built("v0.0.0-20260304050607-0123456789ab"), "v0.0.0-20260304050607-0123456789ab", "0123456789ab", when},
		{built("(devel)", "vcs.revision", commit, "vcs.time", when, "vcs.modified", "false"), "devel-0123456789ab", commit, when},
		{built("v1.2.4-0.20260304050607-0123456789ab+dirty", "vcs.revision", commit, "vcs.time", when, "vcs.modified", "true"),
			"v1.2.4-0.20260304050607-0123456789ab+dirty", commit + "-dirty", when},
		{built("(devel)"), "devel", "", ""},
		{built(""), "devel", "", ""},
	}
	for _, tt := range cases {
		if got := versionFrom(tt.info); got != tt.version {
			t.Errorf("%+v: version %q, want %q", tt.info, got, tt.version)
		}
		if commit, date := commitFrom(tt.info); commit != tt.commit || date != tt.date {
			t.Errorf("%+v: commit %q of %q, want %q of %q", tt.info, commit, date, tt.commit, tt.date)
		}
	}
}

func TestVersionText(t *testing.T) {
	v := versionInfo{Version: "v1", Commit: "abc", Date: "2026-03-04T05:06:07Z", Contract: "2026-11", Go: "go1.26", Platform: "linux/arm64"}
	want := "agentcore-conform v1\ncommit abc of 2026-03-04T05:06:07Z\ncontract 2026-11\ngo1.26 linux/arm64\n"
	if got := v.text(); got != want {
		t.Errorf("got %q", got)
	}
	if v.Commit = ""; strings.Contains(v.text(), "commit") {
		t.Errorf("a commit that is not known is named: %q", v.text())
	}
}

// TestManual: a page for every command, with its flags and its examples as they are typed.
func TestManual(t *testing.T) {
	c := newCall(t)
	if c.run("man", "pages/man1"); c.code != 0 || c.stderr != "" {
		t.Fatalf("exit %d, %s", c.code, c.stderr)
	}
	for _, cmd := range visible(newApp().rootCommand()) {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(c.dir, "pages", "man1", name))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{".TH ", "\n.SH NAME", "\n.SH SYNOPSIS", "\n.SH EXAMPLE", cmd.Short} {
			if !strings.Contains(plainRoff(page), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	run, _ := os.ReadFile(filepath.Join(c.dir, "pages", "man1", "agentcore-conform-run.1"))
	for _, want := range []string{"--session-duration", "{{prompt}}", "--env-file agent.env"} {
		if !strings.Contains(plainRoff(run), want) {
			t.Errorf("the page of run lacks %q", want)
		}
	}
	if _, err := os.Stat(filepath.Join(c.dir, "pages", "man1", "agentcore-conform-watchdog.1")); err == nil {
		t.Error("the machinery has a page")
	}
	if c.run("man"); c.code != codeUsage || !strings.Contains(c.stderr, "give one DIR") {
		t.Errorf("exit %d, %s", c.code, c.stderr)
	}
}

// plainRoff takes the escapes away that stand within words.
func plainRoff(page []byte) string {
	return strings.NewReplacer(`\-`, "-", `\fB`, "", `\fP`, "", `\fR`, "", `\(aq`, "'", `\'`, "'").Replace(string(page))
}
