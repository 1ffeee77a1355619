package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// What the platform gives an agent (LIFE-17).
const (
	agentCPUs   = 2
	agentMemory = 8 << 30
)

// Start creates and starts a container of the image and returns as soon as its process runs.
func (e *Engine) Start(ctx context.Context, spec engine.Spec) (engine.Target, error) {
	done, err := e.busy()
	if err != nil {
		return nil, err
	}
	defer done()
	route, err := e.proveRoute(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.refuseForeign(ctx, spec); err != nil {
		return nil, err
	}
	asked, r := time.Now(), e.requestFor(spec, route)
	if err := e.preload(ctx, &r, spec); err != nil {
		return nil, err
	}
	id, start, err := e.create(ctx, r)
	if err != nil {
		return nil, creationError(spec, err)
	}
	if err := e.skew(ctx, id, spec); err != nil {
		e.discard(ctx, id)
		return nil, err
	}
	t := &Target{e: e, id: id, spec: spec, route: route, createTook: time.Since(asked)}
	began := time.Now()
	if err := start(ctx); err != nil {
		e.discard(ctx, id)
		if e.refusesLimit(r, err) {
			return e.Start(ctx, spec)
		}
		return nil, startError(spec, err)
	}
	t.epoch = time.Now()
	if err := t.settle(ctx, began); err != nil {
		e.discard(ctx, id)
		return nil, err
	}
	t.startTook = t.epoch.Sub(began)
	return t, nil
}

// create makes a container. When the caller gave up in the middle of it, the engine may finish it all the same: then it
// is removed by its name.
func (e *Engine) create(ctx context.Context, r request) (id string, start func(context.Context) error, err error) {
	id, start, err = e.maker.create(ctx, r)
	if err != nil && ctx.Err() != nil {
		e.background.Go(func() { e.discardLate(r.name) })
	}
	return id, start, err
}

// lateness is how long an engine may take to finish a create whose caller has gone.
const lateness = time.Second

func (e *Engine) discardLate(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), lateness)
	defer cancel()
	look := time.NewTicker(25 * time.Millisecond)
	defer look.Stop()
	for {
		if _, err := e.cli.ContainerInspect(ctx, name, client.ContainerInspectOptions{}); err == nil {
			e.discard(ctx, name)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// refuseForeign looks at the image first where the engine would run one for another platform without a word, as Podman
// does. Docker refuses by itself.
func (e *Engine) refuseForeign(ctx context.Context, spec engine.Spec) error {
	if e.kind != "podman" {
		return nil
	}
	_, err := e.Lookup(ctx, spec.Image, spec.Platform)
	if _, anyErr := e.Lookup(ctx, spec.Image, ""); errors.Is(err, engine.ErrNoImage) && anyErr == nil {
		return &engine.StartError{Detail: fmt.Sprintf("image %s is not for %s", spec.Image, spec.Platform)}
	}
	return err
}

// discard removes a container that came to nothing, also when the caller's time is up.
func (e *Engine) discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := watchdog.RemoveContainer(ctx, e.cli, id); err != nil {
		e.log("%v", err)
	}
}

// requestFor is the plainest container: the image's own user, command and signal, and nothing mounted or added.
func (e *Engine) requestFor(spec engine.Spec, route *route) request {
	r := e.request(spec.Name, spec.Image, spec.Platform)
	r.config.Env = spec.Env
	// Readable afterwards whatever the engine's default is, and no danger to its disk.
	r.host.LogConfig = container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": "64m", "max-file": "2"}}
	r.host.NetworkMode = container.NetworkMode(route.network)
	e.limit(&r)
	if route.name == routeMapped {
		publish(&r, spec.Port)
	}
	return r
}

// limit gives a container what the platform gives an agent, as far as the engine has it.
func (e *Engine) limit(r *request) {
	r.host.CgroupParent = e.group
	if e.limitsCPU() && !e.unlimited.Load() {
		r.host.NanoCPUs = int64(min(e.cpus, float64(max(e.info.NCPU, 1))) * 1e9)
	}
	if e.info.MemoryLimit {
		r.host.Memory = agentMemory
	}
	if e.info.SwapLimit {
		r.host.MemorySwap = agentMemory // both together: the platform has no swap to go on with
	}
}

// request is a container of this run in its barest form.
func (e *Engine) request(name, image, platform string) request {
	return request{
		name:     e.containerName(name),
		platform: platform,
		config:   container.Config{Image: image, Labels: maps.Clone(e.labels)},
	}
}

var notInNames = regexp.MustCompile(`[^a-zA-Z0-9_.-]+`)

// containerName is unique within the engine, so that two boots of one name may overlap.
func (e *Engine) containerName(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names[name]++
	text := "agentcore-conform-" + e.opts.RunID + "-" + name
	if n := e.names[name]; n > 1 {
		text += "-" + strconv.Itoa(n)
	}
	return notInNames.ReplaceAllString(text, "-")
}

// refusesLimit reports that a container did not start because of its limit on CPUs, and leaves the limit out from then on:
// control groups v1 take none that is above a limit which the engine itself is under, and that one holds anyway.
func (e *Engine) refusesLimit(r request, err error) bool {
	text := strings.ToLower(err.Error())
	refused := r.host.NanoCPUs > 0 && strings.Contains(text, "cpu.cfs_quota_us") && strings.Contains(text, "invalid argument")
	if refused {
		e.unlimited.Store(true)
	}
	return refused
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// publish maps the port to a free one of the engine's loopback: an unaudited agent is nothing to show to a network.
func publish(r *request, port int) {
	p := network.MustParsePort(strconv.Itoa(port) + "/tcp")
	r.config.ExposedPorts = network.PortSet{p: {}}
	r.host.PortBindings = network.PortMap{p: {{HostIP: loopback}}}
}

// creationError tells an image that is not what it should be from an engine that fails.
func creationError(spec engine.Spec, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "does not match the specified platform") || strings.Contains(text, "does not provide the specified platform"):
		return &engine.StartError{Detail: fmt.Sprintf("image %s is not for %s: %s", spec.Image, spec.Platform, oneLine(text))}
	case strings.Contains(text, "no command specified") || strings.Contains(text, "No command specified"):
		return &engine.StartError{Detail: "the image names neither ENTRYPOINT nor CMD"}
	case errdefs.IsNotFound(err):
		return fmt.Errorf("starting %s: %w (%s for %s); pull or load it first", spec.Name, engine.ErrNoImage, spec.Image, spec.Platform)
	}
	return fmt.Errorf("creating container %s from %s: %w", spec.Name, spec.Image, dial.Plain(err))
}

