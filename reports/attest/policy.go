package attest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// Policy is what a deployment asks of an attestation.
type Policy struct {
	// Keys are those that may have signed; Keyless, if it is not nil, is asked in their place.
	Keys    []PublicKey
	Keyless *Keyless
	// Digest is the image's, as sha256:….
	Digest string
	// Compute is the compute type that the runtime will have.
	Compute string
	// MaxAge is how long ago the run may have begun by Now; 0 sets no bound.
	MaxAge time.Duration
	Now    time.Time
	// Contract is the oldest revision of the contract, MinVersion the oldest version of the tool; empty for any.
	Contract, MinVersion string
	// AllowWaived accepts runs in which findings were waived.
	AllowWaived bool
}

// Accepted is an attestation that the policy accepts.
type Accepted struct {
	Statement Statement
	// Signer names the key, or the identity and its issuer.
	Signer  string
	Started time.Time
}

// Refusal says why one document does not let an image be deployed.
type Refusal struct {
	// Step is how far the document came: of several the one that came furthest tells most.
	Step int
	why  string
}

// Error is one line that follows "the attestation" in a sentence; of what is NotOurs it is the next step.
func (r *Refusal) Error() string { return legible.Line(r.why) }

// Or returns the refusal that came further; of two that came as far, the first.
func (r *Refusal) Or(other *Refusal) *Refusal {
	if other.Step > r.Step {
		return other
	}
	return r
}

// None is the refusal of an image that has no attestation. Complete is false where there was more beside the image than was
// looked at.
func None(complete bool) *Refusal {
	if !complete {
		return &Refusal{NotOurs, "more artifacts refer to the image than are looked at, and none of the first is one; verify a file with --attestation"}
	}
	return &Refusal{NotOurs, "attest a conformant run of this image with agentcore-conform attest"}
}

// The steps, in order. A document up to NotOurs says nothing of conformance, whoever signed it.
const (
	NotOurs = iota
	unreadable
	anotherKey
	anotherImage
	unfit
)

// Of reports whether a document of this media type, with these annotations in the registry, may be an attestation of this
// tool. What does not say of itself what it is has to be looked at.
func Of(mediaType string, annotations map[string]string) bool {
	ours := []string{"", BundleType, bundleTypeBefore, PayloadType, dsseType}
	said := annotations[annotationPredicate]
	return slices.Contains(ours, mediaType) && (said == "" || said == PredicateType)
}

// dsseType is the media type under which other tools keep bare envelopes.
const dsseType = "application/vnd.dsse.envelope.v1+json"

// The annotations of cosign's specification for bundles in registries.
const (
	annotationContent   = "dev.sigstore.bundle.content"
	annotationPredicate = "dev.sigstore.bundle.predicateType"
	annotationCreated   = "org.opencontainers.image.created"
)

// Annotations describe an attestation of this tool in a registry; created is in RFC 3339.
func Annotations(created string) map[string]string {
	return map[string]string{annotationContent: "dsse-envelope", annotationPredicate: PredicateType, annotationCreated: created}
}

// Judge verifies a document, a Sigstore bundle or a bare envelope, and holds it against the policy. The error is a *Refusal.
func (p Policy) Judge(document []byte) (*Accepted, error) {
	envelope, refusal := readEnvelope(document)
	if refusal != nil {
		return nil, refusal
	}
	payload, err := decode(envelope.Payload)
	if err != nil {
		return nil, &Refusal{unreadable, "cannot be read: its payload is not in base64"}
	}
	s, refusal := readStatement(envelope.PayloadType, payload)
	if refusal != nil {
		return nil, refusal
	}
	signer, refusal := p.signer(document, envelope, payload)
	if refusal != nil {
		return nil, refusal
	}
	if !slices.ContainsFunc(s.Subject, func(r Resource) bool { return r.is(p.Digest) }) {
		return nil, &Refusal{anotherImage, "is of another image: it names " + names(s.Subject) + ", not " + p.Digest}
	}
	started, err := p.accepts(s.Predicate)
	if err != nil {
		return nil, &Refusal{unfit, err.Error()}
	}
	return &Accepted{s, signer, started}, nil
}

// signer names who signed, if the policy trusts them.
func (p Policy) signer(document []byte, e Envelope, payload []byte) (string, *Refusal) {
	if p.Keyless != nil {
		return p.Keyless.signer(document, payload)
	}
	key, signed := e.signedBy(p.Keys, payload)
	switch {
	case signed:
		return "key " + key.String(), nil
	case certified(document):
		return "", &Refusal{anotherKey, "was signed without a key: say with --identity and --issuer who may have signed"}
	}
	return "", &Refusal{anotherKey, "was signed by another key: give the public key of whoever tests the image with --key"}
}

