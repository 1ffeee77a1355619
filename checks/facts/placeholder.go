package facts

import (
	"fmt"
	"regexp"
	"strings"
)

// gaps are the forms of gaps in templates. Each must be the whole value, or a word that nobody means.
var gaps = []*regexp.Regexp{
	regexp.MustCompile(`^<[A-Za-z][A-Za-z0-9 _.-]*>$`),
	regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`),
	regexp.MustCompile(`\{\{ *[A-Za-z_.][A-Za-z0-9_.-]* *\}\}`),
	regexp.MustCompile(`(?i)^\[?your[_-][a-z0-9_ -]+\]?$`),
	regexp.MustCompile(`(?i)\breplace[_-]?(me|this|with[_-][a-z_-]+)\b`),
	regexp.MustCompile(`(?i)^change[_-]?(me|this)$`),
	regexp.MustCompile(`(?i)^(__[a-z0-9_]+__|%[a-z0-9_]+%|@[a-z0-9_]+@)$`),
}

// placeholder returns the gap that a value was left with, or nothing.
func placeholder(value string) string {
	if value == "<none>" || len(value) > maxText {
		return ""
	}
	for _, g := range gaps {
		if m := g.FindString(value); m != "" {
			return m
		}
	}
	return ""
}

// unfilled lists the places of a config where a gap stands: variables, labels, and words of an exec-form command line,
// where nothing will ever expand ${NAME}.
func unfilled(env []string, labels map[string]string, argv []string) []string {
	var out []string
	for _, e := range bounded(env) {
		if name, value, _ := strings.Cut(e, "="); placeholder(value) != "" {
			out = append(out, fmt.Sprintf("variable %s: %s", clip(name), clip(placeholder(value))))
		}
	}
	for _, name := range sortedKeys(labels) {
		if p := placeholder(labels[name]); p != "" {
			out = append(out, fmt.Sprintf("label %s: %s", clip(name), clip(p)))
		}
	}
	if !runsShell(argv) {
		for i, word := range bounded(argv) {
			if p := placeholder(word); p != "" {
				out = append(out, fmt.Sprintf("word %d of the command line: %s", i+1, clip(p)))
			}
		}
	}
	return bounded(out)
}
