package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// The environment of the watchdog's process. The address, not an open connection, is passed on: a forwarded socket dies
// with the run.
const (
	envRun    = "AGENTCORE_CONFORM_WATCHDOG_RUN"
	envEngine = "AGENTCORE_CONFORM_WATCHDOG_ENGINE"
	envTLS    = "AGENTCORE_CONFORM_WATCHDOG_TLS"
)

// Dog is the watchdog of a run, as the run sees it.
type Dog struct {
	cmd  *exec.Cmd
	pipe *os.File
}

// Start runs `self watchdog` in a session of its own, reading from a pipe whose other end this process holds. When the
// pipe closes, because this process died in whatever way, the watchdog removes everything of the run.
func Start(self, run string, place dial.Place) (*Dog, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	defer reader.Close()
	cmd := exec.Command(self, "watchdog")
	cmd.Stdin = reader
	cmd.Env = append(os.Environ(), envRun+"="+run, envEngine+"="+place.Address, envTLS+"="+encodeTLS(place.TLS))
	cmd.Dir = os.TempDir()
	detach(cmd)
	if err := cmd.Start(); err != nil {
		_ = writer.Close()
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	return &Dog{cmd: cmd, pipe: writer}, nil
}

// Dismiss tells the watchdog that the run has cleaned up, or keeps its containers on purpose, and waits for it to end.
func (d *Dog) Dismiss() {
	_, _ = d.pipe.Write([]byte{dismissed})
	_ = d.pipe.Close()
	_ = d.cmd.Wait()
}

// Ended is how the watchdog's process ended, nil while it runs.
func (d *Dog) Ended() *os.ProcessState { return d.cmd.ProcessState }

const dismissed = 'd'

// Main is the watchdog's process: the hidden command `watchdog`. It returns when everything of the run is removed.
func Main() error {
	run, address := os.Getenv(envRun), os.Getenv(envEngine)
	if run == "" || address == "" {
		return errors.New("the watchdog is started by a run, not by hand")
	}
	// It must outlive the signals that end its run.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	if said, _ := io.ReadAll(os.Stdin); len(said) > 0 && said[0] == dismissed {
		return nil
	}
	tls, err := decodeTLS(os.Getenv(envTLS))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := dial.Open(ctx, dial.Place{Address: address, Source: "watchdog", TLS: tls})
	if err != nil {
		return err
	}
	defer conn.Close()
	return removeUntilNothing(ctx, conn, run)
}

// settle is how long a request that was on its way when the run died may take to show its object.
const settle = 500 * time.Millisecond

// removeUntilNothing repeats the removal until two looks in a row find nothing: the run may have died in the middle of a
// create that the engine still carries out.
func removeUntilNothing(ctx context.Context, conn *dial.Conn, run string) error {
	for quiet := 0; quiet < 2; {
		found, err := RemoveRun(ctx, conn, run)
		if found == 0 && err == nil {
			quiet++
		} else {
			quiet = 0
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(settle):
		}
	}
	return nil
}
