package docker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// exited waits for the process to end.
func exited(t *testing.T, target *Target) {
	t.Helper()
	for t.Context().Err() == nil {
		state, err := target.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !state.Running {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestWhatCannotStart(t *testing.T) {
	e := open(t, Options{})
	foreign, err := tiny.ELF("arm64", tiny.Exit42)
	if err != nil {
		t.Fatal(err)
	}
	foreign[18] = 243 // RISC-V: no handler covers it
	cases := []struct {
		name, image, platform, says string
	}{
		{"another architecture's program", loadImage(t, e, "arm64", tiny.File{Path: "agent", Content: foreign}), "linux/arm64", "exec format error"},
		{"text without an interpreter", loadImage(t, e, "arm64", tiny.File{Path: "agent", Content: []byte("print('hello')\n")}), "linux/arm64", "exec format error"},
		{"a missing interpreter", loadImage(t, e, "arm64", tiny.File{Path: "agent", Content: []byte("#!/usr/bin/python3\n")}), "linux/arm64", "no such file"},
		{"a missing program", withEntrypoint(t, e, "/app/agent"), "linux/arm64", "no such file"},
		{"a program not on the PATH", withEntrypoint(t, e, "python3"), "linux/arm64", "executable file not found"},
		{"an image for another platform", loadImage(t, e, "amd64", tiny.File{Path: "agent", Content: foreign}), "linux/arm64", "not for linux/arm64"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := e.Start(t.Context(), engine.Spec{Name: "test", Image: c.image, Platform: c.platform, Port: 8080})
			var start *engine.StartError
			if !errors.As(err, &start) {
				t.Fatalf("%v is not a StartError", err)
			}
			if !strings.Contains(start.Detail, c.says) || strings.Contains(start.Detail, "\n") {
				t.Errorf("%q does not say %q in one line", start.Detail, c.says)
			}
		})
	}
	if left := enginetest.Leftovers(t, e.conn, e.opts.RunID); len(left) != 1 {
		t.Errorf("besides the run's network there is %v", left)
	}
}

func TestAnImageThatIsNotThere(t *testing.T) {
	e := open(t, Options{})
	_, err := e.Start(t.Context(), engine.Spec{Name: "test", Image: "agentcore-conform-test:absent", Platform: "linux/arm64", Port: 8080})
	var start *engine.StartError
	if !errors.Is(err, engine.ErrNoImage) || errors.As(err, &start) {
		t.Errorf("starting an absent image: %v", err)
	}
}

// An exit of the agent's own is not a failure to start it, whatever its status.
func TestAnAgentThatFailsDidStart(t *testing.T) {
	e := open(t, Options{})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "fail")
	exited(t, target)
	state, err := target.State(t.Context())
	if err != nil || state.ExitCode != 1 || state.Running {
		t.Errorf("state %+v %v", state, err)
	}
	logs, err := target.Logs(t.Context())
	if err != nil || len(logs.Lines) != 1 || logs.Lines[0] != "no model configured" {
		t.Errorf("logs %+v %v", logs, err)
	}
	if _, err := target.Sample(t.Context()); err == nil {
		t.Error("a sample of an ended process")
	}
}

func TestTerminate(t *testing.T) {
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	t.Run("polite", func(t *testing.T) {
		target := boot(t, e, image, "arm64", "polite")
		get(t, target, "/ping")
		stop, err := target.Terminate(t.Context(), time.Minute)
		if err != nil || stop.Killed || stop.State.Running || stop.State.ExitCode != 3 || stop.ExitedAfter <= 0 || stop.ExitedAfter >= stop.Limit {
			t.Errorf("%+v %v", stop, err)
		}
	})
	t.Run("stubborn", func(t *testing.T) {
		target := boot(t, e, image, "arm64", "stubborn")
		get(t, target, "/ping")
		stop, err := target.Terminate(t.Context(), 50*time.Millisecond)
		if err != nil || !stop.Killed || !stop.State.Running || stop.ExitedAfter < stop.Limit {
			t.Errorf("%+v %v", stop, err)
		}
		if body := get(t, target, "/ping"); body == "" {
			t.Error("it was killed after all")
		}
	})
	t.Run("ended before", func(t *testing.T) {
		target := boot(t, e, image, "arm64", "fail")
		exited(t, target)
		if _, err := target.Terminate(t.Context(), time.Second); err == nil {
			t.Error("a signal to an ended process succeeded")
		}
	})
}

// TestRemovalIsNotGraceful compares with an image that would stop at once, on the same machine in the same minute: the
// engine's default grace of ten seconds would be dozens of removals.
func TestRemovalIsNotGraceful(t *testing.T) {
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	took := func(mode string) time.Duration {
		target := boot(t, e, image, "arm64", mode)
		get(t, target, "/ping")
		began := time.Now()
		if err := target.Remove(t.Context()); err != nil {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	polite := max(took("polite"), took("polite"))
	if stubborn := min(took("stubborn"), took("stubborn")); stubborn > 4*polite {
		t.Errorf("removing what ignores SIGTERM took %s, anything else %s", stubborn, polite)
	}
}

func TestLogsAreBounded(t *testing.T) {
	e := open(t, Options{})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "chatty")
	get(t, target, "/ping")
	logs, err := target.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, line := range logs.Lines {
		size += len(line)
	}
	if logs.TotalLines != 20_001 || logs.TotalBytes < 20_000*107 || len(logs.Lines) > keptLines || size > keptBytes {
		t.Errorf("%d lines and %d bytes in all, kept %d lines of %d bytes", logs.TotalLines, logs.TotalBytes, len(logs.Lines), size)
	}
	if last := logs.Lines[len(logs.Lines)-1]; !strings.Contains(last, "listening on") && !strings.Contains(last, "019999") {
		t.Errorf("the last line is %q", last)
	}
}

func TestHostileLogsAreHarmless(t *testing.T) {
	e := open(t, Options{})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "hostile")
	get(t, target, "/ping")
	logs, err := target.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range logs.Lines {
		if len(line) > lineLength {
			t.Errorf("a line of %d bytes", len(line))
		}
		for _, r := range line {
			if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Errorf("%q in %q", r, line[:min(80, len(line))])
			}
		}
	}
	if !strings.Contains(strings.Join(logs.Lines, "\n"), "]]></failure>") {
		t.Error("text was lost that only the writers of reports have to escape")
	}
}

