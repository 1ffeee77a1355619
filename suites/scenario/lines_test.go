package scenario

import (
	"strings"
	"testing"
)

func TestLinesOf(t *testing.T) {
	sent := strings.TrimSpace(strings.Join(lines, ""))
	joined := strings.NewReplacer("\r", "", "\n", "").Replace(sent)
	tests := []struct{ name, text, got string }{
		{"as said", "You said: x" + sent + "\nbye", sent},
		{"with LF alone", strings.ReplaceAll(sent, "\r", ""), strings.ReplaceAll(sent, "\r", "")},
		{"joined first, as said later", joined + "\n" + sent, sent},
		{"with names between the tokens, then alone", strings.Join(lines, "token") + "\n" + joined, joined},
		{"in capitals", strings.ToUpper(sent), strings.ToUpper(sent)},
		{"cut off", sent[:40], ""},
		{"another text", "a summary", ""},
		{"silent", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if l := linesOf(tt.text); l.Got != tt.got || l.Sent != sent {
				t.Errorf("sent %q, got %q; want %q", l.Sent, l.Got, tt.got)
			}
		})
	}
}

// TestLinesBreakEventsApart: no line is a field of an event stream, and some ends stand alone in a token, others within one.
func TestLinesBreakEventsApart(t *testing.T) {
	text := strings.Join(lines, "")
	for line := range strings.Lines(text) {
		if strings.Contains(line, ":") {
			t.Errorf("%q may be a field", line)
		}
	}
	alone, within := 0, 0
	for _, token := range lines {
		switch trimmed := strings.TrimSpace(token); {
		case trimmed == "":
			alone++
		case strings.ContainsAny(trimmed, "\r\n"):
			within++
		}
	}
	if alone < 2 || within < 1 || len(lines) >= paced.Tokens-2 {
		t.Errorf("%d ends alone, %d within a token, %d tokens of %d", alone, within, len(lines), paced.Tokens)
	}
	if !strings.HasPrefix(lower(strings.TrimSpace(text)), linesBegin) || !strings.HasSuffix(lower(text), linesEnd) {
		t.Errorf("%q has other ends", text)
	}
}
