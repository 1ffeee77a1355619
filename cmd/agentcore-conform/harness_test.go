package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// call is one command line run in process, and what it did.
type call struct {
	dir            string
	env            map[string]string
	verdict        reports.Verdict
	interrupted    bool
	fault          error
	code           int
	stdout, stderr string
	// trustedRoot stands in for the public repository, which no test asks.
	trustedRoot func(context.Context) ([]byte, error)
	// options are those that the run was asked for; nil when it was not.
	options *suites.Options
}

// newCall prepares a call in a folder of its own, with a run that ends as conformant.
func newCall(t *testing.T) *call {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	return &call{dir: dir, verdict: reports.Conformant}
}

func (c *call) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (c *call) run(args ...string) *call {
	var stdout, stderr bytes.Buffer
	a := newApp()
	a.stdout, a.stderr, a.dir = &stdout, &stderr, c.dir
	a.lookup = func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }
	c.options = nil
	a.trustedRoot = c.trustedRoot
	a.run = func(_ context.Context, o suites.Options) (*reports.Run, error) {
		c.options = &o
		return c.result(), c.fault
	}
	c.code = a.execute(context.Background(), args)
	c.stdout, c.stderr = stdout.String(), stderr.String()
	return c
}

// result is a run with the wanted verdict and something to show.
func (c *call) result() *reports.Run {
	if c.fault != nil {
		return nil
	}
	run := reports.Assemble(reports.Input{
		ID: "test", Scope: reports.Full, Started: time.Unix(1, 0), Interrupted: c.interrupted,
		Records: &record.Set{Schema: record.Schema, Terms: record.Terms{Protocol: "HTTP"}},
		Findings: []checks.Finding{
			{ID: "PING-01", Level: checks.Must, Area: "PING", Outcome: checks.Pass, Title: "GET /ping answers HTTP 200.", Actual: "200 each time"},
			{ID: "OBS-08", Level: checks.Should, Area: "OBS", Outcome: checks.Warn, Title: "No access-log line per poll.", Actual: "one each"},
		},
	})
	run.Verdict = c.verdict
	return run
}
