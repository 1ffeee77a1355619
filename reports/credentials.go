package reports

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// pattern is one look of a credential. Hints are lower-case words of which one must occur before the expression is
// worth trying: records are large and most text holds none.
type pattern struct {
	hints []string
	look  *regexp.Regexp
	swap  func(groups []string) string
}

// secretName matches the names of variables, headers and members that hold a credential.
const secretName = `(?:api[_-]?key|secret[_-]?(?:access[_-]?)?key|session[_-]?token|security[_-]?token|` +
	`passw(?:or)?d|passphrase|client[_-]?secret|access[_-]?token|refresh[_-]?token|auth[_-]?token)`

// secretHints are the words that secretName begins with: as far as its first separator, in each spelling.
func secretHints() []string {
	hints := []string{"password", "passwd", "passphrase", "secretkey", "secretaccess", "secret_", "secret-"}
	for _, w := range [][2]string{
		{"api", "key"}, {"session", "token"}, {"security", "token"}, {"client", "secret"}, {"access", "token"}, {"refresh", "token"}, {"auth", "token"},
	} {
		hints = append(hints, w[0]+w[1], w[0]+"_"+w[1], w[0]+"-"+w[1])
	}
	return hints
}

var credentials = []pattern{
	{
		hints: []string{"akia", "asia"},
		look:  regexp.MustCompile(`(AKIA|ASIA)([0-9A-Z]{16})`), swap: sameLength,
	},
	{
		hints: []string{"sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "aiza"},
		look:  regexp.MustCompile(`\b(sk-|gh[pousr]_|github_pat_|xox[abeprs]-|AIza)([0-9A-Za-z_-]{16,})`), swap: sameLength,
	},
	{
		hints: []string{"eyj"},
		look:  regexp.MustCompile(`\b(eyJ)([0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*)`),
		swap:  func(g []string) string { return redacted },
	},
	{
		hints: []string{"private key"},
		look:  regexp.MustCompile(`(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)(.*?)(-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)`),
		swap:  privateKey,
	},
	{
		hints: []string{"bearer"},
		look:  regexp.MustCompile(`(?i)(\bbearer(?:\s+|%20))([0-9a-z._~+/-]{6,}=*)("?)`), swap: bearer,
	},
	{
		hints: []string{"basic"},
		look:  regexp.MustCompile(`(?i)(\bbasic(?:\s+|%20))([0-9a-z+/]{6,}=*)()`), swap: basic,
	},
	{
		hints: secretHints(),
		look:  regexp.MustCompile(`(?i)(` + secretName + `\\*["']?\s*[:=]\s*\\*["']?)([^\s"'\\,;&)}]{6,})`), swap: named,
	},
	{
		hints: []string{"_token=", "_secret=", "_password=", "_credentials="},
		look:  regexp.MustCompile(`(\b[A-Z][A-Z0-9_]*_(?:TOKEN|SECRET|PASSWORD|CREDENTIALS)=["']?)([^\s"']{6,})`), swap: named,
	},
	{
		hints: []string{"@"},
		look:  regexp.MustCompile(`(://[^/\s:@"']+:)([^/\s@"']+)(@)`),
		swap:  func(g []string) string { return g[1] + redacted + g[3] },
	},
}

// withoutCredentials replaces what looks like a credential. The harness's own dummy token stays: SES-12 and SEC-04 are
// about where it turns up.
func withoutCredentials(s string) string {
	lower := strings.ToLower(s)
	for _, p := range credentials {
		if !hinted(lower, p.hints) {
			continue
		}
		s = p.look.ReplaceAllStringFunc(s, func(found string) string {
			if strings.Contains(found, record.IdentityToken) {
				return found
			}
			return p.swap(p.look.FindStringSubmatch(found))
		})
	}
	return s
}

func hinted(lower string, hints []string) bool {
	for _, h := range hints {
		if strings.Contains(lower, h) {
			return true
		}
	}
	return false
}

// sameLength keeps the look of a token whose form a check recognises, so that judging the record again finds it again.
func sameLength(g []string) string {
	n := len(g[2])
	return g[1] + strings.Repeat("REDACTED", n/8+1)[:n]
}

func named(g []string) string { return g[1] + redacted }

func privateKey(g []string) string { return g[1] + redacted + g[3] }

// bearer spares the challenge (Bearer realm="…") and the words of error messages.
func bearer(g []string) string {
	challenge := strings.HasSuffix(g[2], "=") && g[3] != ""
	switch strings.ToLower(strings.TrimRight(g[2], ".")) {
	case "authentication", "authorization", "credential", "credentials", "tokens", "scheme", "required", "missing", "prefix", "header":
		return g[0]
	}
	if challenge {
		return g[0]
	}
	return g[1] + redacted + g[3]
}

// basic redacts only what really is user:password.
func basic(g []string) string {
	pair, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(g[2], "="))
	if err != nil || !strings.Contains(string(pair), ":") {
		return g[0]
	}
	return g[1] + redacted
}

var (
	keyBegins = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`)
	keyEnds   = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY`)
	credName  = regexp.MustCompile(`(?i)^(?:proxy-)?authorization$|^[a-z0-9_.-]*` + secretName + `$`)
)

// keyEdges reports whether a line begins and whether it ends a private key.
func keyEdges(line string) (begins, ends bool) {
	if !strings.Contains(line, "PRIVATE KEY") {
		return false, false
	}
	return keyBegins.MatchString(line), keyEnds.MatchString(line)
}

// namedValue redacts the value of a header, label or variable whose name says that it is a credential. The scheme of
// an authorization header stays.
func namedValue(name, value string) string {
	if value == "" || !credName.MatchString(name) || strings.Contains(value, record.IdentityToken) {
		return value
	}
	if scheme, _, ok := strings.Cut(value, " "); ok && strings.HasSuffix(strings.ToLower(name), "authorization") {
		return scheme + " " + redacted
	}
	return redacted
}
