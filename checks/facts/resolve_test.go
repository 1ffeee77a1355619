package facts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// server is an in-memory registry; around wraps its handler, to make it misbehave.
type server struct {
	host string
	wrap atomic.Pointer[func(http.Handler) http.Handler]
}

func startRegistry(t testing.TB, options ...registry.Option) *server {
	t.Helper()
	inner := registry.New(append(options, registry.Logger(log.New(io.Discard, "", 0)))...)
	s := &server{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := http.Handler(inner)
		if f := s.wrap.Load(); f != nil {
			h = (*f)(h)
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	u, _ := url.Parse(srv.URL)
	s.host = u.Host
	return s
}

func (s *server) around(f func(http.Handler) http.Handler) { s.wrap.Store(&f) }

func (s *server) tag(t testing.TB, repo string) name.Tag {
	t.Helper()
	tag, err := name.NewTag(s.host + "/" + repo)
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

// push stores an image or an index and returns its reference.
func (s *server) push(t testing.TB, repo string, what remote.Taggable) Reference {
	t.Helper()
	tag := s.tag(t, repo)
	var err error
	switch w := what.(type) {
	case v1.Image:
		err = remote.Write(tag, w)
	case v1.ImageIndex:
		err = remote.WriteIndex(tag, w)
	default:
		err = remote.Put(tag, w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return Reference{KindName, s.host + "/" + repo}
}

// meter counts requests and response bytes, by kind of object.
type meter struct {
	inner    http.RoundTripper
	requests atomic.Int64
	bytes    atomic.Int64
	blobs    sync.Map
}

func newMeter() *meter { return &meter{inner: http.DefaultTransport} }

func (m *meter) RoundTrip(req *http.Request) (*http.Response, error) {
	m.requests.Add(1)
	resp, err := m.inner.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if i := strings.Index(req.URL.Path, "/blobs/"); i >= 0 {
		m.blobs.Store(req.URL.Path[i+len("/blobs/"):], true)
	}
	resp.Body = &meteredBody{resp.Body, &m.bytes}
	return resp, nil
}

type meteredBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}

func mustResolve(t testing.TB, ref Reference, o Options) *Resolved {
	t.Helper()
	r, err := Resolve(context.Background(), ref, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func indexOf(children ...mutate.IndexAddendum) v1.ImageIndex {
	return mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), children...)
}

func child(img v1.Image, os, arch, variant string) mutate.IndexAddendum {
	return mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: os, Architecture: arch, Variant: variant}}}
}

func attest(t testing.TB) mutate.IndexAddendum {
	img := assemble(t, "unknown", v1.Config{}, static.NewLayer([]byte(`{}`), "application/vnd.in-toto+json"))
	a := child(img, "unknown", "unknown", "")
	a.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest"}
	return a
}

func TestRegistryForms(t *testing.T) {
	s := startRegistry(t)
	arm64 := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	amd64 := build(t, "amd64", cmd("/agent"), []file{prog("agent", amd(""))})
	armv7 := build(t, "arm", cmd("/agent"), []file{prog("agent", program(elf.EM_ARM, ""))})
	docker := mutate.ConfigMediaType(mutate.MediaType(arm64, types.DockerManifestSchema2), types.DockerConfigJSON)
	tests := []struct {
		name     string
		what     remote.Taggable
		platform string
		// chosen is the place of the chosen child, -1 when none is; children how many there are.
		children, chosen int
		arch, machine    string
	}{
		{name: "single", what: arm64, chosen: -1, arch: "arm64", machine: "EM_AARCH64"},
		{name: "docker schema 2", what: docker, chosen: -1, arch: "arm64", machine: "EM_AARCH64"},
		{name: "amd64 label", what: amd64, chosen: -1, arch: "amd64", machine: "EM_X86_64"},
		{name: "arm64 label on amd64 code", what: build(t, "arm64", cmd("/agent"), []file{prog("agent", amd(""))}), chosen: -1, arch: "arm64", machine: "EM_X86_64"},
		{name: "index with attestation first", what: indexOf(attest(t), child(arm64, "linux", "arm64", "")), children: 2, chosen: 1, arch: "arm64", machine: "EM_AARCH64"},
		{name: "v8", what: indexOf(child(amd64, "linux", "amd64", ""), child(arm64, "linux", "arm64", "v8")), children: 2, chosen: 1, arch: "arm64", machine: "EM_AARCH64"},
		{name: "no arm64", what: indexOf(child(amd64, "linux", "amd64", ""), attest(t)), children: 2, chosen: -1},
		{name: "arm v7 only", what: indexOf(child(armv7, "linux", "arm", "v7")), children: 1, chosen: -1},
		{name: "windows arm64", what: indexOf(child(arm64, "windows", "arm64", "")), children: 1, chosen: -1},
		{name: "lone child without platform", what: indexOf(mutate.IndexAddendum{Add: arm64}), children: 1, chosen: 0, arch: "arm64", machine: "EM_AARCH64"},
		{name: "child that lies", what: indexOf(child(amd64, "linux", "arm64", "")), children: 1, chosen: 0, arch: "amd64", machine: "EM_X86_64"},
		{name: "instances", what: indexOf(child(amd64, "linux", "amd64", ""), child(arm64, "linux", "arm64", "")), platform: "linux/amd64", children: 2, chosen: 0, arch: "amd64", machine: "EM_X86_64"},
		{name: "index within an index", what: indexOf(mutate.IndexAddendum{Add: indexOf(child(arm64, "linux", "arm64", ""))}), children: 2, chosen: 1, arch: "arm64", machine: "EM_AARCH64"},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ref := s.push(t, fmt.Sprintf("forms/agent%d:1", i), tt.what)
			r := mustResolve(t, ref, Options{Platform: tt.platform})
			f := r.Facts
			if f.Origin != OriginRegistry || f.Architecture != tt.arch || len(f.Children) != tt.children {
				t.Fatalf("origin %q architecture %q children %d", f.Origin, f.Architecture, len(f.Children))
			}
			for i, c := range f.Children {
				if c.Chosen != (i == tt.chosen) {
					t.Errorf("child %d chosen %v", i, c.Chosen)
				}
			}
			if (f.IndexDigest != "") != (tt.children > 0) || (r.Image == nil) != (tt.arch == "") {
				t.Errorf("index digest %q, image %v", f.IndexDigest, r.Image)
			}
			if err := r.ReadLayers(context.Background()); err != nil {
				t.Fatal(err)
			}
			if tt.machine == "" {
				if f.Program != nil || f.Scanned {
					t.Errorf("a program without an image: %+v", f.Program)
				}
				return
			}
			if f.Program.Machine != tt.machine || !f.Scanned || f.CompressedSize <= 0 || f.UncompressedSize <= 0 {
				t.Errorf("program %+v, scanned %v, sizes %d and %d", f.Program, f.Scanned, f.CompressedSize, f.UncompressedSize)
			}
			digest, _ := r.Image.Digest()
			if f.Digest != digest.String() || len(f.Layers) != 1 || f.Layers[0].DiffID == "" || f.Layers[0].Digest == "" {
				t.Errorf("digest %q, layers %+v", f.Digest, f.Layers)
			}
		})
	}
}

