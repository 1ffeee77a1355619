// Package docker boots the image under test in a container engine, through testcontainers-go. What testcontainers does
// for a developer's own tests is wrong for a gate in five places, so discovery, routes, readiness, clean-up and logs are
// decided here and only the making and starting of containers is left to it.
package docker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// Options say which engine to use and how. Every zero value is a default.
type Options struct {
	// Address is --engine; empty follows DOCKER_HOST, the docker context and the well-known sockets, in that order.
	Address string
	// RunID names the run in labels and names; empty makes one up.
	RunID string
	// Platform is what the images under test are for: linux/arm64 (default), or linux/amd64 for instances compute. It is
	// what Preflight proves the engine can run.
	Platform string
	// Network is internal (default: no way out of the run's network) or open.
	Network string
	// Keep leaves the containers of the run in the engine.
	Keep bool
	// Self is the path of the agentcore-conform executable, for the watchdog and the relay. Empty means this process's
	// own, if it is one. Without it there is no watchdog (after kill -9 the containers stay until the next run's sweep)
	// and no relay; a `go test` binary is in that place.
	Self string
	// Log receives single lines for people who want to see the details.
	Log func(string)
}

// Networks of a run.
const (
	Internal = "internal"
	Open     = "open"
)

// Engine is a container engine that has answered. It implements engine.Engine and engine.Images.
type Engine struct {
	opts   Options
	conn   *dial.Conn
	cli    *client.Client
	maker  maker
	labels map[string]string
	dog    *watchdog.Dog
	info   system.Info
	kind   string
	api    string

	preflight  once[record.Environment]
	proof      once[bool]
	route      once[*route]
	back       once[*wayBack]
	programs   map[string]*once[string]
	background sync.WaitGroup
	// cpus is what a container of an agent gets, and group the control group above it, empty for the engine's own. Tests
	// squeeze them.
	cpus  float64
	group string
	// unlimited says that the engine takes no limit on CPUs, being under one itself.
	unlimited atomic.Bool
	// life is over when Close begins.
	life context.Context
	end  context.CancelFunc

	mu     sync.Mutex
	closed bool
	names  map[string]int
	hosted []*hosted
}

var (
	_ engine.Engine = (*Engine)(nil)
	_ engine.Images = (*Engine)(nil)
)

// New connects to the engine. The error is one line for people: which engine, where its address came from, what to do.
func New(ctx context.Context, opts Options) (*Engine, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	conn, err := dial.Find(ctx, opts.Address)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opts: opts, conn: conn, cli: conn.Client, names: map[string]int{}, cpus: agentCPUs,
		programs: map[string]*once[string]{"amd64": {}, "arm64": {}},
		labels:   watchdog.Labels(opts.RunID, opts.Keep),
	}
	e.life, e.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := e.identify(ctx); err != nil {
		e.end()
		conn.Close()
		return nil, err
	}
	e.maker = newMaker(conn)
	e.guard()
	return e, nil
}

func (o *Options) complete() error {
	if o.Network == "" {
		o.Network = Internal
	}
	if o.Network != Internal && o.Network != Open {
		return fmt.Errorf("network %q is neither internal nor open", o.Network)
	}
	if o.Platform == "" {
		o.Platform = "linux/arm64"
	}
	if o.RunID == "" {
		o.RunID = token(6)
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.Self == "" {
		o.Self = ownExecutable()
	}
	return nil
}

// command is the import path of the program whose hidden commands the watchdog and the relay are.
const command = "github.com/agentcore-conform/agentcore-conform/cmd/agentcore-conform"

// ownExecutable is this process's program if it is ours: any other, started again with our hidden commands, would do
// something else entirely.
func ownExecutable() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path != command || testing.Testing() {
		return ""
	}
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// identify asks who the engine is; both answers are needed by everything that follows.
func (e *Engine) identify(ctx context.Context) error {
	version, err := e.cli.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return fmt.Errorf("asking engine %s for its version: %w", e.conn.Place.Redacted(), err)
	}
	info, err := e.cli.Info(ctx, client.InfoOptions{})
	if err != nil {
		return fmt.Errorf("asking engine %s about itself: %w", e.conn.Place.Redacted(), err)
	}
	e.info, e.kind, e.api = info.Info, "docker", version.APIVersion
	e.info.ServerVersion = version.Version
	for _, c := range version.Components {
		if c.Name == "Podman Engine" {
			e.kind = "podman"
		}
	}
	if e.info.OSType != "" && e.info.OSType != "linux" {
		return fmt.Errorf("engine %s runs %s containers; switch it to Linux containers", e.conn.Place.Redacted(), e.info.OSType)
	}
	return nil
}

// guard sweeps what dead runs left and starts the watchdog of this one. Neither failing stops a run.
func (e *Engine) guard() {
	if e.opts.Keep {
		return
	}
	if e.opts.Self == "" {
		e.log("no watchdog: this program is not agentcore-conform; after kill -9 the next run sweeps up")
	} else if dog, err := watchdog.Start(e.opts.Self, e.opts.RunID, e.conn.Place); err != nil {
		e.log("%v; after kill -9 the next run sweeps up", err)
	} else {
		e.dog = dog
	}
}

// sweep runs beside the first boot: leftovers are never in its way, their names differ.
func (e *Engine) sweep(ctx context.Context) {
	switch n, err := watchdog.Sweep(ctx, e.conn); {
	case err != nil:
		e.log("sweeping up after earlier runs: %v", err)
	case n > 0:
		e.log("removed %d leftovers of earlier runs", n)
	}
}

// Close removes everything that was made for this run, unless it is to be kept, and ends the connection. It takes no
// notice of ctx's cancellation, only of its values.
func (e *Engine) Close(ctx context.Context) error {
	if e.shut() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	defer e.conn.Close()
	e.endHosted()
	e.closeBack()
	e.closeRoute()
	e.settleWork(ctx)
	if e.opts.Keep {
		return nil
	}
	_, err := watchdog.RemoveRun(ctx, e.conn, e.opts.RunID)
	if err == nil && e.dog != nil {
		e.dog.Dismiss()
	}
	return err
}

// shut lets no further work begin and reports whether that was so already.
func (e *Engine) shut() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.closed
	e.closed = true
	e.end()
	return was
}

// busy marks work that makes things in the engine; Close waits for its end. It is an error after Close has begun.
func (e *Engine) busy() (done func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errOver
	}
	e.background.Add(1)
	return e.background.Done, nil
}

var errOver = errors.New("the run is over: its engine is closed")

// settleWork waits for work that is still under way, so that nothing is made after the clean-up has looked.
func (e *Engine) settleWork(ctx context.Context) {
	settled := make(chan struct{})
	go func() { e.background.Wait(); close(settled) }()
	select {
	case <-settled:
	case <-ctx.Done():
	}
}

func (e *Engine) log(format string, args ...any) { e.opts.Log(fmt.Sprintf(format, args...)) }

// token is n random bytes in hexadecimal.
func token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// once computes a value the first time it is asked for and remembers only success: a later call may be luckier.
type once[T any] struct {
	mu    sync.Mutex
	done  bool
	value T
}

func (o *once[T]) get(compute func() (T, error)) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done {
		return o.value, nil
	}
	value, err := compute()
	if err == nil {
		o.value, o.done = value, true
	}
	return value, err
}
