package docker

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
)

// No broken measurement is to excuse everything.
const (
	mostTranslation = 40
	mostThrottling  = 25
)

// leastThrottling is the factor from which a quota is more than the kernel's rounding, where it allows a whole CPU.
const leastThrottling = 1.05

// Slowdown measures how much longer containers under this engine take to compute than the engine's machine does by itself,
// within a second where that is idle: one container, limited as one under test is, whose process is by turns a clock in
// the machine's own instructions and, where the platform's are translated, one in those. Both give their CPU time alone,
// which other work on the machine does not change.
//
// Quotas of CPU time stretch wall time and not CPU time. They are told from the want of CPU on a busy machine by what the
// kernel accounts to quotas while the clocks run, and by the quotas themselves where their files are of this machine.
// Either is a bound from below: on a busy machine a quota is reached less often, and elsewhere its files are not seen.
// A quota above the container's own group on another machine with Linux before 6.6 shows in neither.
func (e *Engine) Slowdown(ctx context.Context) (record.Slowdown, error) {
	began := time.Now()
	clocks := e.clocks()
	seen, err := e.runClocks(ctx, clocks)
	if err != nil {
		return record.Slowdown{}, fmt.Errorf("measuring the speed of %s programs: %w", e.opts.Platform, err)
	}
	var own, translated tiny.Timing
	for i, clock := range seen.chain.Clocks {
		if clocks[i] == tiny.ClockPath(e.arch()) {
			own = own.Best(clock.Timing)
		} else {
			translated = translated.Best(clock.Timing)
		}
	}
	return record.Slowdown{
		Compute: paceOf(own.Compute, translated.Compute), Syscalls: paceOf(own.Syscalls, translated.Syscalls),
		Throttled: throttleOf(seen), Took: millis(time.Since(began)),
	}, nil
}

// clocks are the paths of the clocks to run. Translated code takes long enough to reach a quota; where there is none, the
// machine's own runs more often.
func (e *Engine) clocks() []string {
	_, arch, _ := strings.Cut(e.opts.Platform, "/")
	own, translated := tiny.ClockPath(e.arch()), tiny.ClockPath(arch)
	if own == translated {
		return slices.Repeat([]string{own}, 24)
	}
	return slices.Repeat([]string{own, translated, own}, 3)
}

// clocksRun is what was seen of the container of the clocks.
type clocksRun struct {
	chain tiny.Chain
	// quota is as quota returns it, and nil when the container could not be looked at from here.
	quota *float64
}

func (e *Engine) runClocks(ctx context.Context, clocks []string) (clocksRun, error) {
	done, err := e.busy()
	if err != nil {
		return clocksRun{}, err
	}
	defer done()
	args := slices.Concat(stats, []string{tiny.Next}, clocks, []string{"/" + string(tiny.Cat)}, stats)
	var asked request
	id, err := e.startProgram(ctx, e.arch(), tiny.Cat, func(r *request) {
		r.host.NetworkMode = "none"
		e.limit(r)
		asked = *r
	}, args...)
	if err != nil && e.refusesLimit(asked, err) {
		return e.runClocks(ctx, clocks)
	}
	if err != nil {
		return clocksRun{}, err
	}
	defer e.discardLater(id)
	seen := clocksRun{quota: e.quotaOf(ctx, id)}
	end, err := e.endOf(ctx, id, tiny.Clock)
	if err != nil {
		return clocksRun{}, err
	}
	if end.code != 0 {
		return clocksRun{}, fmt.Errorf("the clock program ended with %d: %s", end.code, oneLine(string(end.output)))
	}
	seen.chain, err = tiny.ReadChain(end.output, len(clocks))
	return seen, err
}

// quotaOf looks at the quotas around a running container from outside.
func (e *Engine) quotaOf(ctx context.Context, id string) *float64 {
	seen, err := e.cli.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil || seen.Container.State == nil {
		return nil
	}
	t := &Target{e: e, id: id, pid: seen.Container.State.Pid}
	if !t.visible() {
		return nil
	}
	cpus, err := quota(os.DirFS("/"), t.pid)
	if err != nil || !t.visible() {
		return nil
	}
	return &cpus
}

func paceOf(own, translated time.Duration) record.Pace {
	p := record.Pace{Native: millis(own), Translated: millis(translated), Factor: 1}
	if translated > 0 {
		p.Factor = min(mostTranslation, max(1, float64(translated)/float64(own)))
	}
	return p
}

// throttleOf compares the whole of the clocks' CPU time with the time that quotas held them in between.
func throttleOf(seen clocksRun) record.Throttle {
	clocks := seen.chain.Clocks
	first, last := clocks[0], clocks[len(clocks)-1]
	cpu := tiny.Span{From: first.CPU.From, To: last.CPU.To}.Length()
	wall := tiny.Span{From: first.Wall.From, To: last.Wall.To}.Length()
	t := record.Throttle{Factor: 1, Quota: seen.quota, Wall: millis(wall), CPU: millis(cpu)}
	before, err := throttled(seen.chain.Before)
	after, afterErr := throttled(seen.chain.After)
	if err == nil && afterErr == nil && after >= before {
		held := millis(after - before)
		t.Held = &held
		t.Factor = max(1, float64(min(t.Wall, t.CPU+held)/t.CPU))
	}
	if t.Quota != nil && *t.Quota > 0 {
		t.Factor = max(t.Factor, 1 / *t.Quota)
	}
	if t.Factor < leastThrottling {
		t.Factor = 1
	}
	t.Factor = min(t.Factor, mostThrottling)
	return t
}
