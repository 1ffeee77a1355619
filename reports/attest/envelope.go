package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

const (
	// PayloadType is what the envelope says that it holds: an in-toto statement.
	PayloadType = "application/vnd.in-toto+json"
	// BundleType is the media type of a Sigstore bundle, in which cosign keeps envelopes too.
	BundleType = "application/vnd.dev.sigstore.bundle.v0.3+json"
	// bundleTypeBefore is how the same version of bundles was written at first.
	bundleTypeBefore = "application/vnd.dev.sigstore.bundle+json;version=0.3"
)

// Bounds on a signed document from anywhere.
const (
	// MaxDocument is in bytes; a statement on every clause takes some ten thousand.
	MaxDocument   = 1 << 20
	maxSignatures = 16
)

// Envelope is a DSSE envelope. Payload and signatures are in base64.
type Envelope struct {
	Payload     string      `json:"payload"`
	PayloadType string      `json:"payloadType"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is one signature of an envelope. It names no key: a hint that a verifier cannot trust may only mislead it, and
// cosign takes one for the fingerprint of an SSH key.
type Signature struct {
	Sig string `json:"sig"`
}

// Bytes is the signature itself.
func (s Signature) Bytes() ([]byte, error) { return decode(s.Sig) }

// keyBundle is the part of a Sigstore bundle that says something where a key signs: no certificate, no transparency log.
type keyBundle struct {
	MediaType string    `json:"mediaType"`
	Material  material  `json:"verificationMaterial"`
	Envelope  *Envelope `json:"dsseEnvelope"`
}

type material struct {
	PublicKey keyHint `json:"publicKey"`
}

type keyHint struct {
	Hint string `json:"hint"`
}

// pae is the pre-authentication encoding of DSSE: what is signed, so that no payload can be taken for one of another type.
func pae(payloadType string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

// Sign returns the payload in an envelope signed with the key, in a Sigstore bundle.
func Sign(payload []byte, key crypto.Signer) ([]byte, error) {
	envelope, err := Seal(payload, key)
	if err != nil {
		return nil, err
	}
	public, err := newPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	return Encode(keyBundle{MediaType: BundleType, Material: material{keyHint{public.hint()}}, Envelope: envelope})
}

// Seal returns the payload in an envelope signed with the key.
func Seal(payload []byte, key crypto.Signer) (*Envelope, error) {
	signature, err := sign(pae(PayloadType, payload), key)
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	return &Envelope{
		Payload: base64.StdEncoding.EncodeToString(payload), PayloadType: PayloadType,
		Signatures: []Signature{{Sig: base64.StdEncoding.EncodeToString(signature)}},
	}, nil
}

func sign(message []byte, key crypto.Signer) ([]byte, error) {
	if k, ok := key.Public().(*ecdsa.PublicKey); ok {
		hash := hashFor(k.Curve.Params().BitSize)
		return key.Sign(rand.Reader, digest(hash, message), hash)
	}
	return key.Sign(rand.Reader, message, crypto.Hash(0))
}

func digest(hash crypto.Hash, message []byte) []byte {
	h := hash.New()
	h.Write(message)
	return h.Sum(nil)
}

// readEnvelope reads a bare envelope or one in a Sigstore bundle. Nothing in it is to be believed yet.
func readEnvelope(document []byte) (Envelope, *Refusal) {
	if len(document) > MaxDocument {
		return Envelope{}, &Refusal{unreadable, fmt.Sprintf("cannot be read: it is longer than %d KiB", MaxDocument>>10)}
	}
	var either struct {
		Envelope
		Bundled *Envelope `json:"dsseEnvelope"`
	}
	if err := json.Unmarshal(document, &either); err != nil {
		return Envelope{}, &Refusal{unreadable, "cannot be read: it is no envelope in JSON"}
	}
	e := either.Envelope
	if either.Bundled != nil {
		e = *either.Bundled
	}
	switch {
	case e.Payload == "":
		return Envelope{}, &Refusal{NotOurs, "the file holds no statement; give what attest wrote"}
	case len(e.Signatures) > maxSignatures:
		return Envelope{}, &Refusal{unreadable, fmt.Sprintf("cannot be read: it has more than %d signatures", maxSignatures)}
	}
	return e, nil
}

// certified reports whether the document is a bundle with a certificate, alone as today or in a chain as before version 0.3.
func certified(document []byte) bool {
	var b struct {
		Material struct {
			Certificate json.RawMessage `json:"certificate"`
			Chain       json.RawMessage `json:"x509CertificateChain"`
		} `json:"verificationMaterial"`
	}
	return json.Unmarshal(document, &b) == nil && (len(b.Material.Certificate) > 0 || len(b.Material.Chain) > 0)
}

// decode takes both alphabets of base64, as a verifier of DSSE has to.
func decode(s string) ([]byte, error) {
	if data, err := base64.StdEncoding.DecodeString(s); err == nil {
		return data, nil
	}
	return base64.URLEncoding.DecodeString(s)
}

// signedBy returns the first of the keys that signed the envelope.
func (e Envelope) signedBy(keys []PublicKey, payload []byte) (PublicKey, bool) {
	message := pae(e.PayloadType, payload)
	for _, s := range e.Signatures {
		signature, err := s.Bytes()
		if err != nil {
			continue
		}
		for _, k := range keys {
			if k.verify(message, signature) {
				return k, true
			}
		}
	}
	return PublicKey{}, false
}

func (k PublicKey) verify(message, signature []byte) bool {
	switch key := k.key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest(hashFor(key.Curve.Params().BitSize), message), signature)
	}
	return false
}
