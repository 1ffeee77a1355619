package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
)

// patient is a doctor call against lines of our own.
func patient(t *testing.T, lines []docker.Line, fixError error, args ...string) (code int, stdout, stderr string, asked docker.Options, fixed bool) {
	t.Helper()
	a := newApp()
	var out, errs strings.Builder
	a.stdout, a.stderr, a.dir = &out, &errs, t.TempDir()
	a.examine = func(_ context.Context, o docker.Options) []docker.Line { asked = o; return lines }
	a.fix = func(_ context.Context, o docker.Options, _ io.Writer) error { asked, fixed = o, true; return fixError }
	code = a.execute(context.Background(), append([]string{"doctor"}, args...))
	return code, out.String(), errs.String(), asked, fixed
}

var (
	well = docker.Line{What: "engine", Level: docker.OK, Text: "docker 29"}
	poor = docker.Line{What: "memory", Level: docker.Warn, Text: "1 CPU", Remedy: "give more"}
	ill  = docker.Line{What: "architecture", Level: docker.Fail, Text: "exec format\x1b[31m error", Remedy: "install qemu"}
)

func TestDoctorExitsByWhatItFinds(t *testing.T) {
	for want, lines := range map[int][]docker.Line{0: {well, poor}, codeUntested: {well, poor, ill}} {
		code, stdout, _, _, fixed := patient(t, lines, nil)
		if code != want || fixed || !strings.Contains(stdout, "→ give more") || strings.Contains(stdout, "\x1b") {
			t.Errorf("exit %d, want %d: %q", code, want, stdout)
		}
	}
}

func TestDoctorFlags(t *testing.T) {
	_, _, _, asked, fixed := patient(t, nil, nil, "--fix", "--engine", "tcp://h:1", "--network", "open", "--compute", "instances")
	if want := (docker.Options{Address: "tcp://h:1", Network: "open", Platform: "linux/amd64"}); !fixed ||
		asked.Address != want.Address || asked.Network != want.Network || asked.Platform != want.Platform {
		t.Errorf("fixed %t, asked for %+v", fixed, asked)
	}
	if _, _, _, asked, _ := patient(t, nil, nil); asked.Platform != "" || asked.Address != "" {
		t.Errorf("asked for %+v", asked)
	}
}

func TestDoctorReadsTheConfiguration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.WriteFile(file, []byte("engine: tcp://h:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, _, asked, _ := patient(t, nil, nil, "--config", file); asked.Address != "tcp://h:1" {
		t.Errorf("asked for %+v", asked)
	}
}

func TestDoctorThatCannotFix(t *testing.T) {
	code, _, stderr, _, _ := patient(t, []docker.Line{well}, errors.New("takes root"), "--fix")
	if code != codeUntested || !strings.Contains(stderr, "takes root") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}
