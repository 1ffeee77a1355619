package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks/facts"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/reports/attest"
	"github.com/agentcore-conform/agentcore-conform/reports/attest/keyless"
)

// attestSettings are what the command line says of an attestation.
type attestSettings struct {
	settings
	key, output, url      string
	noSign, predicateOnly bool
	keyless               bool
	// token names a file; services are empty where the public ones are meant.
	token    string
	services keyless.Services
}

// registryTime bounds all that attest and verify ask of a registry, and of Sigstore's services.
const registryTime = 2 * time.Minute

// passwordNames are the variables that may hold the private key's password, the first that is set.
var passwordNames = []string{"AGENTCORE_CONFORM_KEY_PASSWORD", "COSIGN_PASSWORD"}

func (a *app) attestCommand() *cobra.Command {
	s := &attestSettings{}
	cmd := &cobra.Command{
		Use:   "attest REPORT [IMAGE]",
		Short: "Sign that an image is conformant, beside the image in its registry",
		Long: "Make an in-toto attestation of a run and push it beside the image, where verify and other tools find it. REPORT is the\n" +
			"run's JSON report (--report json=FILE); IMAGE is the image in its registry, if not what the report names. Only a run in\n" +
			"full scope that ended as conformant can be attested, and only for the image that it tested.\n\n" +
			"The key is PEM (Ed25519 or ECDSA), or one of cosign's, whose password is taken from " + passwordNames[0] + "\n" +
			"or " + passwordNames[1] + ". With --keyless a CI job signs as who it is, by an OpenID Connect token of GitHub Actions, or\n" +
			"one in SIGSTORE_ID_TOKEN; Sigstore's services then publish its name. docs/attestation.md describes what is signed.\n\n" +
			"Exit codes: 0 attested, 2 cannot be attested, 3 the registry or a service did not do it, 130 interrupted.",
		Example: indent(
			"agentcore-conform attest conform.json registry.example.com/my-agent:1.4 --key key.pem",
			"agentcore-conform attest conform.json registry.example.com/my-agent:1.4 --key key.pem -o attestation.json",
			"agentcore-conform attest conform.json registry.example.com/my-agent:1.4 --keyless",
			"agentcore-conform attest conform.json registry.example.com/my-agent:1.4 --predicate-only -o predicate.json"),
		Args: attestArguments, ValidArgsFunction: completeReportAndImage,
		RunE: func(cmd *cobra.Command, args []string) error { return a.attest(cmd, s, args) },
	}
	fs := newFlagSet()
	fs.Var(text(&s.key, "FILE", notEmpty), "key", "the private key to sign with, PEM or cosign's own")
	fs.BoolVar(&s.keyless, "keyless", false, "sign as the CI job that this is, with no key to keep: a certificate of Fulcio, an entry in Rekor's log")
	fs.Var(text(&s.token, "FILE", notEmpty), "identity-token", "the OpenID Connect token to sign with, if not the job's own; with --keyless")
	fs.Var(text(&s.services.Fulcio, "URL", checkURL), "fulcio-url", "who certifies; with --keyless (default "+keyless.PublicFulcio+")")
	fs.Var(text(&s.services.Rekor, "URL", checkURL), "rekor-url", "who keeps the log; with --keyless (default "+keyless.PublicRekor+")")
	fs.VarP(text(&s.output, "FILE", notEmpty), "output", "o", "write to this file and push nothing; - is standard output")
	fs.BoolVar(&s.noSign, "no-sign", false, "write the bare statement, for others to sign; needs -o")
	fs.BoolVar(&s.predicateOnly, "predicate-only", false, "write the predicate alone, for cosign attest --predicate; needs -o")
	fs.Var(text(&s.url, "URL", checkURL), "url", "where the run is found in CI, to be said in the attestation")
	attach(cmd, append([]flagGroup{{"How to attest", fs}}, keep(flagGroups(&s.settings), "insecure-registry", "config")...))
	return cmd
}

func attestArguments(cmd *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return usagef("give REPORT, the JSON report of a run, and IMAGE in its registry; see %s --help", cmd.CommandPath())
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("give an address such as https://ci.example.com/runs/1")
	}
	return nil
}

// attest makes the statement, signs it where that is asked for, and writes or pushes it.
func (a *app) attest(cmd *cobra.Command, s *attestSettings, args []string) error {
	if _, err := configure(cmd.Flags(), a.dir, s.config); err != nil {
		return usageError{err}
	}
	if err := s.agree(); err != nil {
		return usageError{err}
	}
	sign, err := a.signing(s)
	if err != nil {
		return usageError{err}
	}
	in, err := attested(args[0])
	if err != nil {
		return usagef("%s: %w", args[0], err)
	}
	ref, err := s.attestedImage(in.Run.Image, args[1:])
	if err != nil {
		return usageError{err}
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), registryTime)
	defer cancel()
	found, err := a.find(ctx, ref, in.Run.Image.Platform, s.options.InsecureRegistries)
	if err != nil {
		return err
	}
	defer found.Close()
	if err := attest.OfImage(in.Run.Image, found.Facts); err != nil {
		return usageError{err}
	}
	in.Name, in.Digests, in.URL = ref.Repository(), digestsOf(found), s.url
	return a.publish(ctx, s, found, in, sign)
}

// agree demands one way to sign or not to, and a file for what is not pushed.
func (s *attestSettings) agree() error {
	ways := 0
	for _, way := range []bool{s.key != "", s.keyless, s.noSign, s.predicateOnly} {
		if way {
			ways++
		}
	}
	switch {
	case ways != 1:
		return fmt.Errorf("give one of --key FILE, --keyless, --no-sign and --predicate-only")
	case !s.keyless && (s.token != "" || s.services != keyless.Services{}):
		return fmt.Errorf("--identity-token, --fulcio-url and --rekor-url go with --keyless")
	case (s.noSign || s.predicateOnly) && s.output == "":
		return fmt.Errorf("what is not signed is not pushed: name a file with -o FILE")
	}
	return nil
}

