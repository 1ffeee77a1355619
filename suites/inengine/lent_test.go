//go:build nightly

package inengine

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
)

// proven is an engine that proved itself once for many runs: its proofs, a network and what is swept up cost more than most
// mutants' clauses do.
type proven struct {
	platform string
	once     sync.Once
	engine   *docker.Engine
	// factor is how much slower its programs are than native ones: measuring that for each image would cost as much.
	factor float64
	err    error
}

// lend gives a run the engine, and its time scale unless the run has one of its own.
func (p *proven) lend(t *testing.T, o suites.Options) suites.Options {
	t.Helper()
	p.once.Do(func() { p.err = p.prove(context.Background()) })
	if p.err != nil {
		t.Fatal(p.err)
	}
	o.Engine = &lent{Engine: p.engine}
	if o.TimeScale == 0 {
		o.TimeScale = p.factor
	}
	return o
}

func (p *proven) prove(ctx context.Context) error {
	var err error
	if p.engine, err = docker.New(ctx, docker.Options{Platform: p.platform}); err != nil {
		return err
	}
	seen, err := p.engine.Slowdown(ctx)
	p.factor = seen.Factor()
	return err
}

// close comes after all runs.
func (p *proven) close(t *testing.T) {
	t.Helper()
	if p.engine == nil {
		return
	}
	if err := p.engine.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// fleet has the engines for both platforms of images.
type fleet struct{ arm64, amd64 proven }

func newFleet(t *testing.T) *fleet {
	f := &fleet{arm64: proven{platform: "linux/arm64"}, amd64: proven{platform: "linux/amd64"}}
	t.Cleanup(func() { f.arm64.close(t); f.amd64.close(t) })
	return f
}

// lend gives a run an engine, unless it reads the image alone.
func (f *fleet) lend(t *testing.T, o suites.Options) suites.Options {
	switch {
	case o.Inspect:
	case o.Compute == suites.Instances:
		return f.amd64.lend(t, o)
	default:
		return f.arm64.lend(t, o)
	}
	return o
}

// lent is an engine in the hands of one run, whose close ends that run's containers alone.
type lent struct {
	*docker.Engine
	mu      sync.Mutex
	started []engine.Target
}

func (l *lent) Start(ctx context.Context, spec engine.Spec) (engine.Target, error) {
	t, err := l.Engine.Start(ctx, spec)
	if err == nil {
		l.mu.Lock()
		l.started = append(l.started, t)
		l.mu.Unlock()
	}
	return t, err
}

func (l *lent) Close(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for _, t := range l.started {
		errs = append(errs, t.Remove(ctx))
	}
	return errors.Join(errs...)
}
