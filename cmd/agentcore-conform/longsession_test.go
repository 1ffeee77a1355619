package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// silent is this process without the agent's log.
type silent struct{ process.Process }

func (silent) Log() io.Writer { return io.Discard }

// served is a good agent on a port of its own, and how many calls it was sent.
func served(t *testing.T) (url string, calls *atomic.Int64) {
	t.Helper()
	handler, err := reference.Handler(t.Context(), silent{process.OS()}, reference.Config{})
	if err != nil {
		t.Fatal(err)
	}
	calls = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			calls.Add(1)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

// TestInterruptedLongSession ends eight hours after some turns: the report tells of them, and calls them nothing else.
func TestInterruptedLongSession(t *testing.T) {
	t.Parallel()
	url, calls := served(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "run", "--endpoint", url, "--only", "PING-11,SES-08,LIFE-22", "--session-duration", "8h", "--report", "json=run.json")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), actAs+"=itself")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "begin long session") {
	}
	for before := calls.Load(); calls.Load() < before+3 && ctx.Err() == nil; {
		time.Sleep(20 * time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // the pipe must be empty before Wait
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != codeInterrupted {
		t.Errorf("exit %d", code)
	}
	file, err := os.Open(filepath.Join(cmd.Dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	run, err := reports.ReadRun(file)
	if err != nil {
		t.Fatal(err)
	}
	if l := run.Records.LongSession; l == nil || !l.Interrupted || len(l.Turns) < 2 || run.Verdict != reports.Partial {
		t.Errorf("verdict %s, session %+v", run.Verdict, l)
	}
	for _, f := range run.Findings {
		if f.ID == "LIFE-22" && (f.Outcome != checks.Untestable || !strings.Contains(f.Actual, "of 8 h")) {
			t.Errorf("%s %s: %s", f.ID, f.Outcome, f.Actual)
		}
	}
}