// Tier 1 must cost at most 6 round trips and 64 KiB, and no layer byte, also when a token has to be fetched.
func TestTierOneBudget(t *testing.T) {
	s := startRegistry(t)
	img := build(t, "amd64", cmd("/agent"), []file{prog("agent", amd("")), text("pad", string(noise(1<<20)))})
	ref := s.push(t, "agent:1", indexOf(child(img, "linux", "amd64", ""), child(img, "linux", "arm64", ""), attest(t)))
	for _, auth := range []bool{false, true} {
		t.Run(fmt.Sprintf("auth=%v", auth), func(t *testing.T) {
			o := Options{}
			if auth {
				s.around(bearer(s.host))
				o.Keychain = fixedKeychain{}
			}
			m := newMeter()
			o.Transport = m
			start := time.Now()
			r := mustResolve(t, ref, o)
			t.Logf("tier 1: %d round trips, %d bytes, %s", m.requests.Load(), m.bytes.Load(), time.Since(start))
			if m.requests.Load() > 6 || m.bytes.Load() > 64<<10 {
				t.Errorf("%d round trips and %d bytes", m.requests.Load(), m.bytes.Load())
			}
			for _, l := range r.Facts.Layers {
				if _, ok := m.blobs.Load(l.Digest); ok {
					t.Errorf("layer %s was fetched", l.Digest)
				}
			}
			if r.Facts.Architecture != "amd64" {
				t.Errorf("architecture %q", r.Facts.Architecture)
			}
		})
	}
}

type fixedKeychain struct{}

func (fixedKeychain) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: "someone", Password: "hunter2-very-secret"}, nil
}

