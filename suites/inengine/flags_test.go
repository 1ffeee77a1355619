package inengine

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// elsewhere makes the reference agent listen on port 8081.
const elsewhere = "AGENT_FAULTS=wrong-port"

// quick boots the reference agent once and asks for its health. Nothing of the run outlives the test.
func quick(t *testing.T, conn *dial.Conn) suites.Options {
	t.Helper()
	img, err := images.Reference(context.Background(), "arm64", "")
	o := suites.Options{Image: archived(t, img, err), Only: []string{"PING-01"}, RunID: "flags-" + strings.ToLower(rand.Text())}
	t.Cleanup(func() {
		if _, err := watchdog.RemoveRun(context.Background(), conn, o.RunID); err != nil {
			t.Error(err)
		}
	})
	return o
}

// passed wants a green verdict in the reduced scope of quick.
func passed(t *testing.T, run *reports.Run) {
	t.Helper()
	if run.Verdict != reports.Passed {
		t.Fatalf("verdict %s:%s", run.Verdict, findings(run, checks.Fail, checks.Error, checks.Untestable))
	}
}

// kept is what the engine still holds of a run that was told to keep its container.
func kept(t *testing.T, conn *dial.Conn, run string) (agent container.InspectResponse, internal bool) {
	t.Helper()
	containers, networks := enginetest.Containers(t, conn, run), enginetest.Networks(t, conn, run)
	if len(containers) != 1 || len(networks) != 1 {
		t.Fatalf("kept %v, want a container and its network", enginetest.Leftovers(t, conn, run))
	}
	seen, err := conn.Client.ContainerInspect(t.Context(), containers[0].ID, client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	network, err := conn.Client.NetworkInspect(t.Context(), networks[0].ID, client.NetworkInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, on := seen.Container.NetworkSettings.Networks[networks[0].Name]; !on {
		t.Errorf("the container is not on the run's network %s", networks[0].Name)
	}
	return seen.Container, network.Network.Internal
}

func nothingLeft(t *testing.T, conn *dial.Conn, run string) {
	t.Helper()
	for _, left := range enginetest.Leftovers(t, conn, run) {
		t.Errorf("left behind: %s", left)
	}
}

// TestFlagsReachTheContainer looks at the kept containers of two runs, one with --network, --env and --port.
func TestFlagsReachTheContainer(t *testing.T) {
	enginetest.Need(t)
	conn := enginetest.Connect(t)
	t.Run("defaults", func(t *testing.T) {
		o := quick(t, conn)
		o.Keep = true
		passed(t, play(t, o))
		agent, internal := kept(t, conn, o.RunID)
		if !internal || slices.Contains(agent.Config.Env, elsewhere) || !agent.State.Running {
			t.Errorf("internal network %t, environment %q, state %+v", internal, agent.Config.Env, agent.State)
		}
	})
	t.Run("changed", func(t *testing.T) {
		o := quick(t, conn)
		o.Keep, o.Network, o.Env, o.Port = true, "open", []string{elsewhere}, 8081
		run := play(t, o)
		passed(t, run)
		agent, internal := kept(t, conn, o.RunID)
		if internal || !slices.Contains(agent.Config.Env, elsewhere) || run.Environment.Network != "open" {
			t.Errorf("internal network %t (reported as %s), environment %q", internal, run.Environment.Network, agent.Config.Env)
		}
	})
}

// TestWithoutPortAndKeep is the other half: the agent that moved is missed on the contract port, and nothing stays.
func TestWithoutPortAndKeep(t *testing.T) {
	enginetest.Need(t)
	conn := enginetest.Connect(t)
	o := quick(t, conn)
	o.Only, o.Env = []string{"NET-01"}, []string{elsewhere}
	run := play(t, o)
	if run.Verdict != reports.Nonconformant {
		t.Errorf("verdict %s for an agent on another port:%s", run.Verdict, findings(run, checks.Error, checks.Untestable))
	}
	nothingLeft(t, conn, o.RunID)
}

// TestEngineFlagIsTheWayIn takes every other way to an engine away: the run goes through the door that --engine names.
func TestEngineFlagIsTheWayIn(t *testing.T) {
	enginetest.Need(t)
	conn := enginetest.Connect(t)
	enginetest.Isolate(t)
	t.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	door := enginetest.Forward(enginetest.Listen(t), conn.Host)
	o := quick(t, conn)
	o.EngineAddress = "tcp://" + door.Address
	run := play(t, o)
	passed(t, run)
	if run.Environment.Source != "--engine" || door.Opened() == 0 {
		t.Errorf("engine from %s, %d connections through the door", run.Environment.Source, door.Opened())
	}
	nothingLeft(t, conn, o.RunID)
}

// TestDeadEngineIsTheError has an engine answer at the usual place, which must not stand in for the one that was named.
func TestDeadEngineIsTheError(t *testing.T) {
	enginetest.Need(t)
	conn := enginetest.Connect(t)
	const dead = "unix:///nowhere/docker.sock"
	o := quick(t, conn)
	o.EngineAddress = dead
	run := play(t, o)
	said := strings.Join(run.Errors, "\n")
	if run.Verdict != reports.Errored || !strings.Contains(said, dead) || !strings.Contains(said, "--engine") {
		t.Errorf("verdict %s, errors %q", run.Verdict, run.Errors)
	}
}

// cleanUp is far more than the end of a run takes, and far less than the session that is cut.
const cleanUp = 5 * time.Minute

// TestTimeoutEndsTheRun plays a session of an hour. On a machine that takes the whole limit to boot it tries a longer one.
func TestTimeoutEndsTheRun(t *testing.T) {
	enginetest.Need(t)
	conn := enginetest.Connect(t)
	for limit := 6 * time.Second; ; limit *= 2 {
		o := quick(t, conn)
		o.Only, o.SessionDuration, o.Timeout = []string{"LIFE-04"}, time.Hour, limit
		var inSession atomic.Bool
		o.Progress = func(e suites.Event) {
			if e.Kind == suites.EventBegin && e.Scenario == "long session" {
				inSession.Store(true)
			}
		}
		run := play(t, o)
		nothingLeft(t, conn, o.RunID)
		if !inSession.Load() && limit < time.Minute {
			continue
		}
		took := time.Duration(run.DurationMs * float64(time.Millisecond))
		if run.Verdict != reports.Errored || took < limit || took > limit+cleanUp {
			t.Errorf("verdict %s after %s", run.Verdict, took)
		}
		if said := findings(run); !strings.Contains(said, "--timeout "+limit.String()) {
			t.Errorf("the report does not name --timeout:%s", said)
		}
		return
	}
}
