package tiny

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

func TestCatBecomesAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, arch string) {
		cat, text := install(t, arch, Cat), filepath.Join(t.TempDir(), "text")
		if err := os.WriteFile(text, []byte("text "), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := exec.Command(cat, text, Next, cat, text, "/absent", text).Output()
		if err != nil || string(got) != "text text text " {
			t.Errorf("%q, %v", got, err)
		}
		got, err = exec.Command(cat, text, Next, "/absent").Output()
		if err == nil || string(got) != "text " {
			t.Errorf("became what is not there: %q, %v", got, err)
		}
	})
}

// TestClocksBecomeEachOther also shows that both times go on from one to the next: the reader refuses others.
func TestClocksBecomeEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, arch string) {
		own, foreign, cat := install(t, runtime.GOARCH, Clock), install(t, arch, Clock), install(t, arch, Cat)
		text := filepath.Join(t.TempDir(), "text")
		if err := os.WriteFile(text, []byte("throttled_time 0\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(cat, text, Next, own, foreign, own, foreign, cat, text).Output()
		if err != nil {
			t.Fatal(err)
		}
		c, err := ReadChain(out, 4)
		if err != nil || string(c.Before) != "throttled_time 0\n" || string(c.After) != "throttled_time 0\n" {
			t.Fatalf("%+v %v", c, err)
		}
		for _, r := range c.Clocks {
			t.Logf("%+v", r)
		}
	})
	if err := exec.Command(install(t, runtime.GOARCH, Clock), "/absent").Run(); err == nil {
		t.Error("a clock became what is not there")
	}
}

func TestReadChainRefusesNonsense(t *testing.T) {
	for name, out := range map[string]string{
		"nothing":   "",
		"short":     "abc",
		"cut":       strings.Repeat("ab", clockBytes-1) + "\n" + strings.Repeat("ab", clockBytes-1),
		"strange":   strings.Repeat("z", 2*clockBytes),
		"no time":   strings.Repeat("a", 2*clockBytes),
		"too few":   strings.Repeat("a", 2*clockBytes-1),
		"elsewhere": "throttled_time 0\n",
	} {
		if _, err := ReadChain([]byte(out), 1); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	once := clockOf(t)
	if _, err := ReadChain(slices.Concat(once, once), 2); err == nil {
		t.Error("the same times twice: accepted")
	}
}

// clockOf is what the clock of this machine prints.
func clockOf(t *testing.T) []byte {
	t.Helper()
	out, err := exec.Command(install(t, runtime.GOARCH, Clock)).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
