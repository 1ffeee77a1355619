package watchdog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// RemoveRun removes every container and network of the run: containers side by side, killed without grace, then the
// networks. What is already gone counts as removed. It returns how many objects it found.
func RemoveRun(ctx context.Context, conn *dial.Conn, run string) (int, error) {
	cli, label := conn.Client, LabelRun+"="+run
	containers, err := cli.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: byLabel(label)})
	if err != nil {
		return 0, fmt.Errorf("listing the run's containers: %w", err)
	}
	ids := make([]string, 0, len(containers.Items))
	for _, c := range containers.Items {
		ids = append(ids, c.ID)
	}
	errs := []error{removeAll(ctx, cli, ids)}
	networks, err := conn.Networks(ctx, label)
	errs = append(errs, err)
	for _, n := range networks {
		errs = append(errs, RemoveNetwork(ctx, cli, n.ID))
	}
	return len(ids) + len(networks), errors.Join(errs...)
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

// RemoveContainer kills the container without grace and removes it with its anonymous volumes. A process that ends in
// the same moment makes Podman stumble; the second try finds it ended.
func RemoveContainer(ctx context.Context, cli client.APIClient, id string) error {
	return again(ctx, "container "+short(id), func() error {
		_, err := cli.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		if errdefs.IsConflict(err) && strings.Contains(err.Error(), "already in progress") {
			return awaitRemoval(ctx, cli, id)
		}
		return err
	}, "state improper")
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

// RemoveNetwork removes a network. An engine may still count a container that it has just removed as attached.
func RemoveNetwork(ctx context.Context, cli client.APIClient, id string) error {
	return again(ctx, "network "+short(id), func() error {
		_, err := cli.NetworkRemove(ctx, id, client.NetworkRemoveOptions{})
		return err
	}, "active endpoints", "being used")
}

// again removes something, and tries again for a while when the engine refuses for a reason that passes. What is not
// there counts as removed.
func again(ctx context.Context, what string, remove func() error, passing ...string) error {
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	deadline := time.Now().Add(patience)
	for {
		err := remove()
		if err == nil || errdefs.IsNotFound(err) {
			return nil
		}
		passes := slices.ContainsFunc(passing, func(reason string) bool { return strings.Contains(err.Error(), reason) })
		if !passes || time.Now().After(deadline) {
			return fmt.Errorf("removing %s: %w", what, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("removing %s: %w", what, ctx.Err())
		case <-retry.C:
		}
	}
}

func short(id string) string { return id[:min(12, len(id))] }
