//go:build nightly

// Package nightly holds what takes too long for every commit: the gate under load, interrupted, and killed. It drives the
// built command, as a user does.
package nightly

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	subject = "agentcore-conform/reference:arm64"
	repeats = 10
	slow    = `{"prompt":"{{prompt}}","delay_ms":{{milliseconds}}}`
)

// binary is the command under test; make nightly builds it first.
func binary(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", "agentcore-conform"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("make build first: %v", err)
	}
	return path
}

type outcome struct {
	code    int
	report  []byte
	verdict string
}

// gate starts the gate and returns a function that waits for it.
func gate(t *testing.T, args ...string) (*exec.Cmd, func() outcome) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	all := append([]string{"run", subject, "--slow-payload", slow, "--report", "json=" + file}, args...)
	cmd := exec.Command(binary(t), all...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, func() outcome {
		_ = cmd.Wait()
		o := outcome{code: cmd.ProcessState.ExitCode()}
		o.report, _ = os.ReadFile(file)
		var head struct{ Verdict string }
		_ = json.Unmarshal(o.report, &head)
		o.verdict = head.Verdict
		if t.Failed() || o.code != 0 {
			t.Logf("%s", out.String())
		}
		return o
	}
}

// leftovers lists what runs left in the engine.
func leftovers(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, args := range [][]string{
		{"ps", "-aq", "--filter", "label=agentcore-conform.run"},
		{"network", "ls", "-q", "--filter", "label=agentcore-conform.run"},
		{"volume", "ls", "-q", "--filter", "label=agentcore-conform.run"},
	} {
		out, err := exec.Command("docker", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("docker %v: %v\n%s", args, err, out)
		}
		b.Write(out)
	}
	return strings.TrimSpace(b.String())
}

// busy keeps every core at work until the test ends.
func busy(t *testing.T) {
	t.Helper()
	var stop atomic.Bool
	for range runtime.NumCPU() {
		go func() {
			x := uint64(1)
			for !stop.Load() {
				for range 1 << 16 {
					x = x*6364136223846793005 + 1
				}
			}
			_ = x
		}()
	}
	t.Cleanup(func() { stop.Store(true) })
}

func TestTenGatesWhileTheCoresAreBusy(t *testing.T) {
	busy(t)
	for i := range repeats {
		began := time.Now()
		_, wait := gate(t)
		o := wait()
		fmt.Printf("busy gate %d: %s, exit %d, %s\n", i+1, o.verdict, o.code, time.Since(began).Round(time.Second))
		if o.code != 0 || o.verdict != "conformant" {
			t.Errorf("run %d: verdict %q, exit %d", i+1, o.verdict, o.code)
		}
		if l := leftovers(t); l != "" {
			t.Fatalf("run %d left behind: %s", i+1, l)
		}
	}
}

func TestTenInterruptedRunsLeaveNothingAndReport(t *testing.T) {
	for i := range repeats {
		cmd, wait := gate(t)
		after := time.Second + rand.N(20*time.Second)
		time.Sleep(after)
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		o := wait()
		fmt.Printf("interrupted run %d after %s: exit %d, report of %d bytes\n", i+1, after.Round(time.Millisecond), o.code, len(o.report))
		if o.code != 130 || o.verdict == "" {
			t.Errorf("run %d: exit %d, verdict %q", i+1, o.code, o.verdict)
		}
		if l := leftovers(t); l != "" {
			t.Fatalf("run %d left behind: %s", i+1, l)
		}
	}
}

func TestKilledRunsLeaveNothing(t *testing.T) {
	for i := range 3 {
		cmd, wait := gate(t)
		time.Sleep(5*time.Second + rand.N(10*time.Second))
		if leftovers(t) == "" {
			t.Fatal("the run had nothing in the engine when it was killed: the test proves nothing")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		wait()
		time.Sleep(2 * time.Second)
		if l := leftovers(t); l != "" {
			t.Errorf("run %d: two seconds after kill -9 there is still: %s", i+1, l)
		}
	}
}
