package docker

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// TestNobodyIsWaitedFor: a connection to a container that has ended is given up, and one to a slow container is not.
func TestNobodyIsWaitedFor(t *testing.T) {
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	silence := func(ctx context.Context) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ended := boot(t, e, image, "arm64", "fail")
	exited(t, ended)
	if _, err := ended.whileThere(t.Context(), silence); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the container has ended: %v", err)
	}
	there := boot(t, e, image, "arm64", "polite")
	get(t, there, "/ping")
	short, cancel := context.WithTimeout(t.Context(), 3*lookEvery)
	defer cancel()
	if _, err := there.whileThere(short, silence); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the container runs: %v", err)
	}
	before, cancelBefore := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancelBefore()
	if _, err := ended.whileThere(before, silence); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller's own time was over: %v", err)
	}
}
