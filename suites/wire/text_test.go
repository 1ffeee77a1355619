package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const marker = "zq0123456789abcdef"

// pieces cuts the marker into n pieces.
func pieces(n int) []string {
	var out []string
	for i := range n {
		out = append(out, marker[i*len(marker)/n:(i+1)*len(marker)/n])
	}
	return out
}

// TestMarkersAreFoundHoweverTokensSplitThem renders each piece of the marker as one event of a known stack.
func TestMarkersAreFoundHoweverTokensSplitThem(t *testing.T) {
	quoted := func(s string) string {
		b, _ := json.Marshal(s)
		return string(b)
	}
	stacks := map[string]func(i int, token string) []string{
		"text as it is": func(_ int, s string) []string { return []string{s} },
		"JSON strings":  func(_ int, s string) []string { return []string{quoted(s)} },
		"openai": func(i int, s string) []string {
			return []string{fmt.Sprintf(`{"id":"c-%d","choices":[{"index":0,"delta":{"role":"assistant","content":%s}}]}`, i, quoted(s))}
		},
		"bedrock": func(_ int, s string) []string {
			return []string{fmt.Sprintf(`{"event":{"contentBlockDelta":{"delta":{"text":%s},"contentBlockIndex":0}}}`, quoted(s))}
		},
		"ag-ui": func(_ int, s string) []string {
			return []string{fmt.Sprintf(`{"type":"TEXT_MESSAGE_CONTENT","messageId":"m-1","delta":%s}`, quoted(s)), `{"type":"STATE_DELTA","delta":[{"op":"add","path":"/x","value":"y"}]}`}
		},
		"keep-alives": func(_ int, s string) []string {
			return []string{fmt.Sprintf(`{"text":%s}`, quoted(s)), `{"ping":"still here"}`}
		},
		"two choices": func(i int, s string) []string {
			return []string{fmt.Sprintf(`{"choices":[{"text":%s},{"text":"other%d"}]}`, quoted(s), i)}
		},
		"moving index": func(i int, s string) []string {
			return []string{fmt.Sprintf(`{"parts":[%s%s]}`, strings.Repeat(`"",`, i), quoted(s))}
		},
		"JSON in JSON": func(i int, s string) []string {
			return []string{quoted(fmt.Sprintf(`{"n":"%d","delta":%s}`, i, quoted(s)))}
		},
		"framed twice": func(i int, s string) []string {
			return []string{quoted(fmt.Sprintf("data: {\"n\":\"%d\",\"delta\":%s}\n\n", i, quoted(s)))}
		},
		"half framed": func(i int, s string) []string {
			return []string{quoted(fmt.Sprintf("data: {\"n\":\"%d\",\"delta\":%s}", i, quoted(s)))}
		},
		"growing text": func(i int, s string) []string {
			return []string{fmt.Sprintf(`{"text":%s}`, quoted(marker[:strings.Index(marker, s)+len(s)]))}
		},
		"escaped letters": func(_ int, s string) []string { return []string{`{"t":"` + fmt.Sprintf(`\u%04x`, s[0]) + s[1:] + `"}`} },
	}
	for name, stack := range stacks {
		for n := 1; n <= len(marker); n++ {
			var events []string
			for i, p := range pieces(n) {
				events = append(events, stack(i, p)...)
			}
			if text := Reassemble("text/event-stream; charset=utf-8", nil, events); !strings.Contains(text, marker) {
				t.Errorf("%s in %d pieces: not found in %q", name, n, text)
			}
			if text := Reassemble("text/plain", []byte("data: "+strings.Join(events, "\n\ndata: ")), nil); !strings.Contains(text, marker) {
				t.Errorf("%s in %d pieces, declared as text: not found in %q", name, n, text)
			}
		}
	}
}

func TestTokensThatAreNumbers(t *testing.T) {
	events := []string{marker[:2], "0123456789", marker[12:]}
	if text := Reassemble("text/event-stream", nil, events); !strings.Contains(text, marker) {
		t.Errorf("not found in %q", text)
	}
}