// bearer guards a registry with tokens.
func bearer(host string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				if u, p, _ := r.BasicAuth(); u != "someone" || p != "hunter2-very-secret" {
					http.Error(w, "no", http.StatusUnauthorized)
					return
				}
				io.WriteString(w, `{"token":"abc"}`)
				return
			}
			if r.Header.Get("Authorization") != "Bearer abc" {
				w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+host+`/token",service="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// baseFixture is the fixed image of the 0.75 bound: a script in the top layer whose interpreter lies behind a
// merged-usr link and two names in the base layer, in the order and proportion of a Debian base with Python.
func baseFixture(t testing.TB) v1.Image {
	base := []file{sym("bin", "usr/bin"), dir("etc"), sym("lib", "usr/lib"), dir("usr"), dir("usr/bin")}
	for i := range 40 {
		base = append(base, prog(fmt.Sprintf("usr/bin/a%02d", i), append(arm(loader), noise(100<<10+i)...)))
	}
	base = append(base, sym("usr/bin/python3", "python3.12"), prog("usr/bin/python3.12", append(arm(loader), noise(6<<20)...)))
	base = append(base, prog("usr/lib/ld-linux-aarch64.so.1", append(arm(""), noise(200<<10)...)))
	for i := range 80 {
		base = append(base, text(fmt.Sprintf("usr/lib/python3.12/m%02d.py", i), string(noise(150<<10+i))))
	}
	deps := []file{text("app/deps/lib.bin", string(noise(4<<20)))}
	app := []file{script("app/start", "#!/bin/python3 -u\n"), text("app/agent.py", "print(1)")}
	c := cmd("/app/start")
	return build(t, "arm64", c, base, deps, app)
}

func TestEntrypointBudget(t *testing.T) {
	s := startRegistry(t)
	ref := s.push(t, "base:1", baseFixture(t))
	m := newMeter()
	r := mustResolve(t, ref, Options{Transport: m, EntrypointOnly: true})
	if err := r.ReadLayers(context.Background()); err != nil {
		t.Fatal(err)
	}
	p := r.Facts.Program
	ratio := float64(p.BytesRead) / float64(r.Facts.CompressedSize)
	t.Logf("entry point: %d of %d bytes (%.2f), %d round trips, %d bytes in all", p.BytesRead, r.Facts.CompressedSize, ratio, m.requests.Load(), m.bytes.Load())
	if p.Machine != "EM_AARCH64" || !p.LoaderFound || len(p.Steps) != 4 {
		t.Errorf("program %+v", p)
	}
	if ratio > 0.75 {
		t.Errorf("%.2f of the image was read, more than 0.75", ratio)
	}
	if r.Facts.Scanned {
		t.Error("an early stop must not claim to have seen everything")
	}
}

func BenchmarkEntrypoint(b *testing.B) {
	s := startRegistry(b)
	ref := s.push(b, "base:1", baseFixture(b))
	for _, only := range []bool{true, false} {
		b.Run(fmt.Sprintf("only=%v", only), func(b *testing.B) {
			var ratio float64
			for b.Loop() {
				r, err := Resolve(context.Background(), ref, Options{EntrypointOnly: only})
				if err != nil {
					b.Fatal(err)
				}
				if err := r.ReadLayers(context.Background()); err != nil {
					b.Fatal(err)
				}
				ratio = float64(r.Facts.Program.BytesRead) / float64(r.Facts.CompressedSize)
				r.Close()
			}
			b.ReportMetric(ratio, "share")
		})
	}
}

// Layers outnumber the registry client's pull slots: a reader that is not closed would hang the test.
func TestManyLayersReleaseTheirSlots(t *testing.T) {
	s := startRegistry(t)
	layers := [][]file{{prog("agent", arm(""))}}
	for i := range 54 {
		layers = append(layers, []file{text(fmt.Sprintf("f%d", i), "x")})
	}
	ref := s.push(t, "many:1", build(t, "arm64", user(cmd("/agent"), "app"), layers...))
	for _, only := range []bool{true, false} {
		r := mustResolve(t, ref, Options{EntrypointOnly: only})
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := r.ReadLayers(ctx); err != nil {
			t.Fatal(err)
		}
		if r.Facts.Program.Machine != "EM_AARCH64" || len(r.Facts.Layers) != 55 || r.Facts.User != "app" {
			t.Errorf("%d layers, program %+v", len(r.Facts.Layers), r.Facts.Program)
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	s := startRegistry(t)
	ref := s.push(t, "agent:1", build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}))
	tests := []struct {
		after string
		want  []time.Duration
		fails bool
	}{
		{after: "7", want: []time.Duration{7 * time.Second}},
		{after: "0", want: []time.Duration{0}},
		{after: "", want: backoff[:1]},
		{after: "3600", fails: true},
	}
	for _, tt := range tests {
		t.Run("after "+tt.after, func(t *testing.T) {
			var refused atomic.Bool
			s.around(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.URL.Path, "/manifests/") && !refused.Swap(true) {
						w.Header().Set("Retry-After", tt.after)
						w.WriteHeader(http.StatusTooManyRequests)
						io.WriteString(w, `{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}`)
						return
					}
					next.ServeHTTP(w, r)
				})
			})
			var waited []time.Duration
			defer func(old func(context.Context, time.Duration) error) { pause = old }(pause)
			pause = func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }
			r, err := Resolve(context.Background(), ref, Options{})
			if r != nil {
				r.Close()
			}
			if (err != nil) != tt.fails || fmt.Sprint(waited) != fmt.Sprint(tt.want) {
				t.Fatalf("waited %v, %v", waited, err)
			}
			if tt.fails && !strings.Contains(err.Error(), "limits the rate of requests (status 429, TOOMANYREQUESTS slow down)") {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestRegistryErrors(t *testing.T) {
	s := startRegistry(t)
	ref := s.push(t, "agent:1", build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}))
	answer := func(status int, body string) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				io.WriteString(w, body)
			})
		}
	}
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	tests := []struct {
		name string
		wrap func(http.Handler) http.Handler
		ref  Reference
		want string
	}{
		{name: "401", wrap: answer(401, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication\u001b[31m required"}]}`), want: "docker login " + s.host},
		{name: "403", wrap: answer(403, "denied"), want: "refused access (status 403)"},
		{name: "wrong password", wrap: bearer(s.host), want: "docker login " + s.host},
		{name: "not found", ref: Reference{KindName, s.host + "/gone:1"}, want: "check the name and the tag"},
		{name: "gone digest", ref: Reference{KindName, s.host + "/agent@sha256:" + strings.Repeat("0", 64)}, want: "does not have it"},
		{name: "500", wrap: answer(500, "oops"), want: "answered status 500"},
		{name: "not a registry", wrap: answer(200, "<html>"), want: "not a manifest"},
		{name: "no config", wrap: answer(200, `{"schemaVersion":2,"mediaType":"application/x"}`), want: "without an image config"},
		{name: "refused", ref: Reference{KindName, dead.Addr().String() + "/agent:1"}, want: "nothing listens"},
		{name: "no such host", ref: Reference{KindName, "registry.invalid/agent:1"}, want: "does not resolve"},
	}
	defer func(old func(context.Context, time.Duration) error) { pause = old }(pause)
	pause = func(context.Context, time.Duration) error { return nil }
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wrap := tt.wrap
			if wrap == nil {
				wrap = func(h http.Handler) http.Handler { return h }
			}
			s.around(wrap)
			if tt.ref.Name == "" {
				tt.ref = ref
			}
			_, err := Resolve(context.Background(), tt.ref, Options{Keychain: wrongKeychain{}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.ContainsAny(err.Error(), "\n\x1b") || strings.Contains(err.Error(), "wrong-secret") || len(err.Error()) > 700 {
				t.Errorf("not fit to show: %q", err)
			}
			t.Log(err)
		})
	}
}

