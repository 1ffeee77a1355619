package suites

import (
	"context"
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// mainPlay is the main container's part.
type mainPlay struct {
	*run
	eng   engine.Engine
	stage *scenario.Stage
	boot  *record.Boot
	calls *record.Calls
	idle  *record.Idle
	// watch ends the poll that runs beside everything; nil when the process that it watched is gone and was not replaced.
	watch func(context.Context) (*record.End, error)
	// lost are the processes that ended on the way, samples what they used.
	lost    []record.Loss
	samples []record.Sample
	// last is the scenario that was played last.
	last string
	// resting is the connection that lies idle until it is looked at; nil where none does.
	resting *scenario.Resting
}

func (m *mainPlay) play(ctx context.Context, open func(scenario.Payload, string, string)) {
	session := newSession()
	if !m.talk(ctx) {
		return
	}
	m.quiet(ctx)
	m.rest(ctx)
	defer func() { m.resting.Close() }()
	if m.calls != nil {
		if x := m.calls.Variants[record.Platform]; x != nil {
			session = x.Session
		}
		open(m.stage.Payload, m.stage.Host, session)
	}
	m.idlePoll(ctx)
	m.load(ctx)
	m.abuse(ctx)
	m.attachedSession(ctx)
}

// talk finds out how the agent is spoken to. Without a process that outlives its first call there is nothing more to play.
func (m *mainPlay) talk(ctx context.Context) bool {
	if !m.plan.kinds[record.KindCalls] {
		return true
	}
	m.do(ctx, step{"invocations", record.KindCalls, 0, func(ctx context.Context) (func(*record.Set), error) {
		calls, err := scenario.Calls(ctx, m.stage, m.o.Profile == Smoke)
		if err != nil {
			return nil, err
		}
		m.calls = calls
		return func(set *record.Set) {
			set.Calls = calls
			if len(calls.Ladder) > 0 {
				m.boot.First = &calls.Ladder[0]
			}
		}, nil
	}})
	if m.calls == nil {
		return false
	}
	if !m.calls.After.Running && !m.calls.Worked {
		m.blockAll("the process ended during the first invocations; if it needs something from outside, declare it with --env or let it out with --network open")
		return false
	}
	return true
}

// quiet measures the health check before anything else runs beside it.
func (m *mainPlay) quiet(ctx context.Context) {
	if !m.plan.kinds[record.KindIdle] {
		return
	}
	m.event(Event{Kind: EventBegin, Scenario: "health check, quiet", Text: "health check, quiet", Planned: scenario.BurstWait})
	began := time.Now()
	idle, err := scenario.Burst(ctx, m.stage)
	m.event(Event{Kind: EventEnd, Scenario: "health check, quiet", Text: "health check, quiet", Took: time.Since(began)})
	if err != nil {
		m.gap(record.KindIdle, record.GapInterrupted, interruption(ctx))
		return
	}
	m.idle = idle
}

// rest leaves a connection idle from here on.
func (m *mainPlay) rest(ctx context.Context) {
	if m.plan.kinds[record.KindWire] && m.calls != nil {
		m.resting = scenario.Rest(ctx, m.stage)
	}
}

func (m *mainPlay) idlePoll(ctx context.Context) {
	if m.idle == nil {
		return
	}
	m.do(ctx, step{"health check, polled", record.KindIdle, pollWait(m.o), func(ctx context.Context) (func(*record.Set), error) {
		err := scenario.Poll(ctx, m.stage, m.idle, m.o.Profile == Smoke)
		return func(set *record.Set) { set.Idle = m.idle }, err
	}})
}

// load plays what callers do on purpose.
func (m *mainPlay) load(ctx context.Context) {
	if m.calls == nil {
		return
	}
	m.on(ctx, step{"stream", record.KindStream, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Stream(ctx, m.stage, m.calls)
		return func(set *record.Set) { set.Stream = x }, err
	}})
	m.on(ctx, step{"health check beside invocations", record.KindInFlight, m.inFlightWait(), func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.InFlight(ctx, m.stage)
		return func(set *record.Set) { set.InFlight = x }, err
	}})
	m.answering(ctx, step{"one session, overlapping", record.KindOverlap, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Overlap(ctx, m.stage)
		return func(set *record.Set) { set.Overlap = x }, err
	}})
	m.answering(ctx, step{"many sessions", record.KindSessions, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Sessions(ctx, m.stage, m.o.Sessions, m.o.Turns)
		return func(set *record.Set) { set.Sessions = x }, err
	}})
	m.async(ctx)
}

