package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// began is when the runs of these tests began, and now when they are judged.
var (
	began = time.Unix(1_700_000_000, 0).UTC()
	now   = began.Add(5 * 24 * time.Hour)
)

var (
	manifest = "sha256:" + strings.Repeat("a1", 32)
	index    = "sha256:" + strings.Repeat("b2", 32)
	config   = "sha256:" + strings.Repeat("c3", 32)
	report   = "sha256:" + strings.Repeat("d4", 32)
)

func finding(id string, outcome checks.Outcome) checks.Finding {
	return checks.Finding{ID: id, Level: checks.Must, Outcome: outcome, Reason: "reason-of-" + strings.ToLower(id)}
}

// ended is a run in full scope with these findings beside one that passes.
func ended(findings ...checks.Finding) *reports.Run {
	return reports.Assemble(reports.Input{
		ID: "0123456789ab", Scope: reports.Full, Started: began, Tool: reports.Tool{Name: "agentcore-conform", Version: "v1.4.2", Contract: "2026-11"},
		Findings: append(findings, finding("PING-01", checks.Pass)),
		Records: &record.Set{
			Terms: record.Terms{Protocol: "HTTP", Profile: "gate", Compute: "microvm", Environment: []record.EnvVar{{Name: "SECRET_PLAN"}}},
			Image: &record.Image{Reference: "registry.example.com/agent:1", Origin: "registry", Digest: manifest, ConfigDigest: config, OS: "linux", Architecture: "arm64"},
		},
	})
}

func input(run *reports.Run) Input {
	return Input{Run: run, ReportDigest: report, Name: "registry.example.com/agent", Digests: []string{manifest, index}, URL: "https://ci.example.com/7"}
}

