package watchdog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// RemoveRun removes every container and network of the run: containers side by side, killed without grace, then the
// networks. What is already gone counts as removed. It returns how many objects it found.
func RemoveRun(ctx context.Context, cli client.APIClient, run string) (int, error) {
	label := byLabel(LabelRun + "=" + run)
	containers, err := cli.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: label})
	if err != nil {
		return 0, fmt.Errorf("listing the run's containers: %w", err)
	}
	ids := make([]string, 0, len(containers.Items))
	for _, c := range containers.Items {
		ids = append(ids, c.ID)
	}
	errs := []error{removeAll(ctx, cli, ids)}
	networks, err := cli.NetworkList(ctx, client.NetworkListOptions{Filters: label})
	if err != nil {
		return len(ids), errors.Join(append(errs, fmt.Errorf("listing the run's networks: %w", err))...)
	}
	for _, n := range networks.Items {
		errs = append(errs, RemoveNetwork(ctx, cli, n.ID))
	}
	return len(ids) + len(networks.Items), errors.Join(errs...)
}

func removeAll(ctx context.Context, cli client.APIClient, ids []string) error {
	errs := make([]error, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() { errs[i] = RemoveContainer(ctx, cli, id) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// patience bounds the wait for a removal that somebody else had already begun.
const patience = 10 * time.Second

// RemoveContainer kills the container without grace and removes it with its anonymous volumes.
func RemoveContainer(ctx context.Context, cli client.APIClient, id string) error {
	_, err := cli.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	switch {
	case err == nil || errdefs.IsNotFound(err):
		return nil
	case errdefs.IsConflict(err) && strings.Contains(err.Error(), "already in progress"):
		return awaitRemoval(ctx, cli, id)
	}
	return fmt.Errorf("removing container %s: %w", short(id), err)
}

// awaitRemoval waits for another remover, so that nobody reports an end that has not come.
func awaitRemoval(ctx context.Context, cli client.APIClient, id string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wait := cli.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
	select {
	case <-wait.Result:
		return nil
	case err := <-wait.Error:
		if err == nil || errdefs.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("waiting for the removal of container %s: %w", short(id), err)
	}
}

// RemoveNetwork removes a network. An engine may still count a container that it has just removed as attached, so a
// refusal for that reason is tried again for a while.
func RemoveNetwork(ctx context.Context, cli client.APIClient, id string) error {
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	deadline := time.Now().Add(patience)
	for {
		_, err := cli.NetworkRemove(ctx, id, client.NetworkRemoveOptions{})
		if err == nil || errdefs.IsNotFound(err) {
			return nil
		}
		if !strings.Contains(err.Error(), "active endpoints") && !strings.Contains(err.Error(), "being used") || time.Now().After(deadline) {
			return fmt.Errorf("removing network %s: %w", short(id), err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-retry.C:
		}
	}
}

func short(id string) string { return id[:min(12, len(id))] }