// on plays a step on a living process: one that ended on the way is replaced first, so that each fault is told by its
// own clause and does not hide the rest.
func (m *mainPlay) on(ctx context.Context, s step) {
	if !m.plan.kinds[s.kind] || !m.revive(ctx) {
		return
	}
	m.do(ctx, s)
	m.last = s.name
}

// answering plays a step that says nothing about an agent which fails every call, where failing takes long: frameworks
// without a model try again for a minute and a half each time.
func (m *mainPlay) answering(ctx context.Context, s step) {
	if p := m.stage.Payload; p.Laboured() {
		m.gap(s.kind, record.GapBlocked, fmt.Sprintf("no call was answered with success, and the attempt took %s: give the agent credentials or a "+
			"model that answers with --env, or a body that it takes with --payload", p.CallTook.Round(100*time.Millisecond)))
		return
	}
	m.on(ctx, s)
}

func (m *mainPlay) inFlightWait() time.Duration {
	if m.o.SlowPayload == "" {
		return 0
	}
	return scenario.InFlightWait()
}

func (m *mainPlay) async(ctx context.Context) {
	if m.o.AsyncPayload == "" {
		m.gap(record.KindAsync, record.GapNature, "no background job was declared (--async-payload)")
		return
	}
	m.on(ctx, step{"background job", record.KindAsync, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Async(ctx, m.stage)
		return func(set *record.Set) { set.Async = x }, err
	}})
}

// abuse plays what callers do by accident.
func (m *mainPlay) abuse(ctx context.Context) {
	if m.calls == nil {
		return
	}
	m.wire(ctx)
	m.on(ctx, step{"malformed requests", record.KindMalformed, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Malformed(ctx, m.stage)
		return func(set *record.Set) { set.Malformed = x }, err
	}})
	m.on(ctx, step{"debug endpoints", record.KindSurface, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Surface(ctx, m.stage)
		return func(set *record.Set) { set.Surface = x }, err
	}})
	m.answering(ctx, step{"large bodies", record.KindBodies, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Bodies(ctx, m.stage)
		return func(set *record.Set) { set.Bodies = x }, err
	}})
	m.on(ctx, step{"callers who leave", record.KindDisconnect, 0, func(ctx context.Context) (func(*record.Set), error) {
		streams := m.set.Stream != nil && m.set.Stream.Call != nil && m.set.Stream.Call.Events != nil
		x, err := scenario.Disconnect(ctx, m.stage, streams)
		return func(set *record.Set) { set.Disconnect = x }, err
	}})
	m.modelFaults(ctx)
}

// wire plays the less usual shapes of HTTP on an agent that serves the usual ones.
func (m *mainPlay) wire(ctx context.Context) {
	if !m.stage.Payload.Worked {
		m.gap(record.KindWire, record.GapBlocked, "no call was answered with success, so unusual ones tell nothing")
		return
	}
	m.on(ctx, step{"unusual connections", record.KindWire, wireWait(m.plan.kinds[record.KindIdle]), func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.Wire(ctx, m.stage, m.resting)
		return func(set *record.Set) { set.Wire = x }, err
	}})
}

// modelFaults plays a failing model on an agent that asks the scripted one.
func (m *mainPlay) modelFaults(ctx context.Context) {
	if !m.stage.Modelled() {
		m.gap(record.KindModelFaults, record.GapNature, "the agent asked no scripted model")
		return
	}
	m.answering(ctx, step{"model faults", record.KindModelFaults, 0, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.ModelFaults(ctx, m.stage)
		return func(set *record.Set) { set.ModelFaults = x }, err
	}})
}

// attachedSession plays the long session on the attached server: there is no second process to play it on.
func (m *mainPlay) attachedSession(ctx context.Context) {
	if m.o.Endpoint == "" {
		return
	}
	m.gap(record.KindClean, record.GapNature, "a server that already runs was not started by this tool")
	m.gap(record.KindClock, record.GapNature, "a server that already runs has the clock that it has")
	for _, k := range []record.Kind{record.KindStop, record.KindStopInFlight} {
		m.gap(k, record.GapNature, "a server that already runs is not stopped by this tool")
	}
	for _, k := range []record.Kind{record.KindKilled, record.KindFreeze, record.KindCredentials} {
		m.gap(k, record.GapNature, "a server that already runs is neither killed nor made to stand still by this tool")
	}
	m.do(ctx, step{longSession, record.KindLongSession, m.o.SessionDuration, func(ctx context.Context) (func(*record.Set), error) {
		x, err := scenario.LongSession(ctx, m.stage, *m.boot, m.sessionPlan(newSession(), false))
		return func(set *record.Set) { set.LongSession = x }, err
	}})
}
