package suites_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
)

// imageFor is an image that only differs from others by the user that it names.
func imageFor(t *testing.T, user string) v1.Image {
	t.Helper()
	img, err := images.New(images.Program(images.Stubs().ARM64), images.Arch("arm64"), images.User(user))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// serveRegistry is a registry with a certificate of its own, on an address to which plain http is not spoken unasked.
// It holds the image under the reference that it returns.
func serveRegistry(t *testing.T, img v1.Image) (host, ref string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this system has no 127.0.0.2")
	}
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	entrance := httptest.NewServer(handler)
	defer entrance.Close()
	if err := (images.Fixture{Image: img}).Push(strings.TrimPrefix(entrance.URL, "http://") + "/agent:1"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	host = listener.Addr().String()
	return host, host + "/agent:1"
}

// holder is an engine that holds one image under one name.
type holder struct {
	*fake.Engine
	ref     string
	archive []byte
}

func holding(t *testing.T, ref string, img v1.Image) *holder {
	t.Helper()
	stream, err := images.Archive(img, "agent:1")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	archive, err := io.ReadAll(stream)
	if err != nil {
		t.Fatal(err)
	}
	return &holder{fake.New(reference.Main(reference.Config{})), ref, archive}
}

func (h *holder) Lookup(_ context.Context, ref, _ string) (string, error) {
	if ref != h.ref {
		return "", engine.ErrNoImage
	}
	return "sha256:local", nil
}

func (h *holder) Save(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(h.archive)), nil
}

// Load is what a run does with an image that the engine does not hold: it gets a name of its own.
func (h *holder) Load(_ context.Context, archive io.Reader) (string, error) {
	_, err := io.Copy(io.Discard, archive)
	return "sha256:loaded", err
}

func (h *holder) Pull(context.Context, string, string) error { return nil }

func TestRegistryWithoutTrustedCertificate(t *testing.T) {
	t.Parallel()
	host, ref := serveRegistry(t, imageFor(t, "1000"))
	o := suites.Options{Image: ref, Inspect: true, Engine: fake.New(reference.Main(reference.Config{}))}
	run := play(t, o)
	said := strings.Join(run.Errors, "\n")
	if run.Verdict != reports.Errored || !strings.Contains(said, "--insecure-registry "+host) {
		t.Errorf("unasked: verdict %s, errors %q", run.Verdict, run.Errors)
	}
	o.InsecureRegistries = []string{host}
	run = play(t, o)
	if run.Verdict != reports.Passed || run.Image == nil || run.Image.User != "1000" || run.Image.Origin != "registry" {
		t.Errorf("allowed: verdict %s, image %+v:%s", run.Verdict, run.Image, list(run, checks.Fail, checks.Error))
	}
}

// TestPullPrefersTheRegistry has the engine hold another image under the name than the registry does: the one that is
// reported is the one that is booted.
func TestPullPrefersTheRegistry(t *testing.T) {
	t.Parallel()
	host, ref := serveRegistry(t, imageFor(t, "2000"))
	for _, c := range []struct {
		pull                 bool
		user, origin, booted string
	}{
		{false, "1000", "engine", "sha256:local"},
		{true, "2000", "registry", "sha256:loaded"},
	} {
		eng := holding(t, ref, imageFor(t, "1000"))
		run := play(t, suites.Options{
			Image: ref, Engine: eng, InsecureRegistries: []string{host}, Pull: c.pull, Only: []string{"PING-01"},
		})
		if run.Verdict != reports.Passed || run.Image == nil || run.Image.User != c.user || run.Image.Origin != c.origin {
			t.Errorf("pull %t: verdict %s, image %+v:%s", c.pull, run.Verdict, run.Image, list(run, checks.Fail, checks.Error))
		}
		if boots := eng.Boots(); len(boots) != 1 || boots[0].Image != c.booted {
			t.Errorf("pull %t: booted %+v, want %s", c.pull, boots, c.booted)
		}
	}
}
