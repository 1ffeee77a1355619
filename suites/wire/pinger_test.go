package wire

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const healthy = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{\"status\":\"Healthy\"}"

// pingServer answers every request on a connection through answer, until that says to close.
func pingServer(tb testing.TB, answer func(c net.Conn) (keep bool)) (Dialer, *atomic.Int32) {
	var dialed atomic.Int32
	dial := serve(tb, func(c net.Conn) {
		dialed.Add(1)
		b := bufio.NewReader(c)
		for {
			if _, _, err := readRequest(b); err != nil || !answer(c) {
				return
			}
		}
	})
	return dial, &dialed
}

func pinger(dial Dialer) *Pinger {
	return &Pinger{Client: New(dial, time.Now()), Path: "/ping", Host: "agent.test", Timeout: time.Minute}
}

func say(text string) func(net.Conn) bool {
	return func(c net.Conn) bool {
		_, err := io.WriteString(c, text)
		return err == nil
	}
}

func TestOncePing(t *testing.T) {
	dial, _ := pingServer(t, say(healthy))
	p := pinger(dial)
	p.Client.Activity = &Activity{}
	p.Client.Activity.Begin()
	p.Client.Activity.Begin()()
	before := time.Now()
	got := p.Once(t.Context())
	if !got.OK() || got.Body != `{"status":"Healthy"}` || got.Type != "application/json" || got.InFlight != 1 || got.Activity != 2 {
		t.Errorf("got %+v", got)
	}
	if at := time.UnixMicro(int64(got.Unix * 1e6)); at.Before(before.Truncate(time.Microsecond)) || at.After(time.Now()) {
		t.Errorf("answered at %v, asked at %v", at, before)
	}
}

func TestPingBodiesAreBounded(t *testing.T) {
	dial, _ := pingServer(t, func(c net.Conn) bool {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 1<<20))
		return false
	})
	if got := pinger(dial).Once(t.Context()); !got.OK() || len(got.Body) != record.MaxPingBody {
		t.Errorf("%s with %d bytes: %s", got.Outcome, len(got.Body), got.Error)
	}
}

// TestAStallDoesNotDelayLaterPings has a server that answers nobody until all have asked: a closed loop would never end.
func TestAStallDoesNotDelayLaterPings(t *testing.T) {
	const n = 20
	var asked sync.WaitGroup
	asked.Add(n)
	dial, _ := pingServer(t, func(c net.Conn) bool {
		asked.Done()
		asked.Wait()
		return say(healthy)(c)
	})
	pings := pinger(dial).Series(t.Context(), n, 2*time.Millisecond)
	if len(pings) != n {
		t.Fatalf("%d pings", len(pings))
	}
	for i, p := range pings {
		due := pings[0].At + record.Millis(2*i)
		if !p.OK() || p.At < due-0.01 || p.At > due+0.01 || p.Lag < 0 {
			t.Errorf("ping %d: %s at %v with lag %v, was due at %v: %s", i, p.Outcome, p.At, p.Lag, due, p.Error)
		}
	}
	// The first one waited for the last to be sent, and says so.
	if p := pings[0]; p.Lag+p.Took < pings[n-1].At-p.At {
		t.Errorf("the first ping took %v, less than the %v until the last was due", p.Took, pings[n-1].At-p.At)
	}
}

func TestConnectionsAreKeptForPings(t *testing.T) {
	dial, dialed := pingServer(t, say(healthy))
	s := newSeries(pinger(dial))
	for range 5 {
		s.launch(t.Context(), time.Now())
		s.wait.Wait()
	}
	for _, p := range s.end() {
		if !p.OK() {
			t.Errorf("%s: %s", p.Outcome, p.Error)
		}
	}
	if n := dialed.Load(); n != 1 {
		t.Errorf("%d connections for five pings in turn", n)
	}
}

