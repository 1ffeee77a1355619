// Package scenario plays, one file each, the things that the platform and its callers do to a container, and returns
// typed records of what was seen. A scenario judges nothing.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/aws"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// Stage is one booted target and all that a scenario needs to play on it.
type Stage struct {
	Target engine.Target
	Client *wire.Client
	Terms  record.Terms
	// Host is what invocations carry: the platform's cell name, or localhost where only that is accepted (NET-04).
	Host string
	// Rich adds what test clients add to each invocation, for an agent that insists on it (INV-13).
	Rich bool
	// Payload is how an invocation is written; set once the ladder was walked.
	Payload Payload
	// Model is the scripted model of this container; nil when it has none.
	Model *model.Server
	// Services are the other AWS services of this container; nil when it has none.
	Services *aws.Server
	// Lines are the listeners of all servers that this container can reach.
	Lines []Lines
	// Allowance is how many invocations may still be made; nil for any number.
	Allowance *Allowance
	// Clock is how far the container's wall clock was put off; 0 where it is right.
	Clock time.Duration
	// CallTimeout bounds one invocation, where the user said so; 0 leaves it to what the agent needs.
	CallTimeout time.Duration
	// Beside says that other containers of the run are at work, which slows this one.
	Beside bool
	// bornBusy says that the agent was HealthyBusy when it became ready: that it is later, says nothing then.
	bornBusy bool
	// unheard counts health checks in a row that were not answered in time.
	unheard int
	// name prefixes the ids of exchanges, so that they are unique in the whole record set.
	name string
	seq  *sequence
}

// Lines are the connections to one server of the harness.
type Lines struct {
	To record.Peer
	*stub.Severable
}

// NewStage sets up the clients for a target. The name prefixes exchange ids.
func NewStage(name string, t engine.Target, terms record.Terms, callTimeout time.Duration) *Stage {
	c := wire.New(t.Dial, t.Epoch())
	c.Activity = &wire.Activity{}
	return &Stage{
		Target: t, Client: c, Terms: terms, Host: platform.CellHost, CallTimeout: callTimeout, name: name, seq: newSequence(),
	}
}

// At is the offset of now from the container's start.
func (s *Stage) At() record.Millis { return millis(time.Since(s.Target.Epoch())) }

// State asks for the process's state. A target that has none to show (attach) is taken to run.
func (s *Stage) State(ctx context.Context) (record.State, error) {
	st, err := s.Target.State(ctx)
	if errors.Is(err, engine.ErrUnsupported) {
		return record.State{Running: true, Unknown: true, At: s.At()}, nil
	}
	if err != nil {
		return st, fmt.Errorf("read the container's state: %w", err)
	}
	st.At = s.At()
	return st, nil
}

// noticing is how long an engine may take to notice that a process ended.
const noticing = 2 * time.Second

// stateAfter asks for the state after a call. Where the call found nobody, or was cut off, the process may just be ending:
// the engine is given a moment to notice.
func (s *Stage) stateAfter(ctx context.Context, x record.Exchange) (record.State, error) {
	st, err := s.State(ctx)
	if x.Outcome != record.Refused && x.Outcome != record.Reset {
		return st, err
	}
	for began := time.Now(); err == nil && st.Running && !st.Unknown && time.Since(began) < noticing; {
		if pause(ctx, 50*time.Millisecond) != nil {
			break
		}
		st, err = s.State(ctx)
	}
	return st, err
}

// Logs reads the container's last lines; a target without logs has none.
func (s *Stage) Logs(ctx context.Context) record.Logs {
	l, err := s.Target.Logs(ctx)
	if err != nil {
		return record.Logs{TotalLines: -1}
	}
	return l
}

// localhost is the Host of a client on the same machine, with the port, as SDK allow-lists spell it (NET-04).
func (s *Stage) localhost() string { return fmt.Sprintf("localhost:%d", s.Terms.Port) }

// id makes the id of an exchange of this stage.
func (s *Stage) id(what string) string { return s.seq.next(s.name + "/" + what) }

// Pinger makes a pinger with the platform's Host.
func (s *Stage) Pinger() *wire.Pinger {
	host := s.Host
	if host == "" {
		host = platform.CellHost
	}
	return &wire.Pinger{Client: s.Client, Path: "/ping", Host: host, Timeout: s.pingPatience()}
}

// pingPatience is how long one health check may take before it counts as lost: PING-09's hard limit of 5 s, stretched, and
// some more.
func (s *Stage) pingPatience() time.Duration {
	if s.unheard >= deafAfter {
		return s.scaled(deafPatience)
	}
	return s.scaled(6*time.Second) + 4*time.Second
}

// How long an invocation is waited for that nobody bounded: what no agent was seen to need, and at most for the first one.
const (
	callPatience      = 2 * time.Minute
	firstCallPatience = 5 * time.Minute
)

// patience is how long an invocation is waited for. What takes this agent long when all is well may take it longer when
// something is odd: three of its own calls are compared with, at any speed of the machine.
func (s *Stage) patience() time.Duration {
	switch {
	case s.CallTimeout > 0:
		return s.CallTimeout
	case s.Payload.Worked:
		return max(callPatience, 3*s.Payload.CallTook)
	}
	return callPatience
}

// firstPatience is that for the first calls, which there is nothing to compare with.
func (s *Stage) firstPatience() time.Duration {
	if s.CallTimeout > 0 {
		return s.CallTimeout
	}
	return max(callPatience, min(s.scaled(callPatience), firstCallPatience))
}

// scaled stretches a limit on computed work by the measured factor.
func (s *Stage) scaled(d time.Duration) time.Duration {
	if s.Terms.TimeScale > 1 {
		return time.Duration(float64(d) * s.Terms.TimeScale)
	}
	return d
}

// After so many health checks in a row that nobody answered, the next ones are waited for no longer than a moment: they
// say nothing new, and there may be dozens.
const (
	deafAfter    = 2
	deafPatience = time.Second
)

// ping sends one health check.
func (s *Stage) ping(ctx context.Context) *record.Ping {
	p := s.Pinger().Once(ctx)
	s.listened(p)
	return &p
}

// listened counts those in a row that nobody answered.
func (s *Stage) listened(pings ...record.Ping) {
	for _, p := range pings {
		if p.Outcome == record.TimedOut {
			s.unheard++
		} else {
			s.unheard = 0
		}
	}
}

func millis(d time.Duration) record.Millis {
	return record.Millis(float64(d) / float64(time.Millisecond))
}

// pause waits, or returns early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
