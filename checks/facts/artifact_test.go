package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// someArtifact is a document of the kind that is attached.
func someArtifact(text string) Artifact {
	return Artifact{Type: "application/vnd.example.report+json", Annotations: map[string]string{"org.example.of": text}, Content: []byte(`"` + text + `"`)}
}

func pushedImage(t *testing.T, s *server) *Resolved {
	t.Helper()
	img := build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	return mustResolve(t, s.push(t, "team/agent:1", indexOf(child(img, "linux", "arm64", ""))), Options{})
}

// TestArtifactsOfImages attaches to manifest and index in registries with the referrers API, without, and behind a token.
func TestArtifactsOfImages(t *testing.T) {
	for _, way := range []string{"referrers API", "fallback tag", "token"} {
		t.Run(way, func(t *testing.T) {
			s := startRegistry(t, registry.WithReferrersSupport(way != "fallback tag"))
			r := pushedImage(t, s)
			if way == "token" {
				s.around(bearer(s.host))
				r.options.Keychain = fixedKeychain{}
			}
			for _, digest := range []string{r.Facts.Digest, r.Facts.IndexDigest} {
				if list, complete, err := r.Referrers(t.Context(), digest); err != nil || len(list) != 0 || !complete {
					t.Fatalf("before: %v, %v, %v", list, complete, err)
				}
				var attached []string
				for _, text := range []string{"one", "two", "two"} {
					d, err := r.Attach(t.Context(), digest, someArtifact(text))
					if err != nil {
						t.Fatal(err)
					}
					attached = append(attached, d)
				}
				wantReferrers(t, r, digest, slices.Compact(attached))
			}
		})
	}
}

