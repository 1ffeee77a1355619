package scenario

import "sync/atomic"

// Allowance is how many invocations may still be made. All stages of a run share one.
type Allowance struct {
	left atomic.Int64
	over func()
}

// NewAllowance allows n invocations. Whoever asks for one more has over called.
func NewAllowance(n int, over func()) *Allowance {
	a := &Allowance{over: over}
	a.left.Store(int64(n))
	return a
}

// take reports that one more may be made; a nil allowance has no end.
func (a *Allowance) take() bool {
	if a == nil || a.left.Add(-1) >= 0 {
		return true
	}
	a.over()
	return false
}