// readStatement reads what is not yet known to be genuine: only a statement of this tool is worth a look at its signature.
func readStatement(payloadType string, payload []byte) (Statement, *Refusal) {
	var head struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
	}
	if payloadType != PayloadType {
		return Statement{}, &Refusal{NotOurs, "the file is no in-toto statement; give what attest wrote"}
	}
	if err := json.Unmarshal(payload, &head); err != nil {
		return Statement{}, &Refusal{unreadable, "cannot be read: its statement is not JSON"}
	}
	if head.Type != StatementType && head.Type != statementTypeBefore || head.PredicateType != PredicateType {
		return Statement{}, &Refusal{NotOurs, "the file is another statement; give what attest wrote"}
	}
	var s Statement
	if err := json.Unmarshal(payload, &s); err != nil {
		return Statement{}, &Refusal{unreadable, "cannot be read: its test result is not as it should be"}
	}
	if s.Predicate.Conformance == nil {
		return Statement{}, &Refusal{NotOurs, "the file is the test result of another tool; give what attest wrote"}
	}
	return s, nil
}

// is reports whether the resource has the digest, written as sha256:….
func (r Resource) is(digest string) bool {
	algorithm, hex, ok := strings.Cut(digest, ":")
	return ok && hex != "" && r.Digest[algorithm] == hex
}

// names lists the digests of a statement's subjects, a few of them.
func names(subjects []Resource) string {
	var out []string
	for _, s := range subjects[:min(len(subjects), 3)] {
		out = append(out, "sha256:"+clip(s.Digest["sha256"]))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// accepts holds a test result against what the policy asks, and tells when the run began.
func (p Policy) accepts(result Predicate) (time.Time, error) {
	c := result.Conformance
	started, err := time.Parse(time.RFC3339, c.Started)
	if err != nil {
		return started, errors.New("does not say when the image was tested: attest it again")
	}
	for _, asked := range []error{conformant(result), p.waivers(c), p.compute(c), p.contract(c), p.version(c), p.age(started)} {
		if asked != nil {
			return started, asked
		}
	}
	return started, nil
}

func conformant(result Predicate) error {
	c := result.Conformance
	switch {
	case c.Verdict != reports.Conformant || len(result.FailedTests) > 0 || result.Result != resultPassed && result.Result != resultWarned:
		return fmt.Errorf("says that the image is not conformant: its verdict is %q", clip(string(c.Verdict)))
	case c.Scope != reports.Full:
		return fmt.Errorf("is of a run in %q scope, not in full: run the whole gate and attest that", clip(string(c.Scope)))
	}
	return nil
}

func (p Policy) waivers(c *Conformance) error {
	if len(c.Waived) == 0 || p.AllowWaived {
		return nil
	}
	var ids []string
	for _, w := range c.Waived[:min(len(c.Waived), 5)] {
		ids = append(ids, clip(w.Clause))
	}
	if len(ids) < len(c.Waived) {
		ids = append(ids, "…")
	}
	return fmt.Errorf("is of a run in which findings were waived (%s): mend them, or accept them with --allow-waived", strings.Join(ids, ", "))
}

func (p Policy) compute(c *Conformance) error {
	if c.Compute != p.Compute {
		return fmt.Errorf("is of a run for %q compute, and %s is asked for: say with --compute what the runtime has", clip(c.Compute), p.Compute)
	}
	return nil
}

// contract compares revisions, which are a year and a month and sort as text.
func (p Policy) contract(c *Conformance) error {
	if c.Contract < p.Contract {
		return fmt.Errorf("is of a run by the contract as of %q, and %s is asked for: run again with a newer version", clip(c.Contract), p.Contract)
	}
	return nil
}

func (p Policy) version(c *Conformance) error {
	if p.MinVersion == "" {
		return nil
	}
	has, asked := Version(c.Tool), Version(p.MinVersion)
	switch {
	case has == "":
		return fmt.Errorf("is of a run by version %q, which is no release: --min-version asks for %s", clip(c.Tool), p.MinVersion)
	case semver.Compare(has, asked) < 0:
		return fmt.Errorf("is of a run by version %s, older than %s: run again with a newer version", clip(c.Tool), p.MinVersion)
	}
	return nil
}

// Version is a release's version with its v; empty for what is none.
func Version(v string) string {
	if !strings.HasPrefix(v, "v") {
		v = "v" + v
	}
	if !semver.IsValid(v) {
		return ""
	}
	return v
}

// clockSkew is how far the clocks of whoever tests and of whoever deploys may be apart.
const clockSkew = time.Hour

func (p Policy) age(started time.Time) error {
	if p.MaxAge == 0 {
		return nil
	}
	age := p.Now.Sub(started)
	switch {
	case age > p.MaxAge:
		return fmt.Errorf("is too old: the image was tested %s ago, and %s is the most; run again and attest that", Span(age), Span(p.MaxAge))
	case age < -clockSkew:
		return fmt.Errorf("is dated %s ahead of this machine's clock: set the clock that is wrong", Span(-age))
	}
	return nil
}

// Span writes a duration in the unit that suits it: days, hours or minutes.
func Span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d/time.Minute == 1:
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}
