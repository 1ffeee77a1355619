package legible

import (
	"regexp"
	"strings"
)

// What CI servers obey where it stands in a log: GitHub's "::name::" at the start of a line; its older "##[name]" anywhere,
// "##vso[name]" of Azure Pipelines and "##teamcity[name]".
var (
	lineCommand = regexp.MustCompile(`(?m)^((?:[\t \p{Zs}]|\x1b\[[0-9;]*m)*:)(:[\t \p{Zs}]*[A-Za-z].*::)`)
	command     = regexp.MustCompile(`#(#\w*\[)`)
)

// Inert puts a backslash into what a CI server would obey when it is printed: no container may mask, group or set
// anything in the log of the run that tests it. Doing so twice changes nothing more.
func Inert(s string) string {
	if strings.Contains(s, "::") {
		s = lineCommand.ReplaceAllString(s, `$1\$2`)
	}
	if strings.Contains(s, "##") {
		s = command.ReplaceAllString(s, `#\$1`)
	}
	return s
}
