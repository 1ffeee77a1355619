package sigstoretest

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/rekor/pkg/generated/models"
	rekordsse "github.com/sigstore/rekor/pkg/types/dsse/v0.0.1"
)

// Token is a token as an issuer writes them, which the instance's Fulcio believes.
func Token(identity Identity) string {
	claims, _ := json.Marshal(map[string]string{"iss": identity.Issuer, "sub": identity.Name, "aud": "sigstore"})
	encode := base64.RawURLEncoding.EncodeToString
	return strings.Join([]string{encode([]byte(`{"alg":"none"}`)), encode(claims), encode([]byte("signature"))}, ".")
}

// Fulcio serves certificates for whom the token names, if the request proves that the caller has the key.
func (i *Instance) Fulcio(t testing.TB) string {
	return serve(t, "/api/v2/signingCert", func(r *http.Request) (int, any) {
		identity, err := identityOf(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err != nil {
			return http.StatusUnauthorized, map[string]string{"message": "There was an error processing the identity token"}
		}
		var asked struct {
			Request []byte `json:"certificateSigningRequest"`
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			return http.StatusBadRequest, err.Error()
		}
		block, _ := pem.Decode(asked.Request)
		if block == nil {
			return http.StatusBadRequest, "no request in PEM"
		}
		csr, err := x509.ParseCertificateRequest(block.Bytes)
		if err != nil || csr.CheckSignature() != nil {
			return http.StatusBadRequest, "the request does not prove that the key is the caller's"
		}
		chain := map[string]any{"certificates": []string{inPEM(i.Certificate(t, csr.PublicKey, identity, time.Now().Add(-time.Minute))), inPEM(i.intermediate)}}
		return http.StatusOK, map[string]any{"signedCertificateEmbeddedSct": map[string]any{"chain": chain}}
	})
}

func inPEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

func identityOf(token string) (Identity, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Identity{}, errors.New("no token")
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return Identity{}, err
	}
	var claims struct{ Iss, Sub, Aud string }
	if err := json.Unmarshal(data, &claims); err != nil {
		return Identity{}, err
	}
	if claims.Aud != "sigstore" {
		return Identity{}, fmt.Errorf("the token is for %q", claims.Aud)
	}
	return Identity{Name: claims.Sub, Issuer: claims.Iss}, nil
}

// Rekor serves a log that takes envelopes as Rekor's own code reads and verifies them.
func (i *Instance) Rekor(t testing.TB) string {
	return serve(t, "/api/v1/log/entries", func(r *http.Request) (int, any) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return http.StatusBadRequest, err.Error()
		}
		c, envelope, err := proposed(body)
		if err != nil {
			return http.StatusBadRequest, map[string]any{"code": http.StatusBadRequest, "message": err.Error()}
		}
		return http.StatusCreated, map[string]any{"24296fb24b8ad77a": i.answer(i.Enter(t, c, envelope, time.Now()))}
	})
}

// proposed is what an entry is to be about, once Rekor's code has taken it.
func proposed(body []byte) (*x509.Certificate, *dsse.Envelope, error) {
	p, err := models.UnmarshalProposedEntry(bytes.NewReader(body), jsonConsumer{})
	if err != nil {
		return nil, nil, err
	}
	if err := new(rekordsse.V001Entry).Unmarshal(p); err != nil {
		return nil, nil, err
	}
	var asked struct {
		Spec struct {
			Content struct {
				Envelope  string
				Verifiers [][]byte
			} `json:"proposedContent"`
		}
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, nil, err
	}
	block, _ := pem.Decode(asked.Spec.Content.Verifiers[0])
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, nil, err
	}
	envelope := &dsse.Envelope{}
	return c, envelope, json.Unmarshal([]byte(asked.Spec.Content.Envelope), envelope)
}

// answer is an entry in the form of Rekor's interface.
func (i *Instance) answer(e *protorekor.TransparencyLogEntry) map[string]any {
	verification := map[string]any{"signedEntryTimestamp": e.GetInclusionPromise().GetSignedEntryTimestamp()}
	if p := e.GetInclusionProof(); !i.NoProof {
		hashes := []string{}
		for _, h := range p.GetHashes() {
			hashes = append(hashes, hex.EncodeToString(h))
		}
		verification["inclusionProof"] = map[string]any{
			"checkpoint": p.GetCheckpoint().GetEnvelope(), "hashes": hashes, "logIndex": p.GetLogIndex(),
			"rootHash": hex.EncodeToString(p.GetRootHash()), "treeSize": p.GetTreeSize(),
		}
	}
	return map[string]any{
		"body": e.GetCanonicalizedBody(), "integratedTime": e.GetIntegratedTime(), "logID": hex.EncodeToString(e.GetLogId().GetKeyId()),
		"logIndex": e.GetLogIndex(), "verification": verification,
	}
}

// serve answers posts to one path in JSON, and returns the server's address.
func serve(t testing.TB, path string, answer func(*http.Request) (int, any)) string {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		status, body := answer(r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(body); err != nil {
			t.Errorf("answer %s: %v", path, err)
		}
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

// jsonConsumer reads JSON for the log's generated code.
type jsonConsumer struct{}

func (jsonConsumer) Consume(from io.Reader, into any) error {
	d := json.NewDecoder(from)
	d.UseNumber()
	return d.Decode(into)
}
