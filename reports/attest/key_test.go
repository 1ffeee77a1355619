package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
)

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func publicPEM(t *testing.T, key crypto.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return block(pemPublic, der)
}

func TestPrivateKeys(t *testing.T) {
	ed, _ := newKey(t, nil)
	ec, _ := newKey(t, elliptic.P256())
	sec1, err := x509.MarshalECPrivateKey(ec.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	// The weakest of its parameters, for each key costs a good part of a second.
	cosign, err := encrypted.EncryptWithCustomKDFParameters(pkcs8(t, ec), []byte("hush"), encrypted.Legacy)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, file, password string
		want                 crypto.Signer
	}{
		{"PKCS #8, Ed25519", block(pemPKCS8, pkcs8(t, ed)), "", ed},
		{"PKCS #8, ECDSA", block(pemPKCS8, pkcs8(t, ec)), "", ec},
		{"SEC 1, as openssl ecparam writes it", block(pemECParams, []byte{6, 0}) + block(pemEC, sec1), "", ec},
		{"cosign's", block(pemSigstore, cosign), "hush", ec},
	}
	for _, tt := range cases {
		got, err := ReadPrivateKey([]byte(tt.file), tt.password)
		if err != nil || publicPEM(t, got.Public()) != publicPEM(t, tt.want.Public()) {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
	if _, err := ReadPrivateKey([]byte(block(pemCosign, cosign)), "loud"); err == nil || !strings.Contains(err.Error(), "password") {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestWrongKeys(t *testing.T) {
	small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ed, _ := newKey(t, nil)
	private := []struct{ file, want string }{
		{"", "no key in PEM"},
		{"not PEM", "no key in PEM"},
		{block(pemPKCS8, []byte("no DER")), "read the private key"},
		{block(pemPKCS8, pkcs8(t, small)), "neither Ed25519 nor ECDSA"},
		{block(pemPKCS8, pkcs8(t, long)), "neither Ed25519 nor ECDSA"},
		{block(pemEncrypted, []byte("x")), "cosign import-key-pair"},
		{block(pemCosign, []byte("{}")), "does not open"},
		{block(pemCosign, []byte(`{"kdf":{"name":"scrypt","params":{"N":1073741824,"r":8,"p":1}},"cipher":{"name":"nacl/secretbox"}}`)), "does not open"},
		{publicPEM(t, ed.Public()), "that is a public key"},
		{block("CERTIFICATE", []byte("x")), `"CERTIFICATE"`},
	}
	for _, tt := range private {
		if key, err := ReadPrivateKey([]byte(tt.file), ""); err == nil || key != nil && usable(key.Public()) == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("private %.60q: %v, want %q", tt.file, err, tt.want)
		}
	}
	public := []struct{ file, want string }{
		{"", "no public key in PEM"},
		{block(pemPublic, []byte("no DER")), "read the public key"},
		{publicPEM(t, small.Public()), "neither Ed25519 nor ECDSA"},
		{publicPEM(t, long.Public()), "neither Ed25519 nor ECDSA"},
		{block(pemPKCS8, pkcs8(t, ed)), "openssl pkey"},
		{strings.Repeat(publicPEM(t, ed.Public()), maxKeys+1), "more than 16"},
	}
	for _, tt := range public {
		if keys, err := ReadPublicKeys([]byte(tt.file)); err == nil || keys != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("public %.60q: %v, want %q", tt.file, err, tt.want)
		}
	}
}

func TestSeveralPublicKeys(t *testing.T) {
	old, oldPublic := newKey(t, nil)
	fresh, _ := newKey(t, elliptic.P384())
	keys, err := ReadPublicKeys([]byte(publicPEM(t, fresh.Public()) + publicPEM(t, old.Public())))
	if err != nil || len(keys) != 2 {
		t.Fatalf("%v, %v", keys, err)
	}
	accepted, err := Policy{Keys: keys, Digest: manifest, Compute: "microvm"}.Judge(signed(t, old, statement(t, ended())))
	if err != nil || accepted.Signer != "key "+oldPublic.String() {
		t.Errorf("%+v, %v", accepted, err)
	}
}
