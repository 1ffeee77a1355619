package wire

import (
	"bufio"
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// serve runs a raw TCP server for the test and returns the way to it. Each connection is closed when one returns.
func serve(tb testing.TB, one func(net.Conn)) Dialer {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			all.Go(func() {
				defer func() { _ = c.Close() }()
				one(c)
			})
		}
	})
	tb.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return dialTo(l.Addr().String())
}

func dialTo(address string) Dialer {
	return func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
}

// readRequest reads one request with its declared body and returns its head and body.
func readRequest(b *bufio.Reader) (head, body string, err error) {
	var h strings.Builder
	length := 0
	for {
		line, err := b.ReadString('\n')
		if err != nil {
			return h.String(), "", err
		}
		h.WriteString(line)
		if line == "\r\n" {
			break
		}
		if v, ok := strings.CutPrefix(strings.ToLower(line), "content-length:"); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
	}
	buf := make([]byte, length)
	_, err = io.ReadFull(b, buf)
	return h.String(), string(buf), err
}

// answering makes a server that reads the request and writes the given bytes.
func answering(tb testing.TB, answer string) Dialer {
	return serve(tb, func(c net.Conn) {
		if _, _, err := readRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, answer)
		}
	})
}

// holding makes the same server, which then keeps the connection until the caller closes it.
func holding(tb testing.TB, answer string) Dialer {
	return serve(tb, func(c net.Conn) {
		b := bufio.NewReader(c)
		if _, _, err := readRequest(b); err == nil {
			_, _ = io.WriteString(c, answer)
			_, _ = io.Copy(io.Discard, b)
		}
	})
}

// reset closes with RST.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

func invocation(body string) Request {
	return Request{
		ID: "test", Method: "POST", Path: "/invocations", Host: "agent.test", Body: []byte(body), Timeout: time.Minute,
		Header: []record.Field{{Name: "content-type", Value: "application/json"}, {Name: "x-last", Value: "1"}},
	}
}

func do(tb testing.TB, dial Dialer, r Request) (record.Exchange, Answer) {
	tb.Helper()
	return New(dial, time.Now()).Do(context.Background(), r)
}
