package docker

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/relay"
)

// viaRelay forces the relay's route on an engine whose containers could be reached directly.
func viaRelay(t *testing.T) *Engine {
	t.Helper()
	e := open(t, Options{Self: binary(t, "self", "amd64")})
	network, err := e.makeNetwork(t.Context(), Internal)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.lightBeacon(t.Context(), network, Internal)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.proveRelay(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	e.route.value, e.route.done = r, true
	return e
}

// TestRelayCarriesTraffic sends large bodies and many requests at once through the sidecar's attached stdio.
func TestRelayCarriesTraffic(t *testing.T) {
	e := viaRelay(t)
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	get(t, target, "/ping")
	c := http.Client{Transport: &http.Transport{DialContext: dialer(target)}}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			sent := make([]byte, 100_000*(i+1))
			_, _ = rand.Read(sent)
			resp, err := c.Post("http://agent/echo", "application/octet-stream", bytes.NewReader(sent))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes of %d came back, %v", len(got), len(sent), err)
			}
		})
	}
	all.Wait()
}

// TestRelayDoesNotReachLoopback: the sidecar dials the container's address, as the platform does.
func TestRelayDoesNotReachLoopback(t *testing.T) {
	e := viaRelay(t)
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "loopback")
	for t.Context().Err() == nil {
		if l, err := target.Listeners(t.Context()); err == nil && len(l) == 1 {
			break
		}
	}
	if conn, err := target.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v %v", conn, err)
	}
}

// TestTheRelaysEndIsSaid: the harness's trouble must not look like the container's.
func TestTheRelaysEndIsSaid(t *testing.T) {
	e := viaRelay(t)
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	get(t, target, "/ping")
	e.closeRoute()
	if _, err := target.Dial(t.Context()); err == nil || !strings.Contains(fmt.Sprint(err), relay.ErrEnded.Error()) {
		t.Errorf("%v", err)
	}
}
