package suites_test

import (
	"context"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// clockOf plays LIFE-15 and returns what was recorded of a wrong clock, and what the finding says.
func clockOf(t *testing.T, eng *fake.Engine, version string) (*record.Clock, string) {
	t.Helper()
	o := options(reference.Config{})
	o.Engine, o.Only, o.PlatformVersion = eng, []string{"LIFE-01", "LIFE-15"}, version
	run := play(t, o)
	for _, e := range run.Errors {
		t.Errorf("harness: %s", e)
	}
	if run.Records.Clock == nil {
		t.Fatalf("nothing was recorded: %v", run.Records.Gaps)
	}
	if eng.Alive() != 0 {
		t.Errorf("%d containers are left", eng.Alive())
	}
	return run.Records.Clock, finding(run, "LIFE-15").Actual
}

// TestAWrongClockIsPlayed on both versions.
func TestAWrongClockIsPlayed(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", suites.PlatformV2} {
		eng := fake.New(reference.Main(reference.Config{}))
		c, says := clockOf(t, eng, version)
		if !strings.Contains(says, "67 minutes slow, as the dates of its answers show, it becomes ready and answers") {
			t.Errorf("%q: %s", version, says)
		}
		if c.Off.Seconds() != scenario.SlowClock.Seconds() || !c.Boot.Ready || !c.Call.OK() || c.Again != nil || !c.Before.OK() || !c.After.OK() || !c.State.Running {
			t.Errorf("%q: %+v", version, c)
		}
		for _, b := range eng.Boots() {
			if (b.Clock != 0) != (b.Name == "skewed") {
				t.Errorf("%s has a clock that is off by %v", b.Name, b.Clock)
			}
		}
	}
}

// TestAnEngineWithOneClock: nothing is told, and nothing fails.
func TestAnEngineWithOneClock(t *testing.T) {
	t.Parallel()
	c, says := clockOf(t, fake.New(reference.Main(reference.Config{}), fake.WithOneClock()), "")
	if c.Untold == "" || !strings.Contains(says, "not played with a wrong clock") {
		t.Errorf("%+v: %s", c, says)
	}
}

// TestWhatDoesNotStartWithAWrongClockIsTriedWithTheRightOne.
func TestWhatDoesNotStartWithAWrongClockIsTriedWithTheRightOne(t *testing.T) {
	t.Parallel()
	eng := fake.New(exitsWhen(func(p process.Process) bool { return process.ClockOff(p) != 0 }))
	c, says := clockOf(t, eng, "")
	if c.Boot.Ready || c.Right == nil || !c.Right.Ready || !strings.Contains(says, "was not seen") {
		t.Errorf("%+v: %s", c, says)
	}
}

// exitsWhen is the good agent, or a process that ends at once.
func exitsWhen(bad func(process.Process) bool) process.Main {
	return func(ctx context.Context, p process.Process) int {
		if bad(p) {
			return 1
		}
		return reference.Run(ctx, p, reference.Config{})
	}
}
