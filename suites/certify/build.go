package certify

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// build is a command that makes images. Entries with the same command share it: it runs once.
type build struct {
	once   sync.Once
	took   time.Duration
	output string
	fault  string
}

// built runs the entry's build, if it has one, and reports whether the image can be tested.
func (c *certification) built(ctx context.Context, e *Entry, row *reports.MatrixRow) bool {
	if len(e.Build) == 0 {
		return true
	}
	c.mu.Lock()
	key := strings.Join(e.Build, "\x00")
	b := c.builds[key]
	if b == nil {
		b = &build{}
		c.builds[key] = b
	}
	c.mu.Unlock()
	b.once.Do(func() {
		c.tell(Event{Kind: EventBuild, Entry: e.Name})
		b.run(ctx, e, c.o.Work)
		row.BuildMs = millis(b.took)
	})
	if b.fault == "" {
		return true
	}
	row.Errors = append(row.Errors, b.fault+c.keep(e, b.output))
	return false
}

// run runs the command with all its offspring in a group of their own, so that the limit ends them all.
func (b *build) run(ctx context.Context, e *Entry, dir string) {
	began := time.Now()
	defer func() { b.took = time.Since(began) }()
	limited, cancel := withLimit(ctx, e.BuildLimit)
	defer cancel()
	cmd := exec.CommandContext(limited, e.Build[0], e.Build[1:]...)
	cmd.Dir = dir
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	grouped(cmd)
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	b.output = said.String()
	switch {
	case err == nil:
	case errors.Is(context.Cause(limited), errLimit):
		b.fault = fmt.Sprintf("the build did not end within %s", e.BuildLimit)
	case ctx.Err() != nil:
		b.fault = "the build was interrupted"
	default:
		b.fault = fmt.Sprintf("the build failed: %v", err)
	}
}
