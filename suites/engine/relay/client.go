package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/yamux"
)

// Client is the harness's end of a relay.
type Client struct {
	session *yamux.Session

	mu        sync.Mutex
	listeners map[string]*listener
}

// NewClient speaks over the stdio of a sidecar.
func NewClient(stdio io.ReadWriteCloser) (*Client, error) {
	session, err := yamux.Client(stdio, config())
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	c := &Client{session: session, listeners: map[string]*listener{}}
	go c.receive()
	return c, nil
}

// Dial connects to an address as the sidecar sees it.
func (c *Client) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	remote := net.TCPAddrFromAddrPort(to)
	fail := func(err error) error {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return &net.OpError{Op: "dial", Net: "tcp", Addr: remote, Err: err}
	}
	if err := ctx.Err(); err != nil {
		return nil, fail(err)
	}
	stream, err := c.session.OpenStream()
	if err != nil {
		return nil, fail(fmt.Errorf("%w: %w", ErrEnded, err))
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.SetDeadline(time.Now()) })
	answer, err := ask(stream, to.String())
	if !stop() || err != nil || answer != "" {
		_ = stream.Close()
		if err == nil {
			err = refusal(answer)
		}
		return nil, fail(err)
	}
	return newConn(stream, &net.TCPAddr{IP: net.IPv4zero}, remote), nil
}

func ask(stream *yamux.Stream, address string) (string, error) {
	if err := writeText(stream, address); err != nil {
		return "", fmt.Errorf("relay: %w", err)
	}
	answer, err := readText(stream)
	if err != nil {
		return "", fmt.Errorf("relay: %w", err)
	}
	return answer, nil
}

// refusal gives the commonest answer back as the error that a direct dial would have returned.
func refusal(answer string) error {
	if len(answer) >= len(refused) && answer[len(answer)-len(refused):] == refused {
		return syscall.ECONNREFUSED
	}
	return errors.New(answer)
}

const refused = "connection refused"

// Close ends all connections.
func (c *Client) Close() error { return c.session.Close() }
