package inengine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// command builds the program as it is shipped and returns its path.
func command(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "agentcore-conform")
	cmd := exec.Command("go", "build", "-o", program, "github.com/agentcore-conform/agentcore-conform/cmd/agentcore-conform")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// TestCertifyInTheEngine certifies the reference agent, a mutant for exactly its clause, and the reference agent with a
// wrong expectation, each in a part: the first two are as expected, the third is not, and the exit code says so.
func TestCertifyInTheEngine(t *testing.T) {
	enginetest.Need(t)
	take(t, full)
	good, err := images.Reference(context.Background(), "arm64", "")
	goodRef := archived(t, good, err)
	m, err := mutants.ByName("restamp")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	catalog := fmt.Sprintf(`
defaults: {session-duration: 6s, payload: '%s', stream-payload: '%s', slow-payload: '%s', async-payload: '%s'}
entries:
- {name: reference, image: '%s', profile: smoke, expect: {verdict: passed}}
- {name: mutant, image: '%s', only: [%s, LIFE-19], expect: {fails: [%s]}}
- {name: wrongly expected, image: '%s', profile: smoke, expect: {fails: [%s]}}
`, fixtures.Reference.Prompt, fixtures.Reference.Stream, fixtures.Reference.Slow, fixtures.Reference.Async, goodRef, imageOf(t, m), m.Clause, m.Clause, goodRef, m.Clause)
	if err := os.WriteFile(filepath.Join(dir, "catalog.yaml"), []byte(catalog), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command(t), "certify", "catalog.yaml", "--parallel", "2")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("got %v, want exit code 1", err)
	}
	f, err := os.Open(filepath.Join(dir, "certification", "matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	matrix, err := reports.ReadMatrix(f)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"true passed []", "true nonconformant [" + m.Clause + "]", "false passed []"} {
		r := matrix.Rows[i]
		if got := fmt.Sprint(r.Met, " ", r.Verdict, " ", r.Fails); got != want {
			t.Errorf("%s: got %s, want %s; %+v", r.Name, got, want, r.Differences)
		}
		if r.BootMs <= 0 || r.DurationMs < r.BootMs || !strings.HasPrefix(r.Digest, "sha256:") || len(r.Errors) > 0 {
			t.Errorf("%s: %+v", r.Name, r)
		}
		if i == 1 && r.PeakMemory < 1<<20 {
			t.Errorf("%s: a peak of %d bytes", r.Name, r.PeakMemory)
		}
	}
}
