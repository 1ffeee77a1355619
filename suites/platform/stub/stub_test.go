package stub

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClipKeepsWholeCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short", 10, "short"},
		{"a longer text", 6, "a long"},
		{"aé", 2, "a"},
		{"\xff bad", 10, "\uFFFD bad"},
		{"\x80\x80", 1, ""},
		{"", 0, ""},
	} {
		if got := Clip(c.text, c.most); got != c.want || !utf8.ValidString(got) {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestDistinctIsBounded(t *testing.T) {
	var d Distinct
	for _, v := range []string{"b", "", "a", "b", strings.Repeat("x", 1000), "late"} {
		d.Add(v, 3)
	}
	if want := []string{"b", "a", strings.Repeat("x", 256)}; !slices.Equal(d.Values(), want) {
		t.Errorf("Values() = %q, want %q", d.Values(), want)
	}
}
