package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// connect runs a sidecar in this process and returns the harness's end and the sidecar's.
func connect(t *testing.T) (*Client, io.Closer) {
	t.Helper()
	ours, theirs := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Main(theirs, theirs) }()
	c, err := NewClient(ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		theirs.Close()
		if err := <-ended; err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the sidecar ended with %v", err)
		}
	})
	return c, theirs
}

// serve runs a TCP server that hands each connection to the handler.
func serve(t *testing.T, handle func(*net.TCPConn)) netip.AddrPort {
	t.Helper()
	l := enginetest.Listen(t)
	enginetest.Serve(l, func(conn net.Conn) { handle(conn.(*net.TCPConn)) })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func dial(t *testing.T, c *Client, to netip.AddrPort) net.Conn {
	t.Helper()
	conn, err := c.Dial(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func echo(conn *net.TCPConn) {
	_, _ = io.Copy(conn, conn)
	_ = conn.CloseWrite()
}

func TestHalfCloseAndManyBytes(t *testing.T) {
	c, _ := connect(t)
	conn := dial(t, c, serve(t, echo))
	sent := make([]byte, 5<<20)
	_, _ = rand.Read(sent)
	go func() {
		_, _ = conn.Write(sent)
		_ = conn.(*Conn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("%d of %d bytes came back, %v", len(got), len(sent), err)
	}
}

func TestManyConnectionsAtOnce(t *testing.T) {
	c, _ := connect(t)
	to := serve(t, echo)
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			conn, err := c.Dial(t.Context(), to)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			want := strings.Repeat(fmt.Sprint(i, " "), 2000)
			go func() { _, _ = io.WriteString(conn, want); _ = conn.(*Conn).CloseWrite() }()
			if got, err := io.ReadAll(conn); err != nil || string(got) != want {
				t.Errorf("connection %d: %d bytes, %v", i, len(got), err)
			}
		})
	}
	all.Wait()
}

func TestARefusalIsARefusal(t *testing.T) {
	c, _ := connect(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = c.Dial(t.Context(), l.Addr().(*net.TCPAddr).AddrPort())
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialing a closed port: %v", err)
	}
}

func TestAResetIsAReset(t *testing.T) {
	c, _ := connect(t)
	conn := dial(t, c, serve(t, func(conn *net.TCPConn) {
		_, _ = conn.Write([]byte("begin"))
		_, _ = io.ReadFull(conn, make([]byte, 1))
		_ = conn.SetLinger(0)
	}))
	if _, err := io.ReadFull(conn, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Write([]byte("x"))
	if _, err := io.ReadAll(conn); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("after a reset: %v", err)
	}
}

// A client that leaves in the middle of a stream must be noticed by the server, and must not block the relay.
func TestLeavingIsNoticed(t *testing.T) {
	c, _ := connect(t)
	noticed := make(chan error, 1)
	to := serve(t, func(conn *net.TCPConn) {
		for {
			if _, err := conn.Write(make([]byte, 64<<10)); err != nil {
				noticed <- err
				return
			}
		}
	})
	conn := dial(t, c, to)
	if _, err := io.ReadFull(conn, make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	select {
	case <-noticed:
	case <-t.Context().Done():
		t.Fatal("the server was never told")
	}
	other := dial(t, c, serve(t, echo))
	_, _ = other.Write([]byte("still here"))
	if _, err := io.ReadFull(other, make([]byte, 10)); err != nil {
		t.Errorf("another connection after that: %v", err)
	}
}

// A server that answers early and reads no further must still be heard.
func TestAnEarlyAnswerIsHeard(t *testing.T) {
	c, _ := connect(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}))
	defer server.Close()
	to := netip.MustParseAddrPort(server.Listener.Addr().String())
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return c.Dial(ctx, to) }}}
	resp, err := client.Post("http://agent/", "application/json", bytes.NewReader(make([]byte, 150<<10)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestDeadlineLosesNothing(t *testing.T) {
	c, _ := connect(t)
	conn := dial(t, c, serve(t, echo))
	_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	var timeout net.Error
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Fatalf("read after the deadline: %v", err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	_, _ = conn.Write([]byte("later"))
	got := make([]byte, 5)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "later" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestClosingFreesAReader(t *testing.T) {
	c, _ := connect(t)
	conn := dial(t, c, serve(t, echo))
	read := make(chan error, 1)
	go func() { _, err := conn.Read(make([]byte, 1)); read <- err }()
	conn.Close()
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Errorf("a read on a closed connection: %v", err)
	}
}

func TestTheEndOfTheRelayIsNotTheContainers(t *testing.T) {
	c, sidecar := connect(t)
	conn := dial(t, c, serve(t, echo))
	sidecar.Close()
	if _, err := io.ReadAll(conn); !errors.Is(err, ErrEnded) {
		t.Errorf("reading when the relay has ended: %v", err)
	}
	if _, err := c.Dial(t.Context(), netip.MustParseAddrPort("127.0.0.1:1")); !errors.Is(err, ErrEnded) {
		t.Errorf("dialing when the relay has ended: %v", err)
	}
}

func TestDialObeysItsContext(t *testing.T) {
	c, _ := connect(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Dial(ctx, netip.MustParseAddrPort("127.0.0.1:1")); !errors.Is(err, context.Canceled) {
		t.Errorf("dial after cancellation: %v", err)
	}
}

func TestLongTextsAreRefused(t *testing.T) {
	if _, err := readText(strings.NewReader("\xff\xff" + strings.Repeat("a", 70000))); err == nil {
		t.Error("a text longer than allowed was read")
	}
	var b bytes.Buffer
	if err := writeText(&b, strings.Repeat("a", 5000)); err != nil {
		t.Fatal(err)
	}
	if text, err := readText(&b); err != nil || len(text) != maxText {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
