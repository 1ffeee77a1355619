package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/secure-systems-lab/go-securesystemslib/encrypted"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/facts"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/reports/attest"
)

// shelf is a registry with an image in it, and the report and keys to attest it with, in the call's folder.
type shelf struct {
	*call
	// image is the image's tag, which is that of an index; index and manifest are digests.
	image, index, manifest, config string
	guard                          func(http.Handler) http.Handler
}

func newShelf(t *testing.T, options ...registry.Option) *shelf {
	t.Helper()
	s := &shelf{call: newCall(t)}
	inner := registry.New(append(options, registry.Logger(log.New(io.Discard, "", 0)))...)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.guard != nil {
			s.guard(inner).ServeHTTP(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	u, _ := url.Parse(srv.URL)
	s.image = u.Host + "/team/agent:1"
	s.store(t, s.image, "first")
	s.keys(t)
	s.keepReport(t, "run.json", nil)
	return s
}

// store pushes an index of an image for arm64 and one for amd64 that differ by what they say.
func (s *shelf) store(t *testing.T, image, says string) {
	t.Helper()
	var children []mutate.IndexAddendum
	for _, arch := range []string{"arm64", "amd64"} {
		img, err := mutate.ConfigFile(mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1),
			&v1.ConfigFile{OS: "linux", Architecture: arch, Config: v1.Config{Cmd: []string{"/agent", says}}, RootFS: v1.RootFS{Type: "layers"}})
		if err != nil {
			t.Fatal(err)
		}
		if arch == "arm64" {
			digest, _ := img.Digest()
			id, _ := img.ConfigName()
			s.manifest, s.config = digest.String(), id.String()
		}
		children = append(children, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), children...)
	tag, err := name.NewTag(image)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(tag, index); err != nil {
		t.Fatal(err)
	}
	digest, _ := index.Digest()
	s.index = digest.String()
}

func (s *shelf) keys(t *testing.T) {
	t.Helper()
	for _, file := range []string{"key", "other"} {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, _ := x509.MarshalPKCS8PrivateKey(private)
		s.write(t, file+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
		der, _ = x509.MarshalPKIXPublicKey(public)
		s.write(t, file+".pub", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	}
}

// keepReport writes the report of a conformant run on the image, five days ago, after spoiling it.
func (s *shelf) keepReport(t *testing.T, file string, spoil func(*reports.Input)) {
	t.Helper()
	in := reports.Input{
		ID: "0123456789ab", Scope: reports.Full, Started: time.Now().Add(-5 * 24 * time.Hour),
		Tool:     reports.Tool{Name: "agentcore-conform", Version: "v1.4.2", Contract: checks.Revision},
		Findings: []checks.Finding{{ID: "PING-01", Level: checks.Must, Outcome: checks.Pass}},
		Records: &record.Set{Terms: record.Terms{Protocol: "HTTP", Compute: "microvm"}, Image: &record.Image{
			Reference: s.image, Origin: "registry", Digest: s.manifest, ConfigDigest: s.config, OS: "linux", Architecture: "arm64",
		}},
	}
	if spoil != nil {
		spoil(&in)
	}
	var b bytes.Buffer
	if err := reports.WriteJSON(&b, reports.Assemble(in)); err != nil {
		t.Fatal(err)
	}
	s.write(t, file, b.String())
}

func (s *shelf) repository() string { return strings.TrimSuffix(s.image, ":1") }

// expect runs a command line and compares its exit code, and its one line of complaint where one is wanted.
func (s *shelf) expect(t *testing.T, code int, complaint string, args ...string) {
	t.Helper()
	s.run(args...)
	if s.code != code || !strings.Contains(s.stderr, complaint) || complaint == "" && s.stderr != "" || strings.Count(s.stderr, "\n") > 1 {
		t.Errorf("%v: exit %d, want %d and %q; got %q", args, s.code, code, complaint, s.stderr)
	}
}

func TestAttestAndVerify(t *testing.T) {
	for _, api := range []bool{true, false} {
		t.Run(fmt.Sprintf("referrers API %v", api), func(t *testing.T) {
			s := newShelf(t, registry.WithReferrersSupport(api))
			s.expect(t, 1, "there is no attestation of this tool: attest a conformant run", "verify", s.image, "--key", "key.pub")
			s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
			for _, digest := range []string{s.index, s.manifest} {
				if !strings.Contains(s.stdout, "attested "+s.repository()+"@"+digest) {
					t.Errorf("%s is not said to be attested: %s", digest, s.stdout)
				}
			}
			for _, image := range []string{s.image, s.repository() + "@" + s.index, s.repository() + "@" + s.manifest} {
				s.expect(t, 0, "", "verify", image, "--key", "key.pub")
				if !strings.Contains(s.stdout, "is conformant by the contract as of "+checks.Revision+", tested 5 days ago by version v1.4.2") {
					t.Errorf("%s: %s", image, s.stdout)
				}
			}
			s.expect(t, 0, "", "verify", s.image, "--key", "key.pub", "-q")
			if s.stdout != s.repository()+"@"+s.index+"\n" {
				t.Errorf("quiet: %q", s.stdout)
			}
			s.expect(t, 1, "was signed by another key", "verify", s.image, "--key", "other.pub")
			s.expect(t, 0, "", "verify", s.image, "--key", "other.pub", "--key", "key.pub")

			s.store(t, s.image, "second")
			s.expect(t, 1, "there is no attestation", "verify", s.image, "--key", "key.pub")
		})
	}
}

func TestVerifyAsksForMore(t *testing.T) {
	s := newShelf(t)
	s.keepReport(t, "run.json", func(in *reports.Input) {
		in.Findings = append(in.Findings, checks.Finding{ID: "SES-06", Level: checks.Must, Outcome: checks.Waived, Reason: "foreign-marker"})
	})
	s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	cases := []struct{ flag, accepts, refuses, want string }{
		{"max-age", "6d", "4d", "is too old: the image was tested 5 days ago"},
		{"contract", checks.Revision, "2999-01", "2999-01 is asked for"},
		{"min-version", "1.4.2", "1.5.0", "older than 1.5.0"},
		{"compute", "microvm", "instances", "there is no attestation"},
	}
	for _, tt := range cases {
		s.expect(t, 0, "", "verify", s.image, "--key", "key.pub", "--allow-waived", "--"+tt.flag, tt.accepts)
		s.expect(t, 1, tt.want, "verify", s.image, "--key", "key.pub", "--allow-waived", "--"+tt.flag, tt.refuses)
	}
	s.expect(t, 1, "findings were waived (SES-06)", "verify", s.image, "--key", "key.pub")
	if s.expect(t, 0, "", "verify", s.image, "--key", "key.pub", "--allow-waived"); !strings.Contains(s.stdout, "waived: SES-06 foreign-marker") {
		t.Errorf("got %s", s.stdout)
	}
}

func TestVerifyReadsTheConfigurationFile(t *testing.T) {
	s := newShelf(t)
	s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	s.write(t, ".agentcore-conform.yaml", "compute: instances\n")
	s.expect(t, 1, "there is no attestation", "verify", s.image, "--key", "key.pub")
	s.write(t, "other.yaml", "profile: soak\n")
	s.expect(t, 0, "", "verify", s.image, "--key", "key.pub", "--config", "other.yaml")
}

// An attestation in a file is verified for a name with its digest, without a registry.
func TestAttestationFiles(t *testing.T) {
	s := newShelf(t)
	s.expect(t, 0, "", "attest", "run.json", s.image, "--key", "key.pem", "-o", "out/attestation.json", "--url", "https://ci.example.com/7")
	s.expect(t, 1, "there is no attestation", "verify", s.image, "--key", "key.pub")
	s.expect(t, 0, "", "verify", s.image, "--key", "key.pub", "--attestation", "out/attestation.json")
	s.guard = func(http.Handler) http.Handler { return http.NotFoundHandler() }
	pinned := "nowhere.example.com/agent@" + s.manifest
	if s.expect(t, 0, "", "verify", pinned, "--key", "key.pub", "--attestation", "out/attestation.json", "-q"); s.stdout != pinned+"\n" {
		t.Errorf("got %q", s.stdout)
	}
	s.expect(t, 1, "is of another image", "verify", "agent@sha256:"+strings.Repeat("0", 64), "--key", "key.pub", "--attestation", "out/attestation.json")
	s.expect(t, 1, "there is no attestation of this tool: the file", "verify", pinned, "--key", "key.pub", "--attestation", "run.json")
	s.expect(t, 1, "cannot be read", "verify", pinned, "--key", "key.pub", "--attestation", "key.pem")
	s.expect(t, 2, "absent", "verify", pinned, "--key", "key.pub", "--attestation", "absent")

	data, err := os.ReadFile(filepath.Join(s.dir, "out/attestation.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Envelope attest.Envelope `json:"dsseEnvelope"`
	}
	if err := json.Unmarshal(data, &bundle); err != nil {
		t.Fatal(err)
	}
	payload, _ := base64.StdEncoding.DecodeString(bundle.Envelope.Payload)
	if !strings.Contains(string(payload), `"url":"https://ci.example.com/7"`) || !strings.Contains(string(payload), `"name":"`+s.repository()+`"`) {
		t.Errorf("got %s", payload)
	}
}

func TestWhatIsNotSigned(t *testing.T) {
	s := newShelf(t)
	s.expect(t, 0, "", "attest", "run.json", s.image, "--no-sign", "-o", "-")
	var statement attest.Statement
	if err := json.Unmarshal([]byte(s.stdout), &statement); err != nil || statement.Type != attest.StatementType || len(statement.Subject) != 2 {
		t.Errorf("%v: %s", err, s.stdout)
	}
	s.expect(t, 0, "", "attest", "run.json", s.image, "--predicate-only", "-o", "predicate.json")
	data, _ := os.ReadFile(filepath.Join(s.dir, "predicate.json"))
	var predicate attest.Predicate
	if err := json.Unmarshal(data, &predicate); err != nil || predicate.Result != "PASSED" || predicate.Conformance == nil || strings.Contains(string(data), "_type") {
		t.Errorf("%v: %s", err, data)
	}
	s.expect(t, 1, "there is no attestation", "verify", s.image, "--key", "key.pub")
}

func TestCosignKeys(t *testing.T) {
	s := newShelf(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := x509.MarshalPKCS8PrivateKey(key)
	sealed, err := encrypted.EncryptWithCustomKDFParameters(der, []byte("hush"), encrypted.Legacy)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "cosign.key", string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED SIGSTORE PRIVATE KEY", Bytes: sealed})))
	der, _ = x509.MarshalPKIXPublicKey(key.Public())
	s.write(t, "cosign.pub", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	s.expect(t, 2, "does not open", "attest", "run.json", "--key", "cosign.key")
	for _, variable := range passwordNames {
		s.env = map[string]string{variable: "hush"}
		s.expect(t, 0, "", "attest", "run.json", "--key", "cosign.key")
		s.expect(t, 0, "", "verify", s.image, "--key", "cosign.pub")
	}
}

func TestWhatCannotBeAttested(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*reports.Input)
		want  string
	}{
		{"reduced", func(in *reports.Input) { in.Scope, in.ScopeWhy = reports.Reduced, []string{"--only"} }, "reduced scope (--only)"},
		{"interrupted", func(in *reports.Input) { in.Interrupted = true }, "interrupted"},
		{"nonconformant", func(in *reports.Input) { in.Findings[0].Outcome = checks.Fail }, "verdict is nonconformant"},
		{"nothing seen", func(in *reports.Input) { in.Findings[0].Outcome = checks.Skipped }, "verdict is error"},
		{"another image", func(in *reports.Input) { in.Records.Image.Digest = "sha256:" + strings.Repeat("0", 64) }, "the report is of another image"},
		{"another image in an engine", func(in *reports.Input) { in.Records.Image.Digest, in.Records.Image.ConfigDigest = "", "sha256:00" }, "the report is of another image"},
		{"an attached server", func(in *reports.Input) { in.Records.Image = nil }, "names no image"},
		{"a name in an engine", func(in *reports.Input) { in.Records.Image.Reference = "agent:1" }, "says no registry"},
		{"a layout", func(in *reports.Input) { in.Records.Image.Reference = "oci:dir" }, "not in a registry"},
		{"a platform that the index lacks", func(in *reports.Input) { in.Records.Image.Architecture = "riscv64" }, "no manifest for linux/riscv64"},
	}
	s := newShelf(t)
	for _, tt := range cases {
		s.keepReport(t, "spoilt.json", tt.spoil)
		s.expect(t, 2, tt.want, "attest", "spoilt.json", "--key", "key.pem")
	}
	s.keepReport(t, "engine.json", func(in *reports.Input) { in.Records.Image.Reference, in.Records.Image.Digest = "agent:1", "" })
	s.expect(t, 0, "", "attest", "engine.json", s.image, "--key", "key.pem")
}

func TestWrongAttestCommandLines(t *testing.T) {
	s := newShelf(t)
	cases := []struct{ args, want string }{
		{"attest", "give REPORT"},
		{"attest run.json a b", "give REPORT"},
		{"attest run.json", "give one of --key FILE, --keyless, --no-sign and --predicate-only"},
		{"attest run.json --key key.pem --no-sign -o x", "give one of"},
		{"attest run.json --no-sign --predicate-only -o x", "give one of"},
		{"attest run.json --no-sign", "name a file with -o"},
		{"attest run.json --predicate-only", "name a file with -o"},
		{"attest run.json --key absent.pem", "absent.pem"},
		{"attest run.json --key key.pub", "that is a public key"},
		{"attest absent.json --key key.pem", "absent.json"},
		{"attest key.pem --key key.pem", "not a JSON report"},
		{"attest run.json app.zip --key key.pem", "zip"},
		{"attest run.json --key key.pem --url ci", "such as https://"},
		{"attest run.json --key key.pem --insecure-registry http://x", "give a registry's host"},
		{"attest run.json --key key.pem --config absent.yaml", "absent.yaml"},
		{"verify", "IMAGE is missing"},
		{"verify a b", "give one IMAGE"},
		{"verify image:tag", "say who may have signed"},
		{"verify image:tag --key key.pem", "openssl pkey"},
		{"verify image:tag --key absent.pub", "absent.pub"},
		{"verify image:tag --key key.pub --max-age 30", "such as 30d or 12h"},
		{"verify image:tag --key key.pub --max-age -1d", "such as 30d or 12h"},
		{"verify image:tag --key key.pub --max-age 9999999999999999999d", "such as 30d or 12h"},
		{"verify image:tag --key key.pub --contract latest", "such as 2026-11"},
		{"verify image:tag --key key.pub --min-version new", "such as 1.2.0"},
		{"verify image:tag --key key.pub --compute lambda", "choose microvm or instances"},
		{"verify oci:dir --key key.pub", "give its attestation with --attestation"},
		{"verify Dockerfile --key key.pub", "recipe"},
	}
	for _, tt := range cases {
		s.expect(t, codeUsage, tt.want, strings.Fields(tt.args)...)
	}
}

// A deployment must be able to tell that it could not ask from that the answer is no.
func TestRegistryThatCannotBeAsked(t *testing.T) {
	s := newShelf(t)
	s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	s.guard = func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/manifests/sha256-") || strings.Contains(r.URL.Path, "/blobs/uploads") {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			inner.ServeHTTP(w, r)
		})
	}
	s.expect(t, codeUntested, "refused access", "verify", s.image, "--key", "key.pub")
	s.expect(t, codeUntested, "refused access", "attest", "run.json", "--key", "key.pem")
	s.expect(t, codeUntested, "nothing listens", "verify", "127.0.0.1:1/agent:1", "--key", "key.pub")
	s.expect(t, codeUntested, "does not have it", "verify", s.repository()+":2", "--key", "key.pub")
}

// What cannot be fetched may have been the attestation: that is no refusal.
func TestAttestationThatCannotBeFetched(t *testing.T) {
	s := newShelf(t)
	s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	s.guard = func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/") && !strings.HasSuffix(r.URL.Path, s.config) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			inner.ServeHTTP(w, r)
		})
	}
	s.expect(t, codeUntested, "refused access", "verify", s.image, "--key", "key.pub")
}