// signing returns the payload in a signed document.
type signing func(ctx context.Context, payload []byte) ([]byte, error)

// signing is how the command line says to sign; nothing where nothing is to be signed.
func (a *app) signing(s *attestSettings) (signing, error) {
	switch {
	case s.keyless:
		token, err := a.identityToken(s.token)
		at := keyless.Services{Fulcio: cmp.Or(s.services.Fulcio, keyless.PublicFulcio), Rekor: cmp.Or(s.services.Rekor, keyless.PublicRekor)}
		return func(ctx context.Context, payload []byte) ([]byte, error) {
			return keyless.Sign(ctx, payload, token, at)
		}, err
	case s.key != "":
		key, err := a.signingKey(s.key)
		if err != nil {
			return nil, fmt.Errorf("--key %s: %w", s.key, err)
		}
		return func(_ context.Context, payload []byte) ([]byte, error) { return attest.Sign(payload, key) }, nil
	}
	return nil, nil
}

// identityToken is the token in the file, or the one that the environment offers. It is never on a command line, which
// others on the machine may read.
func (a *app) identityToken(file string) (keyless.Token, error) {
	if file == "" {
		return keyless.Ambient(a.lookup)
	}
	token, err := readSmall(file)
	if err != nil {
		return nil, fmt.Errorf("--identity-token: %w", err)
	}
	return keyless.Fixed(string(token)), nil
}

func (a *app) signingKey(file string) (crypto.Signer, error) {
	data, err := readSmall(file)
	if err != nil {
		return nil, err
	}
	for _, name := range passwordNames {
		if password, ok := a.lookup(name); ok {
			return attest.ReadPrivateKey(data, password)
		}
	}
	return attest.ReadPrivateKey(data, "")
}

// attested reads a report that may be attested.
func attested(file string) (attest.Input, error) {
	data, err := readReport(file)
	if err != nil {
		return attest.Input{}, err
	}
	run, err := reports.ReadRun(bytes.NewReader(data))
	if err != nil {
		return attest.Input{}, err
	}
	return attest.Input{Run: run, ReportDigest: fmt.Sprintf("sha256:%x", sha256.Sum256(data))}, attest.Attestable(run)
}

// attestedImage is the image that is named, or else the report's own.
func (s *attestSettings) attestedImage(tested *reports.ImageFacts, named []string) (facts.Reference, error) {
	text := tested.Reference
	if len(named) > 0 {
		text = named[0]
	}
	ref, err := facts.Parse(text)
	switch {
	case err != nil:
		return ref, err
	case len(named) == 0 && ref.Kind == facts.KindName && !ref.NamesRegistry():
		return ref, fmt.Errorf("the report names %s, which says no registry: give the image's name in its registry as IMAGE", ref)
	case ref.Kind != facts.KindName && s.output == "":
		return ref, fmt.Errorf("%s is not in a registry: give the image's name there as IMAGE, or write to a file with -o FILE", ref)
	}
	return ref, nil
}

// find reads the image's manifest from its registry or layout, never from an engine: what is deployed comes from there.
func (a *app) find(ctx context.Context, ref facts.Reference, platform string, insecure []string) (*facts.Resolved, error) {
	found, err := facts.Resolve(ctx, ref, facts.Options{Platform: platform, Insecure: insecure})
	if err != nil {
		return nil, err
	}
	for _, note := range found.Notes {
		fmt.Fprintln(a.stderr, "agentcore-conform: "+reports.CleanLine(note))
	}
	if found.Facts.Digest == "" {
		found.Close()
		return nil, usagef("%s holds no manifest for %s: give an image of that platform in a registry or an OCI layout", ref, platform)
	}
	return found, nil
}

// digestsOf are the digests by which the image can be deployed: that of its manifest, and of the index around it.
func digestsOf(found *facts.Resolved) []string {
	digests := []string{found.Facts.Digest}
	if index := found.Facts.IndexDigest; index != "" {
		digests = append(digests, index)
	}
	return digests
}

// publish writes the attestation to the file that was named, or pushes it.
func (a *app) publish(ctx context.Context, s *attestSettings, found *facts.Resolved, in attest.Input, sign signing) error {
	statement, err := attest.Make(in)
	if err != nil {
		return usageError{err}
	}
	document, err := s.document(ctx, statement, sign)
	if err != nil {
		return err
	}
	if s.output != "" {
		return a.writeOutput(s.output, document)
	}
	artifact := facts.Artifact{Type: attest.BundleType, Annotations: attest.Annotations(statement.Predicate.Conformance.Started), Content: document}
	for _, digest := range in.Digests {
		attached, err := found.Attach(ctx, digest, artifact)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "attested %s@%s\n      by %s\n", in.Name, digest, attached)
	}
	return nil
}

// document is what is written: a signed bundle, a bare statement or a predicate.
func (s *attestSettings) document(ctx context.Context, statement attest.Statement, sign signing) ([]byte, error) {
	if s.predicateOnly {
		return attest.Encode(statement.Predicate)
	}
	payload, err := attest.Encode(statement)
	if err != nil || s.noSign {
		return payload, err
	}
	return sign(ctx, payload)
}

func (a *app) writeOutput(file string, data []byte) error {
	if file == "-" {
		_, err := a.stdout.Write(data)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write the attestation: %w", err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("write the attestation: %w", err)
	}
	return nil
}
