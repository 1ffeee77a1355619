package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// model serves one secret word to whoever gets through, over HTTP/1.1 and HTTP/2, and remembers who that was.
func model(t *testing.T, e *Engine) (address string) {
	t.Helper()
	l, address, err := e.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var speaks http.Protocols
	speaks.SetHTTP1(true)
	speaks.SetUnencryptedHTTP2(true)
	server := &http.Server{Protocols: &speaks, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(io.LimitReader(r.Body, 1<<10))
		fmt.Fprintf(w, "42 to %q over %s", asked, r.Proto)
	})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return address
}

// fetches runs a container that asks the URL and returns what it says of that. A network of its own instead of the run's
// may be named.
func fetches(t *testing.T, e *Engine, speak, url, network string) string {
	t.Helper()
	content, err := os.ReadFile(binary(t, "caller", e.arch()))
	if err != nil {
		t.Fatal(err)
	}
	image := loadImage(t, e, e.arch(), tiny.File{Path: "caller", Content: content})
	r, err := e.proveRoute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	spec := engine.Spec{Name: "caller", Image: image, Platform: "linux/" + e.arch(), Port: 8080, Env: []string{"SPEAK=" + speak, "FETCH=" + url}}
	req := e.requestFor(spec, r)
	if network != "" {
		req.host.NetworkMode = container.NetworkMode(network)
	}
	id, start, err := e.create(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	defer e.discard(t.Context(), id)
	if err := start(t.Context()); err != nil {
		t.Fatal(err)
	}
	target := &Target{e: e, id: id, spec: spec, route: r}
	for {
		seen, err := target.awaitExit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !seen.State.Running {
			break
		}
	}
	logs, err := target.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(logs.Lines, "\n")
}

// TestListen asks on every kind of engine: a container of the run is answered, one on another network and this machine's
// own programs are not.
func TestListen(t *testing.T) {
	cases := []struct {
		name    string
		reach   func(t *testing.T) string
		network string
		back    string
	}{
		{"plain local", func(*testing.T) string { return "" }, Internal, routeAddress},
		{"open network", func(*testing.T) string { return "" }, Open, routeAddress},
		{"looks like a container", lookLikeContainer, Internal, routeAddress},
		{"tcp", plainTCP, Internal, routeAddress},
		{"own network namespace", secondEngine, Internal, routeRelay},
		{"podman", podman, Internal, routeRelay},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Isolate(t)
			enginetest.Need(t)
			e := open(t, Options{Address: c.reach(t), Network: c.network, RunID: "listen" + token(3), Self: binary(t, "self", "amd64")})
			address := model(t, e)
			if e.back.value.name != c.back {
				t.Errorf("way back %q, want %q", e.back.value.name, c.back)
			}
			onlyTheRunIsAnswered(t, e, address)
			if err := e.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			nothingLeft(t, e)
		})
	}
}

func onlyTheRunIsAnswered(t *testing.T, e *Engine, address string) {
	t.Helper()
	for speak, proto := range map[string]string{"h1": "HTTP/1.1", "h2c": "HTTP/2.0"} {
		if got, want := fetches(t, e, speak, "http://"+address, ""), `answer: 42 to "what is the answer" over `+proto; !strings.Contains(got, want) {
			t.Errorf("a container of the run: %q, want %q", got, want)
		}
	}
	other, err := e.makeNetwork(t.Context(), Open)
	if err != nil {
		t.Fatal(err)
	}
	if got := fetches(t, e, "h1", "http://"+address, other); !strings.Contains(got, "nothing: ") {
		t.Errorf("a container on another network: %q", got)
	}
	if got := fetches(t, e, "h1", "http://"+address, "host"); !strings.Contains(got, "nothing: ") {
		t.Errorf("a program of the engine's own machine: %q", got)
	}
	if e.back.value.name == routeAddress {
		thisMachineIsNotAnswered(t, address)
	}
}

