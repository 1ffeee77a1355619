package fake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// patience bounds what must happen at all; nothing here depends on how fast it does.
const patience = 20 * time.Second

// counter serves how many requests its own process has seen.
func counter(addresses ...string) fake.Agent {
	return func(ctx context.Context, p process.Process) int {
		n := 0
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n++
			fmt.Fprintf(w, "%d", n)
		})
		for _, addr := range addresses {
			l, err := p.Listen(addr)
			if err != nil {
				fmt.Fprintln(p.Log(), err)
				return 3
			}
			go func() { _ = http.Serve(l, h) }()
		}
		fmt.Fprintln(p.Log(), "ready")
		select {
		case <-p.Signals():
			return 0
		case <-ctx.Done():
			return 1
		}
	}
}

func boot(t *testing.T, e *fake.Engine, env ...string) engine.Target {
	t.Helper()
	target, err := e.Start(context.Background(), engine.Spec{Name: t.Name(), Port: 8080, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Remove(context.Background()) })
	return target
}

func awaitLog(t *testing.T, target engine.Target, text string) {
	t.Helper()
	await(t, "log "+text, func() bool {
		logs, err := target.Logs(context.Background())
		return err == nil && strings.Contains(strings.Join(logs.Lines, "\n"), text)
	})
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("never seen: %s", what)
}

func get(t *testing.T, target engine.Target) string {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return target.Dial(ctx) },
	}}
	res, err := c.Get("http://container/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return string(body)
}

func TestEachStartIsAFreshProcess(t *testing.T) {
	e := fake.New(counter("0.0.0.0:8080"))
	first, second := boot(t, e), boot(t, e)
	awaitLog(t, first, "ready")
	awaitLog(t, second, "ready")
	if a, b, c := get(t, first), get(t, first), get(t, second); a != "1" || b != "2" || c != "1" {
		t.Errorf("answers %s, %s and from the second process %s, want 1, 2, 1", a, b, c)
	}
	s, _ := first.State(context.Background())
	o, _ := second.State(context.Background())
	if s.Same(o) || !s.Same(s) {
		t.Errorf("states %+v and %+v do not tell the processes apart", s, o)
	}
}

func TestLoopbackIsRefusedFromOutside(t *testing.T) {
	tests := []struct {
		address string
		listens record.Listener
		reached bool
	}{
		{"0.0.0.0:8080", record.Listener{Address: "0.0.0.0", Port: 8080}, true},
		{":8080", record.Listener{Address: "::", Port: 8080}, true},
		{"[::]:8080", record.Listener{Address: "::", Port: 8080}, true},
		{"127.0.0.1:8080", record.Listener{Address: "127.0.0.1", Port: 8080}, false},
		{"localhost:8080", record.Listener{Address: "127.0.0.1", Port: 8080}, false},
		{"[::1]:8080", record.Listener{Address: "::1", Port: 8080}, false},
		{"0.0.0.0:8081", record.Listener{Address: "0.0.0.0", Port: 8081}, false},
	}
	for _, tt := range tests {
		t.Run(tt.address, func(t *testing.T) {
			target := boot(t, fake.New(counter(tt.address)))
			awaitLog(t, target, "ready")
			got, _ := target.Listeners(context.Background())
			if !reflect.DeepEqual(got, []record.Listener{tt.listens}) {
				t.Errorf("listeners %v, want %v", got, tt.listens)
			}
			conn, err := target.Dial(context.Background())
			if tt.reached != (err == nil) || !tt.reached && !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("dial: %v, want reached %v", err, tt.reached)
			}
			if conn != nil {
				_ = conn.Close()
			}
		})
	}
}

func TestOtherPortsAndTakenOnes(t *testing.T) {
	target := boot(t, fake.New(counter("0.0.0.0:8080", "127.0.0.1:9090", "0.0.0.0:9100")))
	awaitLog(t, target, "ready")
	conn, err := target.DialPort(context.Background(), 9100)
	if err != nil {
		t.Fatalf("second port: %v", err)
	}
	_ = conn.Close()
	if _, err := target.DialPort(context.Background(), 9090); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("loopback port from outside: %v, want refused", err)
	}
	twice := boot(t, fake.New(counter("0.0.0.0:8080", "[::]:8080")))
	awaitLog(t, twice, "address already in use")
}

