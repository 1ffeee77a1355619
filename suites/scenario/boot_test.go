package scenario

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// TestDropsHost: the platform's Host got no answer for more than ten seconds; what localhost gets decides.
func TestDropsHost(t *testing.T) {
	serve := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.Host, "localhost:") {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
		}
	}
	for _, tt := range []struct {
		name  string
		since time.Duration // for how long localhost was served, 0 for not yet
		serve http.HandlerFunc
		want  bool
		kept  bool
	}{
		{"localhost is served", 11 * time.Second, serve(200), true, true},
		{"served for a moment only", 9 * time.Second, serve(200), false, true},
		{"served for the first time", 0, serve(200), false, true},
		{"refused as well", 11 * time.Second, serve(503), false, false},
		{"a proxy that accepts before anything listens", 11 * time.Second, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.serve)
			defer server.Close()
			dial := func(ctx context.Context) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
			}
			s := &Stage{Client: wire.New(dial, time.Now()), Terms: record.Terms{Port: 8080}, seq: newSequence()}
			w := &watch{stage: s, boot: &record.Boot{}}
			if tt.since > 0 {
				w.hostSince = time.Now().Add(-tt.since)
			}
			if got := w.dropsHost(t.Context()); got != tt.want || w.hostSince.IsZero() == tt.kept {
				t.Errorf("%v, served since %s", got, w.hostSince)
			}
			if (w.boot.Cause == record.DropsHost) != tt.want || (w.boot.Localhost != nil) != tt.want {
				t.Errorf("recorded: %+v", w.boot)
			}
			if w.dropsHost(t.Context()) {
				t.Error("asked again within a second")
			}
		})
	}
}

// TestFirstListen: a connection that is held counts from when it was accepted, one that is dropped not at all.
func TestFirstListen(t *testing.T) {
	const held = 300 * time.Millisecond
	var drops atomic.Bool
	drops.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if drops.Load() {
			panic(http.ErrAbortHandler)
		}
		time.Sleep(held)
	}))
	defer server.Close()
	dial := func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
	began := time.Now()
	s := &Stage{Target: clock{epoch: began}, Client: wire.New(dial, began), Terms: record.Terms{Port: 8080}, seq: newSequence()}
	w := &watch{stage: s, boot: &record.Boot{}}
	if w.probe(t.Context()) || w.boot.FirstListen != 0 || w.every() != pollClose {
		t.Errorf("dropped: %+v", w.boot)
	}
	drops.Store(false)
	ready := w.probe(t.Context())
	if b := w.boot; !ready || b.FirstListen <= 0 || b.ReadyAfter-b.FirstListen < millis(held) {
		t.Errorf("ready %v, listens at %.1f, ready at %.1f", ready, b.FirstListen, b.ReadyAfter)
	}
}

// clock is a target of which nothing but its start is asked.
type clock struct {
	engine.Target
	epoch time.Time
}

func (c clock) Epoch() time.Time { return c.epoch }

// TestStartLimitBesideOthers: who comes up beside others has twice the time, and never more than a quarter of an hour.
func TestStartLimitBesideOthers(t *testing.T) {
	for _, tt := range []struct {
		scale  float64
		beside bool
		want   time.Duration
	}{{1, false, 2 * time.Minute}, {1, true, 4 * time.Minute}, {3, true, 12 * time.Minute}, {8, true, 15 * time.Minute}, {8, false, 15 * time.Minute}} {
		s := &Stage{Terms: record.Terms{TimeScale: tt.scale}, Beside: tt.beside}
		if got := s.startLimit(); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}