type wrongKeychain struct{}

func (wrongKeychain) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: "someone", Password: "wrong-secret"}, nil
}

func TestArtifactsAreNoImages(t *testing.T) {
	s := startRegistry(t)
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	ref := s.push(t, "chart:1", mutate.ConfigMediaType(img, "application/vnd.cncf.helm.config.v1+json"))
	_, err := Resolve(context.Background(), ref, Options{})
	if err == nil || !strings.Contains(err.Error(), `artifact of type "application/vnd.cncf.helm.config.v1+json"`) {
		t.Errorf("got %v", err)
	}
}

// A layer whose transfer breaks is fetched again; one that stays broken is an error, not a verdict on the image.
func TestTruncatedBlob(t *testing.T) {
	s := startRegistry(t)
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm("")), text("pad", string(noise(1<<20)))})
	ref := s.push(t, "agent:1", img)
	for _, breaks := range []int32{1, 100} {
		t.Run(fmt.Sprint(breaks), func(t *testing.T) {
			r := mustResolve(t, ref, Options{})
			var broken atomic.Int32
			s.around(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
					if !strings.Contains(req.URL.Path, "/blobs/") || broken.Add(1) > breaks {
						next.ServeHTTP(w, req)
						return
					}
					w.Header().Set("Content-Length", fmt.Sprint(r.Facts.CompressedSize))
					w.Write(noise(10))
				})
			})
			err := r.ReadLayers(context.Background())
			if breaks == 1 && (err != nil || r.Facts.Program.Machine != "EM_AARCH64") {
				t.Errorf("after one broken transfer: %v, %+v", err, r.Facts.Program)
			}
			if breaks > 1 && (err == nil || r.Facts.Program != nil || !strings.Contains(err.Error(), "read layer 1 of 1")) {
				t.Errorf("after broken transfers: %v, %+v", err, r.Facts.Program)
			}
		})
	}
}

