package docker

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// open connects to an engine for one test and makes sure that the test leaves nothing behind.
func open(t *testing.T, opts Options) *Engine {
	t.Helper()
	enginetest.Need(t)
	opts.Log = func(line string) { t.Log(line) }
	e, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

// binary builds a program of testdata once for all tests.
var built sync.Map

func binary(t *testing.T, folder, arch string) string {
	t.Helper()
	key := folder + "/" + arch
	build, _ := built.LoadOrStore(key, sync.OnceValues(func() (string, error) {
		path := filepath.Join(buildDir, folder+"-"+arch)
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/"+folder)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building %s: %w\n%s", folder, err, out)
		}
		return path, nil
	}))
	path, err := build.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "agentcore-conform-test-")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// serverImage loads the test server for the architecture into the engine.
func serverImage(t *testing.T, e *Engine, arch string) string {
	t.Helper()
	content, err := os.ReadFile(binary(t, "server", arch))
	if err != nil {
		t.Fatal(err)
	}
	return loadImage(t, e, arch, tiny.File{Path: "server", Content: content})
}

func loadImage(t *testing.T, e *Engine, arch string, files ...tiny.File) string {
	t.Helper()
	image, err := tiny.NewImage("agentcore-conform-test", arch, files, toolLabels)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := e.provide(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// boot starts the server in one of its modes.
func boot(t *testing.T, e *Engine, image, arch, mode string) *Target {
	t.Helper()
	target, err := e.Start(t.Context(), engine.Spec{Name: "test", Image: image, Platform: "linux/" + arch, Port: 8080, Env: []string{"MODE=" + mode}})
	if err != nil {
		t.Fatal(err)
	}
	return target.(*Target)
}

func dialer(target engine.Target) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return target.Dial(ctx) }
}

// get asks the server for a path until it answers.
func get(t *testing.T, target engine.Target, path string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{
		DialContext:       dialer(target),
		DisableKeepAlives: true,
	}}
	for ctx := t.Context(); ctx.Err() == nil; {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://agent"+path, nil)
		resp, err := client.Do(req)
		if err != nil {
			if state, stateErr := target.State(ctx); stateErr != nil || !state.Running {
				t.Fatalf("%v; the container: %+v %v", err, state, stateErr)
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	t.Fatal("no answer")
	return ""
}

func TestLocalEngine(t *testing.T) {
	e := open(t, Options{RunID: "local" + token(3)})
	env, err := e.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", env)
	image := serverImage(t, e, "arm64")
	target := boot(t, e, image, "arm64", "")
	if body := get(t, target, "/ping"); !strings.Contains(body, "Healthy") {
		t.Errorf("answered %q", body)
	}
	if env := get(t, target, "/env"); !strings.Contains(env, "MODE=") {
		t.Errorf("environment %q", env)
	}
	listeners, err := target.Listeners(t.Context())
	if err != nil || len(listeners) != 1 || listeners[0] != (record.Listener{Address: "::", Port: 8080}) {
		t.Errorf("listeners %v %v", listeners, err)
	}
	sample, err := target.Sample(t.Context())
	if err != nil || sample.Memory < 1<<20 || sample.CPU <= 0 || sample.PIDs < 1 {
		t.Errorf("sample %+v %v", sample, err)
	}
	logs, err := target.Logs(t.Context())
	if err != nil || !strings.Contains(strings.Join(logs.Lines, "\n"), "listening on") {
		t.Errorf("logs %+v %v", logs, err)
	}
	if err := target.Remove(t.Context()); err != nil {
		t.Error(err)
	}
	if err := target.Remove(t.Context()); err != nil {
		t.Errorf("a second removal: %v", err)
	}
}

func sprint(v any) string { return fmt.Sprint(v) }

// withEntrypoint loads an image whose entrypoint is not in it.
func withEntrypoint(t *testing.T, e *Engine, entrypoint string) string {
	t.Helper()
	image, err := tiny.NewImage("agentcore-conform-test", "arm64", []tiny.File{{Path: "readme-" + filepath.Base(entrypoint)}}, toolLabels)
	if err != nil {
		t.Fatal(err)
	}
	if err := image.SetEntrypoint(entrypoint); err != nil {
		t.Fatal(err)
	}
	ref, err := e.provide(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
