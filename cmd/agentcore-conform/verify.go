package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks/facts"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/reports/attest"
)

// verifySettings are what a deployment asks for.
type verifySettings struct {
	settings
	policy      attest.Policy
	keys        []string
	identity    attest.Identity
	trustedRoot string
	attestation string
}

// maxLooked is how many artifacts beside an image are fetched, of those that may be attestations.
const maxLooked = 100

// refusedCode is the exit code for an image that is not to be deployed, as for a nonconformant one.
const refusedCode = exitCode(1)

func (a *app) verifyCommand() *cobra.Command {
	s := &verifySettings{}
	cmd := &cobra.Command{
		Use:   "verify IMAGE",
		Short: "Before a deployment: is the image attested as conformant, by whom you trust?",
		Long: "Look for an attestation beside the image in its registry, and verify who signed it, that it is of this image, that the\n" +
			"run was conformant in full scope, and what else is asked. One attestation that keeps all of it is enough.\n\n" +
			"What was signed with attest --keyless, or cosign, is verified by --identity and --issuer: the name that the certificate\n" +
			"holds, and who vouched for it. Without --trusted-root that asks Sigstore's public repository, at most once a day.\n\n" +
			"Exit codes: 0 attested, 1 not (one sentence says why), 2 usage, 3 the registry or Sigstore could not be asked, 130\n" +
			"interrupted. " +
			"A tag may move: deploy the name with its digest, which -q prints alone.",
		Example: indent(
			"agentcore-conform verify registry.example.com/my-agent:1.4 --key key.pub",
			"agentcore-conform verify registry.example.com/my-agent:1.4 --key key.pub --max-age 30d --contract 2026-11",
			"agentcore-conform verify registry.example.com/my-agent:1.4 --issuer https://token.actions.githubusercontent.com \\\n"+
				"    --identity https://github.com/my-team/agent/.github/workflows/gate.yml@refs/heads/main",
			"agentcore-conform verify registry.example.com/my-agent@sha256:… --key key.pub --attestation attestation.json"),
		Args: verifyArguments, ValidArgsFunction: completeImage,
		RunE: func(cmd *cobra.Command, args []string) error { return a.verify(cmd, s, args[0]) },
	}
	fs := newFlagSet()
	fs.Var(listSetting{target: &s.keys, kind: "FILE", check: notEmpty}, "key", "public key that may have signed, PEM; repeatable")
	fs.Var(text(&s.identity.Name, "NAME", notEmpty), "identity", "the name that may have signed without a key, all of it; with --issuer")
	fs.Var(wholePattern(&s.identity.Pattern), "identity-regexp", "a regular expression that all of the name has to match, for --identity")
	fs.Var(text(&s.identity.Issuer, "URL", checkURL), "issuer", "who vouches for the name, as https://token.actions.githubusercontent.com")
	fs.Var(text(&s.trustedRoot, "FILE", notEmpty), "trusted-root", "the instance of Sigstore, as trusted_root.json (default: the public one, fetched)")
	fs.Var(text(&s.attestation, "FILE", notEmpty), "attestation", "verify this file and look for none in the registry")
	fs.Var(age(&s.policy.MaxAge), "max-age", "how long ago the image may have been tested, as 30d or 12h (default any time)")
	fs.Var(text(&s.policy.Contract, "REVISION", checkRevision), "contract", "the oldest revision of the contract, as 2026-11 (default any)")
	fs.Var(text(&s.policy.MinVersion, "VERSION", checkVersion), "min-version", "the oldest version of this tool, as 1.2.0 (default any)")
	fs.BoolVar(&s.policy.AllowWaived, "allow-waived", false, "accept a run in which findings were waived")
	fs.BoolVarP(&s.quiet, "quiet", "q", false, "print only the image's name with its digest")
	attach(cmd, append([]flagGroup{{"What to ask for", fs}}, keep(flagGroups(&s.settings), "compute", "insecure-registry", "config")...))
	return cmd
}

func verifyArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("IMAGE is missing; see %s --help", cmd.CommandPath())
	}
	return imageArgument(cmd, args)
}

// longestAge is far beyond any sense in asking.
const longestAge = 3650 * 24 * time.Hour