// Content that is not what the digest says must not be believed.
func TestWrongBlob(t *testing.T) {
	s := startRegistry(t)
	good := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	ref := s.push(t, "agent:1", good)
	other := layerTar(t, prog("agent", amd("")))
	r := mustResolve(t, ref, Options{})
	s.around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if strings.Contains(req.URL.Path, "/blobs/") {
				w.Header().Set("Transfer-Encoding", "chunked")
				w.Write(other)
				return
			}
			next.ServeHTTP(w, req)
		})
	})
	if err := r.ReadLayers(context.Background()); err == nil || r.Facts.Program != nil {
		t.Errorf("got %v, %+v", err, r.Facts.Program)
	}
}

func TestCancel(t *testing.T) {
	s := startRegistry(t)
	ref := s.push(t, "agent:1", build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}))
	r := mustResolve(t, ref, Options{})
	entered := make(chan struct{}, 10)
	s.around(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			entered <- struct{}{}
			<-req.Context().Done()
		})
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-entered; cancel() }()
	if err := r.ReadLayers(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("layers: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	go func() { <-entered; cancel() }()
	if _, err := Resolve(ctx, ref, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("resolve: %v", err)
	}
}

// The context of Resolve may end with the call: the layers are read under their own.
func TestContextOfResolveMayEnd(t *testing.T) {
	s := startRegistry(t)
	ref := s.push(t, "agent:1", build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}))
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Resolve(ctx, ref, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	if err := r.ReadLayers(context.Background()); err != nil || r.Facts.Program == nil {
		t.Errorf("%v, %+v", err, r.Facts.Program)
	}
}

func TestLayerCompressions(t *testing.T) {
	files := layerTar(t, prog("agent", arm("")), text("pad", strings.Repeat("pad", 1000)))
	s := startRegistry(t)
	for name, l := range map[string]v1.Layer{
		"gzip": layerOf(t, files), "zstd": layerOf(t, files, tarball.WithCompression("zstd"), tarball.WithMediaType(types.OCILayerZStd)),
		"plain": static.NewLayer(files, types.OCIUncompressedLayer),
	} {
		t.Run(name, func(t *testing.T) {
			img := assemble(t, "arm64", cmd("/agent"), l)
			r := mustResolve(t, s.push(t, name+":1", img), Options{})
			if err := r.ReadLayers(context.Background()); err != nil {
				t.Fatal(err)
			}
			if r.Facts.Program.Machine != "EM_AARCH64" || r.Facts.UncompressedSize != int64(len(files)) {
				t.Errorf("program %+v, %d of %d bytes", r.Facts.Program, r.Facts.UncompressedSize, len(files))
			}
			roundTrip(t, r)
		})
	}
}

// roundTrip writes a docker-save archive and reads it back.
func roundTrip(t *testing.T, r *Resolved) *record.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Archive(f); err != nil {
		t.Fatal(err)
	}
	f.Close()
	back := mustResolve(t, Reference{KindArchive, path}, Options{})
	if err := back.ReadLayers(context.Background()); err != nil {
		t.Fatal(err)
	}
	if back.Facts.ConfigDigest != r.Facts.ConfigDigest || back.Facts.Program.Machine != r.Facts.Program.Machine || len(back.Facts.Layers) != len(r.Facts.Layers) {
		t.Errorf("read back %+v", back.Facts)
	}
	return back.Facts
}

