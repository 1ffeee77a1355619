package docker

import (
	"context"
	"fmt"

	"github.com/moby/moby/client"
)

// Pause has the engine freeze the container's processes.
func (t *Target) Pause(ctx context.Context) error {
	if _, err := t.e.cli.ContainerPause(ctx, t.id, client.ContainerPauseOptions{}); err != nil {
		return fmt.Errorf("pausing container %s: %w", t.spec.Name, err)
	}
	return nil
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