func TestListenersTellLoopback(t *testing.T) {
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	for mode, want := range map[string]string{"loopback": "[{127.0.0.1 8080}]", "two": "[{:: 8080} {:: 9001}]"} {
		t.Run(mode, func(t *testing.T) {
			target := boot(t, e, image, "arm64", mode)
			for t.Context().Err() == nil {
				visible, err := target.Listeners(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(visible) == strings.Count(want, "{") {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			for _, elsewhere := range []bool{false, true} {
				if elsewhere {
					// Another machine's process table would show nothing of it.
					target.pid = 0
				}
				if got, err := target.Listeners(t.Context()); err != nil || sprint(got) != want {
					t.Errorf("from elsewhere %t: %v %v, want %s", elsewhere, got, err, want)
				}
			}
			if mode != "loopback" {
				return
			}
			if conn, err := target.Dial(t.Context()); err == nil {
				conn.Close()
				t.Error("a server on loopback only could be reached")
			}
		})
	}
}

func TestPlainestContainer(t *testing.T) {
	e := open(t, Options{})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	c, err := target.inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	switch h := c.HostConfig; {
	case h.NanoCPUs != 2e9 || h.Memory != 8<<30 || h.MemorySwap != 8<<30 && e.info.SwapLimit:
		t.Errorf("%d CPUs, %d bytes, %d with swap", h.NanoCPUs, h.Memory, h.MemorySwap)
	case h.Privileged || len(h.CapAdd) > 0 || len(h.Binds) > 0 || len(h.Mounts) > 0 || len(h.PortBindings) > 0:
		t.Errorf("more than the plainest: %+v", h)
	}
	if c.Config.Tty || c.Config.OpenStdin || c.Config.User != "" || len(c.NetworkSettings.Networks) != 1 {
		t.Errorf("config %+v networks %v", c.Config, c.NetworkSettings.Networks)
	}
	for label := range c.Config.Labels {
		if strings.HasPrefix(label, "org.testcontainers") {
			t.Errorf("label %s would let a foreign reaper remove it", label)
		}
	}
	if target.CreateTook() <= 0 || target.Epoch().After(time.Now()) {
		t.Errorf("created in %s, epoch %s", target.CreateTook(), target.Epoch())
	}
	networkIsInternal(t, e, true)
}

func TestOpenNetwork(t *testing.T) {
	e := open(t, Options{Network: Open})
	env, err := e.Preflight(t.Context())
	if err != nil || env.Network != Open || env.Route != routeAddress {
		t.Fatalf("%+v %v", env, err)
	}
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	get(t, target, "/ping")
	networkIsInternal(t, e, false)
}

func networkIsInternal(t *testing.T, e *Engine, want bool) {
	t.Helper()
	seen, err := e.cli.NetworkInspect(t.Context(), e.route.value.network, client.NetworkInspectOptions{})
	if err != nil || seen.Network.Internal != want {
		t.Errorf("internal %t %v, want %t", seen.Network.Internal, err, want)
	}
}

// TestMappedRoute takes the other routes away.
func TestMappedRoute(t *testing.T) {
	e := open(t, Options{Network: Open})
	network, err := e.makeNetwork(t.Context(), Open)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.lightBeacon(t.Context(), network, Open)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.proveDirect(routeMapped, dialMapped)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e.route.value, e.route.done = r, true
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	if body := get(t, target, "/ping"); !strings.Contains(body, "Healthy") {
		t.Errorf("answered %q", body)
	}
	if _, err := target.DialPort(t.Context(), 9001); err == nil || !strings.Contains(err.Error(), "not mapped") {
		t.Errorf("dialing another port: %v", err)
	}
}

func TestOutOfMemoryIsSeen(t *testing.T) {
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	route, err := e.proveRoute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	spec := engine.Spec{Name: "hungry", Image: image, Platform: "linux/arm64", Port: 8080, Env: []string{"MODE=hungry"}}
	r := e.requestFor(spec, route)
	r.host.Memory, r.host.MemorySwap = 96<<20, 96<<20
	id, start, err := e.create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := start(t.Context()); err != nil {
		t.Fatal(err)
	}
	target := &Target{e: e, id: id, spec: spec, route: route, epoch: time.Now()}
	exited(t, target)
	if state, err := target.State(t.Context()); err != nil || !state.OOMKilled {
		t.Errorf("state %+v %v", state, err)
	}
}

// TestInterruptedRunLeavesNothing cancels in the middle of boots and closes with a context that is already over.
func TestInterruptedRunLeavesNothing(t *testing.T) {
	e := open(t, Options{})
	image := serverImage(t, e, "arm64")
	boot(t, e, image, "arm64", "stubborn")
	for _, after := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 150 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		_, err := e.Start(ctx, engine.Spec{Name: "cut", Image: image, Platform: "linux/arm64", Port: 8080})
		cancel()
		t.Logf("after %s: %v", after, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Close(over); err != nil {
		t.Error(err)
	}
	nothingLeft(t, e)
}

func TestNativeContainers(t *testing.T) {
	e := open(t, Options{})
	own := open(t, Options{Platform: "linux/" + e.arch()})
	env, err := own.Preflight(t.Context())
	if err != nil || env.Emulated {
		t.Errorf("native: %+v %v", env, err)
	}
	target := boot(t, own, serverImage(t, own, own.arch()), own.arch(), "")
	if body := get(t, target, "/ping"); !strings.Contains(body, "Healthy") {
		t.Errorf("answered %q", body)
	}
}