func TestDockerArchive(t *testing.T) {
	img := build(t, "arm64", user(cmd("/agent"), "app"), debian(), []file{prog("agent", arm(loader))})
	path := filepath.Join(t.TempDir(), "image.tar")
	tag, _ := name.NewTag("agent:1")
	if err := tarball.WriteToFile(path, tag, img); err != nil {
		t.Fatal(err)
	}
	r := mustResolve(t, Reference{KindArchive, path}, Options{})
	if err := r.ReadLayers(context.Background()); err != nil {
		t.Fatal(err)
	}
	f := r.Facts
	if f.Origin != OriginArchive || f.User != "app" || f.CompressedSize <= 0 || f.Program.Fault != "" || !f.Program.LoaderFound || f.Shell != "/bin/sh" {
		t.Errorf("facts %+v, program %+v", f, f.Program)
	}
	roundTrip(t, r)

	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(raw)
	z.Close()
	packed := path + ".gz"
	if err := os.WriteFile(packed, zipped.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if g := mustResolve(t, Reference{KindArchive, packed}, Options{}); g.Facts.ConfigDigest != f.ConfigDigest {
		t.Errorf("compressed archive: %+v", g.Facts)
	}
}

func TestArchiveErrors(t *testing.T) {
	dir := t.TempDir()
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	two := filepath.Join(dir, "two.tar")
	a, _ := name.NewTag("a:1")
	b, _ := name.NewTag("b:1")
	if err := tarball.MultiWriteToFile(two, map[name.Tag]v1.Image{a: img, b: build(t, "amd64", cmd("/x"), []file{prog("x", amd(""))})}); err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	lacking, _ := json.Marshal(tarball.Manifest{{Config: "gone.json"}})
	tests := map[string]string{
		filepath.Join(dir, "gone.tar"):           "cannot be opened",
		two:                                      "holds 2 images (a:1, b:1)",
		write("text.tar", []byte("hello there")): "not a readable tar",
		write("empty.tar", layerTar(t)):          "not what docker save writes",
		write("lacking.tar", layerTar(t, text("manifest.json", string(lacking)))): `lacks the file "gone.json"`,
		write("json.tar", layerTar(t, text("manifest.json", "{"))):                "manifest.json is not valid",
		write("none.tar", layerTar(t, text("manifest.json", "[]"))):               "holds no image",
	}
	for path, want := range tests {
		_, err := Resolve(context.Background(), Reference{KindArchive, path}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(path), err, want)
		}
	}
}

