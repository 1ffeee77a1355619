package reports

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// wrap breaks one line of text between words so that each line has at most width characters. A word that is longer
// stands on a line of its own, unbroken: it is a path, a digest or a URL that somebody wants to copy. A figure stays with
// its unit.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range withUnits(strings.Fields(text)) {
		n := utf8.RuneCountInString(word)
		switch {
		case line == "":
			line, used = word, n
		case used+1+n <= width:
			line, used = line+" "+word, used+1+n
		default:
			lines = append(lines, line)
			line, used = word, n
		}
	}
	return append(lines, line)
}

// units are those that reports show, behind a figure and a space.
var units = []string{"ms", "s", "min", "h", "bytes", "B", "kB", "MB", "GB", "KiB", "MiB", "GiB"}

// withUnits joins figures and the units behind them, with whatever punctuation these carry, to one word each.
func withUnits(words []string) []string {
	var out []string
	for _, w := range words {
		last := len(out) - 1
		if last >= 0 && contains(units, strings.TrimRight(w, ".,;:)")) && isFigure(out[last]) {
			out[last] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

func isFigure(word string) bool {
	_, err := strconv.ParseFloat(strings.TrimLeft(word, "(×~"), 64)
	return err == nil
}

// cut shortens one line to width characters.
func cut(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	runes := []rune(line)
	return string(runes[:max(width-1, 0)]) + "…"
}
