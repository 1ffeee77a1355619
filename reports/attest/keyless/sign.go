package keyless

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/agentcore-conform/agentcore-conform/reports/attest"
)

// The services of Sigstore that are for everybody.
const (
	PublicFulcio = "https://fulcio.sigstore.dev"
	PublicRekor  = "https://rekor.sigstore.dev"
)

// Services are those that a signature is made with, by their addresses.
type Services struct{ Fulcio, Rekor string }

// Sign returns the payload in a Sigstore bundle, signed by a key that is forgotten at once. The bundle holds what a verifier
// needs besides a trusted root: the certificate of whom the token names, and the entry of the signature in the log.
func Sign(ctx context.Context, payload []byte, token Token, at Services) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	envelope, err := attest.Seal(payload, key)
	if err != nil {
		return nil, err
	}
	identity, err := token(ctx)
	if err != nil {
		return nil, err
	}
	certificate, err := certify(ctx, at.Fulcio, identity, key)
	if err != nil {
		return nil, err
	}
	entry, err := enter(ctx, at.Rekor, envelope, certificate)
	if err != nil {
		return nil, err
	}
	return bundled(payload, envelope, certificate, entry)
}

// bundled puts it all together, in the form that the library's own reader takes.
func bundled(payload []byte, e *attest.Envelope, certificate []byte, entry *protorekor.TransparencyLogEntry) ([]byte, error) {
	signature, err := e.Signatures[0].Bytes()
	if err != nil {
		return nil, fmt.Errorf("bundle the signature: %w", err)
	}
	b, err := bundle.NewBundle(&protobundle.Bundle{
		MediaType: attest.BundleType,
		VerificationMaterial: &protobundle.VerificationMaterial{
			Content:     &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: certificate}},
			TlogEntries: []*protorekor.TransparencyLogEntry{entry},
		},
		Content: &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{
			Payload: payload, PayloadType: attest.PayloadType, Signatures: []*protodsse.Signature{{Sig: signature}},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("bundle what Fulcio and Rekor answered: %w; name others with --fulcio-url and --rekor-url", err)
	}
	data, err := b.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encode the bundle: %w", err)
	}
	return attest.Encode(json.RawMessage(data)) // which takes out the spaces that the library puts in by chance
}
