package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// lookEvery is how often a container is looked at that a connection waits for.
const lookEvery = time.Second

// errNobody reads as a refusal: there is nobody to be reached.
var errNobody = fmt.Errorf("the container has ended: %w", syscall.ECONNREFUSED)

// whileThere gives up a connection that is waited for once the container has ended: packets to an address that is gone stay
// without an answer for half a minute and more.
func (t *Target) whileThere(ctx context.Context, dial func(context.Context) (net.Conn, error)) (net.Conn, error) {
	waiting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go t.watch(waiting, cancel)
	conn, err := dial(waiting)
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(waiting), errNobody) {
		return nil, errNobody
	}
	return conn, err
}

// watch looks at the container until ctx ends, or the container has.
func (t *Target) watch(ctx context.Context, ended context.CancelCauseFunc) {
	looks := time.NewTicker(lookEvery)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-looks.C:
		}
		if st, err := t.State(ctx); err == nil && !st.Running {
			ended(errNobody)
			return
		}
	}
}
