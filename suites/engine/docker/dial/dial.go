// Package dial finds the container engine and connects to it. Whatever the user named decides; it is never replaced by
// another engine, because a gate that ran on the wrong machine proves nothing.
package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/moby/moby/client"
)

// pingPatience bounds the first answer of an engine; over ssh a login comes before it.
const (
	pingPatience    = 5 * time.Second
	sshPingPatience = 30 * time.Second
)

// Conn is an open connection to an engine that has answered.
type Conn struct {
	// Place is what was connected to.
	Place Place
	// Client speaks to the engine; Host is the address it dials, a local socket when TLS or ssh lies between.
	Client *client.Client
	Host   string

	forward *forward
}

// Open connects to the engine and waits until it answers. The error names the address, where it came from and what to do.
func Open(ctx context.Context, p Place) (*Conn, error) {
	c := &Conn{Place: p, Host: p.Address}
	if p.needsForward() {
		f, err := newForward(p)
		if err != nil {
			return nil, p.fail(err)
		}
		c.forward, c.Host = f, f.address()
	}
	if err := c.connect(ctx); err != nil {
		c.Close()
		return nil, p.fail(err)
	}
	cli, err := client.New(client.WithHost(c.Host), client.WithAPIVersionFromEnv())
	if err != nil {
		c.Close()
		return nil, p.fail(err)
	}
	c.Client = cli
	if err := c.ping(ctx); err != nil {
		c.Close()
		return nil, p.fail(err)
	}
	return c, nil
}

// connect tries the bare connection first: the client library says only that it failed, not why.
func (c *Conn) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingPatience)
	defer cancel()
	network, address, _ := strings.Cut(c.Host, "://")
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (c *Conn) ping(ctx context.Context) error {
	patience := pingPatience
	if c.Place.scheme() == "ssh" {
		patience = sshPingPatience
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := c.Client.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true})
	if err != nil && c.forward != nil {
		if why := c.forward.lastFailure(); why != "" {
			return errors.New(why)
		}
	}
	return err
}

// Close ends the connection and whatever forwards it.
func (c *Conn) Close() {
	if c.Client != nil {
		_ = c.Client.Close()
	}
	if c.forward != nil {
		c.forward.close()
	}
}

// fail puts the engine's name and a next step around the reason it could not be reached.
func (p Place) fail(err error) error {
	return fmt.Errorf("container engine %s (from %s): %w; %s", p.Redacted(), p.Source, Plain(err), p.remedy(err))
}

func (p Place) remedy(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "permission denied"):
		return "add this user to the group that owns the socket, or run as one that may use it"
	case p.Given:
		return "start that engine or correct " + p.Source
	default:
		return "start it, or let `agentcore-conform doctor --fix` set one up"
	}
}

// Plain makes one line of the client library's error and leaves out its advice, which knows nothing of this engine, and
// the address of the request, which tells a reader nothing. The cause stays.
func Plain(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n* Are you trying")
	text = request.ReplaceAllString(strings.TrimPrefix(text, "error during connect: "), "")
	return wrapped{strings.TrimSuffix(strings.Join(strings.Fields(text), " "), "."), err}
}

var request = regexp.MustCompile(`(?:Get|Post|Head|Delete|Put) "https?://[^"]*": `)

// wrapped is an error with another text that still unwraps to its cause.
type wrapped struct {
	text  string
	cause error
}

func (w wrapped) Error() string { return w.text }
func (w wrapped) Unwrap() error { return w.cause }
