package facts

import (
	"regexp"
	"slices"
	"strings"
)

// Redacted stands in a record where a value was that looks like a secret.
const Redacted = "(redacted)"

var (
	secretName = regexp.MustCompile(`(?i)(secret|token|passw|passphrase|credential|private|api[_-]?key|access[_-]?key|auth[_-]?key|account[_-]?key|(^|[_.-])(key|pwd|pw|pat)$|_key(_|$)|connection_?string|(^|_)dsn$)`)
	// publicName are names that match secretName but hold public values, as base images and tools set them.
	publicName = regexp.MustCompile(`(?i)(^GPG_KEY|PUBLIC_?KEY|^NPM_CONFIG_.*_KEY_FILE|TOKENIZERS|MAX_.*TOKENS?|` +
		`[_.-](ID|FILE|PATH|DIR|NAME|ARN|URL|URI|ENDPOINT|TYPE|VERSION|LIMIT|COUNT|TTL|MODE|ALGORITHM|PREFIX|HEADER|FORMAT|BUDGET|SIZE|LENGTH|EXPIRY|SECONDS|ENABLED)$)`)
	// passwordName are names whose values are secrets however short they are.
	passwordName = regexp.MustCompile(`(?i)passw|passphrase|(^|[_.-])(pwd|pw)$`)
	secretForm   = []secretPattern{
		{"an AWS access key id", regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`), []string{"AKIA", "ASIA"}},
		{"a GitHub token", regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`), []string{"gh"}},
		{"a model provider's key", regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{20,}`), []string{"sk-"}},
		{"a Google API key", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{30,}`), []string{"AIza"}},
		{"a Slack token", regexp.MustCompile(`\bxox[abprs]-[0-9A-Za-z-]{10,}`), []string{"xox"}},
		{"a package registry token", regexp.MustCompile(`\b(npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|glpat-[A-Za-z0-9_-]{20,})`), []string{"npm_", "pypi-", "glpat-"}},
		{"a private key", regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*`), []string{"PRIVATE KEY"}},
		{"a JSON web token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), []string{"eyJ"}},
		{"a password in a URL", regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@`), []string{"://"}},
	}
	// assignment finds NAME=value inside a line of the build history.
	assignment = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.-]*)=("[^"]*"|'[^']*'|[^\s"']+)`)
)

// secretPattern is a form of secrets, and texts of which one stands in every such secret: a search for them is cheap.
type secretPattern struct {
	what  string
	form  *regexp.Regexp
	hints []string
}

func (p secretPattern) possible(text string) bool {
	return slices.ContainsFunc(p.hints, func(h string) bool { return strings.Contains(text, h) })
}

// hide returns the value to record under a name and, when it looks like a real secret, what it looks like. Values under a
// secret's name are hidden even where they are too poor to alarm anybody.
func hide(name, value string) (shown, found string) {
	if what := secretIn(value); what != "" {
		return Redacted, what
	}
	if !secretName.MatchString(name) || publicName.MatchString(name) || harmless(value) {
		return hideForms(value), ""
	}
	if passwordName.MatchString(name) || strong(value) {
		return Redacted, "a value under a secret's name"
	}
	return Redacted, ""
}

// secretIn says what kind of secret the value looks like, or nothing; examples do not count.
func secretIn(value string) string {
	if found := detect([]byte(value), false); len(found) > 0 {
		return found[0].what
	}
	for _, s := range secretForm {
		if !s.possible(value) {
			continue
		}
		if m := s.form.FindString(value); m != "" && !isExample(m) && !poorLogin(m) {
			return s.what
		}
	}
	return ""
}

// hideForms hides everything of a known form, examples too: a record need not tell them apart.
func hideForms(text string) string {
	for _, s := range secretForm {
		if s.possible(text) {
			text = s.form.ReplaceAllString(text, Redacted)
		}
	}
	return text
}

// hideInLine does the same for a free line of text: whole tokens of known forms, and assignments to secret names.
func hideInLine(line string) (shown, found string) {
	shown = assignment.ReplaceAllStringFunc(line, func(m string) string {
		name, value, _ := strings.Cut(m, "=")
		safe, what := hide(name, strings.Trim(value, `"'`))
		if what != "" {
			found = what
		}
		if safe != Redacted {
			return m
		}
		return name + "=" + Redacted
	})
	all := detect([]byte(shown), false)
	slices.SortFunc(all, func(a, b detected) int { return b.start - a.start })
	end := len(shown)
	for _, d := range all {
		shown = shown[:d.start] + Redacted + shown[max(d.start, min(d.end, end)):]
		found, end = d.what, d.start
	}
	if what := secretIn(shown); what != "" {
		found = what
	}
	return hideForms(shown), found
}

// harmless are values that are no secret whatever they are called: a number, a switch, a place to look.
func harmless(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "yes", "no", "on", "off", "none", "null", "auto", "default":
		return true
	}
	if strings.Trim(value, "0123456789.,:") == "" {
		return true
	}
	return place.MatchString(value) || placeholder(value) != ""
}

// place is where a secret lies, not the secret. A lone slash at the beginning proves nothing: keys begin with it too.
var place = regexp.MustCompile(`^(\$[{(]|\.{1,2}/|file:|arn:|https?://|/(run|etc|var|app|opt|usr|home|secrets?|mnt|tmp|root|data|vault|dev|config|certs?)(/|$))`)

// strong reports a value that somebody could have been given as a key: long, or mixed of letters and digits.
func strong(value string) bool {
	if isExample(value) {
		return false
	}
	return len(value) >= 20 || len(value) >= 6 && strings.ContainsAny(value, "0123456789") && strings.ContainsFunc(value, isLetter)
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

var example = regexp.MustCompile(`(?i)example|change[_-]?me|placeholder|dummy|redacted|replace|your[_-]|fake|not[_-]?(used|needed|set|real)|x{4,}|\*{3,}|\.{3}|^test$|^sk-test`)

// isExample recognises values that documentation, templates and tests put where a secret would stand.
func isExample(value string) bool {
	return example.MatchString(value) || len(value) > 3 && strings.Trim(value, value[:1]) == ""
}

// poorLogin recognises the password of a URL that is only the user's name, or a word that development servers ship with.
func poorLogin(match string) bool {
	_, rest, ok := strings.Cut(match, "://")
	user, password, both := strings.Cut(strings.TrimSuffix(rest, "@"), ":")
	if !ok || !both {
		return false
	}
	return password == user || slices.Contains([]string{"password", "postgres", "guest", "root", "test", "secret"}, password) || strings.HasPrefix(password, "$")
}
