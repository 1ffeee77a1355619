package reports

import (
	"slices"
	"strings"
	"testing"
)

func TestFiguresStayWithTheirUnits(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"it took 1.4 s, of 2 MiB", []string{"it took", "1.4 s, of", "2 MiB"}},
		{"in 3.0 s; and (2.5 ms) ×4 h", []string{"in 3.0 s;", "and", "(2.5 ms)", "×4 h"}},
		{"agents s and MB", []string{"agents s", "and MB"}},
	} {
		if got := wrap(tt.text, 10); !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestWrapLosesNothing(t *testing.T) {
	text := "The  call of 1.5 s\ttook 15 000 bytes more than 2 of sha256:0123456789012345678901234567890123456789 would. 5"
	for width := range 60 {
		if got := strings.Join(wrap(text, width), " "); got != strings.Join(strings.Fields(text), " ") {
			t.Errorf("at %d columns: %q", width, got)
		}
	}
}
