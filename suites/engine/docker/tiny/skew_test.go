package tiny

import (
	"bytes"
	"debug/elf"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestSkewIsWhatLoadersExpect(t *testing.T) {
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		content, err := Skew(arch, -time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		f, err := elf.NewFile(bytes.NewReader(content))
		if err != nil {
			t.Fatalf("%s: %v", arch, err)
		}
		if f.Machine != machine || f.Type != elf.ET_DYN || len(content) > 1024 {
			t.Errorf("%s: machine %v type %v, %d bytes", arch, f.Machine, f.Type, len(content))
		}
		for _, p := range f.Progs {
			if p.Flags == elf.PF_R|elf.PF_W|elf.PF_X || p.Type == elf.PT_LOAD && p.Off%p.Align != p.Vaddr%p.Align || p.Off+p.Filesz > uint64(len(content)) {
				t.Errorf("%s: segment %+v", arch, p.ProgHeader)
			}
		}
		if i := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_GNU_STACK }); i < 0 {
			t.Errorf("%s asks for an executable stack", arch)
		}
	}
	if _, err := Skew("riscv64", time.Hour); err == nil {
		t.Error("a clock for an architecture that has none")
	}
}

// preload writes the object for an architecture and returns its path.
func preload(t *testing.T, arch string, by time.Duration) string {
	t.Helper()
	content, err := Skew(arch, by)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "clock.so")
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// everyClock prints the wall clock in six ways, TAI, the clocks that only go on, and what clocks answer that are not there.
const everyClock = `
import ctypes, time
libc = ctypes.CDLL(None)
libc.time.restype = ctypes.c_long
kept, pair = ctypes.c_long(), (ctypes.c_long * 2)()
libc.time(ctypes.byref(kept))
answers = [libc.gettimeofday(pair, None), libc.gettimeofday(None, None), libc.clock_gettime(99, (ctypes.c_long * 2)())]
print(time.time(), time.clock_gettime(0), time.clock_gettime(5), libc.time(None), kept.value, pair[0])
print(time.clock_gettime(11), time.monotonic(), time.clock_gettime(7), time.process_time())
print(*answers)
`

func TestSkewPutsWallClocksOff(t *testing.T) {
	for _, by := range []time.Duration{-67 * time.Minute, 24 * time.Hour} {
		object := preload(t, runtime.GOARCH, by)
		for _, program := range [][]string{{"date", "+%s"}, {"node", "-p", "Date.now() / 1000"}, {"python3", "-c", everyClock}} {
			t.Run(program[0], func(t *testing.T) {
				for i, told := range numbers(t, object, program...)[0] {
					if off := told - float64(time.Now().Unix()) - by.Seconds(); math.Abs(off) > 60 {
						t.Errorf("clock %d is %.0f s beside what it should be", i, off)
					}
				}
			})
		}
	}
}

// TestSkewLeavesOtherClocks compares them with those of a program that does not have the object.
func TestSkewLeavesOtherClocks(t *testing.T) {
	right := numbers(t, "", "python3", "-c", everyClock)
	skewed := numbers(t, preload(t, runtime.GOARCH, 24*time.Hour), "python3", "-c", everyClock)
	for i := range right[1] {
		if math.Abs(right[1][i]-skewed[1][i]) > 3600 {
			t.Errorf("clock %d is %f with the object and %f without", i, skewed[1][i], right[1][i])
		}
	}
	if want := []float64{0, 0, -1}; !slices.Equal(right[2], want) || !slices.Equal(skewed[2], want) {
		t.Errorf("answered %v with the object and %v without", skewed[2], right[2])
	}
}

// numbers runs a program with the object, if any, and reads the lines that it prints. What it complains of fails the test.
func numbers(t *testing.T, object string, program ...string) (out [][]float64) {
	t.Helper()
	if _, err := exec.LookPath(program[0]); err != nil || runtime.GOOS != "linux" {
		t.Skipf("needs %s on Linux: %v", program[0], err)
	}
	var complaints strings.Builder
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Stderr, cmd.Env = &complaints, append(os.Environ(), "LD_PRELOAD="+object)
	printed, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%v: %v %s", program, err, complaints.String())
	}
	for line := range strings.Lines(string(printed)) {
		var row []float64
		for _, word := range strings.Fields(line) {
			n, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatalf("%v printed %q", program, line)
			}
			row = append(row, n)
		}
		out = append(out, row)
	}
	return out
}
