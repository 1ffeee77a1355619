package suites_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// TestPortAndPath has the agent live elsewhere: there it is conformant, and on the contract's own port and path it is not.
func TestPortAndPath(t *testing.T) {
	t.Parallel()
	moved := reference.Config{Addr: ":9090", Wrap: func(next http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/ping", next)
		mux.HandleFunc("/chat", func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = "/invocations"
			next.ServeHTTP(w, r)
		})
		return mux
	}}
	for _, c := range []struct {
		name   string
		port   int
		path   string
		want   reports.Verdict
		clause string
	}{
		{"there", 9090, "/chat", reports.Passed, ""},
		{"contract's path", 9090, "", reports.Nonconformant, "INV-01"},
		{"contract's port", 0, "/chat", reports.Nonconformant, "NET-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(moved)
			o.Port, o.Path, o.Profile = c.port, c.path, suites.Smoke
			run := play(t, o)
			if run.Verdict != c.want || c.clause != "" && !strings.Contains(list(run, checks.Fail), c.clause) {
				t.Errorf("verdict %s, want %s with %q:%s", run.Verdict, c.want, c.clause, list(run, checks.Fail, checks.Error, checks.Untestable))
			}
		})
	}
}

// TestLifecycleSettings has the idle reaper play with the settings of the runtime.
func TestLifecycleSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		faults         []reference.Fault
		idle, lifetime time.Duration
		class          reaper.Class
		billed         float64
	}{
		{"the platform's own", nil, 0, 0, reaper.Idle, 900},
		{"the platform's own, never idle", []reference.Fault{reference.Restamp}, 0, 0, reaper.NeverIdle, 28_800},
		{"given", nil, 2 * time.Minute, 3 * time.Minute, reaper.Idle, 120},
		{"given, never idle", []reference.Fault{reference.Restamp}, 2 * time.Minute, 3 * time.Minute, reaper.NeverIdle, 180},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(reference.With(tt.faults...))
			o.Only, o.IdleTimeout, o.MaxLifetime = []string{"PING-02"}, tt.idle, tt.lifetime
			run := play(t, o)
			if run.IdleReaper == nil {
				t.Fatalf("nothing was played:%s", list(run, checks.Fail, checks.Error, checks.Untestable))
			}
			c := run.IdleReaper.Worst().Worst()
			if c.Class != tt.class || c.Billed < tt.billed || c.Billed > tt.billed+60 {
				t.Errorf("%s until %v: %s", c.Class, c.Billed, c.Because)
			}
		})
	}
	o := options(reference.Config{})
	o.IdleTimeout, o.MaxLifetime = 3*time.Minute, 2*time.Minute
	var usage *suites.UsageError
	if _, err := suites.Run(t.Context(), o); !errors.As(err, &usage) || !strings.Contains(usage.Text, "must be less than or equal to maxLifeTime") {
		t.Errorf("got %v", err)
	}
	o.IdleTimeout, o.MaxLifetime = 30*time.Second, 0
	if _, err := suites.Run(t.Context(), o); !errors.As(err, &usage) || !strings.Contains(usage.Text, "--idle-timeout 30s") {
		t.Errorf("got %v", err)
	}
}

// TestTimeoutIsNeverGreen loses nothing but a SHOULD to the timeout, or the end of a session of which clauses see enough:
// their lack alone leaves a run green.
func TestTimeoutIsNeverGreen(t *testing.T) {
	t.Parallel()
	for _, clause := range []string{"LIFE-04", "SES-08"} {
		t.Run(clause, func(t *testing.T) {
			t.Parallel()
			o := options(reference.Config{})
			o.Only, o.SessionDuration, o.Timeout = []string{"PING-01", clause}, time.Hour, 3*time.Second
			run := play(t, o)
			if run.Verdict != reports.Errored || run.Interrupted || run.ExitCode(true) != 3 {
				t.Errorf("verdict %s, interrupted %t, exit code %d", run.Verdict, run.Interrupted, run.ExitCode(true))
			}
			if said := strings.Join(run.Errors, "\n"); !strings.Contains(said, "--timeout 3s") {
				t.Errorf("the report does not name --timeout: %q", said)
			}
		})
	}
}

// TestSessionTurnsBoundTheSession: it ends at that turn, long before its time, and is told as what it was.
func TestSessionTurnsBoundTheSession(t *testing.T) {
	t.Parallel()
	o := options(reference.Config{})
	o.Only, o.SessionDuration, o.SessionTurns = []string{"LIFE-22"}, time.Hour, 6
	var last atomic.Int64
	o.Progress = func(e suites.Event) {
		if e.Kind == suites.EventProgress {
			last.Store(int64(e.Turns))
			if e.Scenario != "long session" || e.Took <= 0 || e.Planned != time.Hour || e.Memory == 0 {
				t.Errorf("progress %+v", e)
			}
		}
	}
	run := play(t, o)
	if run.Verdict != reports.Passed || run.Records.LongSession == nil || len(run.Records.LongSession.Turns) != 6 {
		t.Fatalf("verdict %s:%s", run.Verdict, list(run, checks.Fail, checks.Error, checks.Untestable))
	}
	if said := list(run, checks.Pass); !strings.Contains(said, "--session-turns ended it before the 1 h that were planned") {
		t.Errorf("it is told as %s", said)
	}
	if run.PlannedWaitMs > run.DurationMs {
		t.Errorf("%.0f ms of planned waiting in %.0f ms", run.PlannedWaitMs, run.DurationMs)
	}
	if n := last.Load(); n < 1 || n > 6 {
		t.Errorf("%d turns were told on the way", n)
	}
	for turns, ok := range map[int]bool{0: true, 4: false, 5: true, 1_000_001: false} {
		o.SessionTurns, o.Inspect, o.Only = turns, true, nil
		if _, err := suites.Run(t.Context(), o); (err == nil) != ok {
			t.Errorf("%d turns: %v", turns, err)
		}
	}
}