// attachTo puts something beside the image that is not an attestation.
func (s *shelf) attachTo(t *testing.T, what facts.Artifact) {
	t.Helper()
	found, err := facts.Resolve(t.Context(), facts.Reference{Kind: facts.KindName, Name: s.image}, facts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	if _, err := found.Attach(t.Context(), s.manifest, what); err != nil {
		t.Fatal(err)
	}
}

func TestHostileReferrers(t *testing.T) {
	s := newShelf(t)
	for i, content := range []string{"", "{", "null", strings.Repeat("[", 10_000), `{"dsseEnvelope":{"payload":"e30=","payloadType":"application/vnd.in-toto+json"}}`, "\x1b[2J"} {
		s.attachTo(t, facts.Artifact{Type: attest.BundleType, Annotations: map[string]string{"n": fmt.Sprint(i)}, Content: []byte(content)})
	}
	s.attachTo(t, facts.Artifact{Type: "application/spdx+json", Content: []byte("{}")})
	s.attachTo(t, facts.Artifact{Type: attest.BundleType, Content: bytes.Repeat([]byte(" "), attest.MaxDocument+1)})
	s.expect(t, 1, "the attestation cannot be read", "verify", s.image, "--key", "key.pub")
	if strings.Contains(s.stderr, "\x1b") {
		t.Errorf("an escape sequence got through: %q", s.stderr)
	}
	s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	s.expect(t, 0, "", "verify", s.image, "--key", "key.pub")
}

// The search ends, and the refusal says that it did not see everything.
func TestManyReferrers(t *testing.T) {
	s := newShelf(t, registry.WithReferrersSupport(true))
	fetched := 0
	s.guard = func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/referrers/") {
				if strings.Contains(r.URL.Path, "/manifests/sha256:0000000000") {
					fetched++
				}
				inner.ServeHTTP(w, r)
				return
			}
			m := v1.IndexManifest{SchemaVersion: 2}
			for i := range 3 * maxLooked {
				m.Manifests = append(m.Manifests, v1.Descriptor{ArtifactType: attest.BundleType, Digest: v1.Hash{Algorithm: "sha256", Hex: fmt.Sprintf("%064d", i)}})
			}
			w.Header().Set("Content-Type", string(types.OCIImageIndex))
			json.NewEncoder(w).Encode(m)
		})
	}
	s.expect(t, 1, "more artifacts refer to the image than are looked at", "verify", s.image, "--key", "key.pub")
	if fetched != maxLooked {
		t.Errorf("%d artifacts were fetched", fetched)
	}
}