func statement(t *testing.T, run *reports.Run) Statement {
	t.Helper()
	s, err := Make(input(run))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newKey(t testing.TB, curve elliptic.Curve) (crypto.Signer, PublicKey) {
	t.Helper()
	var key crypto.Signer
	var err error
	if curve == nil {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	} else {
		key, err = ecdsa.GenerateKey(curve, rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	public, err := newPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key, public
}

// signed is the document of a value, signed.
func signed(t testing.TB, key crypto.Signer, v any) []byte {
	t.Helper()
	payload, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	document, err := Sign(payload, key)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestMake(t *testing.T) {
	s := statement(t, ended(finding("OBS-08", checks.Warn), finding("INV-02", checks.Note), finding("SES-06", checks.Waived),
		finding("MCP-01", checks.NotApplicable), finding("PING-01", checks.Warn)))
	p := s.Predicate
	if p.Result != "WARNED" || !slices.Equal(p.PassedTests, []string{"INV-02"}) || !slices.Equal(p.WarnedTests, []string{"OBS-08", "PING-01", "SES-06"}) {
		t.Errorf("%s: passed %v, warned %v", p.Result, p.PassedTests, p.WarnedTests)
	}
	if len(s.Subject) != 2 || !s.Subject[0].is(manifest) || !s.Subject[1].is(index) {
		t.Errorf("subjects %+v", s.Subject)
	}
	c := p.Conformance
	want := Conformance{
		Verdict: "conformant", Scope: "full", Contract: "2026-11", Tool: "v1.4.2", Started: began.Format(time.RFC3339), Run: "0123456789ab",
		Compute: "microvm", Report: map[string]string{"sha256": strings.Repeat("d4", 32)}, Waived: []Waived{{"SES-06", "reason-of-ses-06"}},
	}
	got, _ := json.Marshal(c)
	if wanted, _ := json.Marshal(want); string(got) != string(wanted) {
		t.Errorf("got  %s\nwant %s", got, wanted)
	}
	if terms := string(p.Configuration[0].Content); !strings.Contains(terms, `"profile":"gate"`) || strings.Contains(terms, "SECRET_PLAN") {
		t.Errorf("terms %s", terms)
	}
	if clean := statement(t, ended()).Predicate; clean.Result != "PASSED" || len(clean.Conformance.Waived) != 0 {
		t.Errorf("%+v", clean)
	}
}

func TestWhatCannotBeAttested(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*reports.Run)
		want  string
	}{
		{"interrupted", func(r *reports.Run) { r.Interrupted = true }, "interrupted"},
		{"a stale waiver", func(r *reports.Run) {
			r.Waivers = []reports.Waiver{{ID: "SES-06", Use: reports.WaiverStale}}
		}, "waiver SES-06 is stale"},
		{"reduced", func(r *reports.Run) { r.Scope, r.ScopeWhy = reports.Reduced, []string{"--only"} }, "reduced scope (--only)"},
		{"passed", func(r *reports.Run) { r.Verdict = reports.Passed }, "verdict is passed"},
		{"nonconformant", func(r *reports.Run) { r.Verdict = reports.Nonconformant }, "verdict is nonconformant"},
		{"partial", func(r *reports.Run) { r.Verdict = reports.Partial }, "verdict is partial"},
		{"edited", func(r *reports.Run) { r.Findings[0].Outcome = checks.Fail }, "make it nonconformant"},
		{"edited to nothing", func(r *reports.Run) { r.Findings = nil }, "make it error"},
		{"unknown outcome", func(r *reports.Run) { r.Findings[0].Outcome = "fine" }, "make it error"},
		{"with errors", func(r *reports.Run) { r.Errors = []string{"the engine went away"} }, "make it error"},
		{"without an image", func(r *reports.Run) { r.Image = nil }, "names no image"},
		{"without records", func(r *reports.Run) { r.Records = nil }, "names no image"},
	}
	for _, tt := range cases {
		run := ended()
		tt.spoil(run)
		if _, err := Make(input(run)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestOfImage(t *testing.T) {
	cases := []struct {
		name   string
		tested reports.ImageFacts
		ok     bool
	}{
		{"the manifest", reports.ImageFacts{Digest: manifest, ConfigDigest: config}, true},
		{"another manifest around the same configuration", reports.ImageFacts{Digest: index, ConfigDigest: config}, false},
		{"from an engine", reports.ImageFacts{ConfigDigest: config}, true},
		{"another one from an engine", reports.ImageFacts{ConfigDigest: index}, false},
		{"nothing known", reports.ImageFacts{}, false},
	}
	for _, tt := range cases {
		err := OfImage(&tt.tested, &record.Image{Reference: "agent:1", Digest: manifest, ConfigDigest: config})
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if err := OfImage(&reports.ImageFacts{}, &record.Image{}); err == nil {
		t.Error("two images without digests were taken for one")
	}
}

func TestJudge(t *testing.T) {
	key, public := newKey(t, nil)
	accepted, err := Policy{
		Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm", MaxAge: 30 * 24 * time.Hour, Now: now,
		Contract: "2026-10", MinVersion: "1.4.0",
	}.Judge(signed(t, key, statement(t, ended(finding("OBS-08", checks.Warn)))))
	if err != nil || !accepted.Started.Equal(began) || accepted.Signer != "key "+public.String() {
		t.Errorf("%+v, %v", accepted, err)
	}
}

func TestRefusals(t *testing.T) {
	key, public := newKey(t, nil)
	other, _ := newKey(t, nil)
	cases := []struct {
		name   string
		signer crypto.Signer
		spoil  func(*Statement)
		policy func(*Policy)
		step   int
		want   string
	}{
		{name: "another statement", spoil: func(s *Statement) { s.PredicateType = "https://slsa.dev/provenance/v1" }, step: NotOurs, want: "another statement"},
		{name: "an unknown statement", spoil: func(s *Statement) { s.Type = "https://in-toto.io/Statement/v2" }, step: NotOurs, want: "another statement"},
		{name: "another tool's", spoil: func(s *Statement) { s.Predicate.Conformance = nil }, step: NotOurs, want: "another tool"},
		{name: "another key", signer: other, step: anotherKey, want: "another key"},
		{name: "no key", policy: func(p *Policy) { p.Keys = nil }, step: anotherKey, want: "another key"},
		{name: "another image", policy: func(p *Policy) { p.Digest = report }, step: anotherImage, want: "not " + report},
		{name: "no digest asked for", policy: func(p *Policy) { p.Digest = "" }, step: anotherImage, want: "another image"},
		{name: "half a digest asked for", policy: func(p *Policy) { p.Digest = "sha512:" }, step: anotherImage, want: "another image"},
		{name: "no subject", spoil: func(s *Statement) { s.Subject = nil }, step: anotherImage, want: "names none"},
		{name: "verdict", spoil: func(s *Statement) { s.Predicate.Conformance.Verdict = "partial" }, step: unfit, want: `"partial"`},
		{name: "no verdict", spoil: func(s *Statement) { s.Predicate.Conformance.Verdict = "" }, step: unfit, want: "not conformant"},
		{name: "result", spoil: func(s *Statement) { s.Predicate.Result = "FAILED" }, step: unfit, want: "not conformant"},
		{name: "failed tests", spoil: func(s *Statement) { s.Predicate.FailedTests = []string{"SES-06"} }, step: unfit, want: "not conformant"},
		{name: "scope", spoil: func(s *Statement) { s.Predicate.Conformance.Scope = "reduced" }, step: unfit, want: `"reduced" scope`},
		{name: "waived", spoil: func(s *Statement) { s.Predicate.Conformance.Waived = []Waived{{"SES-06", "x"}} }, step: unfit, want: "findings were waived (SES-06)"},
		{name: "compute", policy: func(p *Policy) { p.Compute = "instances" }, step: unfit, want: "instances is asked for"},
		{name: "contract", policy: func(p *Policy) { p.Contract = "2026-12" }, step: unfit, want: "2026-12 is asked for"},
		{name: "no contract", spoil: func(s *Statement) { s.Predicate.Conformance.Contract = "" }, policy: func(p *Policy) { p.Contract = "2026-11" }, step: unfit, want: "contract"},
		{name: "version", policy: func(p *Policy) { p.MinVersion = "1.10.0" }, step: unfit, want: "older than 1.10.0"},
		{name: "no release", spoil: func(s *Statement) { s.Predicate.Conformance.Tool = "devel-abc" }, policy: func(p *Policy) { p.MinVersion = "v1" }, step: unfit, want: "no release"},
		{name: "age", policy: func(p *Policy) { p.MaxAge = 4 * 24 * time.Hour }, step: unfit, want: "5 days ago, and 4 days is the most"},
		{name: "future", policy: func(p *Policy) { p.MaxAge, p.Now = time.Hour, began.Add(-2*time.Hour) }, step: unfit, want: "2 hours ahead"},
		{name: "no time", spoil: func(s *Statement) { s.Predicate.Conformance.Started = "yesterday" }, step: unfit, want: "when the image was tested"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			s, signer, policy := statement(t, ended()), key, Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm", Now: now}
			if tt.spoil != nil {
				tt.spoil(&s)
			}
			if tt.policy != nil {
				tt.policy(&policy)
			}
			if tt.signer != nil {
				signer = tt.signer
			}
			accepted, err := policy.Judge(signed(t, signer, s))
			var refusal *Refusal
			if !errors.As(err, &refusal) || accepted != nil || refusal.Step != tt.step || !strings.Contains(refusal.Error(), tt.want) {
				t.Errorf("got %v (%+v), want step %d and %q", err, accepted, tt.step, tt.want)
			}
		})
	}
}

func TestWaivedIsAcceptedWhenAllowed(t *testing.T) {
	key, public := newKey(t, nil)
	policy := Policy{Keys: []PublicKey{public}, Digest: index, Compute: "microvm", AllowWaived: true}
	if _, err := policy.Judge(signed(t, key, statement(t, ended(finding("SES-06", checks.Waived))))); err != nil {
		t.Error(err)
	}
}

// A document of which one character is another is never accepted, unless base64 or JSON does not care for that character.
func TestTamperedDocuments(t *testing.T) {
	key, public := newKey(t, nil)
	policy := Policy{Keys: []PublicKey{public}, Digest: manifest, Compute: "microvm"}
	document := signed(t, key, statement(t, ended()))
	whole, err := policy.Judge(document)
	if err != nil {
		t.Fatal(err)
	}
	genuine, _ := Encode(whole.Statement)
	for i := range document {
		for _, c := range []byte{'A', '"', document[i] ^ 1} {
			bent := slices.Clone(document)
			bent[i] = c
			if accepted, err := policy.Judge(bent); err == nil {
				if says, _ := Encode(accepted.Statement); string(says) != string(genuine) {
					t.Fatalf("character %d as %q: accepted, saying %s", i, c, says)
				}
			}
		}
	}
}

func TestOf(t *testing.T) {
	cases := []struct {
		mediaType string
		said      string
		want      bool
	}{
		{BundleType, PredicateType, true},
		{BundleType, "", true},
		{"", "", true},
		{PayloadType, "", true},
		{"application/vnd.dsse.envelope.v1+json", "", true},
		{BundleType, "https://slsa.dev/provenance/v1", false},
		{"application/spdx+json", "", false},
	}
	for _, tt := range cases {
		if got := Of(tt.mediaType, map[string]string{annotationPredicate: tt.said}); got != tt.want {
			t.Errorf("%q, %q: %v", tt.mediaType, tt.said, got)
		}
	}
	if !Of(BundleType, Annotations("2026-11-30T00:00:00Z")) {
		t.Error("its own annotations are not recognised")
	}
}

func TestTheRefusalThatCameFurthest(t *testing.T) {
	near, far := &Refusal{anotherKey, "near"}, &Refusal{unfit, "far"}
	if near.Or(far) != far || far.Or(near) != far || None(true).Or(near) != near {
		t.Error("the nearer one was chosen")
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 minutes", 90 * time.Second: "1 minute", 119 * time.Minute: "119 minutes", 2 * time.Hour: "2 hours", 47 * time.Hour: "47 hours", 48 * time.Hour: "2 days",
	} {
		if got := Span(d); got != want {
			t.Errorf("%s: %s", d, got)
		}
	}
}