// signs of a process that the kernel would not start, in the words of runc and crun.
var startSigns = []string{
	"exec format error", "executable file not found", "no such file or directory", "permission denied", "not a directory",
	"starting container process caused", "is a directory", "exec user process caused", "unable to find user",
	"no matching entries in passwd file", "unable to find group",
}

// startError says whether it is the image's process that could not be started, or the engine that could not start any.
func startError(spec engine.Spec, err error) error {
	text := oneLine(err.Error())
	for _, sign := range startSigns {
		if strings.Contains(strings.ToLower(text), sign) && processFault.MatchString(text) {
			return &engine.StartError{Detail: text}
		}
	}
	return fmt.Errorf("starting container %s from %s: %w", spec.Name, spec.Image, dial.Plain(err))
}

// processFault tells the start of the process from the work before it, such as networks and control groups.
var processFault = regexp.MustCompile(`(?i)starting container process|exec:|exec user process|executable|passwd file|find user|find group|exec format`)

// oneLine keeps what a reader needs of an engine's nested error.
func oneLine(text string) string {
	text = printable(strings.Join(strings.Fields(text), " "))
	for _, prefix := range []string{"container start: ", "Error response from daemon: ", "container create: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text[:min(len(text), 600)]
}

// execFormat is the only trace that most engines leave of a program for another architecture.
const execFormat = "exec format error"

// refusal is what the engine's starter, or qemu in the kernel's place, leaves in the log when the program cannot be run:
// another architecture, an interpreter or a loader that is not in the image, no right to execute.
var refusal = regexp.MustCompile(`(?i)^(?:standard_init_linux\.go:\d+: )?exec .*(?:exec format error|no such file or directory|permission denied)|^qemu-\w+: could not open '|^\{"msg":"exec`)

// settle waits until the image's own program has taken the place of the engine's starter, where that can be seen, and
// reports a program that the kernel refused. Elsewhere one look must do: State shows the rest.
func (t *Target) settle(ctx context.Context, began time.Time) error {
	inspect, err := t.inspect(ctx)
	if err != nil {
		return err
	}
	if inspect.State.Running && t.e.sameMachine() && errors.Is(awaitExec(ctx, inspect.State.Pid), errGone) {
		inspect, err = t.awaitExit(ctx)
		if err != nil {
			return err
		}
	}
	t.remember(inspect, began)
	if inspect.State.Running || !failedAtStart(inspect.State.ExitCode) {
		return nil
	}
	logs, err := t.Logs(ctx)
	if err == nil && refusedByKernel(logs.Lines) {
		return &engine.StartError{Detail: strings.Join(logs.Lines, " ")}
	}
	return nil
}

func failedAtStart(code int) bool { return code == 1 || code >= 125 && code <= 127 || code == 255 }

// refusedByKernel looks at a log of a line or two: an agent that logs more than that did run.
func refusedByKernel(lines []string) bool {
	return len(lines) > 0 && len(lines) <= 2 && refusal.MatchString(lines[0])
}

var errGone = errors.New("the process is gone")
