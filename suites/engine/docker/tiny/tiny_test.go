package tiny

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestHeadersAreWhatELFReadersExpect(t *testing.T) {
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		for _, p := range Programs {
			content, err := ELF(arch, p)
			if err != nil {
				t.Fatal(err)
			}
			f, err := elf.NewFile(bytes.NewReader(content))
			if err != nil {
				t.Fatalf("%s %s: %v", arch, p, err)
			}
			if f.Machine != machine || f.Type != elf.ET_EXEC || len(f.Progs) != 1 {
				t.Errorf("%s %s: machine %v type %v segments %d", arch, p, f.Machine, f.Type, len(f.Progs))
			}
			if len(content) > 1024 {
				t.Errorf("%s %s is %d bytes", arch, p, len(content))
			}
		}
	}
	if _, err := ELF("riscv64", Exit42); err == nil {
		t.Error("a program for an architecture that has none")
	}
}

func TestExit42Arm64IsTheSmallest(t *testing.T) {
	content, _ := ELF("arm64", Exit42)
	if len(content) != 132 {
		t.Errorf("%d bytes, want 132", len(content))
	}
}

// install writes a program of an architecture that this machine can run, or skips.
func install(t *testing.T, arch string, p Program) string {
	t.Helper()
	_, err := os.Stat("/proc/sys/fs/binfmt_misc/qemu-aarch64")
	if runtime.GOOS != "linux" || arch != runtime.GOARCH && (arch != "arm64" || err != nil) {
		t.Skipf("this machine does not run %s programs", arch)
	}
	content, err := ELF(arch, p)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), string(p))
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func onBoth(t *testing.T, test func(t *testing.T, arch string)) {
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) { test(t, arch) })
	}
}

func TestExit42(t *testing.T) {
	onBoth(t, func(t *testing.T, arch string) {
		err := exec.Command(install(t, arch, Exit42)).Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 42 {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestCatCopiesAndSkips(t *testing.T) {
	onBoth(t, func(t *testing.T, arch string) {
		long := filepath.Join(t.TempDir(), "long")
		want := strings.Repeat("0123456789abcdef", 1000)
		if err := os.WriteFile(long, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := exec.Command(install(t, arch, Cat), "/absent", long, "/also/absent", long).Output()
		if err != nil || string(got) != want+want {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

func TestClockMeasures(t *testing.T) {
	onBoth(t, func(t *testing.T, arch string) {
		out, err := exec.Command(install(t, arch, Clock)).Output()
		if err != nil {
			t.Fatal(err)
		}
		timing, err := ReadClock(out)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", timing)
	})
}

func TestReadClockRefusesNonsense(t *testing.T) {
	for name, out := range map[string]string{
		"short":   "abc",
		"strange": strings.Repeat("z", 2*clockBytes),
		"no time": strings.Repeat("a", 2*clockBytes),
	} {
		if _, err := ReadClock([]byte(out)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
