package docker

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	specs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// request is a container to make.
type request struct {
	name     string
	config   container.Config
	host     container.HostConfig
	platform string
}

// maker makes containers and starts them.
type maker interface {
	create(ctx context.Context, r request) (id string, start func(context.Context) error, err error)
}

// newMaker uses testcontainers, unless the surrounding program has already set it up with its reaper on: that setting is
// read once per process, and the reaper would pull an image and be given the engine's socket. Then the engine's own
// client does the same two calls.
func newMaker(conn *dial.Conn) maker {
	silence()
	provider, err := newProvider(conn)
	if err != nil || !provider.Config().Config.RyukDisabled {
		return bare{conn.Client}
	}
	// Other than the address testcontainers was first set up with, this client is always the right one.
	provider.SetClient(&corrected{Client: conn.Client})
	return contained{provider}
}

// silence comes before anything else of testcontainers: its banner would go to standard error.
var silence = sync.OnceFunc(func() { tclog.SetDefault(tclog.NewNoopLogger()) })

// runtimeName is what our engine is called in testcontainers' registry of runtimes.
const runtimeName = "agentcore-conform"

var registering sync.Mutex

// newProvider registers our engine's explicit address, so that testcontainers looks for none itself, and makes a
// provider. Its configuration and its registry are per process: the variables are set for the first reading only.
func newProvider(conn *dial.Conn) (*testcontainers.DockerProvider, error) {
	registering.Lock()
	defer registering.Unlock()
	defer setenv("TESTCONTAINERS_PROVIDER", runtimeName)()
	defer setenv("TESTCONTAINERS_RYUK_DISABLED", "true")()
	// A second engine in one process finds the name taken, which is as good.
	_ = testcontainers.RegisterProvider(runtimeName, func() testcontainers.RuntimeProvider { return found{conn.Host} })
	return testcontainers.NewDockerProvider()
}

// setenv sets a variable and returns what restores it.
func setenv(name, value string) func() {
	old, had := os.LookupEnv(name)
	_ = os.Setenv(name, value)
	return func() {
		if had {
			_ = os.Setenv(name, old)
		} else {
			_ = os.Unsetenv(name)
		}
	}
}

// found is the engine that was found, as testcontainers wants to be told.
type found struct{ address string }

func (f found) Initialize(context.Context) (testcontainers.RuntimeConfig, error) {
	return testcontainers.RuntimeConfig{
		DockerHost:       f.address,
		DockerSocketPath: "/var/run/docker.sock",
		PublishedHost:    "127.0.0.1",
	}, nil
}

// contained makes containers through testcontainers.
type contained struct {
	provider *testcontainers.DockerProvider
}

func (m contained) create(ctx context.Context, r request) (string, func(context.Context) error, error) {
	req := testcontainers.ContainerRequest{
		Name:               r.name,
		Image:              r.config.Image,
		ImagePlatform:      r.platform,
		Labels:             r.config.Labels,
		ConfigModifier:     func(c *container.Config) { *c = r.config },
		HostConfigModifier: func(h *container.HostConfig) { *h = r.host },
	}
	c, err := m.provider.CreateContainer(context.WithValue(ctx, requestKey{}, r), req)
	if err != nil {
		return "", nil, err
	}
	return c.GetContainerID(), c.Start, nil
}

type requestKey struct{}

// corrected is the engine's client as testcontainers sees it: it never pulls, publishes nothing by itself, and leaves no
// label by which a foreign reaper would take our containers for its own.
type corrected struct{ *client.Client }

// Close does nothing: testcontainers closes its client after every call, but this one is ours.
func (c *corrected) Close() error { return nil }

// ImageInspect tells testcontainers that the image is here and what it asked for. It was looked up and pulled before, and
// engines with a containerd store would answer for another platform, which would start a pull. An image that has gone is
// noticed by the create that follows.
func (c *corrected) ImageInspect(ctx context.Context, _ string, _ ...client.ImageInspectOption) (client.ImageInspectResult, error) {
	var result client.ImageInspectResult
	if r, ok := ctx.Value(requestKey{}).(request); ok {
		result.Os, result.Architecture, _ = strings.Cut(r.platform, "/")
	}
	result.Config = &dockerspec.DockerOCIImageConfig{}
	return result, nil
}

// ImagePull is never right here: what is tested was settled before.
func (c *corrected) ImagePull(_ context.Context, image string, _ client.ImagePullOptions) (client.ImagePullResponse, error) {
	return nil, fmt.Errorf("the engine no longer holds image %s: %w", image, errdefs.ErrNotFound)
}

// NetworkList spares testcontainers the search for a default network, which it would otherwise create.
func (c *corrected) NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error) {
	return client.NetworkListResult{Items: []network.Summary{{Network: network.Network{Name: testcontainers.Bridge}}}}, nil
}

// ContainerCreate takes back what testcontainers adds.
func (c *corrected) ContainerCreate(ctx context.Context, opts client.ContainerCreateOptions) (client.ContainerCreateResult, error) {
	r, ok := ctx.Value(requestKey{}).(request)
	if ok {
		opts.Config.ExposedPorts = r.config.ExposedPorts
		opts.HostConfig.PortBindings = r.host.PortBindings
	}
	for label := range opts.Config.Labels {
		if strings.HasPrefix(label, "org.testcontainers") {
			delete(opts.Config.Labels, label)
		}
	}
	return c.Client.ContainerCreate(ctx, opts)
}

// bare makes containers with the engine's client alone.
type bare struct{ cli *client.Client }

func (m bare) create(ctx context.Context, r request) (string, func(context.Context) error, error) {
	opts := client.ContainerCreateOptions{Name: r.name, Config: &r.config, HostConfig: &r.host, Platform: platformOf(r.platform)}
	made, err := m.cli.ContainerCreate(ctx, opts)
	if err != nil {
		return "", nil, err
	}
	start := func(ctx context.Context) error {
		_, err := m.cli.ContainerStart(ctx, made.ID, client.ContainerStartOptions{})
		return err
	}
	return made.ID, start, nil
}

func platformOf(text string) *specs.Platform {
	os, arch, ok := strings.Cut(text, "/")
	if !ok {
		return nil
	}
	arch, variant, _ := strings.Cut(arch, "/")
	return &specs.Platform{OS: os, Architecture: arch, Variant: variant}
}
