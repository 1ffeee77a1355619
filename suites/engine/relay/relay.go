// Package relay reaches containers where no address and no mapped port does: engines in virtual machines, on other hosts,
// in other network namespaces. A sidecar on the run's network carries connections over its standard input and output,
// which every engine can attach to. The sidecar dials the container's own address: what listens on the container's
// loopback only stays as unreachable as it is on the platform (NET-02).
//
// Both ends speak yamux over the stdio. A stream begins with the address to dial and an answer; then each direction is a
// sequence of frames, because a byte stream alone could not tell half-closed, closed and reset apart, and clauses differ
// by exactly that.
//
// The other way round, a stream that begins with listenAt and an address makes the sidecar listen there until that stream
// ends; it answers with the port. Each connection that it accepts becomes a stream from the sidecar, which begins with
// the listener's address and the caller's, and goes on in frames.
package relay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

// dialPatience bounds the sidecar's dial; a container on the same network answers or refuses at once.
const dialPatience = 10 * time.Second

// maxText bounds the address and the error text that begin a stream.
const maxText = 1024

func config() *yamux.Config {
	c := yamux.DefaultConfig()
	c.LogOutput, c.Logger = nil, log.New(io.Discard, "", 0)
	// Half-closed connections may stay so as long as an invocation lasts.
	c.StreamCloseTimeout = 0
	// A loaded machine must not look like a dead peer: the end of the stdio is the sign of that.
	c.EnableKeepAlive = false
	c.ConnectionWriteTimeout = time.Minute
	c.StreamOpenTimeout = time.Minute
	return c
}

// stdio makes one connection of two pipes.
type stdio struct {
	io.Reader
	io.Writer
}

func (stdio) Close() error { return nil }

// Main is the sidecar: the hidden command `relay`. It returns when its input ends.
func Main(stdin io.Reader, stdout io.Writer) error {
	session, err := yamux.Server(stdio{stdin, stdout}, config())
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	defer session.Close()
	back := &reverse{session: session, places: make(chan struct{}, mostCallers)}
	for {
		stream, err := session.AcceptStream()
		if errors.Is(err, io.EOF) || errors.Is(err, yamux.ErrSessionShutdown) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("relay: %w", err)
		}
		go attend(stream, back)
	}
}

// attend does what a stream of the harness begins with.
func attend(stream *yamux.Stream, back *reverse) {
	defer stream.Close()
	text, err := readText(stream)
	if err != nil {
		return
	}
	if at, ok := strings.CutPrefix(text, listenAt); ok {
		back.listen(stream, at)
		return
	}
	carry(stream, text)
}

// carry dials the address and copies both ways.
func carry(stream *yamux.Stream, address string) {
	conn, err := net.DialTimeout("tcp", address, dialPatience)
	if err != nil {
		_ = writeText(stream, err.Error())
		return
	}
	defer conn.Close()
	if err := writeText(stream, ""); err != nil {
		return
	}
	join(newConn(stream, nil, nil), conn.(*net.TCPConn))
}

// join copies until both directions are done or the asking side has closed altogether.
func join(asking *Conn, target *net.TCPConn) {
	var down sync.WaitGroup
	down.Go(func() {
		if _, err := io.Copy(asking, target); err != nil {
			_ = asking.end(frameReset)
			return
		}
		_ = asking.CloseWrite()
	})
	_, err := io.Copy(target, asking)
	switch {
	case err == nil:
		_ = target.CloseWrite()
	case asking.gone:
		// Closed, not half-closed: the target's next write must fail as it would without a relay, and what it has
		// already written is nobody's.
		_ = target.Close()
		_ = asking.stream.SetWriteDeadline(time.Now())
	default:
		// The target takes no more; it may still be answering.
		_, _ = io.Copy(io.Discard, asking)
	}
	down.Wait()
}

// readText and writeText exchange a short text: two bytes of length, then the text.
func readText(r io.Reader) (string, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return "", err
	}
	n := binary.BigEndian.Uint16(length[:])
	if n > maxText {
		return "", fmt.Errorf("a text of %d bytes where at most %d are allowed", n, maxText)
	}
	text := make([]byte, n)
	_, err := io.ReadFull(r, text)
	return string(text), err
}

func writeText(w io.Writer, text string) error {
	text = text[:min(len(text), maxText)]
	_, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...))
	return err
}
