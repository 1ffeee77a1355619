package suites_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// bootedFor plays some clauses and returns what was booted for them beside the main container.
func bootedFor(t *testing.T, change func(*suites.Options), only ...string) (*reports.Run, string) {
	t.Helper()
	o := options(reference.Config{})
	eng := fake.New(reference.Main(reference.Config{}))
	o.Engine, o.Only = eng, only
	change(&o)
	run := play(t, o)
	var names []string
	for _, b := range eng.Boots() {
		if b.Name == "killed" || b.Name == "frozen" {
			names = append(names, b.Name)
		}
	}
	return run, strings.Join(names, " ")
}

// TestFreezeFlag: the flag says how long a process stands still, and whether one does.
func TestFreezeFlag(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		freeze, lasts time.Duration
		booted        string
	}{
		"given":    {1200 * time.Millisecond, 1200 * time.Millisecond, "frozen"},
		"the rest": {0, 1500 * time.Millisecond, "frozen"},
		"none":     {suites.NoFreeze, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, booted := bootedFor(t, func(o *suites.Options) { o.Freeze, o.SessionDuration = c.freeze, 3*time.Second }, "PING-01", "LIFE-15")
			if booted != c.booted || run.Verdict != reports.Passed {
				t.Errorf("booted %q; verdict %s:%s", booted, run.Verdict, list(run, checks.Fail, checks.Error, checks.Untestable))
			}
			f := run.Records.Freeze
			if c.lasts == 0 {
				if said := finding(run, "LIFE-15").Actual; f != nil || !strings.Contains(said, "--freeze 0") || !strings.Contains(strings.Join(run.ScopeWhy, " "), "--freeze 0") {
					t.Errorf("LIFE-15 says %q, the scope %q", said, run.ScopeWhy)
				}
				return
			}
			lasts := record.Millis(c.lasts.Milliseconds())
			if f == nil || f.Untold != "" || f.Planned != lasts || f.Paused < lasts || f.Inbound != 1 || len(f.Same) != 1 || len(f.New) != 1 || finding(run, "LIFE-15").Outcome != checks.Pass {
				t.Errorf("%+v", f)
			}
			if run.PlannedWaitMs > run.DurationMs {
				t.Errorf("%.0f ms of planned waiting in %.0f ms", run.PlannedWaitMs, run.DurationMs)
			}
		})
	}
	o := options(reference.Config{})
	o.Freeze = 16 * time.Minute
	if _, err := suites.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "--freeze") {
		t.Errorf("got %v", err)
	}
}

// TestKilledInACall: the signal comes in the middle of a call where one can be asked to last, and its session is served by
// the next process; that one is not made to stand still for it.
func TestKilledInACall(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]bool{"slow payload": true, "ordinary call": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, booted := bootedFor(t, func(o *suites.Options) {
				if !slow {
					o.SlowPayload = ""
				}
			}, "SES-08")
			k := run.Records.Killed
			if booted != "killed frozen" || k == nil || k.Untold != "" || k.State.Running || k.State.ExitCode != 137 || len(k.Calls) != 1 || k.Other != nil {
				t.Fatalf("booted %q: %+v", booted, k)
			}
			if slow && !k.InFlight() {
				t.Errorf("the signal met no call: %+v", k.Call)
			}
			if k.Calls[0].Session != k.First.Session || k.Call.Session != k.First.Session || run.Records.Freeze != nil {
				t.Errorf("%s, %s, %s", k.First.Session, k.Call.Session, k.Calls[0].Session)
			}
			if f := finding(run, "SES-08"); f.Outcome != checks.Pass || !strings.Contains(f.Actual, "where the earlier process was killed") {
				t.Errorf("%s %s: %s", f.Outcome, f.Reason, f.Actual)
			}
		})
	}
}

// rigid is an engine whose containers can be neither killed nor made to stand still.
type rigid struct{ *fake.Engine }

func (r rigid) Start(ctx context.Context, spec engine.Spec) (engine.Target, error) {
	t, err := r.Engine.Start(ctx, spec)
	return struct{ engine.Target }{t}, err
}

func (r rigid) Listen(ctx context.Context) (net.Listener, string, error) { return r.Engine.Listen(ctx) }

// TestWhatAnEngineCannot is no fault of the image's: both clauses are ruled on without.
func TestWhatAnEngineCannot(t *testing.T) {
	t.Parallel()
	o := options(reference.Config{})
	o.Engine, o.Only = rigid{fake.New(reference.Main(reference.Config{}))}, []string{"LIFE-15", "SES-08"}
	run := play(t, o)
	if run.Verdict != reports.Passed || finding(run, "SES-08").Outcome != checks.Pass {
		t.Errorf("verdict %s:%s", run.Verdict, list(run, checks.Fail, checks.Error, checks.Untestable))
	}
	for _, k := range []record.Kind{record.KindKilled, record.KindFreeze} {
		if g := run.Records.GapOf(k); g == nil || g.Why != record.GapNature {
			t.Errorf("%s: %+v", k, g)
		}
	}
}
