//go:build bench

// Package bench measures what the harness costs, as ratios against the bare engine client in the same run: absolute
// times belong to a machine, ratios to the tool. Nothing here fails on a missed goal; it is printed as such.
package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// rounds is how often each measured thing is repeated; the median counts.
const rounds = 7

const subject = "agentcore-conform/reference:arm64"

// row prints one ratio and whether it keeps its goal.
func row(name string, value, goal float64, unit string) {
	verdict := "ok"
	if value > goal {
		verdict = "MISSED"
	}
	fmt.Printf("%-48s %10.2f %-10s goal ≤ %-8.2f %s\n", name, value, unit, goal, verdict)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func TestRatios(t *testing.T) {
	ctx := context.Background()
	ref := load(ctx, t)
	cli, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	eng, err := docker.New(ctx, docker.Options{RunID: "bench"})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close(ctx)
	if _, err := eng.Preflight(ctx); err != nil {
		t.Fatal(err)
	}
	var bareBoots, bareRemovals, boots, removals []time.Duration
	for range rounds {
		b, d := bare(ctx, t, cli, ref)
		bareBoots, bareRemovals = append(bareBoots, b), append(bareRemovals, d)
		b, d = ours(ctx, t, eng, ref)
		boots, removals = append(boots, b), append(removals, d)
	}
	f, d := median(bareBoots), median(bareRemovals)
	fmt.Printf("F = %s (create to first 200, bare client), D = %s (its removal)\n", f.Round(time.Millisecond), d.Round(time.Millisecond))
	row("boot", ratio(median(boots), f), 1.05, "F")
	row("teardown", ratio(median(removals), d), 1.2, "D")
	gate(ctx, t, f)
	size(t)
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// load brings the trivial image into the engine.
func load(ctx context.Context, t *testing.T) string {
	t.Helper()
	img, err := images.Reference(ctx, "arm64", "")
	if err != nil {
		t.Fatal(err)
	}
	eng, err := docker.New(ctx, docker.Options{RunID: "bench-load"})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close(ctx)
	archive, err := images.Archive(img, subject)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	ref, err := eng.Load(ctx, archive)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// bare boots and removes the image with nothing but the engine's client.
func bare(ctx context.Context, t *testing.T, cli *client.Client, ref string) (boot, remove time.Duration) {
	t.Helper()
	began := time.Now()
	made, err := cli.ContainerCreate(ctx, client.ContainerCreateOptions{
		Config:   &container.Config{Image: ref},
		Platform: &ocispec.Platform{OS: "linux", Architecture: "arm64"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cli.ContainerStart(ctx, made.ID, client.ContainerStartOptions{}); err != nil {
		t.Fatal(err)
	}
	seen, err := cli.ContainerInspect(ctx, made.ID, client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	address := seen.Container.NetworkSettings.Networks["bridge"].IPAddress.String() + ":8080"
	for !answers(ctx, address) {
		time.Sleep(time.Millisecond)
	}
	boot = time.Since(began)
	began = time.Now()
	zero := 0
	if _, err := cli.ContainerStop(ctx, made.ID, client.ContainerStopOptions{Timeout: &zero}); err != nil {
		t.Fatal(err)
	}
	if _, err := cli.ContainerRemove(ctx, made.ID, client.ContainerRemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	return boot, time.Since(began)
}

func answers(ctx context.Context, address string) bool {
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	}
	x, _ := wire.New(dial, time.Now()).Do(ctx, wire.Request{
		Method: "GET", Path: "/ping", Host: platform.CellHost, Timeout: 5 * time.Second,
	})
	return x.OK()
}

// ours boots and removes the image as a run does.
func ours(ctx context.Context, t *testing.T, eng *docker.Engine, ref string) (boot, remove time.Duration) {
	t.Helper()
	began := time.Now()
	target, err := eng.Start(ctx, engine.Spec{Name: "main", Image: ref, Platform: "linux/arm64", Port: 8080})
	if err != nil {
		t.Fatal(err)
	}
	terms := record.Terms{Protocol: "HTTP", Port: 8080, Path: "/invocations", TimeScale: 10}
	seen, err := scenario.Boot(ctx, scenario.NewStage("bench", target, terms, time.Minute))
	if err != nil || !seen.Ready {
		t.Fatalf("not ready: %v %+v", err, seen)
	}
	boot = time.Since(began)
	began = time.Now()
	if err := target.Remove(ctx); err != nil {
		t.Fatal(err)
	}
	return boot, time.Since(began)
}

// gate runs the whole gate and takes its planned waits off.
func gate(ctx context.Context, t *testing.T, f time.Duration) {
	t.Helper()
	run, err := suites.Run(ctx, suites.Options{
		Image: subject, SlowPayload: `{"prompt":"{{prompt}}","delay_ms":{{milliseconds}}}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	wall := time.Duration((run.DurationMs - run.PlannedWaitMs) * float64(time.Millisecond))
	fmt.Printf("gate: verdict %s, %.1f s in all, %.1f s of them planned waits\n", run.Verdict, run.DurationMs/1000, run.PlannedWaitMs/1000)
	row("gate without planned waits", ratio(wall, f), 10, "F")
}

func size(t *testing.T) {
	t.Helper()
	path := filepath.Join("..", "..", "bin", "agentcore-conform")
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("make build first: %v", err)
	}
	defer f.Close()
	n, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	row("binary", float64(n)/1e6, 20, "MB")
}
