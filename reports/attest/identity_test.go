package attest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports/attest/sigstoretest"
)

const githubIssuer = "https://token.actions.githubusercontent.com"

var gate = sigstoretest.Identity{Name: "https://github.com/team/agent/.github/workflows/gate.yml@refs/heads/main", Issuer: githubIssuer}

// keylessPolicy asks for what Make says of a run, signed by the identity at the instance.
func keylessPolicy(t testing.TB, at *sigstoretest.Instance, who Identity) Policy {
	t.Helper()
	k, err := NewKeyless(at.TrustedRoot(t), who)
	if err != nil {
		t.Fatal(err)
	}
	return Policy{Keyless: k, Digest: manifest, Compute: "microvm"}
}

func payloadOf(t testing.TB, v any) []byte {
	t.Helper()
	payload, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// stated is the statement on a good run, made for tests and fuzz targets alike.
func stated(t testing.TB) Statement {
	t.Helper()
	s, err := Make(input(ended()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantRefusal(t *testing.T, p Policy, document []byte, step int, want string) {
	t.Helper()
	accepted, err := p.Judge(document)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Step != step || !strings.Contains(refusal.Error(), want) {
		t.Fatalf("accepted %v, refused %v; want step %d and %q", accepted, err, step, want)
	}
	oneShortLine(t, err)
}

func TestSignedByAnIdentity(t *testing.T) {
	at := sigstoretest.New(t)
	document := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t)
	for _, who := range []Identity{
		{Name: gate.Name, Issuer: gate.Issuer},
		{Pattern: whole(t, `https://github\.com/team/agent/.*`), Issuer: gate.Issuer},
	} {
		accepted, err := keylessPolicy(t, at, who).Judge(document)
		if err != nil || accepted.Signer != gate.Name+" by "+gate.Issuer || accepted.Statement.Predicate.Conformance.Run != "0123456789ab" {
			t.Errorf("%v: %+v, %v", who, accepted, err)
		}
	}
}

func whole(t *testing.T, expression string) *regexp.Regexp {
	t.Helper()
	re, err := Whole(expression)
	if err != nil {
		t.Fatal(err)
	}
	return re
}

func TestSomebodyElse(t *testing.T) {
	at := sigstoretest.New(t)
	document := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t)
	for _, who := range []Identity{
		{Name: "https://github.com/team/other/.github/workflows/gate.yml@refs/heads/main", Issuer: gate.Issuer},
		{Name: strings.TrimSuffix(gate.Name, "n"), Issuer: gate.Issuer},
		{Name: gate.Name, Issuer: "https://gitlab.com"},
		{Name: gate.Name, Issuer: gate.Issuer + "/"},
		{Name: gate.Name},
		{Pattern: whole(t, `https://github\.com/team/`), Issuer: gate.Issuer},
		{Pattern: whole(t, `a|refs/heads/main`), Issuer: gate.Issuer},
		{Pattern: whole(t, `(?m)^https.*@$`), Issuer: gate.Issuer},
		{Issuer: gate.Issuer},
	} {
		wantRefusal(t, keylessPolicy(t, at, who), document, anotherKey, "was signed by somebody else: "+gate.Name+" by "+gate.Issuer)
	}
}

// A pattern that is not closed must not open the frame that is put around it.
func TestPatternsThatAreNone(t *testing.T) {
	for _, expression := range []string{"(", "a)|(?:b", "[", `\`} {
		if re, err := Whole(expression); err == nil {
			t.Errorf("%q is taken as %v", expression, re)
		}
	}
	if re := whole(t, "a|b"); re.MatchString("ab") || re.MatchString("xa") || re.MatchString("a\n") || !re.MatchString("b") {
		t.Errorf("%v is not whole", re)
	}
}

// TestWhatDoesNotVerify spoils each link between the statement and the trusted root.
func TestWhatDoesNotVerify(t *testing.T) {
	at, other := sigstoretest.New(t), sigstoretest.New(t)
	unstamped := sigstoretest.New(t)
	unstamped.NoTimestamp = true
	payload := payloadOf(t, stated(t))
	hourAgo := time.Now().Add(-time.Hour)
	sign := func(i *sigstoretest.Instance, entered time.Duration) sigstoretest.Parts {
		return i.Sign(t, payload, gate, hourAgo, entered)
	}
	cases := []struct {
		name string
		at   *sigstoretest.Instance
		make func() sigstoretest.Parts
		want string
	}{
		{"a certificate of another root", at, func() sigstoretest.Parts { return sign(other, time.Minute) }, ""},
		{"a certificate of another root in the right log", at, func() sigstoretest.Parts {
			p := sign(other, time.Minute)
			p.Entry = at.Enter(t, p.Certificate, p.Envelope, hourAgo.Add(time.Minute))
			return p
		}, "leaf certificate verification failed"},
		{"a certificate that was over", at, func() sigstoretest.Parts { return sign(at, 11*time.Minute) }, "outside certificate validity"},
		{"a certificate that was not good yet", at, func() sigstoretest.Parts { return sign(at, -time.Minute) }, "outside certificate validity"},
		{"no timestamp of the certificate log", unstamped, func() sigstoretest.Parts { return sign(unstamped, time.Minute) }, "signed certificate timestamp"},
		{"no entry in the log", at, func() sigstoretest.Parts { p := sign(at, time.Minute); p.Entry = nil; return p }, "not enough verified log entries"},
		{"an entry of another log", at, func() sigstoretest.Parts {
			p := sign(at, time.Minute)
			p.Entry = other.Enter(t, p.Certificate, p.Envelope, hourAgo.Add(time.Minute))
			return p
		}, "not enough verified log entries"},
		{"the entry of another signature", at, func() sigstoretest.Parts {
			p := sign(at, time.Minute)
			p.Entry = sign(at, time.Minute).Entry
			return p
		}, "does not match"},
		{"the certificate of another signature", at, func() sigstoretest.Parts {
			p := sign(at, time.Minute)
			p.Certificate = sign(at, time.Minute).Certificate
			return p
		}, "does not match"},
		{"an entry whose time was changed", at, func() sigstoretest.Parts {
			p := sign(at, 11*time.Minute)
			p.Entry.IntegratedTime = hourAgo.Add(time.Minute).Unix()
			return p
		}, "not enough verified log entries"},
		{"an entry that promises what it does not prove", at, func() sigstoretest.Parts {
			p := sign(at, time.Minute)
			p.Entry.InclusionProof.RootHash[0] ^= 1
			return p
		}, ""},
		{"a changed statement", at, func() sigstoretest.Parts {
			p := sign(at, time.Minute)
			changed := stated(t)
			changed.Predicate.URL = "https://ci.example.com/8"
			p.Envelope.Payload = base64.StdEncoding.EncodeToString(payloadOf(t, changed))
			return p
		}, "does not match"},
		{"a changed statement with an entry of its own", at, func() sigstoretest.Parts {
			p := sign(at, time.Minute)
			signature := p.Envelope.Signatures[0]
			p = sign(at, time.Minute)
			p.Envelope.Signatures[0] = signature
			return p
		}, "does not match"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			policy := keylessPolicy(t, tt.at, Identity{Name: gate.Name, Issuer: gate.Issuer})
			if _, err := policy.Judge(tt.at.Sign(t, payload, gate, hourAgo, 2*time.Minute).Bundle(t)); err != nil && !tt.at.NoTimestamp {
				t.Fatalf("the genuine one is refused: %v", err)
			}
			wantRefusal(t, policy, tt.make().Bundle(t), anotherKey, "was not signed by anybody whom the trusted root vouches for: ")
			wantRefusal(t, policy, tt.make().Bundle(t), anotherKey, tt.want)
		})
	}
}

// After who signed, an identity is asked the same as a key.
func TestIdentitiesKeepThePolicy(t *testing.T) {
	at := sigstoretest.New(t)
	policy := keylessPolicy(t, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	document := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t)
	another := policy
	another.Digest = config
	wantRefusal(t, another, document, anotherImage, "is of another image")
	for name, change := range map[string]func(*Policy){
		"compute":     func(p *Policy) { p.Compute = "instances" },
		"contract":    func(p *Policy) { p.Contract = "2999-01" },
		"min version": func(p *Policy) { p.MinVersion = "2.0.0" },
		"age":         func(p *Policy) { p.MaxAge, p.Now = 24*time.Hour, now },
	} {
		t.Run(name, func(t *testing.T) {
			asked := policy
			change(&asked)
			wantRefusal(t, asked, document, unfit, "is ")
		})
	}
}

// What cosign writes around the predicate is of an older type, and its bundle may be too.
func TestWhatCosignMakes(t *testing.T) {
	at := sigstoretest.New(t)
	s := stated(t)
	s.Type = "https://in-toto.io/Statement/v0.1"
	document := at.Sign(t, payloadOf(t, s), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t)
	policy := keylessPolicy(t, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	for _, mediaType := range []string{BundleType, bundleTypeBefore} {
		if _, err := policy.Judge(bytes.Replace(document, []byte(BundleType), []byte(mediaType), 1)); err != nil {
			t.Errorf("%s: %v", mediaType, err)
		}
		if !Of(mediaType, map[string]string{annotationPredicate: PredicateType}) {
			t.Errorf("%s is not looked at", mediaType)
		}
	}
}

func TestKeysAndIdentitiesAreNotTakenForEachOther(t *testing.T) {
	at := sigstoretest.New(t)
	key, public := newKey(t, nil)
	byKey := signed(t, key, stated(t))
	byName := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t)
	keyless := keylessPolicy(t, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	keyed := Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm"}
	wantRefusal(t, keyless, byKey, anotherKey, "was signed by a key, not by an identity")
	wantRefusal(t, keyed, byName, anotherKey, "was signed without a key: say with --identity")
	var b struct {
		Envelope json.RawMessage `json:"dsseEnvelope"`
	}
	if err := json.Unmarshal(byName, &b); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, keyless, b.Envelope, anotherKey, "was signed by a key, not by an identity")
}

// Readers of JSON differ in which member they take where a name stands twice: what is judged must be what was signed.
func TestTwoPayloads(t *testing.T) {
	at := sigstoretest.New(t)
	policy := keylessPolicy(t, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	policy.Digest = config
	document := string(at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t))
	forged := stated(t)
	forged.Subject = []Resource{{Digest: digestSet(config)}}
	envelope, err := json.Marshal(Envelope{Payload: base64.StdEncoding.EncodeToString(payloadOf(t, forged)), PayloadType: PayloadType, Signatures: []Signature{{"AAAA"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dsseEnvelope", "dsse_envelope", "DSSEENVELOPE", "dsseenvelope"} {
		for _, spoilt := range []string{
			strings.TrimSuffix(document, "}") + `,"` + name + `":` + string(envelope) + "}",
			`{"` + name + `":` + string(envelope) + "," + strings.TrimPrefix(document, "{"),
		} {
			if accepted, err := policy.Judge([]byte(spoilt)); err == nil {
				t.Errorf("%s: accepted %+v", name, accepted)
			}
		}
	}
	k := policy.Keyless
	b, err := readBundle([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.verify(b, payloadOf(t, forged)); err == nil || !strings.Contains(err.Error(), "says one thing and signs another") {
		t.Errorf("another payload: %v", err)
	}
}

// hostileEntry is a bundle whose log entry has this body.
func hostileEntry(t testing.TB, at *sigstoretest.Instance, kind, version, body string) []byte {
	t.Helper()
	p := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute)
	p.Entry.KindVersion.Kind, p.Entry.KindVersion.Version, p.Entry.CanonicalizedBody = kind, version, []byte(body)
	return p.Bundle(t)
}

// hostileBundles are genuine ones that were spoilt for the reader rather than for the verifier.
func hostileBundles(t testing.TB, at *sigstoretest.Instance) [][]byte {
	t.Helper()
	good := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute)
	document := string(good.Bundle(t))
	entry, _, _ := strings.Cut(document[strings.Index(document, `"tlogEntries":[`)+len(`"tlogEntries":[`):], "]}")
	replace := func(from, to string) []byte {
		if !strings.Contains(document, from) {
			t.Fatalf("there is no %s to spoil", from)
		}
		return []byte(strings.Replace(document, from, to, 1))
	}
	return [][]byte{
		replace(`"tlogEntries":[`, `"tlogEntries":[null,`),
		replace(`"tlogEntries":[`, `"tlogEntries":[{},`),
		replace(`"tlogEntries":[`, `"tlogEntries":[`+strings.Repeat("{},", 100_000)),
		replace(`"tlogEntries":[`, `"timestampVerificationData":{"rfc3161Timestamps":[{"signedTimestamp":"AAAA"},null]},"tlogEntries":[`),
		replace(entry, entry+","+entry),
		replace(`"rawBytes":"`, `"rawBytes":"AAAA`),
		replace(`"certificate":{`, `"certificate":null,"x":{`),
		replace(`"certificate":{`, `"x509CertificateChain":{"certificates":[]},"x":{`),
		replace(BundleType, "application/vnd.dev.sigstore.bundle.v9.9+json"),
		replace(`"kindVersion":`, `"kindVersion":null,"x":`),
		hostileEntry(t, at, "dsse", "0.0.1", `{"apiVersion":"0.0.1","kind":"dsse","spec":{"signatures":[{}],"envelopeHash":{},"payloadHash":{}}}`),
		hostileEntry(t, at, "dsse", "0.0.1", `{"apiVersion":"0.0.1","kind":"dsse","spec":null}`),
		hostileEntry(t, at, "intoto", "0.0.2", `{"apiVersion":"0.0.2","kind":"intoto","spec":{"content":{"hash":{"algorithm":"sha256","value":""},"envelope":{"payloadType":"x","signatures":[]}}}}`),
		hostileEntry(t, at, "hashedrekord", "0.0.1", `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"signature":{},"data":{}}}`),
		hostileEntry(t, at, "hashedrekord", "0.0.2", `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{}}}`),
		hostileEntry(t, at, "dsse", "0.0.1", strings.Repeat("[", 100_000)),
		[]byte(`{"verificationMaterial":{"certificate":{}},"dsseEnvelope":{"payload":"e30=","payloadType":"` + PayloadType + `"}}`),
	}
}

func TestHostileBundles(t *testing.T) {
	at := sigstoretest.New(t)
	policy := keylessPolicy(t, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	for i, document := range hostileBundles(t, at) {
		began := time.Now()
		accepted, err := policy.Judge(document)
		if err == nil {
			t.Fatalf("%d: accepted %+v", i, accepted)
		}
		oneShortLine(t, err)
		if spent := time.Since(began); spent > time.Minute {
			t.Errorf("%d: refused after %s", i, spent)
		}
	}
}

// A panic of the library over one document is that document's refusal.
func TestPanicIsARefusal(t *testing.T) {
	at := sigstoretest.New(t)
	policy := keylessPolicy(t, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	document := at.Sign(t, payloadOf(t, stated(t)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(t)
	policy.Keyless.verifier = nil
	wantRefusal(t, policy, document, anotherKey, "it cannot be taken apart")
}

func TestTrustedRootsThatAreNone(t *testing.T) {
	for _, text := range []string{"", "{", "null", "{}", `{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[{}]}`} {
		if k, err := NewKeyless([]byte(text), Identity{}); err == nil {
			t.Errorf("%q is taken as %v", text, k)
		}
	}
}
