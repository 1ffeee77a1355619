package docker

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

func TestDoctor(t *testing.T) {
	enginetest.Isolate(t)
	enginetest.Need(t)
	lines := Examine(t.Context(), Options{Self: binary(t, "self", "amd64")})
	seen := map[string]bool{}
	for _, l := range lines {
		seen[l.What] = true
		if l.Text == "" || l.Level != OK && l.Remedy == "" || strings.Contains(l.Text, "\n") {
			t.Errorf("%+v", l)
		}
		if l.Level == Fail {
			t.Errorf("on a machine that can test: %+v", l)
		}
	}
	for _, what := range []string{"engine", "architecture", "memory", "disk", "route", "clean-up"} {
		if !seen[what] {
			t.Errorf("nothing about %s in %+v", what, lines)
		}
	}
}

func TestDoctorWithoutEngine(t *testing.T) {
	enginetest.Isolate(t)
	lines := Examine(t.Context(), Options{Address: "unix:///nowhere/docker.sock"})
	if len(lines) != 1 || lines[0].Level != Fail || lines[0].Remedy == "" {
		t.Errorf("%+v", lines)
	}
}

func TestHandlers(t *testing.T) {
	const entry = "enabled\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: PF\noffset 0\nmagic 7f454c460201010000000000000000000200b700\nmask ffffffffffffff00fffffffffffffffffeffffff\n"
	cases := []struct {
		name    string
		files   map[string]string
		found   bool
		handler handler
	}{
		{"none", map[string]string{"status": "enabled\n", "register": ""}, false, handler{}},
		{"debian", map[string]string{"qemu-aarch64": entry}, true, handler{"qemu-aarch64", "/usr/libexec/qemu-binfmt/aarch64-binfmt-P", "PF", true}},
		{"off", map[string]string{"qemu-aarch64": strings.Replace(entry, "enabled", "disabled", 1)}, true, handler{"qemu-aarch64", "/usr/libexec/qemu-binfmt/aarch64-binfmt-P", "PF", false}},
		{"other architecture", map[string]string{"qemu-arm": strings.Replace(entry, "b700", "2800", 1)}, false, handler{}},
		{"a better one", map[string]string{"a": strings.Replace(entry, "PF", "P", 1), "b": entry}, true, handler{"b", "/usr/libexec/qemu-binfmt/aarch64-binfmt-P", "PF", true}},
	}
	for _, c := range cases {
		dir := t.TempDir()
		for name, text := range c.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if h, found := findHandler(dir); found != c.found || h != c.handler {
			t.Errorf("%s: %+v %t", c.name, h, found)
		}
	}
}

// The kernel refuses a registration whose fields do not line up: magic and mask of 20 bytes, eight fields.
func TestRegistration(t *testing.T) {
	fields := strings.Split(registration("/usr/bin/qemu-aarch64-static"), ":")
	if len(fields) != 8 || fields[2] != "M" || fields[6] != "/usr/bin/qemu-aarch64-static" || fields[7] != "F" {
		t.Fatalf("%q", fields)
	}
	for _, f := range fields[4:6] {
		if n := strings.Count(f, `\x`) + strings.Count(f, "ELF")*3; n != 20 {
			t.Errorf("%s is %d bytes long", f, n)
		}
	}
	if len(registration("/usr/bin/qemu-aarch64-static")) > 256 {
		t.Error("longer than the kernel reads")
	}
}

// TestFixLeavesAlone runs on a machine that needs no fixing.
func TestFixLeavesAlone(t *testing.T) {
	enginetest.Isolate(t)
	enginetest.Need(t)
	var log bytes.Buffer
	for range 2 {
		if err := Fix(context.Background(), Options{}, &log); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(log.String(), "+ ") {
		t.Errorf("it did something: %s", &log)
	}
}

func TestFixOfAnotherEngine(t *testing.T) {
	enginetest.Isolate(t)
	var log bytes.Buffer
	if err := Fix(context.Background(), Options{Address: "unix:///nowhere/docker.sock"}, &log); err == nil || log.Len() > 0 {
		t.Errorf("%v: %s", err, &log)
	}
}
