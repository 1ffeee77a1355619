package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
)

const created = "2026-03-04T05:06:07Z"

// authorities is a bundle of one authority, that of a test server.
func authorities(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return file(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool is the program as a release builds it, but with what the tests of certification have compiled: a link is left.
func tool(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agentcore-conform")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-X main.version=1.2.3", "-o", path, "../agentcore-conform")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the tool: %v: %s", err, out)
	}
	return path
}

// packed is the layout of a release for both platforms; amd64 is the tool, arm64 no more than a header.
func packed(t *testing.T, amd64 string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "layout")
	err := run(t.Context(), []string{"-layout", dir, "-version", "1.2.3", "-revision", "abc", "-created", created, "-certificates", authorities(t),
		"linux/amd64=" + amd64, "linux/arm64=" + file(t, "arm64", images.Stubs().ARM64)})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// children are the index in the layout and its images by platform.
func children(t *testing.T, dir string) (v1.ImageIndex, map[string]v1.Image) {
	t.Helper()
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]v1.Image{}
	for _, d := range manifest.Manifests {
		if out[d.Platform.String()], err = index.Image(d.Digest); err != nil {
			t.Fatal(err)
		}
	}
	return index, out
}

func TestImageForBothPlatforms(t *testing.T) {
	index, byPlatform := children(t, packed(t, file(t, "amd64", images.Stubs().AMD64)))
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	if kind, _ := index.MediaType(); kind != types.OCIImageIndex || len(byPlatform) != 2 {
		t.Errorf("%s of %d images", kind, len(byPlatform))
	}
	for _, arch := range []string{"amd64", "arm64"} {
		img := byPlatform["linux/"+arch]
		if img == nil {
			t.Fatalf("nothing for %s", arch)
		}
		if kind, _ := img.MediaType(); kind != types.OCIManifestSchema1 {
			t.Errorf("%s: a manifest of %s", arch, kind)
		}
		cfg, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		c := cfg.Config
		if cfg.OS != "linux" || cfg.Architecture != arch || c.User != "65532:65532" || c.Entrypoint[0] != "/"+program || c.WorkingDir != "/conform" || len(cfg.History) != 2 {
			t.Errorf("%s: %+v", arch, cfg)
		}
		for label, want := range map[string]string{"version": "1.2.3", "revision": "abc", "created": created, "licenses": "Apache-2.0", "source": source} {
			if got := c.Labels["org.opencontainers.image."+label]; got != want {
				t.Errorf("%s: label %s is %q, want %q", arch, label, got, want)
			}
		}
		files := content(t, img)
		if files[program].Mode != 0o755 || files[bundle].Size < 500 || files["conform"].Uid != user || files["tmp"].Mode != 0o1777 {
			t.Errorf("%s: %+v", arch, files)
		}
	}
}

func TestSameReleaseSameDigest(t *testing.T) {
	amd64, first := file(t, "amd64", images.Stubs().AMD64), ""
	ca := authorities(t)
	for range 2 {
		dir := filepath.Join(t.TempDir(), "layout")
		if err := run(t.Context(), []string{"-layout", dir, "-certificates", ca, "linux/amd64=" + amd64}); err != nil {
			t.Fatal(err)
		}
		index, _ := children(t, dir)
		digest, err := index.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = digest.String()
		}
		if digest.String() != first {
			t.Errorf("%s, then %s", first, digest)
		}
	}
}

// content lists the flattened image, without its bytes.
func content(t *testing.T, img v1.Image) map[string]*tar.Header {
	t.Helper()
	out := map[string]*tar.Header{}
	each(t, img, func(h *tar.Header, _ io.Reader) { out[strings.TrimSuffix(h.Name, "/")] = h })
	return out
}

func each(t *testing.T, img v1.Image, do func(*tar.Header, io.Reader)) {
	t.Helper()
	r := mutate.Extract(img)
	defer r.Close()
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		do(h, tr)
	}
}

// TestProgramOfTheImageRuns unpacks the linux/amd64 image of the built tool and has it speak and judge, from its own files.
func TestProgramOfTheImageRuns(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the image's program is for linux/amd64")
	}
	dir := packed(t, tool(t))
	_, byPlatform := children(t, dir)
	root := t.TempDir()
	each(t, byPlatform["linux/amd64"], func(h *tar.Header, r io.Reader) {
		path := filepath.Join(root, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			return
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(path, data, os.FileMode(h.Mode))
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	out, err := exec.CommandContext(t.Context(), filepath.Join(root, program), "version", "--json").CombinedOutput()
	var said struct{ Version, Contract, Platform string }
	if err != nil || json.Unmarshal(out, &said) != nil || said.Version != "1.2.3" || said.Contract == "" || said.Platform != "linux/amd64" {
		t.Errorf("%v: %s", err, out)
	}
	inspect := exec.CommandContext(t.Context(), filepath.Join(root, program), "inspect", "oci:"+dir, "--only", "IMG-01")
	if out, err := inspect.Output(); err != nil || !bytes.HasPrefix(out, []byte("PASSED")) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestPush(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	dir := packed(t, file(t, "amd64", images.Stubs().AMD64))
	host := strings.TrimPrefix(server.URL, "http://")
	if err := run(context.Background(), []string{"-push-from", dir, host + "/tool:1.2.3", host + "/tool:latest"}); err != nil {
		t.Fatal(err)
	}
	want, _ := children(t, dir)
	wanted, _ := want.Digest()
	for _, tag := range []string{"1.2.3", "latest"} {
		ref, err := name.ParseReference(host + "/tool:" + tag)
		if err != nil {
			t.Fatal(err)
		}
		index, err := remote.Index(ref)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := index.Digest(); got != wanted {
			t.Errorf("%s is %s, want %s", tag, got, wanted)
		}
		if err := validate.Index(index); err != nil {
			t.Error(err)
		}
	}
}

// TestWrongOrders: what would make a broken image is refused with what to do.
func TestWrongOrders(t *testing.T) {
	arm64 := file(t, "arm64", images.Stubs().ARM64)
	ca := authorities(t)
	cases := []struct {
		args []string
		want string
	}{
		{nil, "give either -layout"},
		{[]string{"-layout", "x", "-push-from", "y", "z"}, "give either -layout"},
		{[]string{"-layout", "x"}, "name what is to be packed"},
		{[]string{"-layout", "x", "-certificates", "absent.pem", "linux/arm64=" + arm64}, "install ca-certificates"},
		{[]string{"-layout", "x", "-certificates", arm64, "linux/arm64=" + arm64}, "hold none in PEM"},
		{[]string{"-layout", "x", "-certificates", ca, arm64}, "write PLATFORM=PROGRAM"},
		{[]string{"-layout", "x", "-certificates", ca, "linux/arm64=absent"}, "read the program for linux/arm64"},
		{[]string{"-layout", "x", "-certificates", ca, "linux/amd64=" + arm64}, "is for EM_AARCH64, the platform is linux/amd64"},
		{[]string{"-layout", "x", "-certificates", ca, "windows/arm64=" + arm64}, "the platform is windows/arm64"},
		{[]string{"-layout", "x", "-certificates", ca, "linux/arm64=" + ca}, "give one for linux"},
		{[]string{"-layout", "x", "-certificates", ca, "-created", "today", "linux/arm64=" + arm64}, "give a time such as"},
		{[]string{"-push-from", "absent", "host/x"}, "read the layout"},
	}
	for _, tt := range cases {
		t.Chdir(t.TempDir())
		err := run(t.Context(), tt.args)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
		if _, err := os.Stat("x"); err == nil {
			t.Errorf("%q: a layout was begun", tt.args)
		}
	}
}
