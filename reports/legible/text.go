// Package legible writes what came from a container, and figures, as plain text for people: safe for a terminal and for XML,
// bounded, in units that suit their size.
package legible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text makes text from a container safe for XML 1.0 and for a terminal, and keeps what was there readable: control
// bytes and bytes that are not UTF-8 become \xNN, characters that XML forbids or that reorder and hide text (bidi
// controls, zero-width and tag characters, line separators, non-characters) become \uNNNN. Line feeds and tabs stay,
// and CRLF becomes LF. Then it is made Inert. Cleaning twice changes nothing more.
func Text(s string) string { return Inert(shown(s)) }

func shown(s string) string {
	if harmless(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			writeByte(&b, s[i])
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
		case !Unsafe(r):
			b.WriteRune(r)
		default:
			b.WriteString(visible(r))
		}
		i += size
	}
	return b.String()
}

// Line is Text for what must stay on one line: line feeds and tabs become single spaces.
func Line(s string) string {
	return strings.Join(strings.Fields(Text(s)), " ")
}

func harmless(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < 0x20 && c != '\n' && c != '\t' {
			return utf8.ValidString(s) && strings.IndexFunc(s, Unsafe) < 0
		}
	}
	return true
}

// Unsafe reports characters that XML 1.0 forbids or that make a terminal show something else than what is there.
func Unsafe(r rune) bool {
	switch {
	case r < 0x80:
		return r < 0x20 && r != '\n' && r != '\t' || r == 0x7f
	case r == '\u200c' || r == '\u200d':
		return false // joiners: several scripts and most emoji need them
	case r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func visible(r rune) string {
	switch {
	case r < 0x80:
		var b strings.Builder
		writeByte(&b, byte(r))
		return b.String()
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	default:
		return fmt.Sprintf(`\u%04x`, r)
	}
}

// writeByte spells a byte as \xNN.
func writeByte(b *strings.Builder, c byte) {
	const hex = "0123456789abcdef"
	b.WriteString(`\x`)
	b.WriteByte(hex[c>>4])
	b.WriteByte(hex[c&15])
}

// Clip bounds text to about most bytes and says how much is missing. It never cuts inside a character.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > max(0, most-utf8.UTFMax) && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d more bytes)", s[:cut], len(s)-cut)
}
