package facts

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// dockerMarker is the file that Docker makes in each container, and the platform is not known to (IMG-14).
const dockerMarker = "/.dockerenv"

// Bounds on the look around a mention of the marker: lines above and below it, the part of a line that is read, names that
// stand for what was found, and variables that are told.
const (
	linesAbove, linesBelow = 6, 8
	lineReach              = 200
	mostNames              = 8
	mostVariables          = 16
)

// The words of a choice between addresses. A loopback address is a whole text: http://localhost:6379 is somebody else's.
const (
	wildcard = `(?:["'` + "`" + `](?:0\.0\.0\.0|::)["'` + "`" + `]|\b0\.0\.0\.0\b)`
	loopback = `["'` + "`" + `=-](?:127\.0\.0\.1|localhost|::1)(?:["'` + "`" + `;\s}]|$)`
)

var (
	programName = regexp.MustCompile(`(?i)\.(py|[cm]?[jt]sx?|rb|php|pl|lua|sh|bash)$`)
	remark      = regexp.MustCompile(`^\s*(#|//|\*|/\*|--)`)
	// negated is what stands before a look whose answer is turned round: which branch is which is not worked out then.
	negated = regexp.MustCompile(`(!\s*|\bnot\s+)[\w.$([\s-]*["'` + "`" + `]?$`)
	// tools listen beside the agent: a debugger, metrics.
	tools = regexp.MustCompile(`(?i)debug|inspect|ptvsd|pydevd|metrics|prometheus|pprof`)

	toAll  = regexp.MustCompile(wildcard)
	toSelf = regexp.MustCompile(loopback)
	// given is a wildcard address that is assigned, returned or handed over.
	given      = regexp.MustCompile(`(?:[=:(,]|\breturn\b)\s*` + wildcard)
	before     = regexp.MustCompile(wildcard + `\s+if\b[^\n]*$`)
	after      = regexp.MustCompile(`^[^\n?;]*\?\s*` + wildcard)
	together   = regexp.MustCompile(`^[^\n]{0,20}&&[^\n]{0,24}=\s*` + wildcard)
	condition  = regexp.MustCompile(`\bif\b[^\n]*$`)
	otherwise  = regexp.MustCompile(`\b(?:else|elif|elsif)\b`)
	assigned   = regexp.MustCompile(`^(?:.*[\s;{(,.])?([A-Za-z_$][\w$]*)\s*(?::\s*[\w.]+\s*)?:?=\s*[^=\s>][^\n]*$`)
	defined    = regexp.MustCompile(`\b(?:def|function|fn|func)\s+([A-Za-z_$][\w$]*)|\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=[^\n]*=>|^\s*([A-Za-z_]\w*)\s*\(\)\s*\{?`)
	variableIn = regexp.MustCompile(`\b[A-Z][A-Z0-9_]{2,}\b`)
	// idle are variables that decide no address.
	idle = regexp.MustCompile(`^(PATH|HOME|LANG)$|PORT$`)
)

// markerChoice finds the place in a program of an interpreted language where it listens on all interfaces for the reason that
// the marker exists: both addresses stand beside the look for it, the wildcard one where it was found. What merely finds
// out whether it runs in a container, as telemetry and command line tools do, chooses no address.
func markerChoice(name string, text []byte) (record.MarkerChoice, bool) {
	if !bytes.Contains(text, []byte(dockerMarker)) || !programName.MatchString(name) && !bytes.HasPrefix(text, []byte("#!")) {
		return record.MarkerChoice{}, false
	}
	lines := strings.Split(string(text), "\n")
	looks := looksOf(lines)
	for i, line := range lines {
		for _, at := range looks.FindAllStringIndex(line, mostNames) {
			if !remark.MatchString(line) && chooses(lines, i, at) {
				return record.MarkerChoice{Path: clip("/" + name), Line: i + 1, Variables: variables(lines, i, looks)}, true
			}
		}
	}
	return record.MarkerChoice{}, false
}

// looksOf matches the look for the marker and the names that a program gives to its outcome.
func looksOf(lines []string) *regexp.Regexp {
	form := regexp.QuoteMeta(dockerMarker)
	for _, n := range outcomes(lines) {
		form += `|\b` + regexp.QuoteMeta(n) + `\b`
	}
	return regexp.MustCompile(form)
}

