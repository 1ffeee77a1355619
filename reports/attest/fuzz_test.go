package attest

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// FuzzDocument: whatever lies beside an image is refused in one line, for nobody who fuzzes has the key.
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
	good := signed(f, key, genuine)
	policy := Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm"}
	f.Fuzz(func(t *testing.T, document []byte) {
		accepted, err := policy.Judge(document)
		if err == nil {
			t.Fatalf("accepted: %+v", accepted)
		}
		oneShortLine(t, err)
		if _, err := policy.Judge(good); err != nil {
			t.Fatalf("after it the genuine one is refused: %v", err)
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
