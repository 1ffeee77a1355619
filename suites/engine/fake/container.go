package fake

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// Exit codes of processes that signals ended: 128 plus the signal.
const (
	exitKilled     = 137
	exitTerminated = 143
	exitPanicked   = 2
)

// container is one process of the agent: an engine.Target to the harness.
type container struct {
	engine *Engine
	spec   engine.Spec
	pid    int
	epoch  time.Time
	net    *network
	log    *logBook
	still  *gate
	cancel context.CancelFunc
	ended  chan struct{}

	mu         sync.Mutex
	running    bool
	exitCode   int
	signals    chan os.Signal
	subscribed bool
	// held is what the program says it holds beyond what the sampler tells.
	held process.Held
}

func newContainer(e *Engine, spec engine.Spec, number int) *container {
	still := &gate{}
	return &container{
		engine: e, spec: spec, pid: 1000 + number, epoch: time.Now(), net: newNetwork(still), log: newLogBook(), still: still,
		ended: make(chan struct{}), running: true, signals: make(chan os.Signal, 1),
	}
}

func (c *container) start(agent Agent) {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	go func() { c.end(c.run(ctx, agent)) }()
}

// run calls the agent as a kernel runs a program: a panic is a crash of that process only.
func (c *container) run(ctx context.Context, agent Agent) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(c.log, "panic: %v\n%s", p, debug.Stack())
			code = exitPanicked
		}
	}()
	return agent(ctx, &view{c})
}

// end is the end of the process, by whatever comes first: sockets close, the exit code stands.
func (c *container) end(code int) {
	c.mu.Lock()
	first := c.running
	if first {
		c.running, c.exitCode = false, code
	}
	c.mu.Unlock()
	if !first {
		return
	}
	c.net.close()
	c.still.open()
	c.cancel()
	close(c.ended)
}

// Epoch is the wall clock at the start.
func (c *container) Epoch() time.Time { return c.epoch }

// Dial connects to the contract port.
func (c *container) Dial(ctx context.Context) (net.Conn, error) {
	return c.net.dial(ctx, c.spec.Port)
}

// DialPort connects to another port from outside; what listens on loopback refuses.
func (c *container) DialPort(ctx context.Context, port int) (net.Conn, error) {
	return c.net.dial(ctx, port)
}

// State tells whether the process runs and how it ended.
func (c *container) State(context.Context) (record.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := record.State{
		Running: c.running, ExitCode: c.exitCode, StartedAt: c.epoch.Format(time.RFC3339Nano), At: c.age(),
	}
	if c.running {
		s.PID = c.pid
	}
	return s, nil
}

func (c *container) age() record.Millis { return millis(time.Since(c.epoch)) }

func millis(d time.Duration) record.Millis {
	return record.Millis(float64(d) / float64(time.Millisecond))
}

// Listeners reads the process's listening sockets.
func (c *container) Listeners(context.Context) ([]record.Listener, error) {
	return c.net.listeners(), nil
}

// Logs returns the last lines.
func (c *container) Logs(context.Context) (record.Logs, error) { return c.log.last(), nil }

// Sample asks the engine's sampler, and adds what the program says it holds.
func (c *container) Sample(context.Context) (record.Sample, error) {
	s := c.engine.sample(time.Since(c.epoch))
	s.At = c.age()
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Memory += c.held.Memory
	s.PIDs += c.held.Threads
	s.Threads, s.Descriptors = more(s.Threads, c.held.Threads), more(s.Descriptors, c.held.Descriptors)
	return s, nil
}

// more adds to a count that the sampler tells.
func more(count *int, n int) *int {
	if count == nil {
		return nil
	}
	sum := *count + n
	return &sum
}

// Terminate sends SIGTERM and waits. A process that never asked for its signals dies of it at once.
func (c *container) Terminate(ctx context.Context, patience time.Duration) (record.Stop, error) {
	sent := time.Now()
	if !c.signal(syscall.SIGTERM) {
		c.end(exitTerminated)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	stop := record.Stop{Limit: millis(patience)}
	select {
	case <-c.ended:
	case <-late.C:
		stop.Killed = true
	case <-ctx.Done():
		return stop, fmt.Errorf("wait for the process to end: %w", ctx.Err())
	}
	stop.ExitedAfter = millis(time.Since(sent))
	stop.State, _ = c.State(ctx)
	return stop, nil
}

// signal delivers to a process that asked for signals, and reports whether it had.
func (c *container) signal(s os.Signal) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.subscribed {
		return false
	}
	select {
	case c.signals <- s:
	default: // a signal that is already pending is not queued twice
	}
	return true
}

// Pause has the process stand still.
func (c *container) Pause(context.Context) error {
	c.still.close()
	return nil
}

// Resume has it go on.
func (c *container) Resume(context.Context) error {
	c.still.open()
	return nil
}

// Kill ends the process without a word.
func (c *container) Kill(context.Context) error {
	c.end(exitKilled)
	return nil
}

// Remove kills the process.
func (c *container) Remove(context.Context) error {
	c.end(exitKilled)
	c.engine.forget(c)
	return nil
}
