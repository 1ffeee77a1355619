package suites_test

import (
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// TestTrapsInAMixedSession plays what only sessions of a minute and more hold on every correct agent.
func TestTrapsInAMixedSession(t *testing.T) {
	if !slowTests {
		t.Skip("takes minutes: make nightly")
	}
	t.Parallel()
	var todo plays
	for _, trap := range traps.All() {
		o := declaring(trap.Payloads)
		o.Engine, o.SessionDuration = trap.NewEngine(), 62*time.Second
		o.Only = []string{"LIFE-22", "LIFE-1*", "LIFE-2*", "INV-04", "INV-20", "PING-06", "PING-09", "PING-11", "PING-14", "SES-08", "OBS-05"}
		todo.add(trap.Name, o)
	}
	runs := todo.begin()
	for _, trap := range traps.All() {
		t.Run(trap.Name, func(t *testing.T) {
			run := runs[trap.Name].wait(t, func(*reports.Run) bool { return false })
			if l := run.Records.LongSession; l == nil || len(l.Beside) == 0 {
				t.Fatal("nothing was played beside the session")
			}
			if bad := list(run, checks.Fail, checks.Error); bad != "" || run.Verdict != reports.Passed && run.Verdict != reports.Partial {
				t.Errorf("verdict %s:%s", run.Verdict, bad)
			}
		})
	}
}
