package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var documentSeeds = []string{
	`null`, `true`, `false`, `0`, `-0.5e+10`, `1E9`, `"é\u00e9\n"`, `{}`, `[]`, ` {"a":[1,{"b":null}],"c":"d"} `, `[[],[{}]]`,
	``, ` `, `nul`, `nulll`, `01`, `-`, `1.`, `.5`, `1e`, `1e+`, `+1`, `"`, `"\x"`, `"\u12g4"`, "\"\n\"", `{"a"}`, `{"a":}`, `{,}`, `{"a":1,}`,
	`[1,]`, `[,1]`, `[1 2]`, `{} {}`, `{"a":1]`, `]`, `{a:1}`, `tru`, "\xff", `[0e0,-0]`, `{"":{"":[""]}}`,
}

func TestJSONCheckAgreesWithTheStandardLibrary(t *testing.T) {
	deep := strings.Repeat("[", maxJSONDepth) + strings.Repeat("]", maxJSONDepth)
	for _, doc := range append(documentSeeds, deep, "["+deep+"]") {
		checkJSON(t, doc, 1)
	}
}

func checkJSON(t *testing.T, doc string, n int) {
	t.Helper()
	var j jsonCheck
	var u utf8Check
	for i := 0; i < len(doc); i += n {
		piece := []byte(doc[i:min(len(doc), i+n)])
		j.write(piece)
		u.write(piece)
	}
	if got, want := j.valid(), json.Valid([]byte(doc)); got != want {
		t.Errorf("JSON %.80q: got %v, want %v", doc, got, want)
	}
	if got, want := u.valid(), utf8.ValidString(doc); got != want {
		t.Errorf("UTF-8 %.80q in pieces of %d: got %v, want %v", doc, n, got, want)
	}
}

func TestUTF8CheckWhereverItIsCut(t *testing.T) {
	for _, s := range []string{"aé€🙂", "é", "🙂🙂", "\xe2\x82", "a\xff", "\xc3", "\xed\xa0\x80", "\xf0\x9f\x99x", "€\xe2", "\x80"} {
		for n := 1; n <= len(s); n++ {
			checkJSON(t, s, n)
		}
	}
}

func FuzzValidity(f *testing.F) {
	for _, s := range documentSeeds {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, doc string, n int) { checkJSON(t, doc, max(1, n%16)) })
}