// TestClosingAnIdleConnectionIsNoFailure has servers that close after each answer without a word.
func TestClosingAnIdleConnectionIsNoFailure(t *testing.T) {
	farewell := func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n")
	}
	for name, hangUp := range map[string]func(net.Conn){"end": func(net.Conn) {}, "reset": reset, "408": farewell} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{}, 10)
			dial, dialed := pingServer(t, func(c net.Conn) bool {
				_, _ = io.WriteString(c, healthy)
				_, _ = c.Read(make([]byte, 1)) // the next ping breaks on this connection
				hangUp(c)
				closed <- struct{}{}
				return false
			})
			s := newSeries(pinger(dial))
			for range 4 {
				s.launch(t.Context(), time.Now())
				s.wait.Wait()
			}
			for i, p := range s.end() {
				if !p.OK() {
					t.Errorf("ping %d: %s: %s", i, p.Outcome, p.Error)
				}
			}
			if n := dialed.Load(); n != 4 {
				t.Errorf("%d connections for four pings, each on a fresh one in the end", n)
			}
		})
	}
}

func TestAFailureOnAFreshConnectionCounts(t *testing.T) {
	dial, dialed := pingServer(t, func(c net.Conn) bool {
		reset(c)
		return false
	})
	pings := pinger(dial).Series(t.Context(), 2, time.Microsecond)
	if pings[0].Outcome != record.Reset || pings[1].Outcome != record.Reset || dialed.Load() != 2 {
		t.Errorf("got %s and %s over %d connections", pings[0].Outcome, pings[1].Outcome, dialed.Load())
	}
}

func TestPingsInFlightAreBounded(t *testing.T) {
	release := make(chan struct{})
	dial, _ := pingServer(t, func(c net.Conn) bool {
		<-release
		return say(healthy)(c)
	})
	s := newSeries(pinger(dial))
	s.run(t.Context(), t.Context(), MaxPingsInFlight+8, time.Microsecond)
	close(release)
	count := map[record.Outcome]int{}
	for _, p := range s.end() {
		count[p.Outcome]++
	}
	if count[record.Answered] != MaxPingsInFlight || count[record.Unsent] != 8 {
		t.Errorf("got %v", count)
	}
}

func TestAPollRunsUntilItIsStopped(t *testing.T) {
	enough := make(chan struct{})
	var seen atomic.Int32
	dial, _ := pingServer(t, func(c net.Conn) bool {
		if seen.Add(1) == 3 {
			close(enough)
		}
		return say(healthy)(c)
	})
	stop := pinger(dial).Start(t.Context(), 5*time.Millisecond)
	<-enough
	pings := stop()
	if len(pings) < 3 || int(seen.Load()) != len(pings) {
		t.Fatalf("%d pings kept, %d seen by the server", len(pings), seen.Load())
	}
	for i, p := range pings {
		if !p.OK() || i > 0 && p.At <= pings[i-1].At {
			t.Errorf("ping %d of %d: %s at %v: %s", i, len(pings), p.Outcome, p.At, p.Error)
		}
	}
}

func TestTheEndOfTheRunEndsThePolls(t *testing.T) {
	asked := make(chan struct{}, 1000)
	dial, _ := pingServer(t, func(c net.Conn) bool {
		asked <- struct{}{}
		_, _ = io.Copy(io.Discard, c)
		return false
	})
	ctx, cancel := context.WithCancel(t.Context())
	stop := pinger(dial).Start(ctx, time.Hour)
	<-asked
	cancel()
	if pings := stop(); len(pings) != 1 || pings[0].Outcome != record.Abandoned {
		t.Errorf("got %+v", pings)
	}
}

func TestATimedOutPingKeepsItsTime(t *testing.T) {
	dial, _ := pingServer(t, func(c net.Conn) bool {
		_, _ = io.Copy(io.Discard, c)
		return false
	})
	p := pinger(dial)
	p.Timeout = 50 * time.Millisecond
	got := p.Once(t.Context())
	if got.Outcome != record.TimedOut || got.Took < 50 {
		t.Errorf("%s after %v: %s", got.Outcome, got.Took, got.Error)
	}
	if l := record.LatencyOf([]record.Ping{got}); l.Count != 1 || l.Max < 50 {
		t.Errorf("a ping that timed out is left out of the latency: %s", fmt.Sprint(l))
	}
}
