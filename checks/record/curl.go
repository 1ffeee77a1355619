package record

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Curl renders the request as a command line of bash that sends the same bytes to base, such as http://127.0.0.1:8080.
// Raw requests and bodies with NUL bytes cannot be typed: they become a comment that says so. A body past MaxBody is read
// from a file, and the comment at the end says how long it has to be.
func (e *Exchange) Curl(base string) string {
	return e.Request.curl(shellQuote(base + e.Request.Path))
}

// CurlTo is Curl for a script: base is a word as bash reads it, such as "$base".
func (e *Exchange) CurlTo(base string) string {
	return e.Request.curl(base + shellQuote(e.Request.Path))
}

func (r *Request) curl(target string) string {
	switch {
	case len(r.Raw) > 0:
		return "# not expressible with curl: raw bytes were sent, see the record"
	case strings.Contains(r.Body, "\x00"):
		return "# not expressible with curl: the body holds NUL bytes, see the record"
	}
	words := []string{"curl -sS -i --http1.1"}
	if needsLiteralPath(r.Path) {
		words = append(words, "--globoff --path-as-is")
	}
	words = append(words, "-X "+shellWord(r.Method))
	words = append(words, r.fieldWords()...)
	if r.BodySize > int64(len(r.Body)) {
		return strings.Join(append(words, "--data-binary @body", target), " ") + fmt.Sprintf(" # a body of %d bytes, too long to show", r.BodySize)
	}
	if r.BodySize > 0 {
		words = append(words, r.bodyWords()...)
	}
	return strings.Join(append(words, target), " ")
}

// needsLiteralPath reports paths in which curl would expand ranges or resolve dots.
func needsLiteralPath(path string) bool {
	return strings.ContainsAny(path, "[]{}") || strings.Contains(path, "/.")
}

// fieldWords set the fields that were sent and take away those that curl adds by itself.
func (r *Request) fieldWords() []string {
	var words []string
	add := func(field string) { words = append(words, "-H "+shellQuote(field)) }
	if r.Host != "" {
		add("host: " + r.Host)
	}
	for _, f := range r.Header {
		if !strings.EqualFold(f.Name, "content-length") {
			add(curlField(f))
		}
	}
	for _, own := range []string{"user-agent", "accept"} {
		if !hasField(r.Header, own) {
			add(own + ":")
		}
	}
	return words
}

// curlField spells a field so that curl sends it: with nothing after the colon it would take the field away.
func curlField(f Field) string {
	if strings.TrimSpace(f.Value) == "" {
		return f.Name + ";"
	}
	return f.Name + ": " + f.Value
}

// bodyWords send the body as it is. What begins with an at sign would be the name of a file.
func (r *Request) bodyWords() []string {
	var words []string
	if !hasField(r.Header, "content-type") {
		words = append(words, "-H 'content-type:'")
	}
	option := "--data-binary "
	if strings.HasPrefix(r.Body, "@") {
		option = "--data-raw "
	}
	return append(words, option+shellQuote(r.Body))
}

func hasField(fields []Field, name string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// shellWord quotes what a shell would not read as it stands.
func shellWord(s string) string {
	plain := func(r rune) bool { return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return shellQuote(s)
}

// shellQuote makes one word of bash of any text without NUL. What a terminal or, with "##", the log of a CI server would
// obey or not show is escaped.
func shellQuote(s string) string {
	if strings.Contains(s, "##") || !utf8.ValidString(s) || strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return "$'" + ansiC(s) + "'"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func ansiC(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '#':
			b.WriteString(`\x23`)
		case unicode.IsPrint(r) && (r != utf8.RuneError || size > 1):
			b.WriteRune(r)
		default:
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
		i += size
	}
	return b.String()
}
