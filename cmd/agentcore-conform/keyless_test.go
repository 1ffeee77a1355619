package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/agentcore-conform/agentcore-conform/checks/facts"
	"github.com/agentcore-conform/agentcore-conform/reports/attest"
	"github.com/agentcore-conform/agentcore-conform/reports/attest/sigstoretest"
)

var gateJob = sigstoretest.Identity{
	Name: "https://github.com/team/agent/.github/workflows/gate.yml@refs/heads/main", Issuer: "https://token.actions.githubusercontent.com",
}

// keylessShelf is a shelf beside an instance of Sigstore, whose trusted root is in root.json.
type keylessShelf struct {
	*shelf
	*sigstoretest.Instance
	fulcio, rekor string
}

func newKeylessShelf(t *testing.T, options ...registry.Option) *keylessShelf {
	t.Helper()
	k := &keylessShelf{shelf: newShelf(t, options...), Instance: sigstoretest.New(t)}
	k.fulcio, k.rekor = k.Fulcio(t), k.Rekor(t)
	k.write(t, "root.json", string(k.TrustedRoot(t)))
	k.env = map[string]string{"SIGSTORE_ID_TOKEN": sigstoretest.Token(gateJob)}
	return k
}

func (k *keylessShelf) attestArgs(more ...string) []string {
	return append([]string{"attest", "run.json", "--keyless", "--fulcio-url", k.fulcio, "--rekor-url", k.rekor}, more...)
}

func (k *keylessShelf) verifyArgs(more ...string) []string {
	return append([]string{"verify", k.image, "--trusted-root", "root.json", "--issuer", gateJob.Issuer}, more...)
}

// From the CI job's token over the registry to the deployment, the last with Sigstore's services out of reach.
func TestKeylessRound(t *testing.T) {
	for _, api := range []bool{true, false} {
		k := newKeylessShelf(t, registry.WithReferrersSupport(api))
		k.expect(t, 1, "there is no attestation of this tool", k.verifyArgs("--identity", gateJob.Name)...)
		k.expect(t, 0, "", k.attestArgs()...)
		for _, digest := range []string{k.index, k.manifest} {
			if !strings.Contains(k.stdout, "attested "+k.repository()+"@"+digest) {
				t.Errorf("%s is not said to be attested: %s", digest, k.stdout)
			}
		}
		k.expect(t, 0, "", k.verifyArgs("--identity", gateJob.Name)...)
		if !strings.Contains(k.stdout, "tested 5 days ago by version v1.4.2, attested by "+gateJob.Name+" by "+gateJob.Issuer+"\n") {
			t.Errorf("got %s", k.stdout)
		}
		if k.expect(t, 0, "", k.verifyArgs("--identity-regexp", `https://github\.com/team/.*@refs/heads/main`, "-q")...); k.stdout != k.repository()+"@"+k.index+"\n" {
			t.Errorf("quiet: %q", k.stdout)
		}
		k.store(t, k.image, "second")
		k.expect(t, 1, "there is no attestation", k.verifyArgs("--identity", gateJob.Name)...)
	}
}

func TestKeylessRefusals(t *testing.T) {
	k := newKeylessShelf(t)
	k.expect(t, 0, "", k.attestArgs()...)
	const somebody = "the attestation was signed by somebody else: "
	said := somebody + gateJob.Name + " by " + gateJob.Issuer
	k.expect(t, 1, said, k.verifyArgs("--identity", strings.Replace(gateJob.Name, "main", "topic", 1))...)
	k.expect(t, 1, said, k.verifyArgs("--identity-regexp", `https://github\.com/team/`)...)
	k.expect(t, 1, said, "verify", k.image, "--trusted-root", "root.json", "--identity", gateJob.Name, "--issuer", "https://gitlab.com")
	k.expect(t, 1, "was signed without a key", "verify", k.image, "--key", "key.pub")
	k.expect(t, 1, "is too old", k.verifyArgs("--identity", gateJob.Name, "--max-age", "4d")...)
	k.write(t, "root.json", string(sigstoretest.New(t).TrustedRoot(t)))
	k.expect(t, 1, "was not signed by anybody whom the trusted root vouches for", k.verifyArgs("--identity", gateJob.Name)...)

	byKey := newKeylessShelf(t)
	byKey.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	byKey.expect(t, 1, "was signed by a key, not by an identity", byKey.verifyArgs("--identity", gateJob.Name)...)
}

