package reports

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzClean(f *testing.F) {
	f.Add(hostileText)
	f.Add("\r\r\n")
	f.Add("\xf0\x9f")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || strings.IndexFunc(got, unsafe) >= 0 {
			t.Fatalf("Clean(%q) = %q", s, got)
		}
		if Clean(got) != got {
			t.Fatalf("cleaning %q twice changes it", s)
		}
		if err := xml.Unmarshal([]byte("<a>"+xmlText(s)+"</a>"), new(string)); err != nil {
			t.Fatalf("%q in XML: %v", s, err)
		}
		if line := CleanLine(s); strings.ContainsAny(line, "\n\t") {
			t.Fatalf("CleanLine(%q) = %q", s, line)
		}
	})
}