// age takes a duration in days, or as Go writes it.
func age(target *time.Duration) setting[time.Duration] {
	return setting[time.Duration]{target: target, kind: "AGE", parse: func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if days, ok := strings.CutSuffix(text, "d"); ok {
			var n int
			n, err = strconv.Atoi(days)
			d = time.Duration(min(n, 36500)) * 24 * time.Hour
		}
		if err != nil || d < time.Minute || d > longestAge {
			return 0, fmt.Errorf("give an age from 1m to 3650d, such as 30d or 12h")
		}
		return d, nil
	}}
}

var revisionForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}$`)

func checkRevision(s string) error {
	if !revisionForm.MatchString(s) {
		return fmt.Errorf("give a year and a month, such as 2026-11; version tells this tool's own")
	}
	return nil
}

// wholePattern takes a regular expression that is to match all of a text.
func wholePattern(target **regexp.Regexp) setting[*regexp.Regexp] {
	return setting[*regexp.Regexp]{target: target, kind: "REGEXP", parse: attest.Whole}
}

func checkVersion(s string) error {
	if attest.Version(s) == "" {
		return fmt.Errorf("give a release's version, such as 1.2.0")
	}
	return nil
}

// verify says whether the image may be deployed.
func (a *app) verify(cmd *cobra.Command, s *verifySettings, image string) error {
	if _, err := configure(cmd.Flags(), a.dir, s.config); err != nil {
		return usageError{err}
	}
	ref, err := facts.Parse(image)
	if err != nil {
		return usageError{err}
	}
	if err := s.complete(); err != nil {
		return usageError{err}
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), registryTime)
	defer cancel()
	if err := a.trust(ctx, s); err != nil {
		return err
	}
	pinned, accepted, err := a.examineImage(ctx, s, ref)
	var refusal *attest.Refusal
	switch {
	case errors.As(err, &refusal):
		fmt.Fprintf(a.stderr, "agentcore-conform: %s: %s\n", reports.CleanLine(pinned), sentence(refusal))
		return refusedCode
	case err != nil:
		return err
	case s.quiet:
		fmt.Fprintln(a.stdout, pinned)
	default:
		a.tellAccepted(pinned, accepted, s.policy.Now)
	}
	return nil
}

// complete reads the keys and sets the clock.
func (s *verifySettings) complete() error {
	if err := s.agree(); err != nil {
		return err
	}
	for _, file := range s.keys {
		data, err := readSmall(file)
		if err != nil {
			return fmt.Errorf("--key %s: %w", file, err)
		}
		keys, err := attest.ReadPublicKeys(data)
		if err != nil {
			return fmt.Errorf("--key %s: %w", file, err)
		}
		s.policy.Keys = append(s.policy.Keys, keys...)
	}
	s.policy.Compute, s.policy.Now = s.options.Compute, time.Now()
	return nil
}

// agree demands one way to say who may have signed, and all of it.
func (s *verifySettings) agree() error {
	who := s.identity
	keyless := who != attest.Identity{} || s.trustedRoot != ""
	switch {
	case len(s.keys) > 0 && keyless:
		return errors.New("give --key, or --identity and --issuer, not both")
	case len(s.keys) == 0 && !keyless:
		return errors.New("say who may have signed, by --key FILE or by --identity NAME and --issuer URL")
	case who.Name != "" && who.Pattern != nil:
		return errors.New("give --identity or --identity-regexp, not both")
	case keyless && who.Name == "" && who.Pattern == nil:
		return errors.New("--identity NAME is missing: an issuer vouches for the names of strangers, too")
	case keyless && who.Issuer == "":
		return errors.New("--issuer URL is missing: a name is worth what the issuer is that vouches for it")
	}
	return nil
}

// trust takes the trusted root from the file or fetches the public one, where an identity is asked for and no key.
func (a *app) trust(ctx context.Context, s *verifySettings) error {
	if len(s.keys) > 0 {
		return nil
	}
	if s.trustedRoot == "" {
		trusted, err := a.trustedRoot(ctx)
		if err == nil {
			s.policy.Keyless, err = attest.NewKeyless(trusted, s.identity)
		}
		return err
	}
	trusted, err := readSmall(s.trustedRoot)
	if err == nil {
		s.policy.Keyless, err = attest.NewKeyless(trusted, s.identity)
	}
	if err != nil {
		return usagef("--trusted-root %s: %w", s.trustedRoot, err)
	}
	return nil
}

// examineImage finds the image's digest and an attestation that the policy accepts. Pinned is the image's name with the
// digest to deploy. An image that is not attested is an *attest.Refusal.
func (a *app) examineImage(ctx context.Context, s *verifySettings, ref facts.Reference) (pinned string, accepted *attest.Accepted, err error) {
	if s.attestation != "" && ref.Digest() != "" {
		s.policy.Digest = ref.Digest()
		accepted, err = s.judgeFile()
		return ref.Repository() + "@" + ref.Digest(), accepted, err
	}
	if s.attestation == "" && ref.Kind != facts.KindName {
		return "", nil, usagef("%s is not in a registry: give its attestation with --attestation FILE", ref)
	}
	found, err := a.find(ctx, ref, platforms[s.options.Compute], s.options.InsecureRegistries)
	if err != nil {
		return "", nil, err
	}
	defer found.Close()
	s.policy.Digest = found.Facts.Digest
	digests := digestsOf(found)
	pinned = strings.TrimPrefix(ref.Repository()+"@"+digests[len(digests)-1], "@")
	if s.attestation != "" {
		accepted, err = s.judgeFile()
	} else {
		accepted, err = search(ctx, found, s.policy)
	}
	return pinned, accepted, err
}

// platforms are what each compute type runs.
var platforms = map[string]string{"microvm": "linux/arm64", "instances": "linux/amd64"}

func (s *verifySettings) judgeFile() (*attest.Accepted, error) {
	data, err := readSmall(s.attestation)
	if err != nil {
		return nil, usagef("--attestation: %w", err)
	}
	return s.policy.Judge(data)
}

// search judges what refers to the image, until one is accepted. Of the refusals it returns the one that came furthest. What
// could not be fetched is an error only where nothing else was accepted.
func search(ctx context.Context, found *facts.Resolved, policy attest.Policy) (*attest.Accepted, error) {
	list, complete, err := found.Referrers(ctx, policy.Digest)
	if err != nil {
		return nil, err
	}
	var unread error
	best, looked := attest.None(true), 0
	for _, r := range list {
		if !attest.Of(r.Type, r.Annotations) {
			continue
		}
		if looked++; looked > maxLooked {
			complete = false
			break
		}
		accepted, err := judgeArtifact(ctx, found, policy, r.Digest)
		var refusal *attest.Refusal
		switch {
		case err == nil:
			return accepted, nil
		case errors.As(err, &refusal):
			best = best.Or(refusal)
		case ctx.Err() != nil:
			return nil, err
		default:
			unread = err
		}
	}
	switch {
	case unread != nil:
		return nil, unread
	case best.Step == attest.NotOurs:
		return nil, attest.None(complete)
	}
	return nil, best
}

func judgeArtifact(ctx context.Context, found *facts.Resolved, policy attest.Policy, digest string) (*attest.Accepted, error) {
	artifact, err := found.Artifact(ctx, digest)
	if errors.Is(err, facts.ErrUnfit) {
		return nil, attest.None(true)
	}
	if err != nil {
		return nil, err
	}
	if !attest.Of(artifact.Type, artifact.Annotations) {
		return nil, attest.None(true)
	}
	return policy.Judge(artifact.Content)
}

// sentence is a refusal as a person reads it.
func sentence(r *attest.Refusal) string {
	if r.Step == attest.NotOurs {
		return "there is no attestation of this tool: " + r.Error()
	}
	return "the attestation " + r.Error()
}

func (a *app) tellAccepted(pinned string, accepted *attest.Accepted, now time.Time) {
	c := accepted.Statement.Predicate.Conformance
	fmt.Fprintf(a.stdout, "%s\nis conformant by the contract as of %s, tested %s ago by version %s, attested by %s\n", reports.CleanLine(pinned),
		reports.CleanLine(c.Contract), attest.Span(max(0, now.Sub(accepted.Started))), reports.CleanLine(c.Tool), reports.CleanLine(accepted.Signer))
	for _, w := range c.Waived {
		fmt.Fprintf(a.stdout, "waived: %s\n", reports.CleanLine(w.Clause+" "+w.Reason))
	}
}
