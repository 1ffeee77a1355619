package facts

import (
	"regexp"
	"strings"
)

// Redacted stands in a record where a value was that looks like a secret.
const Redacted = "(redacted)"

var (
	secretName = regexp.MustCompile(`(?i)(secret|token|passw|passphrase|credential|private|api_?key|access_?key|auth_?key|account_?key|(^|[_.-])(key|pwd|pw|pat)$|_key(_|$)|connection_?string|(^|_)dsn$)`)
	// publicName are names that match secretName but hold public values, as official base images set them.
	publicName = regexp.MustCompile(`(?i)(^GPG_KEY|_PUBLIC_KEY|^NPM_CONFIG_.*_KEY_FILE|_KEY_ID$|_TOKEN_FILE$|_SECRET_NAME$|_SECRET_ARN$|TOKENIZERS|MAX_.*TOKENS?)`)
	secretForm = []struct {
		what string
		form *regexp.Regexp
	}{
		{"an AWS access key id", regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`)},
		{"a GitHub token", regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`)},
		{"a model provider's key", regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{20,}`)},
		{"a Google API key", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{30,}`)},
		{"a Slack token", regexp.MustCompile(`\bxox[abprs]-[0-9A-Za-z-]{10,}`)},
		{"a package registry token", regexp.MustCompile(`\b(npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|glpat-[A-Za-z0-9_-]{20,})`)},
		{"a private key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
		{"a JSON web token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)},
		{"a password in a URL", regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@`)},
	}
	// assignment finds NAME=value inside a line of the build history.
	assignment = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.-]*)=("[^"]*"|'[^']*'|[^\s"']+)`)
)

// secretIn says what kind of secret the value looks like, or nothing.
func secretIn(value string) string {
	for _, s := range secretForm {
		if s.form.MatchString(value) {
			return s.what
		}
	}
	return ""
}

// hide returns the value to record under a name and, when it was hidden, what it looks like.
func hide(name, value string) (shown, found string) {
	if what := secretIn(value); what != "" {
		return Redacted, what
	}
	if value == "" || strings.HasPrefix(value, "${") || !secretName.MatchString(name) || publicName.MatchString(name) {
		return value, ""
	}
	return Redacted, "a value under a secret's name"
}

// hideInLine does the same for a free line of text: whole tokens of known forms, and assignments to secret names.
func hideInLine(line string) (shown, found string) {
	shown = assignment.ReplaceAllStringFunc(line, func(m string) string {
		name, value, _ := strings.Cut(m, "=")
		safe, what := hide(name, strings.Trim(value, `"'`))
		if safe != Redacted {
			return m
		}
		if what != "" {
			found = what
		}
		return name + "=" + Redacted
	})
	for _, s := range secretForm {
		if s.form.MatchString(shown) {
			shown, found = s.form.ReplaceAllString(shown, Redacted), s.what
		}
	}
	return shown, found
}
