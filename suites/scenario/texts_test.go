package scenario

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	begin = "zqaaaaaaaaaaaaaaaa"
	end   = "zqbbbbbbbbbbbbbbbb"
)

func TestBetween(t *testing.T) {
	long := strings.Repeat("x", 2*mostBetween)
	tests := []struct {
		name, text, got string
		found           bool
	}{
		{"whole", "You said: " + begin + " 1=é 2=x " + end + ".", "1=é 2=x", true},
		{"in capitals", strings.ToUpper(begin) + " 1=É " + strings.ToUpper(end), "1=É", true},
		{"cut up first, whole later", begin + "1=? " + end + "\n" + begin + " want " + end, "want", true},
		{"nothing between", begin + end, "", true},
		{"no end", begin + " 1=é", "", false},
		{"no begin", "1=é " + end, "", false},
		{"ends too late", begin + long + end, "", false},
		{"ends too late, then in time", begin + long + begin + " 1=é " + end, "1=é", true},
		{"silent", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, found := between(tt.text, begin, end, "want"); got != tt.got || found != tt.found {
				t.Errorf("got %q, %v; want %q, %v", got, found, tt.got, tt.found)
			}
		})
	}
}

func TestEscapedIsTheSameDocument(t *testing.T) {
	doc, err := json.Marshal(map[string]string{"prompt": widths + injection})
	if err != nil {
		t.Fatal(err)
	}
	out := escaped(doc)
	var back map[string]string
	if err := json.Unmarshal(out, &back); err != nil || back["prompt"] != widths+injection {
		t.Errorf("%s reads %q: %v", out, back["prompt"], err)
	}
	if strings.IndexFunc(string(out), func(r rune) bool { return r >= 0x80 }) >= 0 || !strings.Contains(string(out), `\ud83d\ude42`) {
		t.Errorf("%s is not ASCII, or has no surrogate pair", out)
	}
}

// FuzzBetween: whatever an agent answers, what is found is a bounded piece of it.
func FuzzBetween(f *testing.F) {
	for _, s := range []string{"", begin, begin + end, begin + " 1=é " + end, strings.Repeat(begin, 50), end + begin, begin + "\xff" + end} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, found := between(text, begin, end, "want")
		if len(got) > mostBetween || !strings.Contains(text, got) || !found && got != "" {
			t.Errorf("%q gives %q, %v", text, got, found)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q was cut within a character: %q", text, got)
		}
	})
}