// outcomes are the variables that a look is assigned to, and the functions that it stands in.
func outcomes(lines []string) []string {
	var out []string
	for i, line := range lines {
		at := strings.Index(line, dockerMarker)
		if at < 0 || remark.MatchString(line) || toAll.MatchString(around(line, at, at)) {
			continue
		}
		n := first(assigned.FindStringSubmatch(line[max(0, at-lineReach):at]))
		for j := i; n == "" && j >= max(0, i-linesAbove); j-- {
			if j == i || indent(lines[j]) < indent(line) {
				n = first(defined.FindStringSubmatch(shorten(lines[j], lineReach)))
			}
		}
		if len(n) > 2 && len(out) < mostNames && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// first is the group of a match that is filled.
func first(match []string) string {
	for _, m := range match[min(1, len(match)):] {
		if m != "" {
			return m
		}
	}
	return ""
}

// around is the part of a line about a place in it: minified programs have lines of a megabyte.
func around(line string, from, to int) string {
	return line[max(0, from-lineReach):min(len(line), to+lineReach)]
}

// chooses reports that the look at a place of line i decides between a wildcard and a loopback address.
func chooses(lines []string, i int, at []int) bool {
	ahead, behind := lines[i][max(0, at[0]-lineReach):at[0]], lines[i][at[1]:min(len(lines[i]), at[1]+lineReach)]
	if negated.MatchString(ahead) {
		return false
	}
	end := i
	switch {
	case before.MatchString(ahead), after.MatchString(behind), together.MatchString(behind):
		behind = rest(behind)
	case condition.MatchString(ahead):
		behind, end = block(lines, i, behind)
		if !given.MatchString(otherwise.Split(behind, 2)[0]) {
			return false
		}
		behind = rest(behind)
	default:
		return false
	}
	return !elsewhere(lines, end, behind) && nearby(lines, i, at) && !tools.MatchString(strings.Join(clipped(lines[i:end+1], at[0]), "\n"))
}

// block is what follows a condition: the end of its line, and the lines below that are indented deeper.
func block(lines []string, i int, behind string) (text string, end int) {
	depth := indent(lines[i])
	text, end = behind, i
	for j := i + 1; j < min(len(lines), i+4) && indent(lines[j]) > depth; j++ {
		text, end = text+"\n"+shorten(lines[j], lineReach), j
	}
	return text, end
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// rest is what follows the first wildcard address of a text.
func rest(text string) string {
	if at := toAll.FindStringIndex(text); at != nil {
		return text[at[1]:]
	}
	return text
}

// elsewhere reports a second wildcard address behind the choice: the other branch has one too, or what was chosen is for
// something else.
func elsewhere(lines []string, end int, behind string) bool {
	below := clipped(lines[end+1:min(len(lines), end+1+linesBelow)], 0)
	return toAll.MatchString(behind + "\n" + strings.Join(below, "\n"))
}

// nearby reports a loopback address about line i.
func nearby(lines []string, i int, at []int) bool {
	if toSelf.MatchString(around(lines[i], at[0], at[1])) {
		return true
	}
	for j := max(0, i-linesAbove); j <= min(len(lines)-1, i+linesBelow); j++ {
		if j != i && toSelf.MatchString(shorten(lines[j], 2*lineReach)) {
			return true
		}
	}
	return false
}

// clipped are lines as far as they are read, the first about a place in it.
func clipped(lines []string, at int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		if out[i] = shorten(l, 2*lineReach); i == 0 {
			out[i] = around(l, min(at, len(l)), min(at, len(l)))
		}
	}
	return out
}

// variables are the names in capitals about the choice and about the looks that it hangs on: one of them may decide it too.
func variables(lines []string, choice int, looks *regexp.Regexp) []string {
	var out []string
	for i, line := range lines {
		at := looks.FindStringIndex(line)
		if at == nil || i != choice && !strings.Contains(line, dockerMarker) {
			continue
		}
		for j := max(0, i-2); j <= min(len(lines)-1, i+2); j++ {
			near := shorten(lines[j], 2*lineReach)
			if j == i {
				near = around(line, at[0], at[1])
			}
			for _, v := range variableIn.FindAllString(near, mostVariables) {
				if len(out) < mostVariables && !idle.MatchString(v) && !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// ofApplication reports a file that the agent can be taken to consist of: it lies in the working directory, or beside the
// program that is started.
func (s *scan) ofApplication(file string) bool {
	if s.start != nil && within(file, path.Dir(s.start.Path)) {
		return true
	}
	return within(file, "/"+clean(s.cmd.dir))
}

// within reports a path below a folder.
func within(file, dir string) bool { return dir == "/" || strings.HasPrefix(file, dir+"/") }
