// Package attach treats a server that already runs as the booted container. It can be spoken to and nothing else: there
// is no image, no process to look at and nothing to clean up.
package attach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// Engine is the machine that the server runs on, as far as it is known: by a host and a port.
type Engine struct {
	address string
	host    string
	port    int
}

var (
	_ engine.Engine = (*Engine)(nil)
	_ engine.Hosts  = (*Engine)(nil)
	_ engine.Target = (*Target)(nil)
)

// New reads the URL of the server: http, a host and optionally a port. A path belongs to --path; the platform itself
// speaks plain HTTP to the container, so https is refused.
func New(address string) (*Engine, error) {
	host, port, err := parse(address)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", address, err)
	}
	return &Engine{address: "http://" + net.JoinHostPort(host, strconv.Itoa(port)), host: host, port: port}, nil
}

const example = "write it as http://127.0.0.1:8080"

func parse(address string) (host string, port int, err error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("not a URL (%w); %s", errors.Unwrap(err), example)
	case u.Scheme == "https":
		return "", 0, errors.New("the platform speaks plain HTTP to a container; give the http address behind the TLS")
	case u.Scheme != "http" || u.Host == "":
		return "", 0, fmt.Errorf("not an http URL; %s", example)
	case u.User != nil:
		return "", 0, fmt.Errorf("a user name has no place in it; %s", example)
	case u.Hostname() == "" || strings.ContainsAny(u.Hostname(), "[]"):
		return "", 0, fmt.Errorf("no host; %s", example)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return "", 0, fmt.Errorf("only host and port belong here, the path goes into --path; %s", example)
	}
	port = 80
	if text := u.Port(); text != "" {
		port, err = strconv.Atoi(text)
		if err != nil || port < 1 || port > 65535 {
			return "", 0, fmt.Errorf("port %s is not between 1 and 65535", text)
		}
	}
	return u.Hostname(), port, nil
}

// Port is the server's port, which takes the place of the contract port.
func (e *Engine) Port() int { return e.port }

// connectPatience bounds the first connection; a server that already runs accepts at once or not at all.
const connectPatience = 2 * time.Second

// Preflight makes sure that something accepts connections there.
func (e *Engine) Preflight(ctx context.Context) (record.Environment, error) {
	env := record.Environment{Engine: "attach", Address: e.address, Source: "--endpoint", FreeDisk: -1, Route: "attach", TimeScale: 1}
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	conn, err := e.dial(ctx, e.port)
	if err != nil {
		return env, fmt.Errorf("nothing answers at %s: %w; start the server first", e.address, err)
	}
	return env, conn.Close()
}

func (e *Engine) dial(ctx context.Context, port int) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(e.host, strconv.Itoa(port)))
}

// Start returns the server. Every start is the same process: nothing is booted.
func (e *Engine) Start(_ context.Context, spec engine.Spec) (engine.Target, error) {
	if spec.Clock != 0 {
		return nil, fmt.Errorf("a server that already runs has the clock that it has: %w", engine.ErrUnsupported)
	}
	return &Target{engine: e, epoch: time.Now()}, nil
}

// Listen is not available: where the server looks for its model was decided when it was started.
func (e *Engine) Listen(context.Context) (net.Listener, string, error) {
	return nil, "", fmt.Errorf("a server that already runs cannot be given a model: %w", engine.ErrUnsupported)
}

// Close has nothing to clean up.
func (e *Engine) Close(context.Context) error { return nil }

// Target is the running server. What only an engine could tell is engine.ErrUnsupported.
type Target struct {
	engine *Engine
	epoch  time.Time
}

// Epoch is the moment of the attachment.
func (t *Target) Epoch() time.Time { return t.epoch }

// Dial connects to the server.
func (t *Target) Dial(ctx context.Context) (net.Conn, error) {
	return t.engine.dial(ctx, t.engine.port)
}

// DialPort connects to another port of the same host.
func (t *Target) DialPort(ctx context.Context, port int) (net.Conn, error) {
	return t.engine.dial(ctx, port)
}

// State is not available.
func (t *Target) State(context.Context) (record.State, error) {
	return record.State{}, engine.ErrUnsupported
}

// Listeners is not available.
func (t *Target) Listeners(context.Context) ([]record.Listener, error) {
	return nil, engine.ErrUnsupported
}

// Logs is not available.
func (t *Target) Logs(context.Context) (record.Logs, error) {
	return record.Logs{}, engine.ErrUnsupported
}

// Sample is not available.
func (t *Target) Sample(context.Context) (record.Sample, error) {
	return record.Sample{}, engine.ErrUnsupported
}

// Terminate is not available: the server is not ours to stop.
func (t *Target) Terminate(context.Context, time.Duration) (record.Stop, error) {
	return record.Stop{}, engine.ErrUnsupported
}

// Remove does nothing: the server is not ours to stop.
func (t *Target) Remove(context.Context) error { return nil }