func wantReferrers(t *testing.T, r *Resolved, digest string, want []string) {
	t.Helper()
	list, complete, err := r.Referrers(t.Context(), digest)
	if err != nil || !complete {
		t.Fatalf("complete %v, %v", complete, err)
	}
	var got []string
	for _, found := range list {
		got = append(got, found.Digest)
		a, err := r.Artifact(t.Context(), found.Digest)
		if err != nil || a.Type != someArtifact("").Type || string(a.Content) != `"`+found.Annotations["org.example.of"]+`"` {
			t.Errorf("%+v: %+v, %v", found, a, err)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFallbackTagIsTheSpecifiedOne(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	d, err := r.Attach(t.Context(), r.Facts.Digest, someArtifact("x"))
	if err != nil {
		t.Fatal(err)
	}
	tag := s.tag(t, "team/agent:"+strings.Replace(r.Facts.Digest, ":", "-", 1))
	desc, err := remote.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	var m v1.IndexManifest
	if err := json.Unmarshal(desc.Manifest, &m); err != nil || len(m.Manifests) != 1 || m.Manifests[0].Digest.String() != d || m.Manifests[0].ArtifactType != someArtifact("").Type {
		t.Errorf("%+v, %v", m, err)
	}
}

// listing answers the referrers API in place of the registry.
func listing(answer http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/referrers/") {
				w.Header().Set("Content-Type", string(types.OCIImageIndex))
				answer(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func writeReferrers(w io.Writer, from, n int) {
	m := v1.IndexManifest{SchemaVersion: 2}
	for i := range n {
		m.Manifests = append(m.Manifests, v1.Descriptor{Digest: v1.Hash{Algorithm: "sha256", Hex: fmt.Sprintf("%064x", from+i)}})
	}
	json.NewEncoder(w).Encode(m)
}

func TestReferrersInPages(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	pages := 0
	s.around(listing(func(w http.ResponseWriter, req *http.Request) {
		pages++
		next, last := map[string]string{"": "?n=2&last=a", "a": "?n=2&last=b"}[req.URL.Query().Get("last")], pages == 3
		if !last {
			w.Header().Set("Link", "<"+req.URL.Path+next+`>; rel="next"`)
		}
		writeReferrers(w, pages*2, 2)
	}))
	list, complete, err := r.Referrers(t.Context(), r.Facts.Digest)
	if err != nil || !complete || len(list) != 6 || pages != 3 {
		t.Errorf("%d in %d pages, complete %v, %v", len(list), pages, complete, err)
	}
}

// What a registry lists is bounded in number, pages and bytes, and its pages are not elsewhere.
func TestReferrersAreBounded(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	again := func(w http.ResponseWriter, req *http.Request, n int) {
		w.Header().Set("Link", "<"+req.URL.Path+`?more>; rel="next"`)
		writeReferrers(w, 0, n)
	}
	cases := []struct {
		name   string
		answer http.HandlerFunc
		most   int
		want   string
	}{
		{"too many", func(w http.ResponseWriter, _ *http.Request) { writeReferrers(w, 0, maxReferrers+1) }, maxReferrers, ""},
		{"pages without end", func(w http.ResponseWriter, req *http.Request) { again(w, req, 1) }, maxReferrerPages, ""},
		{"empty pages without end", func(w http.ResponseWriter, req *http.Request) { again(w, req, 0) }, 0, ""},
		{"an endless page", func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, endless{}) }, 0, "more than 5 MiB"},
		{"a page elsewhere", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", `<http://elsewhere.example.com/v2/>; rel="next"`)
			writeReferrers(w, 0, 1)
		}, 0, "is not at the registry"},
		{"no index", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, 0, "is not an index"},
		{"bad digests", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"manifests":[{"digest":"../../x"}]}`)
		}, 0, "is not an index"},
		{"refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, 0, "refused access"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			s.around(listing(tt.answer))
			list, complete, err := r.Referrers(t.Context(), r.Facts.Digest)
			if complete || len(list) != tt.most || (err == nil) != (tt.want == "") {
				t.Fatalf("%d, complete %v, %v", len(list), complete, err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// endless are bytes that open a JSON string and never close it.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '"'
	}
	return len(p), nil
}

// A registry that answers everything with a page of its own has no referrers API.
func TestReferrersOfARegistryThatAnswersAnything(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	want, err := r.Attach(t.Context(), r.Facts.Digest, someArtifact("x"))
	if err != nil {
		t.Fatal(err)
	}
	s.around(listing(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html>welcome")
	}))
	wantReferrers(t, r, r.Facts.Digest, []string{want})
}

func TestUnfitArtifacts(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	repo := s.tag(t, "team/agent").Context()
	big := static.NewLayer(make([]byte, MaxArtifact+1), "x/y")
	if err := remote.WriteLayer(repo, big); err != nil {
		t.Fatal(err)
	}
	bigDigest, _ := big.Digest()
	layer := func(digest string, size int) string {
		return fmt.Sprintf(`{"mediaType":"x/y","digest":%q,"size":%d}`, digest, size)
	}
	nowhere := "sha256:" + strings.Repeat("e5", 32)
	for what, manifest := range map[string]string{
		"no layers":        `{"schemaVersion":2}`,
		"two layers":       `{"layers":[` + layer(nowhere, 1) + `,` + layer(nowhere, 1) + `]}`,
		"absent":           `{"layers":[` + layer(nowhere, 1) + `]}`,
		"large":            `{"layers":[` + layer(nowhere, MaxArtifact+1) + `]}`,
		"larger than said": `{"layers":[` + layer(bigDigest.String(), 10) + `]}`,
		"bad digest":       `{"layers":[` + layer("sha256:zz", 1) + `]}`,
		"layers a string":  `{"layers":"x"}`,
	} {
		digest, _, _ := v1.SHA256(strings.NewReader(manifest))
		if err := remote.Put(repo.Digest(digest.String()), manifestBytes(manifest)); err != nil {
			t.Fatal(err)
		}
		if a, err := r.Artifact(t.Context(), digest.String()); !errors.Is(err, ErrUnfit) || len(a.Content) > MaxArtifact {
			t.Errorf("%s: %d bytes, %v", what, len(a.Content), err)
		}
	}
	if _, err := r.Artifact(t.Context(), nowhere); !errors.Is(err, ErrUnfit) {
		t.Errorf("no manifest: %v", err)
	}
}

// A registry that sends other bytes than were named has not sent the artifact.
func TestArtifactsOfOtherBytes(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	digest, err := r.Attach(t.Context(), r.Facts.Digest, someArtifact("genuine"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"/manifests/", "/blobs/"} {
		s.around(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if strings.Contains(req.URL.Path, kind) && req.Method == http.MethodGet {
					io.WriteString(w, `{"layers":[]}`)
					return
				}
				next.ServeHTTP(w, req)
			})
		})
		if a, err := r.Artifact(t.Context(), digest); !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: %+v, %v", kind, a, err)
		}
	}
}

// That a registry fails says nothing of what it holds.
func TestRegistryThatFailsIsNotUnfit(t *testing.T) {
	s := startRegistry(t)
	r := pushedImage(t, s)
	digest, err := r.Attach(t.Context(), r.Facts.Digest, someArtifact("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer func(old func(context.Context, time.Duration) error) { pause = old }(pause)
	pause = func(context.Context, time.Duration) error { return nil }
	s.around(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	})
	if _, err := r.Artifact(t.Context(), digest); err == nil || errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), "502") {
		t.Errorf("artifact: %v", err)
	}
	if _, _, err := r.Referrers(t.Context(), r.Facts.Digest); err == nil || !strings.Contains(err.Error(), "502") {
		t.Errorf("referrers: %v", err)
	}
	if _, err := r.Attach(t.Context(), r.Facts.Digest, someArtifact("x")); err == nil || !strings.Contains(err.Error(), "502") {
		t.Errorf("attach: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := r.Referrers(gone, r.Facts.Digest); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestNothingIsAttachedOutsideARegistry(t *testing.T) {
	dir := t.TempDir()
	if _, err := layout.Write(dir, indexOf(child(build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}), "linux", "arm64", ""))); err != nil {
		t.Fatal(err)
	}
	r := mustResolve(t, Reference{KindLayout, dir}, Options{})
	if _, err := r.Attach(t.Context(), r.Facts.Digest, someArtifact("x")); err == nil || !strings.Contains(err.Error(), "not in a registry") {
		t.Error(err)
	}
}

func TestPartsOfReferences(t *testing.T) {
	digest := "sha256:" + strings.Repeat("a1", 32)
	cases := []struct {
		ref                Reference
		repository, digest string
		registry           bool
	}{
		{Reference{KindName, "agent"}, "index.docker.io/library/agent", "", false},
		{Reference{KindName, "agent:1.0"}, "index.docker.io/library/agent", "", false},
		{Reference{KindName, "team/agent"}, "index.docker.io/team/agent", "", false},
		{Reference{KindName, "localhost/agent"}, "localhost/agent", "", true},
		{Reference{KindName, "host:5000/agent:1"}, "host:5000/agent", "", true},
		{Reference{KindName, "r.example.com/agent@" + digest}, "r.example.com/agent", digest, true},
		{Reference{KindName, "r.example.com/agent:1@" + digest}, "r.example.com/agent", digest, true},
		{Reference{KindLayout, "dir"}, "", "", false},
		{Reference{KindArchive, "a.b/c"}, "", "", false},
	}
	for _, tt := range cases {
		if r, d, n := tt.ref.Repository(), tt.ref.Digest(), tt.ref.NamesRegistry(); r != tt.repository || d != tt.digest || n != tt.registry {
			t.Errorf("%s: %q, %q, %v", tt.ref, r, d, n)
		}
	}
}

// FuzzNextPage: a registry's link leads to the registry or nowhere.
func FuzzNextPage(f *testing.F) {
	for _, link := range []string{"", `</v2/a/referrers/b?n=1>; rel="next"`, `<http://r.example.com/x>;rel=next`, `<//other/x>; rel="next"`, `<:>; rel="next"`} {
		f.Add(link)
	}
	at := &url.URL{Scheme: "https", Host: "r.example.com", Path: "/v2/agent/referrers/sha256:00"}
	f.Fuzz(func(t *testing.T, link string) {
		next, err := nextPage(at, link)
		if err == nil && next != nil && (next.Host != at.Host || next.Scheme != "https") {
			t.Errorf("%q leads to %s", link, next)
		}
		if err != nil && next != nil {
			t.Errorf("%q: %s and %v", link, next, err)
		}
	})
}
