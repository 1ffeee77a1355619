package watchdog

import (
	"context"
	"errors"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// Sweep removes what dead runs left behind: only objects with our labels, past their time, not kept, and whose owner is
// provably gone. It returns how many it removed.
func Sweep(ctx context.Context, conn *dial.Conn) (int, error) {
	cli := conn.Client
	s := sweeper{self: Self(), now: time.Now()}
	containers, err := cli.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: byLabel(LabelOwner)})
	if err != nil {
		return 0, err
	}
	var ids []string
	for _, c := range containers.Items {
		if s.abandoned(c.Labels, c.State == container.StateRunning) {
			ids = append(ids, c.ID)
		}
	}
	errs := []error{removeAll(ctx, cli, ids)}
	networks, err := conn.Networks(ctx, LabelOwner)
	errs = append(errs, err)
	swept := len(ids)
	for _, n := range networks {
		if !s.abandoned(n.Labels, false) {
			continue
		}
		// A network in use is somebody's, whatever its labels say: the engine refuses and that is right.
		if _, err := cli.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{}); err == nil {
			swept++
		}
	}
	return swept, errors.Join(errs...)
}

type sweeper struct {
	self Owner
	now  time.Time
}

func (s sweeper) abandoned(labels map[string]string, running bool) bool {
	if labels[LabelKept] != "" {
		return false
	}
	expires, err := time.Parse(time.RFC3339, labels[LabelExpires])
	if err != nil || s.now.Before(expires) {
		return false
	}
	owner, err := ParseOwner(labels[LabelOwner])
	if err != nil {
		return false
	}
	switch owner.GoneFrom(s.self) {
	case Died:
		return true
	case Rebooted:
		return !running
	}
	return false
}
