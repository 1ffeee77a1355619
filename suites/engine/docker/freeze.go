package docker

import (
	"context"
	"fmt"
	"time"

	"github.com/moby/moby/client"
)

// Pause has the engine freeze the container's processes.
func (t *Target) Pause(ctx context.Context) error {
	var err error
	for try := range mostPauses {
		if try > 0 && !rested(ctx, betweenPauses) {
			break
		}
		if _, err = t.e.cli.ContainerPause(ctx, t.id, client.ContainerPauseOptions{}); err == nil {
			return nil
		}
	}
	return fmt.Errorf("pausing container %s: %w", t.spec.Name, err)
}

// A busy machine may not freeze all processes in the time that the runtime gives it ("unable to freeze"), and does the next
// time.
const (
	mostPauses    = 3
	betweenPauses = 500 * time.Millisecond
)

// rested waits, and reports whether the context still holds.
func rested(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// Resume has them go on.
func (t *Target) Resume(ctx context.Context) error {
	if _, err := t.e.cli.ContainerUnpause(ctx, t.id, client.ContainerUnpauseOptions{}); err != nil {
		return fmt.Errorf("resuming container %s: %w", t.spec.Name, err)
	}
	return nil
}

// Kill sends SIGKILL and waits for the engine to notice the end.
func (t *Target) Kill(ctx context.Context) error {
	if _, err := t.e.cli.ContainerKill(ctx, t.id, client.ContainerKillOptions{Signal: "SIGKILL"}); err != nil {
		return fmt.Errorf("sending SIGKILL to container %s: %w", t.spec.Name, err)
	}
	_, err := t.awaitExit(ctx)
	return err
}
