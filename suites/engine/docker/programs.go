package docker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
)

// toolLabel marks the images that stay in the engine for later runs.
const toolLabel = "agentcore-conform.tool"

var toolLabels = map[string]string{toolLabel: "true"}

// programsImage returns the name of the image with the tiny programs, after loading it if the engine lacks it.
func (e *Engine) programsImage(ctx context.Context, arch string) (string, error) {
	image := e.programs[arch]
	if image == nil {
		return "", fmt.Errorf("the engine's architecture %s is neither amd64 nor arm64", arch)
	}
	return image.get(func() (string, error) {
		made, err := tiny.ProgramsImage(arch, toolLabels)
		if err != nil {
			return "", err
		}
		return e.provide(ctx, made)
	})
}

// provide loads an image of ours unless the engine has it: its name stands for its content.
func (e *Engine) provide(ctx context.Context, image *tiny.Image) (string, error) {
	if found, err := e.cli.ImageInspect(ctx, image.Name()); err == nil && found.ID != "" {
		return image.Name(), nil
	}
	archive, w := io.Pipe()
	defer archive.Close()
	go func() { w.CloseWithError(image.Archive(w)) }()
	ref, err := e.Load(ctx, archive)
	if err != nil {
		return "", fmt.Errorf("loading the image %s: %w", image.Name(), err)
	}
	return ref, nil
}

// outcome is the end of a tiny program.
type outcome struct {
	code   int
	output []byte
}

// runProgram runs a tiny program to its end, without a network of its own unless joined to that of a container.
func (e *Engine) runProgram(ctx context.Context, arch string, p tiny.Program, join string, args ...string) (outcome, error) {
	done, err := e.busy()
	if err != nil {
		return outcome{}, err
	}
	defer done()
	id, err := e.startProgram(ctx, arch, p, func(r *request) {
		r.host.NetworkMode = "none"
		if join != "" {
			r.host.NetworkMode = container.NetworkMode("container:" + join)
		}
	}, args...)
	if err != nil {
		return outcome{}, err
	}
	defer e.discardLater(id)
	return e.endOf(ctx, id, p)
}

// endOf waits for the end of a running program.
func (e *Engine) endOf(ctx context.Context, id string, p tiny.Program) (outcome, error) {
	wait := e.cli.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	var end outcome
	select {
	case result := <-wait.Result:
		end.code = int(result.StatusCode)
	case err := <-wait.Error:
		return outcome{}, fmt.Errorf("waiting for the program %s: %w", p, err)
	}
	output, err := e.output(ctx, id)
	end.output = output
	return end, err
}

func (e *Engine) startProgram(ctx context.Context, arch string, p tiny.Program, adjust func(*request), args ...string) (string, error) {
	image, err := e.programsImage(ctx, arch)
	if err != nil {
		return "", err
	}
	r := e.request(string(p)+"-"+arch, image, "linux/"+arch)
	r.config.Entrypoint = append([]string{"/" + string(p)}, args...)
	adjust(&r)
	id, start, err := e.create(ctx, r)
	if err != nil {
		return "", fmt.Errorf("creating a container for the program %s: %w", p, err)
	}
	if err := start(ctx); err != nil {
		e.discardLater(id)
		return "", fmt.Errorf("starting the program %s: %w", p, err)
	}
	return id, nil
}

// output is what a finished program of ours wrote, both streams.
func (e *Engine) output(ctx context.Context, id string) ([]byte, error) {
	stream, err := e.cli.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return nil, fmt.Errorf("reading a program's output: %w", err)
	}
	defer stream.Close()
	var text bytes.Buffer
	_, err = stdcopy.StdCopy(&text, &text, io.LimitReader(stream, 4<<20))
	return text.Bytes(), err
}

// discardLater removes a container while the caller goes on; Close waits for it.
func (e *Engine) discardLater(id string) {
	e.background.Go(func() { e.discard(context.Background(), id) })
}

// proveArchitecture runs a program for the platform: the only proof that the engine can, and whether it has to translate.
func (e *Engine) proveArchitecture(ctx context.Context) (emulated bool, err error) {
	return e.proof.get(func() (bool, error) {
		_, arch, _ := strings.Cut(e.opts.Platform, "/")
		end, err := e.runProgram(ctx, arch, tiny.Exit42, "")
		switch {
		case err == nil && end.code == 42:
			return arch != e.arch(), nil
		case err == nil && arch != e.arch():
			return false, e.noEmulation(arch, fmt.Sprintf("a test program ended with %d: %s", end.code, oneLine(string(end.output))))
		case err == nil:
			return false, fmt.Errorf("engine %s cannot run programs for its own architecture: a test program ended with %d: %s; look at the engine's log", e.conn.Place.Redacted(), end.code, oneLine(string(end.output)))
		case arch != e.arch() && strings.Contains(err.Error(), execFormat):
			return false, e.noEmulation(arch, oneLine(err.Error()))
		}
		return false, err
	})
}

func (e *Engine) noEmulation(arch, why string) error {
	return fmt.Errorf("engine %s (%s) cannot run linux/%s programs (%s); install emulation: %s",
		e.conn.Place.Redacted(), e.arch(), arch, why, emulationRemedy)
}

const emulationRemedy = "`agentcore-conform doctor --fix`, or `docker run --privileged --rm tonistiigi/binfmt --install arm64` where there is a network, " +
	"or on Debian and Ubuntu `apt-get install qemu-user-static binfmt-support`"

// arch is the engine's machine as Go names it.
func (e *Engine) arch() string {
	switch e.info.Architecture {
	case "x86_64", "amd64":
		return "amd64"
	case "aarch64", "arm64":
		return "arm64"
	}
	return e.info.Architecture
}
