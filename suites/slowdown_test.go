package suites_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// slowEngine measures itself as it is told to.
type slowEngine struct {
	*fake.Engine
	emulated                     bool
	compute, syscalls, throttled float64
	err                          error
}

func (e slowEngine) Preflight(ctx context.Context) (record.Environment, error) {
	env, err := e.Engine.Preflight(ctx)
	env.Emulated = e.emulated
	return env, err
}

func (e slowEngine) Slowdown(context.Context) (record.Slowdown, error) {
	return record.Slowdown{
		Compute: record.Pace{Factor: e.compute}, Syscalls: record.Pace{Factor: e.syscalls}, Throttled: record.Throttle{Factor: e.throttled},
	}, e.err
}

// TestTimeScaleIsWhatTheEngineMeasures follows the factor into the terms that the checks judge by and into the reports.
func TestTimeScaleIsWhatTheEngineMeasures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		engine          slowEngine
		flag            float64
		scale, throttle float64
		from, shown     string
		noted           bool
	}{
		{"native", slowEngine{compute: 1, syscalls: 1, throttled: 1}, 0, 1, 0, "native", "native · route", false},
		{"emulated", slowEngine{emulated: true, compute: 10, syscalls: 2, throttled: 1}, 0, 10, 0, "measured", "emulated ×10 (measured)", false},
		{"emulated, slow to call", slowEngine{emulated: true, compute: 2, syscalls: 7, throttled: 1}, 0, 7, 0, "measured", "emulated ×7 (measured)", false},
		{"a quota", slowEngine{compute: 1, syscalls: 1, throttled: 4}, 0, 4, 4, "measured", "native ×4 (measured)", true},
		{"both", slowEngine{emulated: true, compute: 10, syscalls: 2, throttled: 4}, 0, 40, 4, "measured", "emulated ×40 (measured)", true},
		{"declared", slowEngine{emulated: true, throttled: 4, err: errors.New("was asked")}, 3, 3, 0, "flag", "emulated ×3 (flag)", false},
	} {
		c.engine.Engine = fake.New(reference.Main(reference.Config{}))
		o := options(reference.Config{})
		o.Engine, o.TimeScale, o.Only = c.engine, c.flag, []string{"PING-01"}
		run := play(t, o)
		terms := run.Records.Terms
		if terms.TimeScale != c.scale || terms.Throttled != c.throttle || terms.Emulated != c.engine.emulated || run.Environment.TimeScaleFrom != c.from {
			t.Errorf("%s: %+v, from %s", c.name, terms, run.Environment.TimeScaleFrom)
		}
		if (run.Environment.Slowdown == nil) != (c.flag > 0) {
			t.Errorf("%s: raw values %+v", c.name, run.Environment.Slowdown)
		}
		if notes := strings.Join(run.Environment.Notes, "\n"); strings.Contains(notes, "0.25 of a CPU") != c.noted {
			t.Errorf("%s: notes %q", c.name, notes)
		}
		if text := consoleText(t, run); !strings.Contains(text, c.shown) {
			t.Errorf("%s: %q is not in\n%s", c.name, c.shown, text)
		}
	}
}

func TestAnEngineThatCannotBeMeasured(t *testing.T) {
	t.Parallel()
	o := options(reference.Config{})
	o.Engine = slowEngine{Engine: fake.New(reference.Main(reference.Config{})), err: errors.New("no clock")}
	run, err := suites.Run(context.Background(), o)
	text := ""
	if err != nil {
		text = err.Error()
	} else {
		text = list(run)
	}
	if !strings.Contains(text, "no clock; give --time-scale N") {
		t.Errorf("%q", text)
	}
}

func consoleText(t *testing.T, run *reports.Run) string {
	t.Helper()
	var b strings.Builder
	if err := reports.WriteConsole(&b, run, reports.ConsoleOptions{Width: 120}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
