package record

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzErrorInStream: whatever an event holds, what is found is one bounded line.
func FuzzErrorInStream(f *testing.F) {
	f.Add("", `{"error":"no credentials","error_type":"NoCredentialsError"}`, int64(0))
	f.Add("error", "a\n\nb", int64(0))
	f.Add("message", `{"type":"RUN_ERROR","message":"boom"}`, int64(0))
	f.Add("", `{"error": "`+strings.Repeat("x", 400), int64(9000))
	f.Add("", `{"error":null,"error_type":[]}`, int64(-1))
	f.Fuzz(func(t *testing.T, kind, data string, size int64) {
		text, found := ErrorInStream(&EventStream{Tail: []Event{{Type: kind, Data: data, Size: size}}})
		if strings.ContainsAny(text, "\r\n") || len(text) > maxLine+len("…") || !found && text != "" {
			t.Errorf("%q, %v", text, found)
		}
	})
}

// FuzzCurl: a shell reads each word as it was meant, whatever the body holds. What is typed stays on one line.
func FuzzCurl(f *testing.F) {
	for _, s := range []string{`{"prompt":"x"}`, `it's`, "a\nb", "\x1b[2J", `\`, `\'`, "$(id) `id` $HOME", "\x7f\xff\xfe", "é", "", "!!", "a'\nb'", "@/etc/hostname", "\u202e\u2028", " "} {
		f.Add(s, "x-custom", s)
	}
	sh, err := exec.LookPath("bash")
	if err != nil {
		f.Skip("there is no bash to read the line")
	}
	calls := 0
	f.Fuzz(func(t *testing.T, body, name, value string) {
		x := Exchange{Request: Request{Method: "POST", Path: "/invocations", Host: "h", Body: body, BodySize: int64(len(body)), Header: []Field{{name, value}}}}
		line := x.Curl("http://127.0.0.1:8080")
		for _, c := range []byte(line) {
			if c < 0x20 || c == 0x7f {
				t.Fatalf("%q is not one plain line", line)
			}
		}
		if !utf8.ValidString(line) {
			t.Fatalf("%q does not survive JSON", line)
		}
		if calls++; calls > 200 || strings.Contains(body+name+value, "\x00") || body == "" {
			return // a shell each time is slow, and no argument holds a NUL
		}
		words, err := exec.Command(sh, "-c", `shift_to() { printf '%s\0' "$@"; }; `+strings.Replace(line, "curl", "shift_to", 1)).Output()
		if err != nil {
			t.Fatalf("bash cannot read %q: %v", line, err)
		}
		said := strings.Split(string(words), "\x00")
		if !contains(said, body) || !strings.EqualFold(name, "content-length") && !contains(said, curlField(Field{name, value})) {
			t.Errorf("bash reads %q as %q", line, said)
		}
	})
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}
