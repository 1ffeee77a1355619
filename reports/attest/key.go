package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	_ "crypto/sha512" // for the larger curves
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
)

// maxKeys is how many keys are tried at most.
const maxKeys = 16

// PublicKey is a key that is trusted to sign.
type PublicKey struct {
	key crypto.PublicKey
	sum [sha256.Size]byte
}

// String names the key by the beginning of its digest, that of its DER form.
func (k PublicKey) String() string { return "sha256:" + hex.EncodeToString(k.sum[:6]) }

// hint is the digest as Sigstore bundles hint at a key.
func (k PublicKey) hint() string { return base64.StdEncoding.EncodeToString(k.sum[:]) }

func newPublicKey(key crypto.PublicKey) (PublicKey, error) {
	if err := usable(key); err != nil {
		return PublicKey{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return PublicKey{}, fmt.Errorf("encode the public key: %w", err)
	}
	return PublicKey{key: key, sum: sha256.Sum256(der)}, nil
}

// usable accepts Ed25519 and the curves of which each has one hash that everybody uses.
func usable(key crypto.PublicKey) error {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return nil
	case *ecdsa.PublicKey:
		if hashFor(k.Curve.Params().BitSize) != 0 {
			return nil
		}
	}
	return errors.New("the key is neither Ed25519 nor ECDSA on P-256, P-384 or P-521; make one with " + makeKey)
}

const makeKey = "openssl genpkey -algorithm ed25519 -out key.pem"

// hashFor is the hash that goes with a curve of that size in bits; 0 for one that is not used.
func hashFor(bits int) crypto.Hash {
	return map[int]crypto.Hash{256: crypto.SHA256, 384: crypto.SHA384, 521: crypto.SHA512}[bits]
}

// The types of the PEM blocks that hold keys.
const (
	pemPKCS8     = "PRIVATE KEY"
	pemEC        = "EC PRIVATE KEY"
	pemEncrypted = "ENCRYPTED PRIVATE KEY"
	pemCosign    = "ENCRYPTED COSIGN PRIVATE KEY"
	pemSigstore  = "ENCRYPTED SIGSTORE PRIVATE KEY"
	pemPublic    = "PUBLIC KEY"
	pemECParams  = "EC PARAMETERS"
)

// ReadPrivateKey reads a PEM file: PKCS #8, SEC 1, or what cosign generate-key-pair writes, which needs the password.
func ReadPrivateKey(file []byte, password string) (crypto.Signer, error) {
	block := firstKey(file)
	if block == nil {
		return nil, errors.New("no key in PEM was found in it; make one with " + makeKey)
	}
	der, err := privateDER(block, password)
	if err != nil {
		return nil, err
	}
	key, err := parsePrivate(block.Type, der)
	if err != nil {
		return nil, fmt.Errorf("read the private key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, usable(key)
	}
	return signer, usable(signer.Public())
}

// firstKey passes over the parameters that openssl ecparam writes before a key.
func firstKey(file []byte) *pem.Block {
	for {
		block, rest := pem.Decode(file)
		if block == nil || block.Type != pemECParams {
			return block
		}
		file = rest
	}
}

func privateDER(block *pem.Block, password string) ([]byte, error) {
	switch block.Type {
	case pemPKCS8, pemEC:
		return block.Bytes, nil
	case pemCosign, pemSigstore:
		der, err := encrypted.Decrypt(block.Bytes, []byte(password))
		if err != nil {
			return nil, errors.New("cosign's private key does not open with the password that was given")
		}
		return der, nil
	case pemEncrypted:
		return nil, errors.New("the private key is encrypted with openssl's own scheme, which is not read; " +
			"cosign import-key-pair makes one that is")
	case pemPublic:
		return nil, errors.New("that is a public key; give the private one to sign with")
	}
	return nil, fmt.Errorf("a %q in PEM is no private key that can be used; make one with %s", clip(block.Type), makeKey)
}

func parsePrivate(kind string, der []byte) (any, error) {
	if kind == pemEC {
		return x509.ParseECPrivateKey(der)
	}
	return x509.ParsePKCS8PrivateKey(der)
}

// ReadPublicKeys reads the public keys of a PEM file, one or several.
func ReadPublicKeys(file []byte) ([]PublicKey, error) {
	var keys []PublicKey
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != pemPublic {
			return nil, fmt.Errorf("a %q in PEM is no public key; write it with openssl pkey -in KEY -pubout, or take cosign.pub", clip(block.Type))
		}
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read the public key: %w", err)
		}
		key, err := newPublicKey(parsed)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	switch {
	case len(keys) == 0:
		return nil, errors.New("no public key in PEM was found in it; write one with openssl pkey -in KEY -pubout")
	case len(keys) > maxKeys:
		return nil, fmt.Errorf("it holds more than %d public keys", maxKeys)
	}
	return keys, nil
}

// clip bounds a word that a file chose.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most]
	}
	return s
}
