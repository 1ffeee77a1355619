package suites

import (
	"context"
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// mostLosses is how many processes of the main container may end before playing on is pointless.
const mostLosses = 5

// revive makes sure that the main container's process runs, and replaces the container when it does not. It reports false
// when nothing can be played any more.
func (m *mainPlay) revive(ctx context.Context) bool {
	st, err := m.stage.State(ctx)
	if err != nil || st.Running {
		return err == nil
	}
	m.bury(ctx, st)
	if len(m.lost) > mostLosses {
		m.blockAll(fmt.Sprintf("the process ended %d times; it was not started again", len(m.lost)))
		return false
	}
	next, boot, err := m.again(ctx)
	switch {
	case err != nil:
		m.fault(fmt.Errorf("start the container again after its process ended: %w", err))
		return false
	case !boot.Ready:
		m.blockAll("the process ended and a fresh one never became ready: " + boot.Detail)
		return false
	}
	next.Payload, next.Host, next.Rich = m.stage.Payload, m.stage.Host, m.stage.Rich
	m.stage = next
	m.watch = scenario.Watch(ctx, next, boot.State)
	return true
}

// bury keeps what was seen of a process that ended.
func (m *mainPlay) bury(ctx context.Context, st record.State) {
	loss := record.Loss{After: m.last, State: st, Logs: m.stage.Logs(ctx)}
	if m.watch != nil {
		if end, err := m.watch(ctx); err == nil {
			loss.Polls = end.Polls
			m.samples = append(m.samples, end.Samples...)
		}
		m.watch = nil
	}
	m.lost = append(m.lost, loss)
}

func (m *mainPlay) again(ctx context.Context) (*scenario.Stage, *record.Boot, error) {
	name := fmt.Sprintf("main-%d", len(m.lost)+1)
	s, err := m.bootServed(ctx, m.eng, name, true)
	if err != nil {
		return nil, nil, err
	}
	boot, err := scenario.Boot(ctx, s)
	if err == nil {
		m.cameUp(name, s, boot)
	}
	return s, boot, err
}

// end takes the last look, at the process that runs now and at those that ended before it.
func (m *mainPlay) end(ctx context.Context) (*record.End, error) {
	if st, err := m.stage.State(ctx); m.watch != nil && err == nil && !st.Running {
		m.bury(ctx, st)
	}
	if m.watch == nil {
		last := m.lost[len(m.lost)-1]
		return &record.End{Start: m.boot.State, State: last.State, Logs: last.Logs, Lost: m.lost, Samples: m.samples}, nil
	}
	out, err := m.watch(ctx)
	if err != nil {
		return nil, err
	}
	out.Lost, out.Samples = m.lost, append(m.samples, out.Samples...)
	return out, nil
}
