package docker

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
)

// skewPath is where a container finds the object that puts its clock off: in the root directory, which every image has,
// and readable for every user.
const skewPath = "/.agentcore-conform-clock.so"

// preloadVariable names what loaders load first.
const preloadVariable = "LD_PRELOAD"

// preload has the container of the request load the object, in front of what its image or the user preloads.
func (e *Engine) preload(ctx context.Context, r *request, spec engine.Spec) error {
	if spec.Clock == 0 {
		return nil
	}
	image, err := e.inspectImage(ctx, spec.Image, platformOf(spec.Platform))
	if err != nil {
		return cannotSkew(ctx, spec, err)
	}
	var declared []string
	if image.Config != nil {
		declared = image.Config.Env
	}
	r.config.Env = preloading(declared, spec.Env)
	return nil
}

// preloading is the environment to add to the image's.
func preloading(image, added []string) []string {
	var out []string
	before := ""
	for _, pair := range image {
		if name, value, _ := strings.Cut(pair, "="); name == preloadVariable {
			before = value
		}
	}
	for _, pair := range added {
		if name, value, _ := strings.Cut(pair, "="); name == preloadVariable {
			before = value
		} else {
			out = append(out, pair)
		}
	}
	if before != "" {
		before = ":" + before
	}
	return append(out, preloadVariable+"="+skewPath+before)
}

// skew copies the object into a container that was created and has not been started.
func (e *Engine) skew(ctx context.Context, id string, spec engine.Spec) error {
	if spec.Clock == 0 {
		return nil
	}
	_, arch, _ := strings.Cut(spec.Platform, "/")
	arch, _, _ = strings.Cut(arch, "/") // a variant follows
	object, err := tiny.Skew(arch, spec.Clock)
	if err != nil {
		return cannotSkew(ctx, spec, err)
	}
	archive, err := tiny.Archive([]tiny.File{{Path: skewPath[1:], Content: object}})
	if err == nil {
		_, err = e.cli.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: "/", Content: bytes.NewReader(archive)})
	}
	if err != nil {
		return cannotSkew(ctx, spec, err)
	}
	return nil
}

// cannotSkew says that the engine does not let a clock be put off, unless it is the caller who gave up.
func cannotSkew(ctx context.Context, spec engine.Spec, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("starting container %s: %w", spec.Name, ctx.Err())
	}
	return fmt.Errorf("putting the clock of container %s off: %s: %w", spec.Name, oneLine(dial.Plain(err).Error()), engine.ErrUnsupported)
}