func TestRegistryCredentials(t *testing.T) {
	s := newShelf(t)
	s.guard = func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user != "ci" || password != "pass" {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			inner.ServeHTTP(w, r)
		})
	}
	t.Setenv("DOCKER_CONFIG", s.dir)
	s.expect(t, codeUntested, "refused access", "attest", "run.json", "--key", "key.pem")
	host, _, _ := strings.Cut(s.image, "/")
	s.write(t, "config.json", fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, host, base64.StdEncoding.EncodeToString([]byte("ci:pass"))))
	s.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	s.expect(t, 0, "", "verify", s.image, "--key", "key.pub")
}

func TestInsecureRegistry(t *testing.T) {
	s := newShelf(t)
	plain, _, _ := strings.Cut(s.image, "/")
	behind := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The same registry, by another name.
		resp, err := forward(r, plain)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
	}))
	behind.Config.ErrorLog = log.New(io.Discard, "", 0)
	behind.StartTLS()
	t.Cleanup(behind.Close)
	host := strings.TrimPrefix(behind.URL, "https://")
	image := host + "/team/agent:1"
	s.expect(t, codeUntested, "registry "+host, "attest", "run.json", image, "--key", "key.pem")
	s.expect(t, 0, "", "attest", "run.json", image, "--key", "key.pem", "--insecure-registry", host)
	s.write(t, "registries.yaml", "insecure-registry: "+host+"\n")
	s.expect(t, 0, "", "attest", "run.json", image, "--key", "key.pem", "--config", "registries.yaml")
	s.expect(t, codeUntested, "registry "+host, "verify", image, "--key", "key.pub")
	s.expect(t, 0, "", "verify", image, "--key", "key.pub", "--insecure-registry", host)
}

func forward(r *http.Request, host string) (*http.Response, error) {
	u := *r.URL
	u.Scheme, u.Host = "http", host
	req, err := http.NewRequestWithContext(r.Context(), r.Method, u.String(), r.Body)
	if err != nil {
		return nil, err
	}
	req.Header, req.ContentLength = r.Header, r.ContentLength
	return http.DefaultTransport.RoundTrip(req)
}
