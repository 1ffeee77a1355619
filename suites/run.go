package suites

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// run is one run in progress.
type run struct {
	o       Options
	plan    *plan
	started time.Time
	done    chan struct{}
	result  *reports.Run

	mu     sync.Mutex
	set    *record.Set
	env    *record.Environment
	took   map[record.Kind]time.Duration
	ruled  map[string]bool
	errors []string
	// notes are what the reading of the image has to say to a reader of the verdict.
	notes []string
	// around are the surroundings of the containers that have some.
	around []*surroundings
	// allowance is how many invocations a real model may still be paid for; nil where none is.
	allowance *scenario.Allowance
	// beside says that other lanes play beside the main one.
	beside atomic.Bool
	// imageRef is how the engine knows the image.
	imageRef string
}

func newRunID() string { return strings.ReplaceAll(uuid.NewString(), "-", "")[:12] }

func (r *run) event(e Event) {
	if r.o.Progress != nil {
		r.o.Progress(e)
	}
}

// step is one scenario on one target.
type step struct {
	name    string
	kind    record.Kind
	planned time.Duration
	// play fills the record; it is stored under the run's lock by the function that it returns.
	play func(context.Context) (store func(*record.Set), err error)
}

// do plays a step if the plan wants its record, and notes a gap when it does not come about. It reports success.
func (r *run) do(ctx context.Context, s step) bool {
	if !r.plan.kinds[s.kind] {
		return false
	}
	if ctx.Err() != nil {
		r.gap(s.kind, record.GapInterrupted, interruption(ctx))
		return false
	}
	r.event(Event{Kind: EventBegin, Scenario: s.name, Text: s.name, Planned: s.planned})
	began := time.Now()
	store, err := r.guarded(ctx, s)
	took := time.Since(began)
	r.event(Event{Kind: EventEnd, Scenario: s.name, Text: s.name, Took: took})
	switch {
	case err != nil && ctx.Err() != nil:
		r.gap(s.kind, record.GapInterrupted, interruption(ctx))
		return false
	case err != nil:
		r.gap(s.kind, record.GapHarness, fmt.Sprintf("%s: %v", s.name, err))
		return false
	}
	r.mu.Lock()
	store(r.set)
	r.took[s.kind] += took
	r.mu.Unlock()
	r.ruleEarly()
	return true
}

// guarded plays a step and turns a panic into an error: a broken scenario must not take the others with it.
func (r *run) guarded(ctx context.Context, s step) (store func(*record.Set), err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the harness failed: %v (please report this)", p)
			r.event(Event{Kind: EventLog, Text: string(debug.Stack())})
		}
	}()
	return s.play(ctx)
}

func interruption(ctx context.Context) string {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause.Error()
	}
	return "the run was interrupted before this was tested"
}

// gap notes why a record is missing; the first word on a record counts.
func (r *run) gap(k record.Kind, why record.GapCause, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.plan.kinds[k] || r.set.Has(k) || r.set.GapOf(k) != nil {
		return
	}
	r.set.Gaps = append(r.set.Gaps, record.Gap{Kind: k, Why: why, Text: text})
}

// dynamicKinds are all records that need a running container.
var dynamicKinds = []record.Kind{
	record.KindBoot, record.KindCalls, record.KindIdle, record.KindStream, record.KindInFlight, record.KindWire, record.KindMalformed, record.KindSurface,
	record.KindBodies, record.KindDisconnect, record.KindOverlap, record.KindSessions, record.KindAsync, record.KindClean, record.KindLongSession,
	record.KindStop, record.KindStopInFlight, record.KindKilled, record.KindFreeze, record.KindClock, record.KindCredentials, record.KindEnd, record.KindModelFaults, record.KindModel,
}

// blockAll notes that a fault of the image makes everything that is still missing pointless.
func (r *run) blockAll(why string) {
	for _, k := range dynamicKinds {
		r.gap(k, record.GapBlocked, why)
	}
}

// closeGaps explains every record that is missing without a word: the run ended before it was taken.
func (r *run) closeGaps(ctx context.Context) {
	why, text := record.GapHarness, "the run ended before this was tested"
	if ctx.Err() != nil {
		why, text = record.GapInterrupted, interruption(ctx)
	}
	r.mu.Lock()
	if len(r.errors) > 0 {
		text = r.errors[0]
	}
	r.mu.Unlock()
	r.gap(record.KindImage, why, text)
	for _, k := range dynamicKinds {
		r.gap(k, why, text)
	}
}

// ruleEarly rules on the clauses whose records are all there, for live display. The final ruling is made on all records.
func (r *run) ruleEarly() {
	if r.o.Progress == nil {
		return
	}
	r.mu.Lock()
	var events []Event
	for _, id := range r.plan.clauses {
		ch, ok := registry.Check(id)
		if !ok || r.ruled[id] || !r.complete(ch) {
			continue
		}
		r.ruled[id] = true
		for _, f := range r.o.accepted().Apply(registry.Rule(checks.Contract(), id, r.set)) {
			if f.Outcome == checks.Untestable { // later records may still tell
				continue
			}
			text := f.Summary
			if text == "" {
				text = f.Title
			}
			events = append(events, Event{Kind: EventFinding, Clause: id, Outcome: string(f.Outcome), Text: text})
		}
	}
	r.mu.Unlock()
	for _, e := range events {
		r.event(e)
	}
}

// complete reports that no record is to come that could change the clause's verdict.
func (r *run) complete(ch checks.Check) bool {
	for _, k := range ch.Needs {
		if !r.set.Has(k) {
			return false
		}
	}
	return !slices.ContainsFunc(ch.Wants, func(k record.Kind) bool {
		return r.plan.kinds[k] && !r.set.Has(k) && r.set.GapOf(k) == nil
	})
}
