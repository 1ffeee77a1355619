// Package fake is an engine that runs agents inside the test's own process: real TCP on loopback, but no containers,
// no images and no waiting. Each Start is a fresh process with its own memory, sockets, log and exit code.
package fake

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// Agent is the program of a container: it returns its exit code and should return soon after ctx ends.
type Agent = process.Main

// Sampler tells the resources of a process that has run for so long.
type Sampler func(age time.Duration) record.Sample

// Engine is an engine.Engine without containers.
type Engine struct {
	agent      Agent
	env        []string
	cannotRun  string
	oneClock   bool
	sample     Sampler
	mu         sync.Mutex
	boots      []engine.Spec
	containers map[*container]struct{}
	hosted     []net.Listener
}

var (
	_ engine.Engine  = (*Engine)(nil)
	_ engine.Hosts   = (*Engine)(nil)
	_ engine.Freezer = (*container)(nil)
	_ engine.Killer  = (*container)(nil)
)

// Option changes a new Engine.
type Option func(*Engine)

// WithEnv sets NAME=value pairs of the image's own environment; a Spec's pairs win over them.
func WithEnv(pairs ...string) Option {
	return func(e *Engine) { e.env = append(e.env, pairs...) }
}

// Env is the image's own environment, for who makes a real image of the same.
func (e *Engine) Env() []string { return slices.Clone(e.env) }

// WithStartError makes every Start fail with an engine.StartError of that detail (IMG-11).
func WithStartError(detail string) Option {
	return func(e *Engine) { e.cannotRun = detail }
}

// WithOneClock has the engine refuse to put the clock of a container off.
func WithOneClock() Option {
	return func(e *Engine) { e.oneClock = true }
}

// WithSampler replaces the resources that processes report. The default is a small steady process that uses no CPU.
func WithSampler(s Sampler) Option {
	return func(e *Engine) { e.sample = s }
}

// New returns an engine whose only image holds the agent.
func New(agent Agent, opts ...Option) *Engine {
	e := &Engine{agent: agent, sample: steady, containers: map[*container]struct{}{}}
	for _, o := range opts {
		o(e)
	}
	return e
}

func steady(time.Duration) record.Sample {
	processes, threads, descriptors, sockets := 1, 1, 8, 2
	return record.Sample{
		Memory: 24 << 20, CPU: 50, PIDs: 1, Processes: &processes, Threads: &threads, Descriptors: &descriptors, Sockets: &sockets,
	}
}

// Preflight describes the fake: native, at full speed.
func (e *Engine) Preflight(context.Context) (record.Environment, error) {
	return record.Environment{
		Engine: "fake", Version: "1", Architecture: runtime.GOARCH, CPUs: runtime.NumCPU(), FreeDisk: -1,
		Route: "address", Network: "internal", TimeScale: 1, TimeScaleFrom: "native",
	}, nil
}

// Start runs a fresh process of the agent. The context bounds the start only, not the process.
func (e *Engine) Start(ctx context.Context, spec engine.Spec) (engine.Target, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.boots = append(e.boots, spec)
	if e.cannotRun != "" {
		return nil, &engine.StartError{Detail: e.cannotRun}
	}
	if e.oneClock && spec.Clock != 0 {
		return nil, fmt.Errorf("start %s: all containers have one clock: %w", spec.Name, engine.ErrUnsupported)
	}
	c := newContainer(e, spec, len(e.boots))
	e.containers[c] = struct{}{}
	c.start(e.agent)
	return c, nil
}

// Boots lists what was asked to start so far, failed starts included.
func (e *Engine) Boots() []engine.Spec {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]engine.Spec(nil), e.boots...)
}

// Alive counts the containers that were not removed: a run that leaves any has a leak.
func (e *Engine) Alive() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.containers)
}

// Listen returns a listener on loopback, which is where the containers are, too.
func (e *Engine) Listen(ctx context.Context) (net.Listener, string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("listening for the containers: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hosted = append(e.hosted, l)
	return l, l.Addr().String(), nil
}

// Close removes all containers and closes what Listen returned.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	hosted := e.hosted
	left := make([]*container, 0, len(e.containers))
	for c := range e.containers {
		left = append(left, c)
	}
	e.mu.Unlock()
	for _, c := range left {
		_ = c.Remove(ctx)
	}
	for _, l := range hosted {
		_ = l.Close()
	}
	return nil
}

func (e *Engine) forget(c *container) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.containers, c)
}