// thisMachineIsNotAnswered tries from each of the machine's addresses; the kernel itself would choose the listener's own.
func thisMachineIsNotAnswered(t *testing.T, address string) {
	t.Helper()
	from := []net.Addr{nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if ip := a.(*net.IPNet).IP; ip.To4() != nil {
			from = append(from, &net.TCPAddr{IP: ip})
		}
	}
	for _, local := range from {
		dialer := net.Dialer{LocalAddr: local, Timeout: 5 * time.Second}
		conn, err := dialer.Dial("tcp", address)
		if err != nil {
			continue
		}
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: model\r\n\r\n")
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		var timeout net.Error
		if n, err := conn.Read(make([]byte, 1)); n > 0 || errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("from %v: %d bytes, %v; want a closed connection", local, n, err)
		}
		conn.Close()
	}
}

// TestAFirewallInTheWay: the route to containers works, but they cannot call this machine; the relay takes over.
func TestAFirewallInTheWay(t *testing.T) {
	enginetest.Isolate(t)
	asRoot(t, "iptables")
	e := open(t, Options{RunID: "wall" + token(3), Self: binary(t, "self", "amd64")})
	r, err := e.proveRoute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.back(); err != nil {
		t.Fatal(err)
	}
	b, err := e.lightBeacon(t.Context(), r.network, Internal)
	if err != nil {
		t.Fatal(err)
	}
	defer e.discardLater(b.id)
	if _, err := b.proveDirect(r.name, r.connect)(t.Context()); err != nil {
		t.Fatal(err)
	}
	dropNewFrom(t, b)
	_, why := e.proveBack(t.Context(), r, b)
	if why == nil || !strings.Contains(why.Error(), "firewall") {
		t.Fatalf("the way back was proven through a firewall: %v", why)
	}
	r.back = func() (*wayBack, error) { return nil, why }
	if got := fetches(t, e, "h1", "http://"+model(t, e), ""); !strings.Contains(got, "answer: 42") || e.back.value.name != routeRelay {
		t.Errorf("over %s: %q", e.back.value.name, got)
	}
}

// dropNewFrom is what a host's firewall does: answers may come in, calls may not. The rule names the beacon alone.
func dropNewFrom(t *testing.T, b *beacon) {
	t.Helper()
	rule := []string{"INPUT", "-s", b.at.address.String(), "-p", "tcp", "--syn", "-j", "DROP"}
	mustRun(t, "iptables", append([]string{"-w", "-I"}, rule...)...)
	t.Cleanup(func() { mustRun(t, "iptables", append([]string{"-w", "-D"}, rule...)...) })
}

// TestNoWayBack: without a relay the caller is told in one line that there can be no server.
func TestNoWayBack(t *testing.T) {
	e := open(t, Options{RunID: "noway" + token(3)})
	r, err := e.proveRoute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.back = func() (*wayBack, error) { return nil, errors.New("a wall") }
	_, _, err = e.Listen(t.Context())
	if !errors.Is(err, engine.ErrUnsupported) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "a wall") {
		t.Errorf("%v", err)
	}
}

// TestCloseEndsListening: what listens and what is connected goes with the engine, and nothing new begins.
func TestCloseEndsListening(t *testing.T) {
	e := open(t, Options{RunID: "ends" + token(3)})
	l, first, err := e.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, second, err := e.Listen(t.Context()); err != nil || first == second {
		t.Errorf("two listeners at %s and %s, %v", first, second, err)
	}
	if err := e.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	if _, _, err := e.Listen(t.Context()); !errors.Is(err, errOver) {
		t.Errorf("Listen: %v", err)
	}
}

// The translated beacon calls back, too: engines of both architectures use it.
func TestBothBeaconsCallBack(t *testing.T) {
	e := open(t, Options{RunID: "both" + token(3)})
	r, err := e.proveRoute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		b := &beacon{nonce: token(tiny.NonceLength / 2), network: r.network}
		b.id, err = e.startProgram(t.Context(), arch, tiny.Beacon, func(req *request) {
			req.host.NetworkMode = container.NetworkMode(r.network)
		}, b.nonce)
		if err != nil {
			t.Fatal(err)
		}
		defer e.discardLater(b.id)
		seen, err := (&Target{e: e, id: b.id}).inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b.at.port = tiny.BeaconPort
		b.at.address, _ = whereIs(seen, r.network)
		if _, err := b.proveDirect(r.name, r.connect)(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := e.proveBack(t.Context(), r, b); err != nil {
			t.Errorf("%s: %v", arch, err)
		}
		t.Logf("%s called back after %v", arch, time.Since(began))
	}
}
