package legible

import "testing"

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"plain text, tab\tand\nlines": "plain text, tab\tand\nlines",
		"é 漢 😀 👩\u200d🚀 \u200cfa":     "é 漢 😀 👩\u200d🚀 \u200cfa",
		"\x00\x01\x1f\x7f":            `\x00\x01\x1f\x7f`,
		"\x1b[31mred\x1b[0m":          `\x1b[31mred\x1b[0m`,
		"a\r\nb\rc":                   "a\nb" + `\x0dc`,
		"\u0085\u009b":                `\u0085\u009b`,
		"\xff\xfe":                    `\xff\xfe`,
		"\xed\xa0\x80":                `\xed\xa0\x80`,
		"\xe6\xbc":                    `\xe6\xbc`,
		"\u202e\u2066\u200e\u061c":    `\u202e\u2066\u200e\u061c`,
		"\u2028\u2029\u200b\ufeff":    `\u2028\u2029\u200b\ufeff`,
		"\ufffe\uffff\ufdd0":          `\ufffe\uffff\ufdd0`,
		"\U0001fffe\U0010ffff":        `\U0001fffe\U0010ffff`,
		"\U000e0041":                  `\U000e0041`,
		"a replacement \ufffd stays":  "a replacement \ufffd stays",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	if got := Line(" a\n\tb \x1b  c\r\n"); got != `a b \x1b c` {
		t.Errorf("%q", got)
	}
}

func TestClipCutsBetweenCharacters(t *testing.T) {
	if got := Clip("aé漢", 3); got != "aé… (3 more bytes)" {
		t.Errorf("%q", got)
	}
	if got := Clip("aé漢", 4); got != "aé… (3 more bytes)" {
		t.Errorf("%q", got)
	}
	if got := Clip("abc", 3); got != "abc" {
		t.Errorf("%q", got)
	}
}
