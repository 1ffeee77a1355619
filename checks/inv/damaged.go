package inv

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// damaged finds text that an encoding spoilt on its way. What an agent says in other words is its own business: only what
// bears the marks of a wrong encoding counts, so that a model that rephrases, or leaves out, is no finding.
func damaged(w *record.Wire) (checks.Verdict, bool) {
	if w == nil {
		return checks.Verdict{}, false
	}
	for i := range w.Texts {
		t := &w.Texts[i]
		if !t.Echoed || t.Got == t.Sent || !reading.Success(&t.Call) {
			continue
		}
		if piece, got, how := spoilt(pieces(t.Sent), pieces(t.Got)); how != "" {
			return checks.Found("text-damaged", "text that comes back comes back as it was sent",
				fmt.Sprintf("%q, sent as %s, came back as %s: %s", piece, sentAs[t.Way], reading.Quote(got), how), checks.Wire("the call", &t.Call)), true
		}
	}
	return checks.Verdict{}, false
}

var sentAs = map[string]string{"plain": "UTF-8", "escaped": `\u escapes`}

// pieces cuts "1=a 2=b" into its numbered values, in order of their numbers; it ends with the first number that is missing.
func pieces(text string) []string {
	var out []string
	for n := 1; n < 10; n++ {
		_, rest, found := strings.Cut(text, fmt.Sprintf("%d=", n))
		if !found {
			break
		}
		value, _, _ := strings.Cut(rest, fmt.Sprintf(" %d=", n+1))
		out, text = append(out, value), rest
	}
	return out
}

// leastPieces is how many pieces must share a fate before it is taken for an encoding's doing.
const leastPieces = 3

// spoilt finds the first piece that bears the mark of a wrong encoding. A question mark stands for many things in prose, and
// a gap too: they count where several pieces, or all of them, are so.
func spoilt(sent, got []string) (piece, came, how string) {
	var asked []int
	lost, beyond := 0, 0
	for i, s := range sent {
		if i >= len(got) || ascii(s) {
			continue
		}
		if mark := markOf(s, got[i]); mark != "" {
			return s, got[i], mark
		}
		beyond++
		switch keepASCII(s) {
		case got[i]:
			lost++
		case strings.ReplaceAll(got[i], "?", ""):
			asked = append(asked, i)
		}
	}
	switch {
	case len(asked) >= leastPieces:
		return sent[asked[0]], got[asked[0]], "question marks for what an encoding does not have"
	case lost == beyond && beyond >= leastPieces && len(got) == len(sent):
		return sent[0], got[0], "everything beyond ASCII is left out"
	}
	return "", "", ""
}

// markOf names the mark that a wrong encoding leaves on a piece; "" when it bears none.
func markOf(sent, got string) string {
	switch {
	case strings.ContainsRune(got, '\uFFFD') && !strings.ContainsRune(sent, '\uFFFD'):
		return "replacement characters, as of a character that was cut in two"
	case bears(got, asLatin1(sent)):
		return "UTF-8 that was read as a one-byte encoding"
	case bears(strings.ToLower(got), escapes(sent)):
		return `\u escapes that nobody resolved`
	case bears(strings.ToLower(got), byteEscapes(sent)):
		return "bytes printed instead of text"
	}
	return ""
}

// bears reports a mark of two characters or more; a single one stands in many a text.
func bears(got, mark string) bool {
	return utf8.RuneCountInString(mark) > 1 && strings.Contains(got, mark)
}

func ascii(s string) bool { return keepASCII(s) == s }

func keepASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return -1
		}
		return r
	}, s)
}

// beyondASCII is the first run of characters beyond ASCII; it is what the marks are made of.
func beyondASCII(s string) string {
	from := strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 })
	if from < 0 {
		return ""
	}
	s = s[from:]
	if to := strings.IndexFunc(s, func(r rune) bool { return r < 0x80 }); to >= 0 {
		s = s[:to]
	}
	return s
}

// asLatin1 is how the first bytes look to a reader of a one-byte encoding, up to a byte that each of those reads differently.
func asLatin1(s string) string {
	var b strings.Builder
	for _, c := range []byte(beyondASCII(s)) {
		if c < 0xa0 {
			break
		}
		b.WriteRune(rune(c))
	}
	return b.String()
}

func escapes(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(beyondASCII(s))) {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	return b.String()
}

func byteEscapes(s string) string {
	var b strings.Builder
	for _, c := range []byte(beyondASCII(s)) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}
