package fake

import (
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
)

var (
	_ process.Accounts = (*view)(nil)
	_ process.Sleeper  = (*view)(nil)
)

// view is the process.Process that the agent inside the container gets.
type view struct{ c *container }

func (v *view) Listen(address string) (net.Listener, error) { return v.c.net.listen(address) }

func (v *view) Log() io.Writer { return v.c.log }

func (v *view) Env(name string) string {
	if off := v.c.spec.Clock; off != 0 && name == process.ClockVariable {
		return off.String()
	}
	value := ""
	for _, pairs := range [][]string{v.c.engine.env, v.c.spec.Env} {
		for _, p := range pairs {
			if n, val, _ := strings.Cut(p, "="); n == name {
				value = val
			}
		}
	}
	return value
}

func (v *view) Signals() <-chan os.Signal {
	v.c.mu.Lock()
	defer v.c.mu.Unlock()
	v.c.subscribed = true
	return v.c.signals
}

// Sleep ends no sooner than the process goes on, where it stands still meanwhile.
func (v *view) Sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-v.c.ended:
	}
	v.c.still.pass()
}

// Hold notes what the program says it holds: its memory and descriptors are the test's own.
func (v *view) Hold(h process.Held) {
	v.c.mu.Lock()
	defer v.c.mu.Unlock()
	v.c.held.Memory += h.Memory
	v.c.held.Descriptors += h.Descriptors
	v.c.held.Threads += h.Threads
}
