package reports

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// bounds say how much of one piece of evidence a writer shows: lines, bytes per line, and bytes in all.
type bounds struct{ lines, width, total int }

// evidenceLines renders one piece of evidence as clean lines: the request, what came back, the curl line; or the last
// lines of a log; or the first of a text. The curl line is never cut, because half of it is of no use.
func evidenceLines(e checks.Evidence, b bounds) []string {
	var out []string
	switch {
	case e.Exchange != nil:
		out = wireLines(e.Exchange, b)
	case e.Kind == "log":
		out = prefixed("| ", tail(e.Lines, b))
	default:
		out = prefixed("| ", head(strings.Join(e.Lines, "\n"), b))
	}
	if e.Curl != "" {
		out = append(out, curlLine(e.Curl))
	}
	return out
}

func curlLine(curl string) string {
	line := strings.ReplaceAll(Clean(curl), "\n", `\n`)
	if strings.HasPrefix(line, "#") {
		return line
	}
	return "$ " + line
}

func wireLines(x *record.Exchange, b bounds) []string {
	out := []string{CleanLine(fmt.Sprintf("> %s %s%s", x.Request.Method, x.Request.Path, sent(x)))}
	out = append(out, "< "+statusLine(x))
	if x.Response != nil {
		out = append(out, prefixed("< ", head(x.Response.Body, b))...)
	}
	return out
}

func sent(x *record.Exchange) string {
	switch {
	case len(x.Request.Raw) > 0:
		return fmt.Sprintf(" (%d raw bytes)", len(x.Request.Raw))
	case x.Request.BodySize > 0:
		return fmt.Sprintf(" (%s)", bytesText(x.Request.BodySize))
	default:
		return ""
	}
}

// statusLine says in one line what came back, and when.
func statusLine(x *record.Exchange) string {
	var parts []string
	if r := x.Response; r != nil {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status))))
		if t := x.HeaderValue("content-type"); t != "" {
			parts = append(parts, t)
		}
		parts = append(parts, bytesText(r.BodySize))
	}
	if x.Outcome != record.Answered {
		parts = append(parts, string(x.Outcome))
	}
	if x.Error != "" {
		parts = append(parts, x.Error)
	}
	parts = append(parts, fmt.Sprintf("after %s", millisText(float64(x.Took))))
	return CleanLine(clip(strings.Join(parts, ", "), 400))
}

// head returns the first lines of a text, clean and bounded.
func head(text string, b bounds) []string {
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return nil
	}
	// Cutting first keeps a body of one endless line cheap.
	text = clip(text, b.total)
	lines := strings.Split(Clean(text), "\n")
	if len(lines) > b.lines {
		left := len(lines) - b.lines
		lines = append(lines[:b.lines], fmt.Sprintf("… (%d more lines)", left))
	}
	for i, l := range lines {
		lines[i] = clip(l, b.width)
	}
	return lines
}

// tail returns the last lines of a log, clean and bounded.
func tail(lines []string, b bounds) []string {
	if len(lines) > b.lines {
		lines = lines[len(lines)-b.lines:]
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.ReplaceAll(Clean(clip(l, b.width)), "\n", `\n`)
	}
	return out
}

func prefixed(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(prefix+l, " ")
	}
	return out
}

// bytesText shows a size the way registries do, in decimal units.
func bytesText(n int64) string {
	switch {
	case n < 0:
		return "size unknown"
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	}
}
