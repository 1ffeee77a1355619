package wire

import (
	"sync"
	"sync/atomic"
)

// Activity counts invocations, so that a ping's record can say whether the harness had left the agent alone (PING-06).
// The zero value is ready to use.
type Activity struct {
	begun    atomic.Int64
	inFlight atomic.Int64
}

// Begin counts an invocation as begun and running until done is called. Calling done again does nothing.
func (a *Activity) Begin() (done func()) {
	a.begun.Add(1)
	a.inFlight.Add(1)
	return sync.OnceFunc(func() { a.inFlight.Add(-1) })
}

// InFlight returns how many invocations run now.
func (a *Activity) InFlight() int { return int(a.inFlight.Load()) }

// Count returns how many invocations were ever begun.
func (a *Activity) Count() int { return int(a.begun.Load()) }
