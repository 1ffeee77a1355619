package suites

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/facts"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/attach"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
)

// openEngine connects to what the run is played on. Inspect does without an engine, unless the user named one.
func (r *run) openEngine(ctx context.Context) (engine.Engine, error) {
	switch {
	case r.o.Engine != nil:
		return r.o.Engine, nil
	case r.o.Endpoint != "":
		e, err := attach.New(r.o.Endpoint)
		if err != nil {
			return nil, err
		}
		return e, nil
	}
	e, err := docker.New(ctx, docker.Options{
		Address: r.o.EngineAddress, RunID: r.o.RunID, Platform: r.o.imagePlatform(), Network: r.o.Network, Keep: r.o.Keep,
		Log: func(text string) { r.event(Event{Kind: EventLog, Text: text}) },
	})
	if err == nil {
		return e, nil
	}
	if r.o.Inspect && r.o.EngineAddress == "" && os.Getenv("DOCKER_HOST") == "" {
		return nil, nil
	}
	return nil, err
}

// fromEngine reports that the image is named in a way that an engine may resolve: without the engine that was meant, a
// registry's image of the same name could be another one.
func (r *run) fromEngine() bool {
	ref, err := facts.Parse(r.o.Image)
	return err == nil && ref.Kind == facts.KindName
}

// preflight asks the engine what it is while the image is being read; the function that it returns waits for the answer.
func (r *run) preflight(ctx context.Context, eng engine.Engine) func() error {
	done := make(chan error, 1)
	if eng == nil || !r.plan.kinds[record.KindBoot] {
		done <- nil
		return func() error { return <-done }
	}
	go func() {
		env, err := eng.Preflight(ctx)
		if err == nil {
			r.mu.Lock()
			r.env = &env
			r.mu.Unlock()
		}
		done <- err
	}()
	return func() error { return <-done }
}

// readImage finds out what the image is, as far as the selected clauses want to know: manifest and config always, layers
// when a clause is ruled on from them and the platform is not wrong anyway.
func (r *run) readImage(ctx context.Context, eng engine.Engine) (*facts.Resolved, error) {
	if r.o.Endpoint != "" {
		r.gap(record.KindImage, record.GapNature, "a server that already runs shows no image")
		return nil, nil
	}
	if r.o.Facts != nil {
		r.set.Image = r.o.Facts
		return nil, nil
	}
	ref, err := facts.Parse(r.o.Image)
	if err != nil {
		return nil, err
	}
	images, _ := eng.(engine.Images)
	began := time.Now()
	r.event(Event{Kind: EventBegin, Scenario: "image", Text: "image"})
	res, err := facts.Resolve(ctx, ref, facts.Options{
		Platform: r.o.imagePlatform(), Insecure: r.o.InsecureRegistries, Images: images, Pull: r.o.Pull,
		CompareRegistry: true,
	})
	if err != nil {
		return nil, fmt.Errorf("read the image: %w", err)
	}
	r.set.Image = res.Facts
	r.notes = res.Notes
	if r.plan.kinds[record.KindImage] && !r.wrongPlatform() {
		if err := res.ReadLayers(ctx); err != nil {
			res.Close()
			return nil, fmt.Errorf("read the image's layers: %w", err)
		}
	}
	r.event(Event{Kind: EventEnd, Scenario: "image", Text: "image", Took: time.Since(began)})
	r.ruleEarly()
	return res, nil
}

// wrongPlatform reports that the manifest alone rules the image out (IMG-01).
func (r *run) wrongPlatform() bool {
	for _, f := range registry.Rule(checks.Contract(), "IMG-01", r.set) {
		if f.Outcome == checks.Fail {
			return true
		}
	}
	return false
}

// prepare settles the time scale and makes sure that the engine holds the image.
func (r *run) prepare(ctx context.Context, eng engine.Engine, image *facts.Resolved) error {
	if err := r.settleTime(ctx, eng); err != nil {
		return err
	}
	images, ok := eng.(engine.Images)
	if !ok || image == nil {
		r.imageRef = r.o.Image
		return nil
	}
	ref, err := r.provide(ctx, images, image)
	if err != nil {
		return fmt.Errorf("bring the image into the engine: %w", err)
	}
	r.imageRef = ref
	return nil
}

// settleTime decides the factor that limits on computed work are stretched by.
func (r *run) settleTime(ctx context.Context, eng engine.Engine) error {
	r.mu.Lock()
	env := r.env
	r.mu.Unlock()
	if env == nil {
		return nil
	}
	scale, from := 1.0, "native"
	var slowdown *record.Slowdown
	measurer, can := eng.(interface {
		Slowdown(context.Context) (record.Slowdown, error)
	})
	switch {
	case r.o.TimeScale > 0:
		scale, from = r.o.TimeScale, "flag"
	case can:
		s, err := measurer.Slowdown(ctx)
		if err != nil {
			return fmt.Errorf("measure the engine's time scale: %w; give --time-scale N to do without", err)
		}
		slowdown, scale = &s, s.Factor()
		if env.Emulated || scale > 1 {
			from = "measured"
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	env.TimeScale, env.TimeScaleFrom, env.Slowdown = scale, from, slowdown
	r.set.Terms.TimeScale, r.set.Terms.Emulated = scale, env.Emulated
	if slowdown != nil && slowdown.Throttled.Factor > 1 {
		r.set.Terms.Throttled = slowdown.Throttled.Factor
		env.Notes = append(env.Notes, throttledNote(slowdown))
	}
	env.Notes = append(env.Notes, r.notes...)
	return nil
}

// throttledNote says what is a fault of where the engine runs, and how much of the factor it is.
func throttledNote(s *record.Slowdown) string {
	return fmt.Sprintf("a quota leaves the engine's containers about %.2g of a CPU, the platform gives an agent two: "+
		"limits on computed work are stretched %.3g times for it", 1/s.Throttled.Factor, s.Throttled.Factor)
}

// provide returns the name by which the engine knows the image, after fetching or loading it where needed.
func (r *run) provide(ctx context.Context, images engine.Images, image *facts.Resolved) (string, error) {
	if image.EngineID != "" {
		return image.EngineID, nil
	}
	began := time.Now()
	r.event(Event{Kind: EventBegin, Scenario: "load image", Text: "load image into the engine"})
	defer func() {
		r.event(Event{Kind: EventEnd, Scenario: "load image", Text: "load image into the engine", Took: time.Since(began)})
	}()
	archive, w := io.Pipe()
	go func() { w.CloseWithError(image.Archive(w)) }()
	defer archive.Close()
	return images.Load(ctx, archive)
}
