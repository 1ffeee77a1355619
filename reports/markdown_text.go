package reports

import (
	"fmt"
	"regexp"
	"strings"
)

// inert writes text on one line so that it is shown as it is, read as Markdown or as HTML: every character with a meaning in
// either becomes a character reference. GitHub makes mentions, references and links of what is left, so a zero-width space
// parts those.
func inert(s string) string {
	var b strings.Builder
	for _, r := range clip(CleanLine(s), maxMessage) {
		switch {
		case r == '@' || r == '#':
			fmt.Fprintf(&b, "&#%d;&#8203;", r)
		case r >= 0x80 || isWord(r) || strings.ContainsRune(` .,;:()/%+='"?-`, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return linkStarts.ReplaceAllStringFunc(b.String(), parted)
}

func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// linkStarts are what GitHub takes for the beginning of a link without being told: an address, and an issue as GH-1.
var linkStarts = regexp.MustCompile(`(?i):/|\bwww\.|\bgh-`)

func parted(start string) string {
	return start[:len(start)-1] + "&#8203;" + start[len(start)-1:]
}

// codeSpan shows text on one line in a code span, in which nothing of it means anything. Text with a pipe would still end a
// cell, so it has no place in a table.
func codeSpan(s string) string { return codeSpanOf(s, maxMessage) }

func codeSpanOf(s string, most int) string {
	s = clip(CleanLine(s), most)
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// codeBlock shows clean lines in a fenced block, whose fence is longer than any that the lines hold.
func codeBlock(language string, lines []string) string {
	text := strings.Join(lines, "\n")
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	return fence + language + "\n" + text + "\n" + fence + "\n"
}

// longestRun is the length of the longest row of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		run++
		if r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
