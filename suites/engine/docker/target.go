package docker

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// Target is one container.
type Target struct {
	e          *Engine
	id         string
	spec       engine.Spec
	route      *route
	epoch      time.Time
	createTook time.Duration
	startTook  time.Duration
	address    netip.Addr
	ports      network.PortMap
	// pid is the container's first process in the engine's own numbering.
	pid int
	// volume is what it has logged, from the first sample on.
	volume volume
}

var (
	_ engine.Target  = (*Target)(nil)
	_ engine.Freezer = (*Target)(nil)
	_ engine.Killer  = (*Target)(nil)
)

// ID is the container's id in the engine.
func (t *Target) ID() string { return t.id }

// Epoch is the harness's clock at the start of the process.
func (t *Target) Epoch() time.Time { return t.epoch }

// CreateTook is the engine's work before the start; it is no fault of the image.
func (t *Target) CreateTook() time.Duration { return t.createTook }

// StartTook is the engine's work from there until the process ran.
func (t *Target) StartTook() time.Duration { return t.startTook }

// Dial connects to the contract port over the run's route.
func (t *Target) Dial(ctx context.Context) (net.Conn, error) { return t.DialPort(ctx, t.spec.Port) }

// DialPort connects to another port; over mapped ports only the contract port can be reached.
func (t *Target) DialPort(ctx context.Context, port int) (net.Conn, error) {
	to := endpoint{address: t.address, ports: t.ports, port: port}
	return t.whileThere(ctx, func(ctx context.Context) (net.Conn, error) { return t.route.dial(ctx, to) })
}

func (t *Target) inspect(ctx context.Context) (container.InspectResponse, error) {
	result, err := t.e.cli.ContainerInspect(ctx, t.id, client.ContainerInspectOptions{})
	if err != nil {
		return container.InspectResponse{}, fmt.Errorf("asking the engine about container %s: %w", t.spec.Name, err)
	}
	if result.Container.State == nil {
		return container.InspectResponse{}, fmt.Errorf("the engine says nothing of the state of container %s", t.spec.Name)
	}
	return result.Container, nil
}

// remember keeps what the start settled: address, ports, process, and the engine's own time of the start where its clock
// is ours.
func (t *Target) remember(c container.InspectResponse, began time.Time) {
	t.pid = c.State.Pid
	t.address, t.ports = whereIs(c, t.route.network)
	started, err := time.Parse(time.RFC3339Nano, c.State.StartedAt)
	if err == nil && t.e.sameMachine() && started.After(began) && started.Before(t.epoch) {
		// Subtracting keeps the monotonic clock in the epoch.
		t.epoch = t.epoch.Add(-t.epoch.Round(0).Sub(started))
	}
}

func whereIs(c container.InspectResponse, networkName string) (netip.Addr, network.PortMap) {
	if c.NetworkSettings == nil {
		return netip.Addr{}, nil
	}
	var address netip.Addr
	if n := c.NetworkSettings.Networks[networkName]; n != nil {
		address = n.IPAddress
	}
	return address, c.NetworkSettings.Ports
}

// State asks the engine about the process.
func (t *Target) State(ctx context.Context) (record.State, error) {
	c, err := t.inspect(ctx)
	if err != nil {
		return record.State{}, err
	}
	return t.stateOf(c), nil
}

func (t *Target) stateOf(c container.InspectResponse) record.State {
	return record.State{
		Running:      c.State.Running,
		ExitCode:     c.State.ExitCode,
		OOMKilled:    c.State.OOMKilled,
		Error:        oneLine(c.State.Error),
		StartedAt:    c.State.StartedAt,
		RestartCount: c.RestartCount,
		PID:          c.State.Pid,
		At:           millis(time.Since(t.epoch)),
	}
}

// awaitExit waits a little for the engine to notice that the process has ended.
func (t *Target) awaitExit(ctx context.Context) (container.InspectResponse, error) {
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	wait := t.e.cli.ContainerWait(short, t.id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case <-wait.Result:
	case err := <-wait.Error:
		if short.Err() == nil {
			return container.InspectResponse{}, fmt.Errorf("waiting for container %s to end: %w", t.spec.Name, err)
		}
	}
	return t.inspect(ctx)
}

// Terminate sends SIGTERM and waits up to patience for the process to end. It does not kill.
func (t *Target) Terminate(ctx context.Context, patience time.Duration) (record.Stop, error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	// The wait is set up first: its answer is then the moment of the end and not that of a later look.
	wait := t.e.cli.ContainerWait(waiting, t.id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	if _, err := t.e.cli.ContainerKill(ctx, t.id, client.ContainerKillOptions{Signal: "SIGTERM"}); err != nil {
		return record.Stop{}, fmt.Errorf("sending SIGTERM to container %s: %w", t.spec.Name, err)
	}
	sent := time.Now()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	stop := record.Stop{Limit: millis(patience)}
	select {
	case <-wait.Result:
	case <-limit.C:
		stop.Killed = true
	case err := <-wait.Error:
		return record.Stop{}, fmt.Errorf("waiting for container %s to end: %w", t.spec.Name, err)
	}
	stop.ExitedAfter = millis(time.Since(sent))
	state, err := t.State(ctx)
	stop.State = state
	return stop, err
}

// Remove kills the process without grace and removes the container, unless the run's containers are to be kept.
func (t *Target) Remove(ctx context.Context) error {
	if t.e.opts.Keep {
		return nil
	}
	return watchdog.RemoveContainer(ctx, t.e.cli, t.id)
}

func millis(d time.Duration) record.Millis {
	return record.Millis(float64(d) / float64(time.Millisecond))
}

func portKey(port int) (network.Port, error) { return network.ParsePort(strconv.Itoa(port) + "/tcp") }
