package reading

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// ID is a value of an answer that looks as if it were to be unique.
type ID struct {
	// Place is where it stood, in a form that is the same for every answer: header x-request-id, body meta.id, event [].id.
	Place string
	// Value is what Plain makes of it.
	Value string
}

// Bounds on what is read out of one answer.
const (
	maxIDs       = 64
	maxDepth     = 16
	maxName      = 40
	maxStatement = 160
	maxToken     = 128
	maxWebToken  = 8 << 10
)

// Plain writes an id as it is compared: in lower case and without dashes, for the same one is written in several ways.
func Plain(text string) string { return strings.ToLower(strings.ReplaceAll(text, "-", "")) }

// IDs are the id-like values of an answer: UUIDs, ULIDs, the ids of JSON Web Tokens, hex digits of 16 and more, and random
// text in base64. Each stands once for its place.
func IDs(x *record.Exchange) []ID {
	l := idList{seen: map[ID]bool{}}
	if x == nil || x.Response == nil {
		return nil
	}
	for _, f := range x.Response.Header {
		l.text("header "+place(f.Name), f.Value)
	}
	if x.Events == nil {
		l.content("body", x.Response.Body)
		return l.ids
	}
	for _, events := range [][]record.Event{x.Events.Events, x.Events.Tail} {
		for _, e := range events {
			l.text("event id", e.ID)
			l.content("event", e.Data)
		}
	}
	return l.ids
}

// LineIDs are those of a line of the log. Their place is what the line has in common with others of the same statement: its
// words without digits.
func LineIDs(line string) []ID {
	l := idList{seen: map[ID]bool{}}
	words := slices.DeleteFunc(strings.FieldsFunc(line, notInWord), func(w string) bool { return strings.ContainsFunc(w, unicode.IsDigit) })
	l.content("log "+short(strings.Join(words, " "), maxStatement), line)
	return l.ids
}

func notInWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
}

type idList struct {
	ids  []ID
	seen map[ID]bool
}

// content reads a text as JSON where it is that.
func (l *idList) content(where, text string) {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		l.text(where, text)
		return
	}
	l.value(where, v, 0)
}

func (l *idList) value(where string, v any, depth int) {
	if depth > maxDepth || len(l.ids) >= maxIDs {
		return
	}
	switch v := v.(type) {
	case string:
		l.text(where, v)
	case []any:
		for _, one := range v {
			l.value(where+" []", one, depth+1)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			l.value(where+" "+place(name), v[name], depth+1)
		}
	}
}

// place is a name that a container chose, bounded.
func place(name string) string {
	return short(strings.ToLower(name), maxName)
}

// word is what an id can stand in. A JSON Web Token comes first, for its parts are words as well.
var word = regexp.MustCompile(`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|[\w-]{16,}`)

// What stands before hex digits that are an address in memory, or the digest of something: as a word of its own, or as the
// begin of theirs.
var (
	digestBefore = regexp.MustCompile(`(?i)\b(?:sha\d+|md5)[:=]$`)
	notAnID      = regexp.MustCompile(`(?i)^(?:0x|(?:sha\d+|md5)-)`)
)

func (l *idList) text(where, text string) {
	for _, at := range word.FindAllStringIndex(text, maxIDs) {
		found := text[at[0]:at[1]]
		if notAnID.MatchString(found) || digestBefore.MatchString(text[max(0, at[0]-len("sha512:")):at[0]]) {
			continue
		}
		for _, value := range idsOf(found) {
			l.add(ID{where, Plain(value)})
		}
	}
}

func (l *idList) add(id ID) {
	if len(l.ids) < maxIDs && !l.seen[id] {
		l.seen[id], l.ids = true, append(l.ids, id)
	}
}

var uuid = regexp.MustCompile(`(?i)(?:^|[_-])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:$|[_-])`)

// idsOf are the ids in one word. Many have a prefix, as chatcmpl- and req_, or are several, as traceparent is.
func idsOf(word string) []string {
	if strings.HasPrefix(word, "eyJ") && strings.Count(word, ".") == 2 {
		return tokenID(word)
	}
	if len(word) > maxToken {
		return nil
	}
	if m := uuid.FindStringSubmatch(word); m != nil {
		if strings.Trim(m[1], "0-") == "" {
			return nil
		}
		return m[1:]
	}
	var out []string
	for _, part := range strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '_' }) {
		if hexID(part) || ulid.MatchString(part) && digitsAndLetters(part) {
			out = append(out, part)
		}
	}
	if out == nil && looksRandom(word) {
		out = append(out, word)
	}
	return out
}

// tokenID is the id of a JSON Web Token. One that has none is as unique as its signature.
func tokenID(token string) []string {
	parts := strings.Split(token, ".")
	var claims struct {
		ID string `json:"jti"`
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if len(token) <= maxWebToken && err == nil && json.Unmarshal(payload, &claims) == nil && claims.ID != "" {
		return []string{short(claims.ID, maxToken)}
	}
	if parts[2] == "" {
		return nil
	}
	return []string{short(parts[2], maxToken)}
}

// leastHex is how many hex digits make an id: those of a span. Zeros before them say nothing: counters are padded.
const leastHex = 16

// hexID leaves out what is digits alone: times and dates.
func hexID(s string) bool {
	return len(s) >= leastHex && hexDigits.MatchString(s) && digitsAndLetters(s) && len(strings.TrimLeft(s, "0")) > leastHex/2
}

var (
	hexDigits = regexp.MustCompile(`^(?:[0-9a-f]+|[0-9A-F]+)$`)
	ulid      = regexp.MustCompile(`^(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25})$`)
)

func digitsAndLetters(s string) bool {
	return strings.ContainsFunc(s, unicode.IsDigit) && strings.ContainsFunc(s, unicode.IsLetter)
}

// leastRandom is how long random text has to be, in base64: 128 bits.
const leastRandom = 22

// looksRandom tells base64 of random bytes from names, which change between capitals, small letters and digits less often.
func looksRandom(s string) bool {
	if len(s) < leastRandom {
		return false
	}
	var kinds, runs [3]int
	length, changes, last := 0, 0, -1
	for _, c := range s {
		kind := kindOf(c)
		if kind < 0 {
			continue
		}
		length++
		kinds[kind]++
		if kind != last {
			changes, runs[kind] = changes+1, runs[kind]+1
		}
		last = kind
	}
	return !slices.Contains(kinds[:], 0) && runs[digit] > 1 && changes*5 > length*2
}

const (
	capital = iota
	small
	digit
)

func kindOf(c rune) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return capital
	case 'a' <= c && c <= 'z':
		return small
	case '0' <= c && c <= '9':
		return digit
	}
	return -1
}
