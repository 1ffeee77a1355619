package keyless

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports/attest"
	"github.com/agentcore-conform/agentcore-conform/reports/attest/sigstoretest"
)

var job = sigstoretest.Identity{
	Name: "https://github.com/team/agent/.github/workflows/gate.yml@refs/heads/main", Issuer: "https://token.actions.githubusercontent.com",
}

const digest = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"

// statement is one that a policy may accept.
func statement(t *testing.T) []byte {
	t.Helper()
	payload, err := attest.Encode(attest.Statement{
		Type: attest.StatementType, PredicateType: attest.PredicateType, Subject: []attest.Resource{{Digest: map[string]string{"sha256": digest}}},
		Predicate: attest.Predicate{Result: "PASSED", Conformance: &attest.Conformance{
			Verdict: "conformant", Scope: "full", Started: time.Now().Format(time.RFC3339), Compute: "microvm",
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// What is signed verifies by the trusted root alone, when the services are gone.
func TestSign(t *testing.T) {
	at := sigstoretest.New(t)
	document, err := Sign(t.Context(), statement(t), Fixed(sigstoretest.Token(job)+"\n"), Services{Fulcio: at.Fulcio(t), Rekor: at.Rekor(t) + "/"})
	if err != nil {
		t.Fatal(err)
	}
	k, err := attest.NewKeyless(at.TrustedRoot(t), attest.Identity{Name: job.Name, Issuer: job.Issuer})
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := attest.Policy{Keyless: k, Digest: "sha256:" + digest, Compute: "microvm"}.Judge(document)
	if err != nil || accepted.Signer != job.Name+" by "+job.Issuer {
		t.Errorf("%+v, %v", accepted, err)
	}
	var b map[string]any
	if err := json.Unmarshal(document, &b); err != nil || b["mediaType"] != attest.BundleType {
		t.Errorf("%v: %s", err, document)
	}
}

// answers serves the same answer to everything.
func answers(t *testing.T, status int, body string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.example.com/")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestServicesThatDoNotHelp(t *testing.T) {
	at := sigstoretest.New(t)
	fulcio, rekor := at.Fulcio(t), at.Rekor(t)
	unproven := sigstoretest.New(t)
	unproven.NoProof = true
	const closed = "http://127.0.0.1:1"
	cases := []struct {
		name     string
		token    string
		services Services
		want     string
	}{
		{"no Fulcio", "", Services{closed, rekor}, "Fulcio cannot be reached"},
		{"a token that Fulcio does not believe", "not a token", Services{fulcio, rekor}, "answered 401: {\"message\":\"There was an error processing the identity token\"}"},
		{"Fulcio sends elsewhere", "", Services{answers(t, http.StatusTemporaryRedirect, ""), rekor}, "answered 307"},
		{"Fulcio writes a book", "", Services{answers(t, http.StatusOK, strings.Repeat(" ", maxAnswer+1)), rekor}, "more than 1024 KiB"},
		{"Fulcio refuses at length", "", Services{answers(t, http.StatusBadGateway, strings.Repeat("no ", maxAnswer)), rekor}, "more bytes"},
		{"Fulcio is a web page", "", Services{answers(t, http.StatusOK, "<html>"), rekor}, "not answer in the JSON"},
		{"no certificate", "", Services{answers(t, http.StatusOK, `{"signedCertificateDetachedSct":{}}`), rekor}, "no certificate that holds"},
		{"a certificate that is none", "", Services{answers(t, http.StatusOK, `{"signedCertificateEmbeddedSct":{"chain":{"certificates":["x"]}}}`), rekor}, "not in PEM"},
		{"no Rekor", "", Services{fulcio, closed}, "Rekor cannot be reached"},
		{"Rekor refuses", "", Services{fulcio, answers(t, http.StatusBadRequest, "\x1b[2Jno")}, "answered 400: "},
		{"no entry", "", Services{fulcio, answers(t, http.StatusCreated, "{}")}, "no entry came"},
		{"an entry without a proof", "", Services{fulcio, unproven.Rekor(t)}, "does not prove that it is in the log"},
		{"an entry of nothing", "", Services{fulcio, answers(t, http.StatusCreated, `{"1":{"verification":{"inclusionProof":{}}}}`)}, "what Fulcio and Rekor answered"},
		{"an entry that cannot be read", "", Services{fulcio, answers(t, http.StatusCreated, `{"1":{"logID":"x"}}`)}, "does not prove"},
		{"a proof that cannot be read", "", Services{fulcio, answers(t, http.StatusCreated, `{"1":{"logID":"00","verification":{"inclusionProof":{"hashes":["x"]}}}}`)}, "proof that Rekor answered"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			token := tt.token
			if token == "" {
				token = sigstoretest.Token(job)
			}
			document, err := Sign(t.Context(), statement(t), Fixed(token), tt.services)
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%s, %v; want %q", document, err, tt.want)
			}
			if !strings.Contains(err.Error(), "-url") {
				t.Errorf("no next step: %v", err)
			}
		})
	}
}

// A service that never answers is given up with the caller's context.
func TestServiceThatHangs(t *testing.T) {
	hangs := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hangs }))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(hangs) })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := Sign(ctx, statement(t), Fixed(sigstoretest.Token(job)), Services{srv.URL, srv.URL}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	repository := Repository{URL: srv.URL, Root: Public().Root}
	if _, err := repository.TrustedRoot(ctx); err == nil || !strings.Contains(err.Error(), "give a file with --trusted-root") {
		t.Errorf("got %v", err)
	}
}
