package fake_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// TestContainersReachListeners: a container calls a server of the test and hears it; Close ends the listening.
func TestContainersReachListeners(t *testing.T) {
	heard := make(chan string, 1)
	var address string
	e := fake.New(func(ctx context.Context, _ process.Process) int {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			heard <- err.Error()
			return 1
		}
		defer conn.Close()
		said, _ := io.ReadAll(conn)
		heard <- string(said)
		return 0
	})
	l, first, err := e.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := e.Listen(t.Context())
	if err != nil || first == second {
		t.Fatalf("two listeners at %s and %s, %v", first, second, err)
	}
	address = first
	enginetest.Serve(l, func(conn net.Conn) { _, _ = io.WriteString(conn, "42") })
	if _, err := e.Start(t.Context(), engine.Spec{Name: "caller", Port: 8080}); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "42" {
		t.Errorf("the container heard %q", got)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after the engine's Close: %v", err)
	}
}
