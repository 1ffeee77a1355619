package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// stopPatience is a little more than the 15 s that the platform gives a process to end (LIFE-04).
const stopPatience = 16 * time.Second

// Stop sends SIGTERM to a healthy, idle process and times its end.
func Stop(ctx context.Context, s *Stage) (*record.Stop, error) {
	out, err := s.Target.Terminate(ctx, stopPatience)
	if errors.Is(err, engine.ErrUnsupported) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("stop the container with SIGTERM: %w", err)
	}
	return &out, nil
}