func TestTheWholeTextAgainAtTheEnd(t *testing.T) {
	var events []string
	for _, p := range append(pieces(5), marker) {
		events = append(events, fmt.Sprintf(`{"content":{"parts":[{"text":%q}]},"author":"agent"}`, p))
	}
	text := Reassemble("text/event-stream", nil, events)
	if n := strings.Count(text, marker); n < 2 {
		t.Errorf("found %d times in %q, want the tokens and the repetition", n, text)
	}
}

func TestInterleavedMarkersDoNotMix(t *testing.T) {
	other := strings.ToUpper(marker)
	var events []string
	for i := range marker {
		events = append(events, fmt.Sprintf(`{"choices":[{"text":"%c"},{"text":"%c"}]}`, marker[i], other[i]))
	}
	text := Reassemble("text/event-stream", nil, events)
	if !strings.Contains(text, marker) || !strings.Contains(text, other) {
		t.Errorf("got %q", text)
	}
}

func TestReassembleDocuments(t *testing.T) {
	half, rest := marker[:9], marker[9:]
	tests := []struct{ name, contentType, body, want string }{
		{"object", "application/json", `{"result":"hello ` + marker + `"}`, "hello " + marker},
		{"bare string", "application/json; charset=utf-8", `"` + marker + `"`, marker},
		{"list of tokens", "application/json", `{"tokens":["` + half + `","` + rest + `"],"n":2}`, marker},
		{"list of objects", "application/json", `[{"type":"text","text":"` + half + `"},{"type":"text","text":"` + rest + `"}]`, marker},
		{"nested", "application/json", `{"output":{"message":{"content":[{"text":"` + marker + `"}]}}}`, marker},
		{"JSON in a string", "application/json", `{"body":"{\"a\":[\"` + half + `\",\"` + rest + `\"]}"}`, marker},
		{"problem type", "application/problem+json", `{"detail":"` + half + `\u0020` + rest + `"}`, half + " " + rest},
		{"JSON without a type", "", `{"a":["` + half + `","` + rest + `"]}`, marker},
		{"text", "text/plain", "it was " + marker, marker},
		{"html", "text/html", "<p>" + marker + "</p>", marker},
		{"broken JSON", "application/json", `{"a":"` + marker, marker},
		{"JSON lines", "application/x-ndjson", `{"d":"` + half + `"}` + "\n" + `{"d":"` + rest + `"}` + "\n", marker},
		{"numbered lines", "text/plain", `0:"` + half + `"` + "\n" + `0:"` + rest + `"` + "\n", marker},
		{"empty", "application/json", ``, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Reassemble(tt.contentType, []byte(tt.body), nil); !strings.Contains(got, tt.want) {
				t.Errorf("%q is not in %q", tt.want, got)
			}
		})
	}
}

// TestReassembleIsLinear has documents whose places, depth or paths a quadratic reader would not survive.
func TestReassembleIsLinear(t *testing.T) {
	deep := strings.Repeat(`{"a":`, maxJSONDepth-1) + `"x"` + strings.Repeat("}", maxJSONDepth-1)
	name := strings.Repeat("k", 1<<20)
	for what, body := range map[string]string{
		"many places":   "[" + strings.Repeat(`"x",`, 1<<19) + `"` + marker + `"]`,
		"deep":          "[" + strings.Repeat(deep+",", 100) + `"` + marker + `"]`,
		"long paths":    `{"` + name + `":{"` + name + `":[` + strings.Repeat(`"x",`, 1<<18) + `"` + marker + `"]}}`,
		"opened thrice": `{"a":"` + strings.Repeat("{", 1<<20) + `","b":"` + marker + `"}`,
	} {
		if text := Reassemble("application/json", []byte(body), nil); !strings.Contains(text, marker) {
			t.Errorf("%s: the marker is lost", what)
		}
	}
}

func FuzzReassemble(f *testing.F) {
	for _, s := range documentSeeds {
		f.Add("application/json", s)
		f.Add("text/event-stream", s)
		f.Add("text/plain", `0:"a"`+"\n"+s)
	}
	f.Add("application/json", `{"a":"data: {\"b\":\"c\"}\n\n"}`)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		text := Reassemble(contentType, []byte(body), []string{body})
		var s string
		if json.Unmarshal([]byte(body), &s) == nil && mediaType(contentType) == "application/json" &&
			strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(marker, r) }) < 0 && !strings.Contains(text, s) {
			t.Errorf("%q is not in %q", s, text)
		}
	})
}
