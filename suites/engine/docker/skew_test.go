package docker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
)

func TestPreloadingKeepsWhatIsPreloaded(t *testing.T) {
	const ours = "LD_PRELOAD=/.agentcore-conform-clock.so"
	for name, c := range map[string]struct{ image, added, want []string }{
		"nothing":         {nil, []string{"A=1"}, []string{"A=1", ours}},
		"by the image":    {[]string{"LD_PRELOAD=/usr/lib/libjemalloc.so.2", "B=2"}, []string{"A=1"}, []string{"A=1", ours + ":/usr/lib/libjemalloc.so.2"}},
		"by the user":     {[]string{"LD_PRELOAD=/a.so"}, []string{"LD_PRELOAD=/b.so /c.so", "A=1"}, []string{"A=1", ours + ":/b.so /c.so"}},
		"switched off":    {[]string{"LD_PRELOAD=/a.so"}, []string{"LD_PRELOAD="}, []string{ours}},
		"another's name":  {[]string{"LD_PRELOADED=/a.so"}, nil, []string{ours}},
		"without a value": {[]string{"LD_PRELOAD"}, nil, []string{ours}},
	} {
		if got := preloading(c.image, c.added); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAClockThatCannotBePutOffIsSaid(t *testing.T) {
	spec := engine.Spec{Name: "skewed", Clock: -time.Hour}
	if err := cannotSkew(t.Context(), spec, errors.New("container rootfs is marked\nread-only")); !errors.Is(err, engine.ErrUnsupported) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := cannotSkew(ctx, spec, errors.New("read-only")); errors.Is(err, engine.ErrUnsupported) || !errors.Is(err, context.Canceled) {
		t.Errorf("after the caller gave up: %v", err)
	}
}

// TestAContainerFindsItsClock: the object is there before the program is, and the loader is told of it.
func TestAContainerFindsItsClock(t *testing.T) {
	e := open(t, Options{})
	for _, clock := range []time.Duration{0, -67 * time.Minute} {
		target, err := e.Start(t.Context(), engine.Spec{Name: "skewed", Image: printing(t, e), Platform: "linux/arm64", Port: 8080, Env: []string{"LD_PRELOAD=/b.so"}, Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := target.(*Target).awaitExit(t.Context()); err != nil {
			t.Fatal(err)
		}
		logs, err := target.Logs(t.Context())
		text := strings.Join(logs.Lines, "\n")
		if err != nil || strings.Contains(text, "gettimeofday") != (clock != 0) || strings.Contains(text, "LD_PRELOAD="+skewPath+":/b.so") != (clock != 0) {
			t.Errorf("%v with a clock off by %v: %q", err, clock, text)
		}
	}
}

// printing is an image that prints the object, if it has one, and its environment.
func printing(t *testing.T, e *Engine) string {
	t.Helper()
	content, err := tiny.ELF("arm64", tiny.Cat)
	if err != nil {
		t.Fatal(err)
	}
	image, err := tiny.NewImage("agentcore-conform-test-skew", "arm64", []tiny.File{{Path: "cat", Content: content}}, toolLabels)
	if err == nil {
		err = image.SetEntrypoint("/cat", skewPath, "/proc/self/environ")
	}
	if err != nil {
		t.Fatal(err)
	}
	ref, err := e.provide(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