func TestLayout(t *testing.T) {
	dir := t.TempDir()
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	p, err := layout.Write(filepath.Join(dir, "index"), empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AppendIndex(indexOf(child(img, "linux", "arm64", ""), attest(t))); err != nil {
		t.Fatal(err)
	}
	r := mustResolve(t, Reference{KindLayout, string(p)}, Options{})
	if err := r.ReadLayers(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r.Facts.Origin != OriginLayout || r.Facts.IndexDigest == "" || len(r.Facts.Children) != 2 || r.Facts.Program.Machine != "EM_AARCH64" {
		t.Errorf("facts %+v", r.Facts)
	}
	roundTrip(t, r)

	several, _ := layout.Write(filepath.Join(dir, "several"), empty.Index)
	for _, n := range []string{"a", "b"} {
		if err := several.AppendImage(img, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": n})); err != nil {
			t.Fatal(err)
		}
	}
	empty, _ := layout.Write(filepath.Join(dir, "empty"), empty.Index)
	for path, want := range map[string]string{
		filepath.Join(dir, "gone"): "no such directory", dir: "not an OCI image layout", string(several): "several images (a, b)", string(empty): "holds no image",
	} {
		if _, err := Resolve(context.Background(), Reference{KindLayout, path}, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// fakeImages is a local engine that holds one image.
type fakeImages struct {
	name, platform string
	archive        []byte
	saved          int
}

func (f *fakeImages) Lookup(_ context.Context, ref, platform string) (string, error) {
	if ref == f.name && (platform == "" || platform == f.platform) {
		return "sha256:1", nil
	}
	return "", engine.ErrNoImage
}

func (f *fakeImages) Save(context.Context, string) (io.ReadCloser, error) {
	f.saved++
	return io.NopCloser(bytes.NewReader(f.archive)), nil
}
func (f *fakeImages) Load(context.Context, io.Reader) (string, error) { return "", nil }
func (f *fakeImages) Pull(context.Context, string, string) error      { return nil }

// classicSave writes what an engine without a content store saves: plain layers in folders, the second a link.
func classicSave(t testing.TB, img v1.Image, layers ...[]byte) []byte {
	t.Helper()
	raw, err := img.RawConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	d := tarball.Descriptor{Config: "abc.json"}
	files := []file{text("abc.json", string(raw))}
	for i, l := range layers {
		n := fmt.Sprintf("l%d/layer.tar", i)
		d.Layers = append(d.Layers, n)
		if i > 0 && bytes.Equal(l, layers[i-1]) {
			files = append(files, sym(n, fmt.Sprintf("../l%d/layer.tar", i-1)))
			continue
		}
		files = append(files, text(n, string(l)))
	}
	table, _ := json.Marshal(tarball.Manifest{d})
	return layerTar(t, append(files, text("manifest.json", string(table)))...)
}

func TestEngineFirst(t *testing.T) {
	s := startRegistry(t)
	base := layerTar(t, debian()...)
	pad := layerTar(t, text("pad", "x"))
	local := assemble(t, "arm64", cmd("python3"), layerOf(t, base), layerOf(t, pad), layerOf(t, pad))
	ref := s.push(t, "agent:1", build(t, "arm64", cmd("/other"), []file{prog("other", arm(""))}))
	fake := &fakeImages{name: ref.Name, platform: "linux/arm64", archive: classicSave(t, local, base, pad, pad)}

	r := mustResolve(t, ref, Options{Images: fake, CompareRegistry: true})
	if err := r.ReadLayers(context.Background()); err != nil {
		t.Fatal(err)
	}
	f := r.Facts
	if f.Origin != OriginEngine || r.EngineID != "sha256:1" || r.Image != nil || f.Digest != "" {
		t.Errorf("origin %q id %q digest %q", f.Origin, r.EngineID, f.Digest)
	}
	if f.CompressedSize != -1 || f.UncompressedSize != int64(len(base)+2*len(pad)) || f.Program.Machine != "EM_AARCH64" {
		t.Errorf("sizes %d %d, program %+v", f.CompressedSize, f.UncompressedSize, f.Program)
	}
	if f.RegistryDigest == "" {
		t.Error("the registry holds another image under the name, which was not noted")
	}
	roundTrip(t, r)

	if r := mustResolve(t, ref, Options{Images: fake, Pull: true}); r.Facts.Origin != OriginRegistry || r.EngineID != "" {
		t.Errorf("with pull: origin %q", r.Facts.Origin)
	}
	if r := mustResolve(t, ref, Options{Images: &fakeImages{name: "else"}}); r.Facts.Origin != OriginRegistry {
		t.Errorf("without a local image: origin %q", r.Facts.Origin)
	}
	// A local image for the wrong platform is judged itself: another one from the registry could be green.
	fake.platform = "linux/amd64"
	if r := mustResolve(t, ref, Options{Images: fake}); r.Facts.Origin != OriginEngine {
		t.Errorf("with a local image of the wrong platform: origin %q", r.Facts.Origin)
	}
	_, err := Resolve(context.Background(), Reference{KindName, s.host + "/gone:1"}, Options{Images: fake})
	if err == nil || !strings.Contains(err.Error(), "the local engine does not have it") {
		t.Errorf("got %v", err)
	}
}

// The comparison with the registry is a courtesy: a dead one changes nothing.
func TestCompareNeverFails(t *testing.T) {
	base := layerTar(t, debian()...)
	img := assemble(t, "arm64", cmd("python3"), layerOf(t, base))
	ref := Reference{KindName, "registry.invalid/agent:1"}
	fake := &fakeImages{name: ref.Name, platform: "linux/arm64", archive: classicSave(t, img, base)}
	if r := mustResolve(t, ref, Options{Images: fake, CompareRegistry: true}); r.Facts.RegistryDigest != "" {
		t.Errorf("registry digest %q", r.Facts.RegistryDigest)
	}
}

// Newer engines save an OCI layout with the registry's own blobs; then digest and index are known.
func TestEngineWithContentStore(t *testing.T) {
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	idx := indexOf(child(img, "linux", "arm64", ""), attest(t))
	dir := filepath.Join(t.TempDir(), "l")
	p, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AppendIndex(idx); err != nil {
		t.Fatal(err)
	}
	config, _ := img.ConfigName()
	m, _ := img.Manifest()
	table, _ := json.Marshal(tarball.Manifest{{Config: blobPath(config), Layers: []string{blobPath(m.Layers[0].Digest)}}})
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), table, 0o644); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	tw := tar.NewWriter(&buf)
	if err := tw.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	tw.Close()
	fake := &fakeImages{name: "agent:1", platform: "linux/arm64", archive: buf.Bytes()}
	f := mustResolve(t, Reference{KindName, "agent:1"}, Options{Images: fake}).Facts
	digest, _ := img.Digest()
	index, _ := idx.Digest()
	if f.Digest != digest.String() || f.IndexDigest != index.String() || len(f.Children) != 2 || f.CompressedSize != m.Layers[0].Size {
		t.Errorf("facts %+v", f)
	}
}

func TestPlainHTTPNote(t *testing.T) {
	for host, want := range map[string]bool{
		"10.1.2.3:5000": true, "192.168.0.9": true, "registry.localhost": false, "127.0.0.1:5000": false, "localhost:5000": false, "ghcr.io": false,
	} {
		reg, err := name.NewRegistry(host)
		if err != nil {
			t.Fatal(err)
		}
		if got := plainHTTP(reg, nil) != ""; got != want {
			t.Errorf("%s: noted %v", host, got)
		}
		if plainHTTP(reg, []string{host}) != "" {
			t.Errorf("%s: noted although it was declared insecure", host)
		}
	}
}

// A registry with a certificate of its own is refused unless it was declared insecure.
func TestInsecureRegistry(t *testing.T) {
	plain := startRegistry(t)
	plain.push(t, "agent:1", build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}))
	target, _ := url.Parse("http://" + plain.host)
	// Not 127.0.0.1, which the client speaks plain http to without being asked.
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this system has no 127.0.0.2")
	}
	secure := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	secure.Listener.Close()
	secure.Listener = listener
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	host := listener.Addr().String()
	ref := Reference{KindName, host + "/agent:1"}
	_, err = Resolve(context.Background(), ref, Options{})
	if err == nil || !strings.Contains(err.Error(), "--insecure-registry "+host) {
		t.Errorf("got %v", err)
	}
	mustResolve(t, ref, Options{Insecure: []string{host}})
}

