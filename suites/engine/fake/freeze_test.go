package fake_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// TestPause: nothing is answered while a process stands still, on connections of before and on new ones, and everything
// once it goes on. Its sleep ends no sooner.
func TestPause(t *testing.T) {
	slept := make(chan struct{})
	e := fake.New(func(ctx context.Context, p process.Process) int {
		go func() { process.Sleep(p, time.Millisecond); process.Sleep(p, 50*time.Millisecond); close(slept) }()
		return counter(":8080")(ctx, p)
	})
	target := boot(t, e)
	awaitLog(t, target, "ready")
	freezer := target.(engine.Freezer)
	if err := freezer.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn, err := target.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("a process that stands still answers")
	}
	select {
	case <-slept:
		t.Error("a process that stands still wakes up")
	default:
	}
	if st, err := target.State(t.Context()); err != nil || !st.Running {
		t.Errorf("state %+v, %v", st, err)
	}
	if err := freezer.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	if said, err := io.ReadAll(conn); err != nil || len(said) == 0 {
		t.Errorf("it goes on with %q, %v", said, err)
	}
	<-slept
}

// TestKill: the process ends without a word, also one that stands still.
func TestKill(t *testing.T) {
	for _, still := range []bool{false, true} {
		target := boot(t, fake.New(counter(":8080")))
		awaitLog(t, target, "ready")
		if still {
			_ = target.(engine.Freezer).Pause(t.Context())
		}
		if err := target.(engine.Killer).Kill(t.Context()); err != nil {
			t.Fatal(err)
		}
		if st, err := target.State(t.Context()); err != nil || st.Running || st.ExitCode != 137 {
			t.Errorf("state %+v, %v", st, err)
		}
	}
}
