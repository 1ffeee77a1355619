//go:build soak

package inengine

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/growing"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// trends are the clauses that forecast.
var trends = []string{"LIFE-19", "LIFE-20", "LIFE-21"}

// off is how far a rate may be told from the truth.
const off = 0.25

// TestForecastsOfRealContainers plays the growing agents on the engine: what grows has to be found, at its rate, and nothing
// else. Those that do not grow are played twice.
func TestForecastsOfRealContainers(t *testing.T) {
	enginetest.Need(t)
	var table forecastTable
	t.Run("agents", func(t *testing.T) {
		for _, a := range growing.All() {
			for again := range 2 {
				if again > 0 && a.Clause != "" {
					continue
				}
				t.Run(fmt.Sprintf("%s %d", a.Name, again+1), func(t *testing.T) {
					take(t, 1)
					run := play(t, soaking(t, a))
					table.add(a, run)
					foretold(t, a, run)
				})
			}
		}
	})
	t.Log("\n" + table.String())
}

func soaking(t *testing.T, a growing.Agent) suites.Options {
	t.Helper()
	arch := map[bool]string{false: "arm64", true: "amd64"}[a.Native]
	img, err := images.Agent(context.Background(), arch, a.Name)
	o := declaring(archived(t, img, err), fixtures.Reference)
	o.Only, o.SessionDuration = trends, a.Session
	if a.Native {
		o.Compute = suites.Instances
	}
	return o
}

// foretold wants alarms of the agent's own clause alone, and of that where its growth is no harmless one.
func foretold(t *testing.T, a growing.Agent, run *reports.Run) {
	t.Helper()
	for _, f := range run.Findings {
		alarm := f.Outcome == checks.Fail || f.Outcome == checks.Warn
		if want := f.ID == a.Clause && !a.Slow; alarm != want && f.ID != a.Also {
			t.Errorf("%s is %s %s: %s", f.ID, f.Outcome, f.Reason, f.Actual)
		}
	}
	if truth, told := rates(a, run); truth > 0 && !a.Slow && math.Abs(told/truth-1) > off {
		t.Errorf("%.3g a turn were told of %.3g", told, truth)
	}
}

// rates are what a turn of an agent adds, and what the run told of it; both are 0 for an agent that does not grow.
func rates(a growing.Agent, run *reports.Run) (truth, told float64) {
	m := run.Measurements
	switch {
	case a.Memory > 0:
		return a.Memory, m["session.memoryPerTurnBytes"]
	case a.Descriptors > 0:
		return a.Descriptors, m["session.descriptorsPerTurn"]
	case a.Threads > 0:
		return a.Threads, m["session.threadsPerTurn"]
	}
	return float64(a.Slower.Milliseconds()), m["session.turnSlowerMs"]
}

// forecastTable has a row for each agent that was played.
type forecastTable struct {
	mu   sync.Mutex
	rows []string
}

func (f *forecastTable) add(a growing.Agent, run *reports.Run) {
	rate, wrong := "\t\t", "none"
	if truth, told := rates(a, run); truth > 0 {
		rate = fmt.Sprintf("%.4g\t%.4g\t%.1f %%", truth, told, 100*math.Abs(told/truth-1))
	}
	var said []string
	for _, x := range run.Findings {
		said = append(said, fmt.Sprintf("%s %s", x.ID, cmp.Or(x.Reason, string(x.Outcome))))
	}
	if a.Clause != "" {
		wrong = a.Clause
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows, fmt.Sprintf("%s\t%.0f\t%s\t%s\t%s", a.Name, a.Session.Seconds(), wrong, rate, strings.Join(said, ", ")))
}

func (f *forecastTable) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.Sort(f.rows)
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "agent\tseconds\tgrows\ta turn\ttold\terror\tsaid")
	for _, row := range f.rows {
		fmt.Fprintln(w, row)
	}
	_ = w.Flush()
	return text.String()
}
