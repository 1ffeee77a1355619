// Package wire holds the clients that speak to the container and write down what they see: an HTTP/1.1 client that sends
// exactly the bytes it is told to and reads answers strictly, a scanner for event streams, and an open-loop pinger.
//
// It does not use net/http, because that adds header fields, changes their spelling, retries, follows redirects, hides
// framing faults and gives up an answer that comes before the request was written. Everything that is read is bounded in
// size and in time.
package wire

import (
	"context"
	"net"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Dialer opens a connection to the contract port.
type Dialer func(ctx context.Context) (net.Conn, error)

// Client sends requests over a connection each and records the exchanges. It is safe for concurrent use.
type Client struct {
	// Activity is told of every invocation when set: POST and raw requests, from dialing to the end of the answer.
	Activity *Activity

	dial  Dialer
	epoch time.Time
}

// New returns a client whose records count their offsets from epoch, the container's start.
func New(dial Dialer, epoch time.Time) *Client { return &Client{dial: dial, epoch: epoch} }

// Answer is what the record of an exchange leaves out.
type Answer struct {
	// Body holds up to 32 MiB of the body, without its framing. What came beyond is counted, not kept.
	Body []byte
	// Text is what a reader would read; see Reassemble.
	Text string
}

// Do sends the request on a new connection, reads the answer to the end of its framing and closes. It does not wait for
// the server to close: keep-alive servers hold a connection for a minute and more. All failures are in the Exchange.
//
// The deadline is r.Timeout, or that of ctx when r.Timeout is zero, or DefaultTimeout. When ctx ends earlier than
// r.Timeout the harness gave up, not the container: the outcome is then Abandoned rather than TimedOut.
func (c *Client) Do(ctx context.Context, r Request) (record.Exchange, Answer) {
	if c.Activity != nil && r.invokes() {
		defer c.Activity.Begin()()
	}
	k := newCall(ctx, r, c.epoch)
	conn, err := k.open(c.dial)
	if err != nil {
		k.undialed(err)
		return k.x, Answer{}
	}
	stop := k.watch(conn)
	defer stop()
	k.converse(conn)
	return k.x, k.answer()
}