func TestExitClosesEverythingAndShows(t *testing.T) {
	leave := make(chan struct{})
	target := boot(t, fake.New(func(ctx context.Context, p process.Process) int {
		if _, err := p.Listen(":8080"); err != nil {
			return 3
		}
		fmt.Fprint(p.Log(), "no line end")
		<-leave
		return 7
	}))
	awaitLog(t, target, "no line end")
	conn, err := target.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	close(leave)
	await(t, "end of the process", func() bool {
		s, _ := target.State(context.Background())
		return !s.Running && s.ExitCode == 7
	})
	if _, err := target.Dial(context.Background()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial after the end: %v, want refused", err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("connection after the end: %v, want it closed", err)
	}
}

func TestPanicIsACrashOfThatProcessOnly(t *testing.T) {
	target := boot(t, fake.New(func(context.Context, process.Process) int { panic("import failed") }))
	await(t, "crash", func() bool {
		s, _ := target.State(context.Background())
		return !s.Running && s.ExitCode == 2
	})
	awaitLog(t, target, "import failed")
}

func TestTerminate(t *testing.T) {
	deaf := func(ctx context.Context, p process.Process) int {
		_ = p.Signals()
		fmt.Fprintln(p.Log(), "ready")
		<-ctx.Done()
		return 0
	}
	careless := func(ctx context.Context, p process.Process) int {
		fmt.Fprintln(p.Log(), "ready")
		<-ctx.Done()
		return 0
	}
	tests := []struct {
		name     string
		agent    fake.Agent
		patience time.Duration
		killed   bool
		code     int
	}{
		{"handles it", counter(":8080"), patience, false, 0},
		{"never asked for signals", careless, patience, false, 143},
		{"ignores it", deaf, 20 * time.Millisecond, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target := boot(t, fake.New(tt.agent))
			awaitLog(t, target, "ready")
			stop, err := target.Terminate(context.Background(), tt.patience)
			if err != nil {
				t.Fatal(err)
			}
			if stop.Killed != tt.killed || stop.State.Running != tt.killed || stop.State.ExitCode != tt.code {
				t.Errorf("stop %+v, want killed %v with code %d", stop, tt.killed, tt.code)
			}
		})
	}
}

