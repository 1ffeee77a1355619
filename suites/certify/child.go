package certify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// ended is how a process came to its end.
type ended struct {
	// code is its exit code, -1 when it had none.
	code int
	// state is the end in the system's words.
	state string
	// output is the end of what it wrote.
	output string
	// fault is one line when it did not end as a run ends; empty otherwise.
	fault string
}

func (e ended) ended() string { return "the entry's process ended with " + e.state }

// faultBeside is the fault that stands although there is a report: a process that says one thing by its exit code and
// another by its report, or that had to be ended, is not to be believed.
func (e ended) faultBeside(run *reports.Run) string {
	if e.fault != "" {
		return e.fault
	}
	if e.code != run.ExitCode(false) && e.code != run.ExitCode(true) {
		return fmt.Sprintf("%s, but its report is that of exit code %d", e.ended(), run.ExitCode(false))
	}
	return ""
}

// child plays the entry in a process of its own: neither a crash nor a leak of one run touches another. The settings go
// by a file, for a command line shows them to everybody on the machine.
func (c *certification) child(ctx context.Context, e *Entry) ended {
	config, err := writeConfig(e)
	if err != nil {
		return ended{code: -1, fault: fmt.Sprintf("write the entry's settings: %v", err)}
	}
	defer func() { _ = os.Remove(config) }()
	args := slices.Concat(c.o.Program[1:], []string{"--config", config, "--report", "json=" + filepath.Join(c.o.Out, e.File+".json"), "--quiet"})
	if e.Image != "" {
		args = append(args, "--", e.Image)
	}
	limited, cancel := withLimit(ctx, e.Limit)
	defer cancel()
	cmd := exec.CommandContext(limited, c.o.Program[0], args...)
	cmd.Dir = c.o.Work
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	leash, err := cmd.StdinPipe()
	if err != nil {
		return ended{code: -1, fault: fmt.Sprintf("start the entry's process: %v", err)}
	}
	cmd.Cancel, cmd.WaitDelay = leash.Close, c.grace()
	return c.judge(limited, e, cmd, cmd.Run(), said)
}

func (c *certification) grace() time.Duration {
	if c.o.Grace > 0 {
		return c.o.Grace
	}
	return defaultGrace
}

// errLimit is the cause of a context that ended by the entry's own limit.
var errLimit = errors.New("the entry's limit")

func withLimit(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, limit, errLimit)
}

// judge tells the ends of a process apart.
func (c *certification) judge(ctx context.Context, e *Entry, cmd *exec.Cmd, err error, said *tail) ended {
	out := ended{code: -1, state: "no state", output: said.String()}
	if cmd.ProcessState == nil {
		out.fault = fmt.Sprintf("start the entry's process: %v", err)
		return out
	}
	out.code, out.state = cmd.ProcessState.ExitCode(), cmd.ProcessState.String()
	switch {
	case errors.Is(context.Cause(ctx), errLimit):
		out.fault = fmt.Sprintf("the entry did not end within %s and was ended", e.Limit)
	case out.code < 0 && ctx.Err() != nil:
		out.fault = fmt.Sprintf("the entry did not end within %s of the interruption and was killed", c.grace())
	case out.code < 0:
		out.fault = out.ended()
	case crashed(out.output):
		out.code, out.fault = -1, "the entry's process crashed (please report this)"
	}
	return out
}

// crashed tells a crash of this program from a usage error: the language ends both with exit code 2.
func crashed(output string) bool { return strings.Contains(output, "\n\ngoroutine ") }

func writeConfig(e *Entry) (string, error) {
	data, err := e.Config()
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp("", "agentcore-conform-*.yaml")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// lastLine is the last line that a process wrote, or the one before the stack where it crashed, bounded.
func lastLine(text string) string {
	text, _, _ = strings.Cut(text, "\n\ngoroutine ")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	line := reports.CleanLine(lines[len(lines)-1])
	const most = 300
	if r := []rune(line); len(r) > most {
		line = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", line)
}
