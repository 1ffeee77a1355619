package attest

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// Identity is who may have signed without a key: a name, and the OpenID Connect issuer that vouches for it. A name means
// nothing without its issuer, for every issuer may give any name.
type Identity struct {
	// Name is the whole name; where it is empty, the whole name has to match Pattern, which Whole makes.
	Name    string
	Pattern *regexp.Regexp
	// Issuer is the whole address.
	Issuer string
}

// Whole compiles a regular expression that matches only all of a text: one that matches a part of it would let in whoever
// may choose the rest.
func Whole(expression string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(expression); err != nil {
		return nil, fmt.Errorf("read the regular expression: %w", err)
	}
	return regexp.Compile(`\A(?:` + expression + `)\z`)
}

func (i Identity) is(c *certificate.Summary) bool {
	name := c.SubjectAlternativeName == i.Name
	if i.Name == "" {
		name = i.Pattern != nil && i.Pattern.MatchString(c.SubjectAlternativeName)
	}
	return name && i.Issuer != "" && c.Issuer == i.Issuer
}

// Keyless verifies signatures by keys that lived for one signature: an instance of Sigstore certified who held the key, and
// entered the signature in its log while the certificate was good. It asks no service.
type Keyless struct {
	verifier *verify.Verifier
	identity Identity
}

// NewKeyless trusts the identity where the instance of this trusted root, as in trusted_root.json, certified it.
func NewKeyless(trustedRoot []byte, identity Identity) (*Keyless, error) {
	trusted, err := root.NewTrustedRootFromJSON(trustedRoot)
	if err != nil {
		return nil, fmt.Errorf("read the trusted root: %w", err)
	}
	verifier, err := verify.NewVerifier(trusted, verify.WithSignedCertificateTimestamps(1), verify.WithTransparencyLog(1),
		verify.WithObserverTimestamps(1), verify.WithoutStatementPredicate())
	if err != nil {
		return nil, fmt.Errorf("verify by the trusted root: %w", err)
	}
	return &Keyless{verifier, identity}, nil
}

// signer names who signed the document, or refuses it. Payload is what its reader took from it.
func (k *Keyless) signer(document, payload []byte) (string, *Refusal) {
	signed, err := readBundle(document)
	switch {
	case errors.Is(err, errNoCertificate):
		return "", &Refusal{anotherKey, "was signed by a key, not by an identity: give the public key with --key, or attest with --keyless"}
	case err != nil:
		return "", &Refusal{unreadable, "cannot be read: its Sigstore bundle is not as it should be: " + legible.Clip(err.Error(), maxReason)}
	}
	by, err := k.verify(signed, payload)
	if err != nil {
		return "", &Refusal{anotherKey, "was not signed by anybody whom the trusted root vouches for: " + legible.Clip(err.Error(), maxReason)}
	}
	who := clipName(by.SubjectAlternativeName) + " by " + clipName(by.Issuer)
	if !k.identity.is(by) {
		return "", &Refusal{anotherKey, "was signed by somebody else: " + who}
	}
	return who, nil
}

// maxReason is how much of what the library says is told, in characters; maxName how much of a name.
const (
	maxReason = 300
	maxName   = 200
)

func clipName(s string) string { return legible.Clip(s, maxName) }

var errNoCertificate = errors.New("there is no certificate in it")

// readBundle reads a bundle with a certificate. A bare envelope, or a bundle that names a key, is errNoCertificate.
func readBundle(document []byte) (b *bundle.Bundle, err error) {
	defer refusePanic(&err)
	if !certified(document) {
		return nil, errNoCertificate
	}
	b = &bundle.Bundle{}
	err = b.UnmarshalJSON(document)
	return b, err
}

// verify holds the bundle against the trusted root, and its payload against the one that was read by other means: readers
// of JSON differ in what they make of a name that stands twice.
func (k *Keyless) verify(b *bundle.Bundle, payload []byte) (by *certificate.Summary, err error) {
	defer refusePanic(&err)
	result, err := k.verifier.Verify(b, verify.NewPolicy(verify.WithoutArtifactUnsafe(), verify.WithoutIdentitiesUnsafe()))
	if err != nil {
		return nil, err
	}
	signed := b.GetDsseEnvelope()
	if signed.GetPayloadType() != PayloadType || string(signed.GetPayload()) != string(payload) {
		return nil, errors.New("it says one thing and signs another")
	}
	if result.Signature == nil || result.Signature.Certificate == nil {
		return nil, errNoCertificate
	}
	return result.Signature.Certificate, nil
}

// refusePanic makes an error of a panic in the library: a hostile document costs itself, not the search for a good one.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("it cannot be taken apart: %v", p)
	}
}
