package attest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/reports/attest/sigstoretest"
)

// FuzzDocument: whatever lies beside an image is refused in one line, for nobody who fuzzes has the key or the identity.
func FuzzDocument(f *testing.F) {
	key, public := newKey(f, nil)
	genuine, err := Make(input(ended()))
	if err != nil {
		f.Fatal(err)
	}
	other, _ := newKey(f, nil)
	f.Add(signed(f, other, genuine))
	f.Add([]byte(`{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AAAA"}]}`))
	f.Add([]byte(`{"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==","payloadType":"application/vnd.in-toto+json","signatures":[]}}`))
	for _, bundle := range hostileBundles(f, sigstoretest.New(f)) {
		f.Add(bundle)
	}
	good := signed(f, key, genuine)
	policy := Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm"}
	keyless := keylessPolicy(f, sigstoretest.New(f), Identity{Name: gate.Name, Issuer: gate.Issuer})
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, p := range []Policy{policy, keyless} {
			accepted, err := p.Judge(document)
			if err == nil {
				t.Fatalf("accepted: %+v", accepted)
			}
			oneShortLine(t, err)
		}
		if _, err := policy.Judge(good); err != nil {
			t.Fatalf("after it the genuine one is refused: %v", err)
		}
	})
}

// FuzzBundle: a bundle that an identity signed, spoilt in one place, is refused in one line, or still says what was signed.
func FuzzBundle(f *testing.F) {
	at := sigstoretest.New(f)
	policy := keylessPolicy(f, at, Identity{Name: gate.Name, Issuer: gate.Issuer})
	genuine := at.Sign(f, payloadOf(f, stated(f)), gate, time.Now().Add(-time.Hour), time.Minute).Bundle(f)
	wanted := payloadOf(f, stated(f))
	for _, name := range []string{"payload", "rawBytes", "sig", "canonicalizedBody", "checkpoint", "inclusionPromise", "integratedTime", "keyId", "kindVersion"} {
		f.Add(uint16(bytes.Index(genuine, []byte(name))+len(name)+5), uint16(1), []byte("A"))
		f.Add(uint16(bytes.Index(genuine, []byte(name))+len(name)+2), uint16(4), []byte("null"))
	}
	f.Fuzz(func(t *testing.T, place, cut uint16, put []byte) {
		from := min(int(place), len(genuine))
		spoilt := slices.Concat(genuine[:from], put, genuine[min(from+int(cut), len(genuine)):])
		accepted, err := policy.Judge(spoilt)
		if err != nil {
			oneShortLine(t, err)
			return
		}
		if said := payloadOf(t, accepted.Statement); !bytes.Equal(said, wanted) {
			t.Errorf("accepted: %s", said)
		}
	})
}

// FuzzStatement: a payload that is genuinely signed is accepted only where it says all that is asked for.
func FuzzStatement(f *testing.F) {
	key, public := newKey(f, nil)
	genuine, err := Make(input(ended()))
	if err != nil {
		f.Fatal(err)
	}
	payload, err := Encode(genuine)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Add([]byte(strings.Replace(string(payload), `"PASSED"`, `"FAILED"`, 1)))
	f.Add([]byte(strings.Replace(string(payload), `"full"`, `"reduced"`, 1)))
	f.Add([]byte(strings.Replace(string(payload), `"subject":[`, `"subject":[{"digest":null},`, 1)))
	policy := Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm", Now: now, MaxAge: longAgo, Contract: "2026-01", MinVersion: "1.0.0"}
	f.Fuzz(func(t *testing.T, payload []byte) {
		signature, err := sign(pae(PayloadType, payload), key)
		if err != nil {
			t.Fatal(err)
		}
		document, _ := json.Marshal(Envelope{
			Payload: base64.StdEncoding.EncodeToString(payload), PayloadType: PayloadType,
			Signatures: []Signature{{base64.StdEncoding.EncodeToString(signature)}},
		})
		accepted, err := policy.Judge(document)
		if err != nil {
			oneShortLine(t, err)
			return
		}
		p := accepted.Statement.Predicate
		c := p.Conformance
		if c.Verdict != reports.Conformant || c.Scope != reports.Full || len(c.Waived) > 0 || len(p.FailedTests) > 0 || c.Compute != "microvm" ||
			!slices.ContainsFunc(accepted.Statement.Subject, func(r Resource) bool { return r.is(manifest) }) {
			t.Errorf("accepted: %s", payload)
		}
	})
}

const longAgo = 100 * 365 * 24 * 3_600_000_000_000 // a hundred years

func oneShortLine(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if len(text) > 1000 || text == "" || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("the refusal is no short line: %q", text)
	}
}
