package inengine

import (
	"cmp"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// The ways to play an agent: as it comes, with every core of the machine kept busy beside it, and as an amd64 build. What is
// found may depend on none of them.
const (
	quiet  = "quiet"
	loaded = "loaded"
)

// way is CONFORM_WAY: quiet (default), loaded or instances.
func way() string { return cmp.Or(os.Getenv("CONFORM_WAY"), quiet) }

// architecture is what the way's images are built for, and compute what that is declared as.
func architecture() string {
	if way() == suites.Instances {
		return "amd64"
	}
	return "arm64"
}

func compute() string {
	if way() == suites.Instances {
		return suites.Instances
	}
	return suites.MicroVM
}

// playable leaves out, of amd64 builds, what is wrong with an image for arm64 and what has no other build.
func playable(m mutants.Mutant) bool {
	return way() != suites.Instances || m.Image == nil && m.Handler == "" && m.Compute == ""
}

// load is what keeps the cores busy, for as long as any test wants it.
var load struct {
	mu    sync.Mutex
	users int
	busy  []*exec.Cmd
}

// underLoad keeps every core busy for the length of a test, if that is the way.
func underLoad(t *testing.T) {
	t.Helper()
	if way() != loaded {
		return
	}
	load.mu.Lock()
	defer load.mu.Unlock()
	for load.users == 0 && len(load.busy) < runtime.NumCPU() {
		busy := exec.Command("sh", "-c", "while :; do :; done")
		if err := busy.Start(); err != nil {
			t.Fatal(err)
		}
		load.busy = append(load.busy, busy)
	}
	load.users++
	t.Cleanup(unload)
}

func unload() {
	load.mu.Lock()
	defer load.mu.Unlock()
	if load.users--; load.users > 0 {
		return
	}
	for _, busy := range load.busy {
		_ = busy.Process.Kill()
		_ = busy.Wait()
	}
	load.busy = nil
}
