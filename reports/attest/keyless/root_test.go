package keyless

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"

	"github.com/agentcore-conform/agentcore-conform/reports/attest"
	"github.com/agentcore-conform/agentcore-conform/reports/attest/sigstoretest"
)

// shelf is a repository with one file, trusted_root.json, which counts how often it is asked.
type shelf struct {
	Repository
	asked atomic.Int64
	down  atomic.Bool
}

func newShelf(t *testing.T, trustedRoot []byte) *shelf {
	t.Helper()
	files := signedFiles(t, trustedRoot)
	s := &shelf{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		data, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		switch {
		case s.down.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Write(data)
		}
	}))
	t.Cleanup(srv.Close)
	s.Repository = Repository{URL: srv.URL, Root: files["1.root.json"], Cache: filepath.Join(t.TempDir(), "cache", "sigstore")}
	return s
}

// signedFiles are the files of a repository, by path, all signed by one key.
func signedFiles(t *testing.T, trustedRoot []byte) map[string][]byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := signature.LoadSigner(private, crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	key, err := metadata.KeyFromPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Now().Add(48 * time.Hour).UTC()
	root, targets, snapshot, timestamp := metadata.Root(expires), metadata.Targets(expires), metadata.Snapshot(expires), metadata.Timestamp(expires)
	for _, role := range []string{"root", "targets", "snapshot", "timestamp"} {
		if err := root.Signed.AddKey(key, role); err != nil {
			t.Fatal(err)
		}
	}
	file, err := metadata.TargetFile().FromBytes("trusted_root.json", trustedRoot, "sha256")
	if err != nil {
		t.Fatal(err)
	}
	targets.Signed.Targets["trusted_root.json"] = file
	files := map[string][]byte{"targets/" + file.Hashes["sha256"].String() + ".trusted_root.json": trustedRoot}
	files["1.root.json"] = bytesOf(t, root, signer)
	files["1.targets.json"] = bytesOf(t, targets, signer)
	files["1.snapshot.json"] = bytesOf(t, snapshot, signer)
	files["timestamp.json"] = bytesOf(t, timestamp, signer)
	return files
}

func bytesOf[T metadata.Roles](t *testing.T, m *metadata.Metadata[T], signer signature.Signer) []byte {
	t.Helper()
	if _, err := m.Sign(signer); err != nil {
		t.Fatal(err)
	}
	data, err := m.ToBytes(false)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A day's verifications ask the repository once, and go on where it is away.
func TestTrustedRoot(t *testing.T) {
	trustedRoot := sigstoretest.New(t).TrustedRoot(t)
	s := newShelf(t, trustedRoot)
	got, err := s.TrustedRoot(t.Context())
	if err != nil || string(got) != string(trustedRoot) {
		t.Fatalf("%s, %v", got, err)
	}
	if _, err := attest.NewKeyless(got, attest.Identity{}); err != nil {
		t.Error(err)
	}
	asked := s.asked.Load()
	s.down.Store(true)
	if got, err := s.TrustedRoot(t.Context()); err != nil || string(got) != string(trustedRoot) || s.asked.Load() != asked {
		t.Errorf("the second time: %v, asked %d times and then %d", err, asked, s.asked.Load())
	}
}

func TestTrustedRootWithoutACache(t *testing.T) {
	s := newShelf(t, []byte("{}"))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{"", filepath.Join(file, "cache")} {
		s.Cache = cache
		if got, err := s.TrustedRoot(t.Context()); err != nil || string(got) != "{}" {
			t.Errorf("%q: %s, %v", cache, got, err)
		}
	}
}

func TestTrustedRootThatCannotBeFetched(t *testing.T) {
	s := newShelf(t, []byte("{}"))
	stranger := newShelf(t, []byte("{}"))
	stranger.Root = s.Root
	s.down.Store(true)
	for name, r := range map[string]Repository{"down": s.Repository, "nothing listens": {URL: "http://127.0.0.1:1", Root: s.Root}, "signed by others": stranger.Repository} {
		got, err := r.TrustedRoot(t.Context())
		if err == nil || !strings.Contains(err.Error(), "retry, or give a file with --trusted-root") {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// The metadata that comes with the program is what the public repository is verified by.
func TestPublicRepository(t *testing.T) {
	r := Public()
	var root metadata.Metadata[metadata.RootType]
	if _, err := root.FromBytes(r.Root); err != nil || !strings.HasPrefix(r.URL, "https://") || r.Cache == "" && os.Getenv("HOME") != "" {
		t.Errorf("%s in %q: %v", r.URL, r.Cache, err)
	}
}
