// Package engine is the seam between what is played and what it is played on. An Engine boots the image under test; a
// Target is one booted container (or a server that already ran) behind a dialer, so that nothing above knows the route.
package engine

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// ErrUnsupported is returned by a Target that cannot show a thing by nature, such as the logs of an attached server, and by
// an Engine that cannot give a container what the plainest one does not have.
var ErrUnsupported = errors.New("not available on this target")

// ErrNoImage is returned by Lookup when the engine does not hold the image.
var ErrNoImage = errors.New("no such image in the engine")

// Engine boots containers. All methods are safe for concurrent use.
type Engine interface {
	// Preflight finds out within two seconds whether the engine can run the image's platform, and what it is. The error
	// is one line for people that ends in a remedy.
	Preflight(ctx context.Context) (record.Environment, error)
	// Start creates and starts a container and returns as soon as its process runs; it does not wait for readiness.
	// A StartError says that the engine could not start the process: a fault of the image, not of the engine. The error
	// wraps ErrUnsupported where the Spec asks for a clock that is off and the engine cannot give one.
	Start(ctx context.Context, spec Spec) (Target, error)
	// Close removes everything that was made for this run. It ignores the cancellation of earlier contexts.
	Close(ctx context.Context) error
}

// Images is implemented by engines that hold images.
type Images interface {
	// Lookup returns the id of the local image of that name for the platform, or ErrNoImage.
	Lookup(ctx context.Context, ref, platform string) (id string, err error)
	// Save streams the image as a docker-save archive.
	Save(ctx context.Context, ref string) (io.ReadCloser, error)
	// Load reads a docker-save archive and returns the name or id to start it by. It reads the engine's answer to the
	// end, because some engines report failure inside a 200.
	Load(ctx context.Context, archive io.Reader) (ref string, err error)
	// Pull fetches the image of that platform. Credentials come from the usual docker configuration and helpers.
	Pull(ctx context.Context, ref, platform string) error
}

// Hosts is implemented by engines whose containers can reach servers of this process.
type Hosts interface {
	// Listen returns a new listener, on a port of its own, and the IP:port by which the containers of this run reach it.
	// Connections from anywhere else are closed before a byte is read or written, as are more than a few hundred at a
	// time. The engine's Close closes the listener and its connections. The error wraps ErrUnsupported when
	// no way from the containers to this process could be found, and says why in one line.
	Listen(ctx context.Context) (l net.Listener, address string, err error)
}

// Spec says what to boot. Everything not named is the engine's plainest: no TTY, no stdin, no mounts, no added
// privileges, the image's own user, 2 CPUs and 8 GiB (LIFE-17).
type Spec struct {
	// Name tells the run's containers apart: main, clean, life, stop-call, stop-stream, killed, frozen, skewed, rotated.
	Name string
	// Image is the name or id by which the engine knows the image.
	Image string
	// Platform is linux/arm64, or linux/amd64 for instances compute.
	Platform string
	// Port is the contract port.
	Port int
	// Env holds NAME=value additions to the image's environment.
	Env []string
	// Clock is how far the container's wall clock is off, in whole seconds; below 0 it is slow. Default 0: it is right.
	// Programs that ask the kernel themselves, such as static ones, have the right time all the same.
	Clock time.Duration
}

// Target is one running server.
type Target interface {
	// Epoch is the harness's clock at the start of the process; offsets in records count from it.
	Epoch() time.Time
	// Dial connects to the contract port, never through the container's own loopback (NET-02).
	Dial(ctx context.Context) (net.Conn, error)
	// DialPort does the same for another port.
	DialPort(ctx context.Context, port int) (net.Conn, error)
	// State asks the engine about the process.
	State(ctx context.Context) (record.State, error)
	// Listeners reads the listening sockets in the container's network namespace.
	Listeners(ctx context.Context) ([]record.Listener, error)
	// Logs reads the last lines, bounded in lines and bytes, control bytes made harmless.
	Logs(ctx context.Context) (record.Logs, error)
	// Sample reads memory, CPU and process counts.
	Sample(ctx context.Context) (record.Sample, error)
	// Terminate sends SIGTERM and waits up to patience for the process to end; it does not kill.
	Terminate(ctx context.Context, patience time.Duration) (record.Stop, error)
	// Remove kills the process without grace and removes the container.
	Remove(ctx context.Context) error
}

// Freezer is implemented by targets that can be made to stand still.
type Freezer interface {
	// Pause stops all processes of the container where they are. Clocks go on, and its kernel takes connections and bytes for
	// them.
	Pause(ctx context.Context) error
	// Resume has them go on.
	Resume(ctx context.Context) error
}

// Killer is implemented by targets whose process can be ended without a word.
type Killer interface {
	// Kill sends SIGKILL and returns once the process has ended; the container stays.
	Kill(ctx context.Context) error
}

// StartError says that the image's process could not be started (IMG-11): exec format error, no such file.
type StartError struct{ Detail string }

func (e *StartError) Error() string {
	return "the container's process could not be started: " + e.Detail
}
