package suites_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// withKeys plays LIFE-15 with credentials that end.
func withKeys(t *testing.T, agent process.Main, change func(*suites.Options)) (*reports.Run, *fake.Engine) {
	t.Helper()
	eng := fake.New(agent)
	o := options(reference.Config{})
	o.Engine, o.Only, o.KeyLife = eng, []string{"PING-01", "LIFE-15"}, fixtures.KeyLife
	change(&o)
	run := play(t, o)
	if eng.Alive() != 0 {
		t.Errorf("%d containers are left", eng.Alive())
	}
	for _, e := range run.Errors {
		t.Errorf("harness: %s", e)
	}
	return run, eng
}

func trap(t *testing.T, name string) process.Main {
	t.Helper()
	one, err := traps.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return one.Agent
}

// TestCredentialsEnd for one container alone, which finds them where the platform has them.
func TestCredentialsEnd(t *testing.T) {
	t.Parallel()
	run, eng := withKeys(t, trap(t, "keys-refreshed"), func(*suites.Options) {})
	c := run.Records.Credentials
	if c == nil || c.Untold != "" || len(c.Before) != 2 || len(c.After) != 1 || !c.State.Running || c.LastAsked < c.Resumed || c.Resumed < c.Paused {
		t.Fatalf("%+v", c)
	}
	if life := record.Millis(fixtures.KeyLife.Milliseconds()); c.Life != life || c.Paused < record.Millis(scenario.UntilExpired(fixtures.KeyLife).Milliseconds()) {
		t.Errorf("good for %v, stood still for %v", c.Life, c.Paused)
	}
	if n := len(c.Keys); n != 2 || c.Keys[0].Signed != 2 || c.Keys[0].Late != 0 || c.Keys[1].Signed != 1 || c.Keys[1].Issued < c.Resumed || c.Keys[0].Expires > c.Resumed {
		t.Errorf("%+v", c.Keys)
	}
	if f := finding(run, "LIFE-15"); f.Outcome != checks.Pass || !strings.Contains(f.Actual, "once its credentials had ended it signed with new ones") {
		t.Errorf("%s: %s", f.Outcome, f.Actual)
	}
	for _, b := range eng.Boots() {
		env := strings.Join(b.Env, "\n")
		looks := strings.Contains(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT=") && !strings.Contains(env, "AWS_EC2_METADATA_DISABLED")
		if static := strings.Contains(env, "AWS_ACCESS_KEY_ID="); looks != (b.Name == "rotated") || static && looks {
			t.Errorf("%s: static keys %t, looks for others %t", b.Name, static, looks)
		}
	}
}

// TestCredentialsThatTellNothing: what cannot be played, or shows no use of them, is held against nobody and costs no wait.
func TestCredentialsThatTellNothing(t *testing.T) {
	t.Parallel()
	plain := reference.Main(reference.Config{})
	for name, c := range map[string]struct {
		agent  process.Main
		change func(*suites.Options)
		says   string
	}{
		"signs nothing":          {plain, func(*suites.Options) {}, "it signs nothing"},
		"has keys of its own":    {trap(t, "keys-refreshed"), func(o *suites.Options) { o.Env = []string{"AWS_ACCESS_KEY_ID=AKIDEXAMPLE"} }, "it signs nothing"},
		"finds none there":       {trap(t, "keys-of-environment"), func(*suites.Options) {}, "without static keys its calls fail"},
		"no model of the run's":  {plain, func(o *suites.Options) { o.Model = suites.ModelNone }, "serves nobody"},
		"cannot stand still":     {plain, func(o *suites.Options) { o.Engine = rigid{fake.New(plain)} }, "cannot make a container stand still"},
		"no time for it in gate": {plain, func(o *suites.Options) { o.KeyLife = 0 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, _ := withKeys(t, c.agent, c.change)
			x := run.Records.Credentials
			if c.says == "" {
				if g := run.Records.GapOf(record.KindCredentials); x != nil || g == nil || g.Why != record.GapNature {
					t.Errorf("%+v, %+v", x, g)
				}
				return
			}
			if x == nil || !strings.Contains(x.Untold, c.says) || x.Paused != 0 {
				t.Fatalf("%+v", x)
			}
			if f := finding(run, "LIFE-15"); f.Reason != "" || !strings.Contains(f.Actual, c.says) {
				t.Errorf("%s %s: %s", f.Outcome, f.Reason, f.Actual)
			}
		})
	}
}

func TestKeyLifeHasBounds(t *testing.T) {
	t.Parallel()
	for _, life := range []time.Duration{-time.Second, suites.MostKeyLife + time.Second} {
		if _, err := suites.Run(context.Background(), suites.Options{Image: "x", KeyLife: life}); err == nil || !strings.Contains(err.Error(), "credentials") {
			t.Errorf("%v: %v", life, err)
		}
	}
}