// One attestation that keeps all of it is enough, whatever lies beside it.
func TestKeylessAmongOthers(t *testing.T) {
	k := newKeylessShelf(t)
	k.expect(t, 0, "", k.attestArgs("-o", "genuine.json")...)
	genuine, err := os.ReadFile(filepath.Join(k.dir, "genuine.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i, spoilt := range []string{
		strings.Replace(string(genuine), `"tlogEntries":[`, `"tlogEntries":[{},`, 1),
		strings.Replace(string(genuine), `"rawBytes":"`, `"rawBytes":"AAAA`, 1),
		string(genuine[:len(genuine)/2]),
		strings.Repeat("[", attest.MaxDocument),
	} {
		if spoilt == string(genuine) {
			t.Fatalf("%d is not spoilt", i)
		}
		k.attachTo(t, facts.Artifact{Type: attest.BundleType, Annotations: map[string]string{"n": string(rune('a' + i))}, Content: []byte(spoilt)})
	}
	k.expect(t, 1, "the attestation", k.verifyArgs("--identity", gateJob.Name)...)
	k.expect(t, 0, "", "attest", "run.json", "--key", "key.pem")
	k.expect(t, 0, "", k.attestArgs()...)
	k.expect(t, 0, "", k.verifyArgs("--identity", gateJob.Name)...)
	k.expect(t, 0, "", "verify", k.image, "--key", "key.pub")
}

// A bundle in a file is verified without a registry, and without the public repository where a trusted root is given.
func TestKeylessFiles(t *testing.T) {
	k := newKeylessShelf(t)
	token := sigstoretest.Token(gateJob)
	k.env = nil
	k.expect(t, codeUsage, "id-token: write", k.attestArgs("-o", "bundle.json")...)
	k.write(t, "token", token+"\n")
	k.expect(t, 0, "", k.attestArgs("-o", "bundle.json", "--identity-token", "token")...)
	k.expect(t, codeUsage, "--identity-token: open absent", k.attestArgs("-o", "bundle.json", "--identity-token", "absent")...)
	k.guard = func(http.Handler) http.Handler { return http.NotFoundHandler() }
	pinned := "nowhere.example.com/agent@" + k.manifest
	k.expect(t, 0, "", "verify", pinned, "--attestation", "bundle.json", "--trusted-root", "root.json", "--identity", gateJob.Name, "--issuer", gateJob.Issuer)
	k.expect(t, 1, "is of another image", "verify", "agent@sha256:"+strings.Repeat("0", 64), "--attestation", "bundle.json", "--trusted-root", "root.json",
		"--identity", gateJob.Name, "--issuer", gateJob.Issuer)
}

func TestGitHubVouchesForItsJobs(t *testing.T) {
	k := newKeylessShelf(t)
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("audience") == "sigstore" && r.Header.Get("Authorization") == "Bearer secret" {
			w.Write([]byte(`{"value":"` + sigstoretest.Token(gateJob) + `"}`))
		}
	}))
	t.Cleanup(github.Close)
	k.env = map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": github.URL + "?v=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "secret"}
	k.expect(t, 0, "", k.attestArgs()...)
	k.expect(t, 0, "", k.verifyArgs("--identity", gateJob.Name)...)
}

// The public repository is asked where no file is given, and where it is away that is no refusal.
func TestThePublicTrustedRoot(t *testing.T) {
	k := newKeylessShelf(t)
	k.expect(t, 0, "", k.attestArgs()...)
	asked := 0
	k.trustedRoot = func(context.Context) ([]byte, error) {
		if asked++; asked > 1 {
			return nil, errors.New("the trusted root of Sigstore cannot be fetched; retry, or give a file with --trusted-root")
		}
		return k.TrustedRoot(t), nil
	}
	args := []string{"verify", k.image, "--identity", gateJob.Name, "--issuer", gateJob.Issuer}
	k.expect(t, 0, "", args...)
	k.expect(t, codeUntested, "retry, or give a file with --trusted-root", args...)
	k.expect(t, 1, "there is no attestation", "verify", k.repository()+"@"+k.otherImage(t), "--key", "key.pub")
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

// otherImage stores an image that nobody attested, and returns its digest.
func (k *keylessShelf) otherImage(t *testing.T) string {
	t.Helper()
	k.store(t, k.repository()+":2", "second")
	return k.manifest
}

func TestServicesOfSigstoreThatCannotBeAsked(t *testing.T) {
	k := newKeylessShelf(t)
	const closed = "http://127.0.0.1:1"
	k.expect(t, codeUntested, "Fulcio cannot be reached", "attest", "run.json", "--keyless", "--fulcio-url", closed, "--rekor-url", k.rekor)
	k.expect(t, codeUntested, "Rekor cannot be reached", "attest", "run.json", "--keyless", "--fulcio-url", k.fulcio, "--rekor-url", closed)
	k.env["SIGSTORE_ID_TOKEN"] = "a.b.c"
	k.expect(t, codeUntested, "answered 401", k.attestArgs()...)
	k.expect(t, 1, "there is no attestation", k.verifyArgs("--identity", gateJob.Name)...)
}

func TestWrongKeylessCommandLines(t *testing.T) {
	k := newKeylessShelf(t)
	k.write(t, "empty.json", "{}")
	cases := []struct{ args, want string }{
		{"attest run.json --keyless --key key.pem", "give one of"},
		{"attest run.json --keyless --no-sign -o x", "give one of"},
		{"attest run.json --key key.pem --identity-token t", "go with --keyless"},
		{"attest run.json --key key.pem --fulcio-url https://x", "go with --keyless"},
		{"attest run.json --key key.pem --rekor-url https://x", "go with --keyless"},
		{"attest run.json --keyless --fulcio-url x", "such as https://"},
		{"attest run.json --keyless --rekor-url x", "such as https://"},
		{"verify a:b", "say who may have signed, by --key FILE or by --identity NAME and --issuer URL"},
		{"verify a:b --identity x", "--issuer URL is missing"},
		{"verify a:b --identity-regexp x", "--issuer URL is missing"},
		{"verify a:b --issuer https://x", "--identity NAME is missing"},
		{"verify a:b --trusted-root root.json", "--identity NAME is missing"},
		{"verify a:b --issuer x --identity x", "such as https://"},
		{"verify a:b --issuer https://x --identity x --identity-regexp x", "not both"},
		{"verify a:b --issuer https://x --identity-regexp a)|(b", "read the regular expression"},
		{"verify a:b --key key.pub --identity x --issuer https://x", "not both"},
		{"verify a:b --key key.pub --issuer https://x", "not both"},
		{"verify a:b --key key.pub --trusted-root root.json", "not both"},
		{"verify a:b --issuer https://x --identity x --trusted-root absent.json", "--trusted-root absent.json"},
		{"verify a:b --issuer https://x --identity x --trusted-root empty.json", "--trusted-root empty.json: read the trusted root"},
	}
	for _, tt := range cases {
		k.expect(t, codeUsage, tt.want, strings.Fields(tt.args)...)
	}
}
