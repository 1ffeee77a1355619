// Package sigstoretest is an instance of Sigstore in memory: roots, certificates with their timestamp, a log, and servers
// that play Fulcio and Rekor. Its log is that of sigstore-go's own tests.
package sigstoretest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"net/url"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"google.golang.org/protobuf/encoding/protojson"
)

// Identity is whom a token or a certificate names.
type Identity struct{ Name, Issuer string }

// Instance certifies and logs whatever it is asked to.
type Instance struct {
	// NoTimestamp leaves the certificate log's timestamp out of certificates, NoProof the proof out of Rekor's answers.
	NoTimestamp, NoProof bool

	log                 *ca.VirtualSigstore
	root, intermediate  *x509.Certificate
	intermediateKey, ct *ecdsa.PrivateKey
}

// New makes an instance with roots of its own.
func New(t testing.TB) *Instance {
	t.Helper()
	i := &Instance{}
	var err error
	i.log, err = ca.NewVirtualSigstore()
	must(t, err)
	rootKey := newKey(t)
	i.intermediateKey = newKey(t)
	i.root = authority(t, "root", nil, rootKey.Public(), rootKey)
	i.intermediate = authority(t, "intermediate", i.root, i.intermediateKey.Public(), rootKey)
	i.ct = newKey(t)
	return i
}

// authority is a certificate that may certify; without a parent it does so itself.
func authority(t testing.TB, name string, parent *x509.Certificate, key crypto.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	if parent == nil {
		parent = template
	} else {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	must(t, err)
	c, err := x509.ParseCertificate(der)
	must(t, err)
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// TrustedRoot is the instance's trusted_root.json.
func (i *Instance) TrustedRoot(t testing.TB) []byte {
	t.Helper()
	logs := map[string]*root.TransparencyLog{}
	for hexID, log := range i.log.RekorLogs() {
		id, err := hex.DecodeString(hexID)
		must(t, err)
		log.ID, log.ValidityPeriodStart = id, time.Now().Add(-48*time.Hour)
		logs[hexID] = log
	}
	ctID := i.ctID(t)
	trusted, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&root.FulcioCertificateAuthority{
			Root: i.root, Intermediates: []*x509.Certificate{i.intermediate}, URI: "https://fulcio.example.com",
			ValidityPeriodStart: time.Now().Add(-48 * time.Hour),
		}},
		map[string]*root.TransparencyLog{hex.EncodeToString(ctID): {
			BaseURL: "https://ct.example.com", ID: ctID, ValidityPeriodStart: time.Now().Add(-48 * time.Hour),
			HashFunc: crypto.SHA256, SignatureHashFunc: crypto.SHA256, PublicKey: i.ct.Public(),
		}}, i.log.TimestampingAuthorities(), logs)
	must(t, err)
	data, err := trusted.MarshalJSON()
	must(t, err)
	return data
}

func (i *Instance) ctID(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(i.ct.Public())
	must(t, err)
	sum := sha256.Sum256(der)
	return sum[:]
}

// The extensions that tell of the issuer and of the certificate log.
var (
	oidIssuer = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}
	oidSCT    = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
)

// Certificate certifies that the key is the identity's for ten minutes from then on.
func (i *Instance) Certificate(t testing.TB, key crypto.PublicKey, identity Identity, from time.Time) *x509.Certificate {
	t.Helper()
	name, err := url.Parse(identity.Name)
	must(t, err)
	issuer, err := asn1.MarshalWithParams(identity.Issuer, "utf8")
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(from.UnixNano()), NotBefore: from, NotAfter: from.Add(10 * time.Minute), URIs: []*url.URL{name},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: oidIssuer, Value: issuer}},
	}
	before := i.issue(t, template, key)
	if i.NoTimestamp {
		return before
	}
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: oidSCT, Value: i.timestamp(t, before)})
	return i.issue(t, template, key)
}

func (i *Instance) issue(t testing.TB, template *x509.Certificate, key crypto.PublicKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, i.intermediate, key, i.intermediateKey)
	must(t, err)
	c, err := x509.ParseCertificate(der)
	must(t, err)
	return c
}

