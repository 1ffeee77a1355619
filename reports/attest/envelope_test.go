package attest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"

	testresult "github.com/in-toto/attestation/go/predicates/test_result/v0"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/secure-systems-lab/go-securesystemslib/signerverifier"
	"google.golang.org/protobuf/encoding/protojson"
)

// TestSpecifiedExample is the example of the DSSE specification. Its signature is r and s in a row, which is not what others
// write, so it is put into the usual form.
func TestSpecifiedExample(t *testing.T) {
	const kind, body = "http://example.com/HelloWorld", "hello world"
	message := pae(kind, []byte(body))
	if string(message) != "DSSEv1 29 http://example.com/HelloWorld 11 hello world" {
		t.Errorf("got %q", message)
	}
	raw, _ := base64.StdEncoding.DecodeString("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")
	signature, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := new(big.Int).SetString("46950820868899156662930047687818585632848591499744589407958293238635476079160", 10)
	y, _ := new(big.Int).SetString("5640078356564379163099075877009565129882514886557779369047442380624545832820", 10)
	point := append([]byte{4}, make([]byte, 64)...)
	x.FillBytes(point[1:33])
	y.FillBytes(point[33:])
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	key := PublicKey{key: public}
	if !key.verify(message, signature) || key.verify(pae(kind, []byte("hello worle")), signature) {
		t.Error("the signature was not verified as specified")
	}
}

func TestPAETellsTypesAndPayloadsApart(t *testing.T) {
	if bytes.Equal(pae("a", []byte("b 1 c")), pae("a 5 b", []byte("c"))) {
		t.Error("two envelopes have one encoding")
	}
	if got := string(pae("", nil)); got != "DSSEv1 0  0 " {
		t.Errorf("empty: %q", got)
	}
	if got := string(pae("é", []byte("ü"))); got != "DSSEv1 2 é 2 ü" {
		t.Errorf("lengths are not in bytes: %q", got)
	}
}

