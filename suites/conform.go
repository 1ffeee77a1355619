package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/facts"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// Version is the tool's version; the build sets it.
var Version = "devel"

// tool is what reports say of their maker.
func tool() reports.Tool {
	return reports.Tool{Name: "agentcore-conform", Version: Version, Contract: checks.Revision}
}

// Run plays the platform around the container and rules on it. The error is a *UsageError where the call is at fault;
// everything that happens later, a missing engine included, is told in the Run itself, so that what was found is never
// lost. Cancelling ctx ends the run early: the Run then says that it was interrupted and holds what was seen.
func Run(ctx context.Context, o Options) (*reports.Run, error) {
	r, err := newRun(o)
	if err != nil {
		return nil, err
	}
	return r.play(ctx), nil
}

// newRun checks the options and lays the plan. Nothing is started yet.
func newRun(o Options) (*run, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o.Image != "" && o.Facts == nil {
		if _, err := facts.Parse(o.Image); err != nil {
			return nil, usagef("%v", err)
		}
	}
	p, err := newPlan(o)
	if err != nil {
		return nil, err
	}
	if o.RunID == "" {
		o.RunID = newRunID()
	}
	r := &run{
		o: o, plan: p, started: time.Now(), done: make(chan struct{}),
		set:   &record.Set{Schema: record.Schema, Terms: termsOf(o)},
		took:  map[record.Kind]time.Duration{},
		ruled: map[string]bool{},
	}
	return r, nil
}

// announced is what a run will do, and what it may cost.
func (r *run) announced() string {
	if r.o.Model != ModelReal {
		return r.plan.String()
	}
	return fmt.Sprintf("%s; at most %d invocations reach a real model and are paid for", r.plan, r.o.MaxModelCalls)
}

// play runs everything and returns the result. It never fails: what went wrong is in the result.
func (r *run) play(ctx context.Context) *reports.Run {
	defer close(r.done)
	whole, cancel := context.WithTimeoutCause(ctx, r.o.Timeout, fmt.Errorf("the run took longer than --timeout %s", r.o.Timeout))
	defer cancel()
	whole, stop := context.WithCancelCause(whole)
	defer stop(nil)
	if r.o.Model == ModelReal {
		r.allowance = scenario.NewAllowance(r.o.MaxModelCalls, func() {
			stop(fmt.Errorf("the %d invocations that may reach a real model were made (--max-model-calls)", r.o.MaxModelCalls))
		})
	}
	r.event(Event{Kind: EventPlan, Text: r.announced(), Planned: r.plan.waits})
	if err := r.playAll(whole); err != nil {
		r.fault(err)
	}
	r.closeGaps(whole)
	if ctx.Err() == nil {
		r.overran(whole)
	}
	r.result = r.conclude(ctx.Err() != nil)
	return r.result
}

// overran notes as a fault that --timeout or --max-model-calls took scenarios away. Where these were about SHOULDs alone,
// nothing else would keep the run from being called green.
func (r *run) overran(whole context.Context) {
	r.mu.Lock()
	cut := slices.ContainsFunc(r.set.Gaps, func(g record.Gap) bool { return g.Why == record.GapInterrupted }) ||
		r.set.LongSession != nil && r.set.LongSession.Interrupted
	cut = cut && len(r.errors) == 0
	r.mu.Unlock()
	if cut {
		r.fault(fmt.Errorf("%w; raise it, or test less with --only", context.Cause(whole)))
	}
}

// playAll reads the image, boots it and plays the lanes.
func (r *run) playAll(ctx context.Context) error {
	eng, engErr := r.openEngine(ctx)
	if eng != nil {
		defer r.closeEngine(eng)
	}
	if engErr != nil && r.fromEngine() {
		return engErr
	}
	preflight := r.preflight(ctx, eng)
	image, err := r.readImage(ctx, eng)
	if err != nil {
		return err
	}
	if image != nil {
		defer image.Close()
	}
	if !r.plan.kinds[record.KindBoot] {
		return nil
	}
	if err := errors.Join(engErr, preflight()); err != nil {
		return err
	}
	if why := r.unbootable(); why != "" {
		r.blockAll(why)
		return nil
	}
	if err := r.prepare(ctx, eng, image); err != nil {
		return err
	}
	r.playLanes(ctx, eng)
	r.leave()
	return nil
}

// unbootable says why booting would prove nothing: a wrong architecture runs by accident or not at all (IMG-01, IMG-02).
func (r *run) unbootable() string {
	for _, id := range []string{"IMG-01", "IMG-02"} {
		for _, f := range registry.Rule(checks.Contract(), id, r.set) {
			if f.Outcome == checks.Fail && f.Reason != "foreign-module" { // the program itself runs, and shows the rest
				return fmt.Sprintf("not booted because of %s: %s", id, f.Actual)
			}
		}
	}
	return ""
}

// closeEngine cleans up with a context of its own: the run's may be over already.
func (r *run) closeEngine(eng engine.Engine) {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupLimit)
	defer cancel()
	if err := eng.Close(ctx); err != nil {
		r.fault(fmt.Errorf("clean up after the run: %w", err))
	}
}

// cleanupLimit bounds the removal of what a run made.
const cleanupLimit = 30 * time.Second

// fault notes what went wrong around the container. A cancellation is no fault: the verdict says interrupted.
func (r *run) fault(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, err.Error())
}
