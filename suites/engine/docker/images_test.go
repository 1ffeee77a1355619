package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

func TestLookupSaveLoad(t *testing.T) {
	e := open(t, Options{})
	ref := serverImage(t, e, "arm64")
	id, err := e.Lookup(t.Context(), ref, "linux/arm64")
	if err != nil || !strings.HasPrefix(id, "sha256:") {
		t.Fatalf("%q %v", id, err)
	}
	if any, err := e.Lookup(t.Context(), ref, ""); err != nil || any != id {
		t.Errorf("for any platform: %q %v", any, err)
	}
	if byID, err := e.Lookup(t.Context(), id, "linux/arm64"); err != nil || byID != id {
		t.Errorf("by id: %q %v", byID, err)
	}
	for _, c := range []struct{ ref, platform string }{{ref, "linux/amd64"}, {"agentcore-conform-test:absent", ""}, {"agentcore-conform-test:absent", "linux/arm64"}} {
		if _, err := e.Lookup(t.Context(), c.ref, c.platform); !errors.Is(err, engine.ErrNoImage) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	saved, err := e.Save(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	if back, err := e.Load(t.Context(), saved); err != nil || back != ref {
		t.Errorf("loaded %q back as %q: %v", ref, back, err)
	}
	if _, err := e.Save(t.Context(), "agentcore-conform-test:absent"); err == nil {
		t.Error("an absent image was saved")
	}
}

// TestLoadReportsFailure: engines answer 200 and fail inside the stream.
func TestLoadReportsFailure(t *testing.T) {
	e := open(t, Options{})
	archives := map[string]io.Reader{
		"an OCI layout":    tarOf(t, writeLayout(t)),
		"half an archive":  halfArchive(t),
		"no archive":       strings.NewReader("this is not a tar file"),
		"an empty archive": bytes.NewReader(make([]byte, 1024)),
	}
	for name, archive := range archives {
		ref, err := e.Load(t.Context(), archive)
		if err == nil && name == "an OCI layout" && e.kind == "podman" {
			continue
		}
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: loaded as %q, %v", name, ref, err)
		}
	}
}

func writeLayout(t *testing.T) string {
	t.Helper()
	image, err := random.Image(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := layout.Write(dir, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: image})); err != nil {
		t.Fatal(err)
	}
	return dir
}

func tarOf(t *testing.T, dir string) io.Reader {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	return &buf
}

func halfArchive(t *testing.T) io.Reader {
	t.Helper()
	image, err := random.Image(100_000, 1)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := tarball.Write(name.MustParseReference("agentcore-conform-test:half"), image, &buf); err != nil {
		t.Fatal(err)
	}
	return io.LimitReader(&buf, 50_000)
}

// TestPull fetches from a registry on the loopback that wants a password, which the engine trusts without TLS.
func TestPull(t *testing.T) {
	enginetest.Isolate(t)
	e := open(t, Options{})
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "ci" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	ref := host + "/agent:" + token(4)
	push(t, ref)

	if err := e.Pull(t.Context(), ref, "linux/arm64"); err == nil || !strings.Contains(err.Error(), ref) {
		t.Errorf("without credentials: %v", err)
	}
	// Registered after open's clean-up, so that it runs while the engine is still connected.
	t.Cleanup(func() {
		if _, err := e.cli.ImageRemove(context.Background(), ref, client.ImageRemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	writeCredentials(t, host)
	if err := e.Pull(t.Context(), ref, "linux/arm64"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Lookup(t.Context(), ref, "linux/arm64"); err != nil {
		t.Error(err)
	}
	if err := e.Pull(t.Context(), host+"/absent:1", "linux/arm64"); err == nil {
		t.Error("an absent image was pulled")
	}
}

func push(t *testing.T, ref string) {
	t.Helper()
	image, err := random.Image(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", "arm64"
	if image, err = mutate.ConfigFile(image, config); err != nil {
		t.Fatal(err)
	}
	parsed, err := name.ParseReference(ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(parsed, image, remote.WithAuth(&authn.Basic{Username: "ci", Password: "secret"})); err != nil {
		t.Fatal(err)
	}
}

func writeCredentials(t *testing.T, host string) {
	t.Helper()
	config, _ := json.Marshal(map[string]any{"auths": map[string]any{host: map[string]string{
		"auth": base64.StdEncoding.EncodeToString([]byte("ci:secret")),
	}}})
	if err := os.WriteFile(filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMessages(t *testing.T) {
	cases := []struct{ name, stream, problem string }{
		{"good", `{"stream":"Loaded image: a:1\n"}` + "\n" + `{"status":"done"}`, ""},
		{"structured error", `{"status":"x"}{"errorDetail":{"message":"open manifest.json: no such file"},"error":"open"}{"status":"y"}`, "manifest.json"},
		{"plain error", `{"error":"payload does not match\nany of the supported formats"}`, "payload does not match any"},
		{"cut", `{"stream":"Loaded image: a:1"}{"st`, "broke off"},
		{"not JSON", `<html>`, "broke off"},
		{"empty", ``, ""},
	}
	for _, c := range cases {
		err := messages(strings.NewReader(c.stream), func(jsonstream.Message) {})
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestLoadedNames(t *testing.T) {
	for text, want := range map[string]string{
		"Loaded image: agent:1\n":                    "agent:1",
		"Loaded image ID: sha256:abc\n":              "sha256:abc",
		"Loaded image(s): localhost/agent:1":         "localhost/agent:1",
		"Loaded image: docker.io/library/agent:1 \n": "docker.io/library/agent:1",
	} {
		found := loaded.FindStringSubmatch(text)
		if found == nil || found[1] != want {
			t.Errorf("%q: %v", text, found)
		}
	}
}
