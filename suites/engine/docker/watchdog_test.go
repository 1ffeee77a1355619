package docker

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// TestKilledRunLeavesNothing kills a run as nothing can be prevented from: its watchdog must clean up.
func TestKilledRunLeavesNothing(t *testing.T) {
	enginetest.Isolate(t)
	enginetest.Need(t)
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	run := "killed" + token(3)
	cmd := exec.Command(binary(t, "self", "amd64"), "hang", run, image)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("it said %q, %v", line, err)
	}
	conn, err := dial.Open(t.Context(), e.conn.Place)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if left := enginetest.Leftovers(t, conn, run); len(left) < 4 {
		t.Fatalf("before: %v", left)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	killed := time.Now()
	for {
		left := enginetest.Leftovers(t, conn, run)
		if len(left) == 0 {
			break
		}
		// The bound is there to end the test; what is promised is measured and shown.
		if time.Since(killed) > time.Minute {
			t.Fatalf("a minute after kill -9: %v", left)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("gone %s after kill -9", time.Since(killed).Round(time.Millisecond))
}

// TestClosedRunDismissesItsWatchdog: the child must not stay, and Close must not wait for its patience.
func TestClosedRunDismissesItsWatchdog(t *testing.T) {
	enginetest.Isolate(t)
	e := open(t, Options{Self: binary(t, "self", "amd64")})
	if e.dog == nil {
		t.Fatal("no watchdog")
	}
	if _, err := e.proveRoute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if state := e.dog.Ended(); state == nil || !state.Success() {
		t.Errorf("the watchdog: %v", state)
	}
}

func TestKeepKeeps(t *testing.T) {
	enginetest.Isolate(t)
	e := open(t, Options{Keep: true, Self: binary(t, "self", "amd64")})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	get(t, target, "/ping")
	if err := target.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn, err := dial.Open(t.Context(), e.conn.Place)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	left := enginetest.Leftovers(t, conn, e.opts.RunID)
	if len(left) != 2 {
		t.Errorf("kept: %v", left)
	}
	removeKept(t, conn, e.opts.RunID)
}

func removeKept(t *testing.T, conn *dial.Conn, run string) {
	t.Helper()
	if _, err := watchdog.RemoveRun(t.Context(), conn, run); err != nil {
		t.Error(err)
	}
}

func TestOwnExecutableIsNotATest(t *testing.T) {
	if path := ownExecutable(); path != "" {
		t.Errorf("a test binary, started again as %s, would run its tests", filepath.Base(path))
	}
}
