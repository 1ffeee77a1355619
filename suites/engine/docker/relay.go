package docker

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/relay"
)

// proveRelay starts the sidecar on the beacon's network and reaches the beacon through it.
func (e *Engine) proveRelay(ctx context.Context, b *beacon) (*route, error) {
	s, err := e.startSidecar(ctx, b.network)
	if err != nil {
		return nil, err
	}
	r := &route{
		name: routeRelay, network: b.network, close: s.close, sidecar: s,
		connect: func(ctx context.Context, to endpoint) (net.Conn, error) {
			if !to.address.IsValid() {
				return nil, errEnded
			}
			return s.client.Dial(ctx, netip.AddrPortFrom(to.address, uint16(to.port)))
		},
	}
	if _, err := b.proveDirect(routeRelay, r.connect)(ctx); err != nil {
		s.close()
		return nil, err
	}
	return r, nil
}

// sidecar is a running relay.
type sidecar struct {
	id     string
	client *relay.Client
	stdio  *attached
	remove func()
	once   sync.Once
}

func (s *sidecar) close() {
	s.once.Do(func() {
		_ = s.client.Close()
		_ = s.stdio.Close()
		s.remove()
	})
}

func (e *Engine) startSidecar(ctx context.Context, networkName string) (*sidecar, error) {
	image, err := e.sidecarImage(ctx)
	if err != nil {
		return nil, err
	}
	r := e.request("relay", image, "linux/"+e.arch())
	r.config.Entrypoint = []string{"/agentcore-conform", "relay"}
	r.config.OpenStdin, r.config.StdinOnce = true, true
	r.config.AttachStdin, r.config.AttachStdout = true, true
	r.host.NetworkMode = container.NetworkMode(networkName)
	r.host.CapDrop = []string{"ALL"}
	// What goes over the stdio is traffic and not a log.
	r.host.LogConfig = container.LogConfig{Type: "none"}
	id, start, err := e.create(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("creating the relay: %w", err)
	}
	s, err := e.attachSidecar(ctx, id, start)
	if err != nil {
		e.discardLater(id)
		return nil, err
	}
	s.id = id
	s.remove = func() { e.discardLater(id) }
	return s, nil
}

// attachSidecar attaches before the start, so that no byte is missed.
func (e *Engine) attachSidecar(ctx context.Context, id string, start func(context.Context) error) (*sidecar, error) {
	raw, err := e.cli.ContainerAttach(ctx, id, client.ContainerAttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return nil, fmt.Errorf("attaching to the relay: %w", err)
	}
	stdio := newAttached(raw.HijackedResponse, e.log)
	if err := start(ctx); err != nil {
		_ = stdio.Close()
		return nil, fmt.Errorf("starting the relay: %w", err)
	}
	c, err := relay.NewClient(stdio)
	if err != nil {
		_ = stdio.Close()
		return nil, err
	}
	return &sidecar{client: c, stdio: stdio}, nil
}

// attached is the stdio of a container: input as it is, output taken out of the engine's framing.
type attached struct {
	raw    client.HijackedResponse
	output *io.PipeReader
}

func newAttached(raw client.HijackedResponse, log func(string, ...any)) *attached {
	output, w := io.Pipe()
	complaints := &collector{}
	go func() {
		_, err := stdcopy.StdCopy(w, complaints, raw.Reader)
		for _, line := range complaints.logs().Lines {
			log("relay: %s", line)
		}
		if err == nil {
			err = io.EOF
		}
		w.CloseWithError(err)
	}()
	return &attached{raw: raw, output: output}
}

func (a *attached) Read(b []byte) (int, error)  { return a.output.Read(b) }
func (a *attached) Write(b []byte) (int, error) { return a.raw.Conn.Write(b) }

func (a *attached) Close() error {
	a.raw.Close()
	return a.output.Close()
}

// sidecarImage puts our own executable into an image of its own, once per version of it.
func (e *Engine) sidecarImage(ctx context.Context) (string, error) {
	if e.opts.Self == "" {
		return "", errors.New("the relay needs the agentcore-conform executable, and this program is not it; give its path as Self")
	}
	if err := runsAlone(e.opts.Self, e.arch()); err != nil {
		return "", fmt.Errorf("the relay needs a static linux/%s build of agentcore-conform: %s: %w", e.arch(), e.opts.Self, err)
	}
	content, err := os.ReadFile(e.opts.Self)
	if err != nil {
		return "", fmt.Errorf("reading the executable for the relay: %w", err)
	}
	image, err := tiny.NewImage(relayRepository, e.arch(), []tiny.File{{Path: "agentcore-conform", Content: content}}, toolLabels)
	if err != nil {
		return "", err
	}
	ref, err := e.provide(ctx, image)
	if err == nil {
		e.background.Go(func() { e.dropOldRelays(context.WithoutCancel(ctx), image.Name()) })
	}
	return ref, err
}

const relayRepository = "agentcore-conform-relay"

// dropOldRelays removes the images of other versions of this tool; each is as large as the tool. One in use stays.
func (e *Engine) dropOldRelays(ctx context.Context, current string) {
	images, err := e.cli.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("label", toolLabel)})
	if err != nil {
		return
	}
	for _, image := range images.Items {
		for _, tag := range image.RepoTags {
			if strings.Contains(tag, relayRepository+":") && !strings.HasSuffix(tag, current) {
				_, _ = e.cli.ImageRemove(ctx, tag, client.ImageRemoveOptions{})
			}
		}
	}
}

// runsAlone reports why an executable would not run in an empty image of the architecture.
func runsAlone(path, arch string) error {
	f, err := elf.Open(path)
	if err != nil {
		return errors.New("not a Linux executable")
	}
	defer f.Close()
	if f.Machine != map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[arch] {
		return fmt.Errorf("it is for another architecture (%s)", f.Machine)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return errors.New("it is linked dynamically; build it with CGO_ENABLED=0")
		}
	}
	return nil
}
