package docker

import (
	"context"
	"fmt"
	"sync"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Below these the platform's own limits cannot be reached, or a boot may fail for want of room.
const (
	wantMemory = agentMemory
	wantDisk   = 2 << 30
)

// Preflight proves what the engine can do: run the platform's programs, and be reached.
func (e *Engine) Preflight(ctx context.Context) (record.Environment, error) {
	return e.preflight.get(func() (record.Environment, error) { return e.examine(ctx) })
}

func (e *Engine) examine(ctx context.Context) (record.Environment, error) {
	env := e.environment()
	e.background.Go(func() { e.sweep(context.WithoutCancel(ctx)) })
	var all sync.WaitGroup
	var proofErr, routeErr error
	var proven *route
	all.Go(func() { env.Emulated, proofErr = e.proveArchitecture(ctx) })
	all.Go(func() { proven, routeErr = e.proveRoute(ctx) })
	all.Wait()
	if proofErr != nil {
		return env, proofErr
	}
	if routeErr != nil {
		return env, routeErr
	}
	env.Route = proven.name
	env.Notes = append(env.Notes, proven.notes...)
	return env, nil
}

// environment is what the engine says of itself, without any proof.
func (e *Engine) environment() record.Environment {
	env := record.Environment{
		Engine: e.kind, Version: e.info.ServerVersion, APIVersion: e.api,
		Address: e.conn.Place.Redacted(), Source: e.conn.Place.Source,
		Architecture: e.arch(), CPUs: e.info.NCPU, MemoryBytes: e.info.MemTotal,
		FreeDisk: e.freeDisk(), Network: e.opts.Network, TimeScale: 1,
	}
	env.Notes = e.shortages(env)
	return env
}

func (e *Engine) shortages(env record.Environment) []string {
	var notes []string
	note := func(when bool, format string, args ...any) {
		if when {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	note(env.MemoryBytes > 0 && env.MemoryBytes < wantMemory,
		"the engine has %s of memory, less than the 8 GiB that the platform gives an agent", gibibytes(env.MemoryBytes))
	note(env.CPUs > 0 && env.CPUs < agentCPUs, "the engine has one CPU, the platform gives an agent two")
	note(env.FreeDisk >= 0 && env.FreeDisk < wantDisk,
		"the engine has %s of free disk; loading an image may fail", gibibytes(env.FreeDisk))
	note(!e.info.MemoryLimit, "the engine cannot limit memory: the agent may use more than the platform gives")
	note(!e.limitsCPU(), "the engine cannot limit CPUs: the agent may use more than the platform gives")
	return notes
}

func (e *Engine) limitsCPU() bool { return e.info.CPUCfsQuota && e.info.CPUCfsPeriod }

func gibibytes(n int64) string { return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30)) }
