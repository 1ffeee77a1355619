package sse

import (
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// byteOrderMark may begin a stream; anywhere else it makes a field that nobody knows.
const byteOrderMark = "\ufeff"

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// lines are the kept lines of a stream that say something, without blank ones. The last is left out where the record or
// the stream cut it.
func lines(r *record.Response) []string {
	all := strings.Split(lineEnds.Replace(strings.TrimPrefix(r.Body, byteOrderMark)), "\n")
	all = all[:len(all)-1]
	var out []string
	for _, l := range all {
		if l != "" {
			out = append(out, l)
		}
	}
	return out
}

func knownField(name string) bool {
	return name == "data" || name == "event" || name == "id" || name == "retry"
}

// otherField is a field of somebody's own, which parsers skip as its author knows.
var otherField = regexp.MustCompile(`^[a-z][a-z-]*:`)

// lostLine finds a line that is no field: text whose line end was not followed by a new data field, or a field behind a
// stray byte order mark. Parsers drop it.
func lostLine(r *record.Response) (string, bool) {
	for _, l := range lines(r) {
		if strings.HasPrefix(l, ":") || knownField(l) || otherField.MatchString(l) {
			continue
		}
		return l, true
	}
	return "", false
}

// saysSomething reports that a body holds more than comments and blank lines.
func saysSomething(r *record.Response) bool {
	for _, l := range strings.FieldsFunc(r.Body, func(c rune) bool { return c == '\n' || c == '\r' }) {
		if strings.TrimSpace(l) != "" && !strings.HasPrefix(l, ":") {
			return true
		}
	}
	return false
}