// theirs is the key as the independent implementation holds it.
func theirs(t *testing.T, key crypto.Signer) dsse.SignerVerifier {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := signerverifier.LoadKey(pem.EncodeToMemory(&pem.Block{Type: pemPKCS8, Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	var sv dsse.SignerVerifier
	if _, ok := key.(ed25519.PrivateKey); ok {
		sv, err = signerverifier.NewED25519SignerVerifierFromSSLibKey(loaded)
	} else {
		sv, err = signerverifier.NewECDSASignerVerifierFromSSLibKey(loaded)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sv
}

// TestAnIndependentImplementation verifies what is signed here elsewhere, and the other way round.
func TestAnIndependentImplementation(t *testing.T) {
	for name, curve := range map[string]elliptic.Curve{"ed25519": nil, "P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()} {
		t.Run(name, func(t *testing.T) {
			key, public := newKey(t, curve)
			other := theirs(t, key)
			payload, err := Encode(statement(t, ended()))
			if err != nil {
				t.Fatal(err)
			}

			verifier, err := dsse.NewEnvelopeVerifier(other)
			if err != nil {
				t.Fatal(err)
			}
			var b struct {
				Envelope dsse.Envelope `json:"dsseEnvelope"`
			}
			if err := json.Unmarshal(signed(t, key, statement(t, ended())), &b); err != nil {
				t.Fatal(err)
			}
			_, read, err := verifier.VerifyAndDecode(context.Background(), &b.Envelope)
			if err != nil || !bytes.Equal(read, payload) {
				t.Errorf("they read %q, %v", read, err)
			}

			signer, err := dsse.NewEnvelopeSigner(other)
			if err != nil {
				t.Fatal(err)
			}
			envelope, err := signer.SignPayload(context.Background(), PayloadType, payload)
			if err != nil {
				t.Fatal(err)
			}
			document, _ := json.Marshal(envelope)
			if _, err := (Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm"}).Judge(document); err != nil {
				t.Errorf("what they signed: %v", err)
			}
		})
	}
}

// TestInTotoReadsIt reads the statement with in-toto's own types, of which the predicate's know no extension.
func TestInTotoReadsIt(t *testing.T) {
	data, err := Encode(statement(t, ended()))
	if err != nil {
		t.Fatal(err)
	}
	var s intoto.Statement
	if err := protojson.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	predicate, err := protojson.Marshal(s.GetPredicate())
	if err != nil {
		t.Fatal(err)
	}
	var result testresult.TestResult
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(predicate, &result); err != nil {
		t.Fatal(err)
	}
	if result.GetResult() != "PASSED" || len(result.GetConfiguration()) != 1 || len(result.GetPassedTests()) != 1 || result.GetUrl() == "" {
		t.Errorf("got %v", &result)
	}
	if err := result.GetConfiguration()[0].Validate(); err != nil || !strings.Contains(string(result.GetConfiguration()[0].GetContent()), "gate") {
		t.Errorf("configuration %v, %v", result.GetConfiguration()[0], err)
	}
}

// A bundle has to have the members that the Sigstore specification demands, and none that it does not know.
func TestBundle(t *testing.T) {
	key, public := newKey(t, elliptic.P256())
	var b map[string]any
	if err := json.Unmarshal(signed(t, key, statement(t, ended())), &b); err != nil {
		t.Fatal(err)
	}
	hint := b["verificationMaterial"].(map[string]any)["publicKey"].(map[string]any)["hint"]
	if b["mediaType"] != BundleType || hint != public.hint() || len(b) != 3 {
		t.Errorf("got %v", b)
	}
	signature := b["dsseEnvelope"].(map[string]any)["signatures"].([]any)[0].(map[string]any)
	if len(signature) != 1 || signature["sig"] == "" {
		t.Errorf("a signature names more than itself: %v", signature)
	}
}

func TestBase64OfBothAlphabets(t *testing.T) {
	key, public := newKey(t, nil)
	var b keyBundle
	if err := json.Unmarshal(signed(t, key, statement(t, ended())), &b); err != nil {
		t.Fatal(err)
	}
	respell := strings.NewReplacer("+", "-", "/", "_")
	b.Envelope.Payload = respell.Replace(b.Envelope.Payload)
	b.Envelope.Signatures[0].Sig = respell.Replace(b.Envelope.Signatures[0].Sig)
	document, _ := json.Marshal(b)
	if _, err := (Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm"}).Judge(document); err != nil {
		t.Error(err)
	}
}

func TestUnreadableDocuments(t *testing.T) {
	many, _ := json.Marshal(Envelope{Payload: "e30=", PayloadType: PayloadType, Signatures: make([]Signature, maxSignatures+1)})
	cases := []struct {
		document string
		step     int
	}{
		{"", unreadable},
		{"null", NotOurs},
		{"[]", unreadable},
		{"{}", NotOurs},
		{`{"dsseEnvelope":null}`, NotOurs},
		{`{"messageSignature":{},"mediaType":"` + BundleType + `"}`, NotOurs},
		{`{"payload":"e30="}`, NotOurs},
		{`{"payload":"%","payloadType":"` + PayloadType + `"}`, unreadable},
		{`{"payload":"bm8=","payloadType":"` + PayloadType + `"}`, unreadable},
		{`{"payload":"e30=","payloadType":"` + PayloadType + `"}`, NotOurs},
		{`{"payload":7}`, unreadable},
		{strings.Repeat(" ", MaxDocument) + "{}", unreadable},
		{string(many), unreadable},
	}
	_, public := newKey(t, nil)
	for _, tt := range cases {
		_, err := Policy{Keys: []PublicKey{public}, Digest: manifest}.Judge([]byte(tt.document))
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Step != tt.step {
			t.Errorf("%.80q: got %v, want step %d", tt.document, err, tt.step)
		}
	}
}
