//go:build nightly

package main

import (
	"os/exec"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// TestTutorialInTheEngine types the tutorial as a new user would, from the root of the checkout.
func TestTutorialInTheEngine(t *testing.T) {
	enginetest.Need(t)
	steps := transcript(t, "docs/tutorial.md")
	cmd := exec.CommandContext(t.Context(), "bash", "-c", typed(steps))
	cmd.Dir = workingTree(t)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	compare(t, steps, string(out))
}