// Sizes are taken from the manifest: a huge image is refused without a byte of it.
func TestDeclaredSizes(t *testing.T) {
	s := startRegistry(t)
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	s.push(t, "agent:1", img)
	m, _ := img.Manifest()
	change := func(repo string, f func(*v1.Manifest)) (*Resolved, *meter, error) {
		c := m.DeepCopy()
		f(c)
		raw, _ := json.Marshal(c)
		ref := s.push(t, "agent:"+repo, rawManifest{raw, types.OCIManifestSchema1})
		meter := newMeter()
		r, err := Resolve(context.Background(), ref, Options{Transport: meter})
		if r != nil {
			t.Cleanup(func() { r.Close() })
		}
		return r, meter, err
	}
	r, meter, err := change("huge", func(m *v1.Manifest) { m.Layers[0].Size = 3_000_000_000 })
	if err != nil || r.Facts.CompressedSize != 3_000_000_000 || meter.bytes.Load() > 64<<10 {
		t.Errorf("%v, %+v", err, r)
	}
	if r, _, err := change("negative", func(m *v1.Manifest) { m.Layers[0].Size = -5 }); err != nil || r.Facts.CompressedSize != -1 {
		t.Errorf("%v, %+v", err, r)
	}
	if _, meter, err := change("config", func(m *v1.Manifest) { m.Config.Size = 10 << 30 }); err == nil || !strings.Contains(err.Error(), "config claims") || meter.bytes.Load() > 64<<10 {
		t.Errorf("%v", err)
	}
	many := func(m *v1.Manifest) {
		for range maxLayers + 1 {
			m.Layers = append(m.Layers, m.Layers[0])
		}
	}
	if _, _, err := change("many", many); err == nil || !strings.Contains(err.Error(), "layers; more than") {
		t.Errorf("%v", err)
	}
}

type rawManifest struct {
	raw []byte
	mt  types.MediaType
}

func (r rawManifest) RawManifest() ([]byte, error)        { return r.raw, nil }
func (r rawManifest) MediaType() (types.MediaType, error) { return r.mt, nil }

// A slow registry costs its round trips and no more: what is fetched does not depend on its speed.
func TestSlowRegistry(t *testing.T) {
	s := startRegistry(t)
	ref := s.push(t, "agent:1", build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}))
	s.around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-r.Context().Done():
			}
			next.ServeHTTP(w, r)
		})
	})
	m := newMeter()
	r := mustResolve(t, ref, Options{Transport: m})
	if m.requests.Load() > 6 || r.Facts.Architecture != "arm64" {
		t.Errorf("%d round trips, %+v", m.requests.Load(), r.Facts)
	}
}

// Temporary files must not outlive the image.
func TestCloseLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	base := layerTar(t, debian()...)
	img := assemble(t, "arm64", cmd("python3"), layerOf(t, base))
	fake := &fakeImages{name: "agent:1", platform: "linux/arm64", archive: classicSave(t, img, base)}
	r, err := Resolve(context.Background(), Reference{KindName, "agent:1"}, Options{Images: fake, TempDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ReadLayers(context.Background()); err != nil || r.Facts.Program.Machine != "EM_AARCH64" {
		t.Errorf("%v, %+v", err, r.Facts.Program)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	fake.archive = fake.archive[:len(fake.archive)/2]
	if _, err := Resolve(context.Background(), Reference{KindName, "agent:1"}, Options{Images: fake, TempDir: dir}); err == nil {
		t.Error("half an archive was taken for an image")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