// timestamp is the list of one signed certificate timestamp (RFC 6962, section 3) over the certificate without it.
func (i *Instance) timestamp(t testing.TB, c *x509.Certificate) []byte {
	t.Helper()
	at := number(uint64(c.NotBefore.UnixMilli()), 8)
	issuer := sha256.Sum256(i.intermediate.RawSubjectPublicKeyInfo)
	signed := concat([]byte{0, 0}, at, []byte{0, 1}, issuer[:], number(uint64(len(c.RawTBSCertificate)), 3), c.RawTBSCertificate, []byte{0, 0})
	sum := sha256.Sum256(signed)
	signature, err := i.ct.Sign(rand.Reader, sum[:], crypto.SHA256)
	must(t, err)
	sct := concat([]byte{0}, i.ctID(t), at, []byte{0, 0, 4, 3}, number(uint64(len(signature)), 2), signature)
	list := concat(number(uint64(len(sct)+2), 2), number(uint64(len(sct)), 2), sct)
	value, err := asn1.Marshal(list)
	must(t, err)
	return value
}

// number writes a number in so many bytes, the largest first.
func number(n uint64, bytes int) []byte {
	out := make([]byte, bytes)
	for at := range out {
		out[at] = byte(n >> (8 * (bytes - 1 - at)))
	}
	return out
}

func concat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// Enter makes the log's entry of an envelope that was signed by the certificate's key.
func (i *Instance) Enter(t testing.TB, c *x509.Certificate, e *dsse.Envelope, at time.Time) *protorekor.TransparencyLogEntry {
	t.Helper()
	made, err := i.log.GenerateTlogEntry(c, e, decode(t, e.Signatures[0].Sig), at.Unix(), true)
	must(t, err)
	entry := made.TransparencyLogEntry()
	id, err := i.log.RekorLogID()
	must(t, err)
	promise, err := i.log.RekorSignPayload(tlog.RekorPayload{
		Body: base64.StdEncoding.EncodeToString(entry.GetCanonicalizedBody()), IntegratedTime: at.Unix(), LogIndex: entry.GetLogIndex(), LogID: id,
	})
	must(t, err)
	entry.KindVersion = &protorekor.KindVersion{Kind: "dsse", Version: "0.0.1"}
	entry.InclusionPromise = &protorekor.InclusionPromise{SignedEntryTimestamp: promise}
	return entry
}

// Parts are what a bundle is made of, to be spoilt.
type Parts struct {
	Certificate *x509.Certificate
	Envelope    *dsse.Envelope
	Entry       *protorekor.TransparencyLogEntry
}

// Sign signs the payload as the identity, with a certificate from that time on and an entry of a time after it.
func (i *Instance) Sign(t testing.TB, payload []byte, identity Identity, from time.Time, entered time.Duration) Parts {
	t.Helper()
	key := newKey(t)
	envelope := seal(t, payload, key)
	c := i.Certificate(t, key.Public(), identity, from)
	return Parts{c, envelope, i.Enter(t, c, envelope, from.Add(entered))}
}

func seal(t testing.TB, payload []byte, key *ecdsa.PrivateKey) *dsse.Envelope {
	t.Helper()
	const kind = "application/vnd.in-toto+json"
	sum := sha256.Sum256(dsse.PAE(kind, payload))
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	must(t, err)
	encode := base64.StdEncoding.EncodeToString
	return &dsse.Envelope{PayloadType: kind, Payload: encode(payload), Signatures: []dsse.Signature{{Sig: encode(signature)}}}
}

func decode(t testing.TB, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	must(t, err)
	return data
}

// Bundle writes the parts as a bundle in JSON. Without an entry it has none.
func (p Parts) Bundle(t testing.TB) []byte {
	t.Helper()
	b := &protobundle.Bundle{
		MediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
		VerificationMaterial: &protobundle.VerificationMaterial{
			Content: &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: p.Certificate.Raw}},
		},
		Content: &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{
			Payload: decode(t, p.Envelope.Payload), PayloadType: p.Envelope.PayloadType,
			Signatures: []*protodsse.Signature{{Sig: decode(t, p.Envelope.Signatures[0].Sig)}},
		}},
	}
	if p.Entry != nil {
		b.VerificationMaterial.TlogEntries = []*protorekor.TransparencyLogEntry{p.Entry}
	}
	data, err := protojson.Marshal(b)
	must(t, err)
	var compact any
	must(t, json.Unmarshal(data, &compact))
	data, err = json.Marshal(compact)
	must(t, err)
	return data
}