func TestRemoveKillsAndCloseForgets(t *testing.T) {
	e := fake.New(counter(":8080"))
	target := boot(t, e)
	awaitLog(t, target, "ready")
	boot(t, e)
	if e.Alive() != 2 {
		t.Fatalf("%d containers alive, want 2", e.Alive())
	}
	if err := target.Remove(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s, _ := target.State(context.Background()); s.Running || s.ExitCode != 137 {
		t.Errorf("state after removal %+v, want killed", s)
	}
	if err := e.Close(context.Background()); err != nil || e.Alive() != 0 {
		t.Errorf("close: %v, %d containers left", err, e.Alive())
	}
}

func TestStartError(t *testing.T) {
	e := fake.New(counter(":8080"), fake.WithStartError("exec format error"))
	_, err := e.Start(context.Background(), engine.Spec{Name: "main"})
	var start *engine.StartError
	if !errors.As(err, &start) || start.Detail != "exec format error" {
		t.Errorf("start: %v, want a StartError", err)
	}
	if len(e.Boots()) != 1 || e.Alive() != 0 {
		t.Errorf("%d boots and %d alive, want 1 and 0", len(e.Boots()), e.Alive())
	}
}

// TestAClockIsPutOffInTheEnvironment of fixtures, in their dates, and of no other container.
func TestAClockIsPutOffInTheEnvironment(t *testing.T) {
	dated := func(ctx context.Context, p process.Process) int {
		l, err := p.Listen(":8080")
		if err != nil {
			return 1
		}
		go func() {
			_ = http.Serve(l, process.Dated(p, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, process.ClockOff(p), w.Header().Get("Date") != "")
			})))
		}()
		fmt.Fprintln(p.Log(), "ready")
		<-ctx.Done()
		return 0
	}
	for clock, want := range map[time.Duration]string{0: "0s false", -67 * time.Minute: "-1h7m0s true"} {
		target, err := fake.New(dated).Start(context.Background(), engine.Spec{Name: t.Name(), Port: 8080, Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		awaitLog(t, target, "ready")
		if got := get(t, target); got != want {
			t.Errorf("a clock off by %v: %s, want %s", clock, got, want)
		}
		_ = target.Remove(context.Background())
	}
	_, err := fake.New(dated, fake.WithOneClock()).Start(context.Background(), engine.Spec{Clock: time.Hour})
	if !errors.Is(err, engine.ErrUnsupported) {
		t.Errorf("one clock for all: %v", err)
	}
}

func TestEnvironmentOfImageAndSpec(t *testing.T) {
	e := fake.New(func(_ context.Context, p process.Process) int {
		fmt.Fprintf(p.Log(), "%s %s %s\n", p.Env("A"), p.Env("B"), p.Env("C"))
		return 0
	}, fake.WithEnv("A=image", "B=image"))
	awaitLog(t, boot(t, e, "B=spec", "C=x=y"), "image spec x=y")
}

func TestLogsAreBoundedAndHarmless(t *testing.T) {
	target := boot(t, fake.New(func(_ context.Context, p process.Process) int {
		for i := range 1000 {
			fmt.Fprintf(p.Log(), "line %d\n", i)
		}
		fmt.Fprintf(p.Log(), "%s\n", strings.Repeat("x", 1<<20))
		fmt.Fprint(p.Log(), "\x1b[2J\x00bad\xff\nlast")
		return 0
	}))
	awaitLog(t, target, "last")
	logs, _ := target.Logs(context.Background())
	if logs.TotalLines != 1003 || len(logs.Lines) > 250 {
		t.Errorf("%d lines kept of %d, want a bounded rest of 1003", len(logs.Lines), logs.TotalLines)
	}
	for _, l := range logs.Lines {
		if len(l) > 4000 || strings.ContainsAny(l, "\x1b\x00") || !utf8.ValidString(l) {
			t.Errorf("line is not harmless: %.80q", l)
		}
	}
}

func TestPreflightIsNative(t *testing.T) {
	env, err := fake.New(nil).Preflight(context.Background())
	if err != nil || env.Engine != "fake" || env.TimeScale != 1 || env.Emulated {
		t.Errorf("preflight %+v, %v", env, err)
	}
}

// What a program says it holds shows in its own samples, and in those of no other process.
func TestSamplesShowWhatIsHeld(t *testing.T) {
	holds := func(ctx context.Context, p process.Process) int {
		if p.Env("HOLDS") != "" {
			process.Hold(p, process.Held{Memory: 5 << 20, Descriptors: 3, Threads: 2})
			process.Hold(p, process.Held{Memory: -1 << 20, Descriptors: -1})
		}
		fmt.Fprintln(p.Log(), "held")
		<-ctx.Done()
		return 0
	}
	e := fake.New(holds)
	sample := func(env ...string) record.Sample {
		target, err := e.Start(context.Background(), engine.Spec{Port: 8080, Env: env})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = target.Remove(context.Background()) })
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if l, _ := target.Logs(context.Background()); l.TotalLines > 0 {
				break
			}
		}
		s, err := target.Sample(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	with, without := sample("HOLDS=1"), sample()
	if with.Memory-without.Memory != 4<<20 || with.PIDs-without.PIDs != 2 || *with.Threads-*without.Threads != 2 || *with.Descriptors-*without.Descriptors != 2 {
		t.Errorf("with %+v, without %+v", with, without)
	}
	bare := fake.New(holds, fake.WithSampler(func(time.Duration) record.Sample { return record.Sample{Memory: 1} }), fake.WithEnv("HOLDS=1"))
	if e = bare; sample().Descriptors != nil {
		t.Error("what the sampler does not count is counted")
	}
}
