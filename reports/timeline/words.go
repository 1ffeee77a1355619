package timeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// longestText bounds, in characters, a text from outside that is shown.
const longestText = 110

// outside makes a text from outside one harmless line of bounded length.
func outside(s string) string { return brief(s, longestText) }

// brief makes a text one harmless line of at most n characters. It cuts before it cleans as well, so that an endless text is cheap.
func brief(s string, n int) string {
	clean := []rune(legible.Line(strings.ToValidUTF8(s[:min(len(s), 4*n)], "\ufffd")))
	if len(s) > 4*n || len(clean) > n {
		return string(clean[:min(len(clean), n-1)]) + "…"
	}
	return string(clean)
}

// heading names what is shown.
func (l *Line) heading() string {
	switch image := outside(l.Image); {
	case image != "":
		return "Time line of " + image
	case l.attached:
		return "Time line of a server that already ran"
	}
	return "Time line of the run"
}

// gist is the picture in one sentence.
func (l *Line) gist() string {
	if l.empty() {
		return "Nothing to show: " + strings.TrimSuffix(outside(l.Missing), ".") + "."
	}
	where := "in the main container, beside all other tests"
	if l.Session {
		where = "in one session"
	}
	long := "A moment"
	if l.watched >= 1 {
		long = legible.Millis(float64(l.watched))
	}
	parts := []string{long + " " + where}
	for _, part := range []string{l.turnsSay(), l.checksSay(), l.memorySays(), l.marksSay()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return parts[0] + ": " + strings.Join(parts[1:], "; ") + "."
}

func (l *Line) turnsSay() string {
	n := len(l.Turns)
	var failed []string
	for _, t := range l.Turns {
		if t.Failed != "" {
			failed = append(failed, t.Failed)
		}
	}
	switch {
	case n == 0:
		return ""
	case len(failed) == 0:
		return counted(n, "turn") + ", " + all(n, "answered")
	}
	return fmt.Sprintf("%s, %s failed (%s)", counted(n, "turn"), thousands(len(failed)), strings.Join(few(failed), ", "))
}

// all says of n things that each is so.
func all(n int, so string) string {
	if n == 1 {
		return so
	}
	return "all " + so
}

func (l *Line) checksSay() string {
	n := len(l.Checks)
	if n == 0 {
		return ""
	}
	var parts []string
	for s, c := range l.tally() {
		switch {
		case c == n && Status(s) != Other:
			parts = append(parts, all(n, Status(s).String()))
		case c > 0:
			parts = append(parts, l.often(Status(s), c))
		}
	}
	return counted(n, "health check") + ", " + strings.Join(parts, ", ")
}

// often says how many health checks had a status, and what those said that the contract has no word for.
func (l *Line) often(s Status, n int) string {
	text := thousands(n) + " " + s.String()
	if s == Other {
		text += " (" + strings.Join(l.others(), ", ") + ")"
	}
	return text
}

func (l *Line) memorySays() string {
	i := slices.IndexFunc(l.Series, func(s Series) bool { return s.Key == Memory })
	if i < 0 {
		return ""
	}
	return "memory " + l.Series[i].course()
}

func (l *Line) marksSay() string {
	switch n := len(l.Marks); n {
	case 0:
		return ""
	case 1:
		return outside(l.Marks[0].Text)
	default:
		return fmt.Sprintf("the process ended %d times", n)
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// course says how a series went: from its first value to its last, and its highest where that is neither.
func (s Series) course() string {
	points := flat(s.Parts)
	first, last := points[0].Value, points[len(points)-1].Value
	v := sorted(values(points))
	high := v[len(v)-1]
	text := between(s.Unit, first, last)
	switch {
	case len(points) == 1:
		return text + " (one sample)"
	case v[0] == high:
		return text + " throughout"
	case s.Unit == Percent && amount(s.Unit, quantile(v, 0.5)) != amount(s.Unit, high):
		return fmt.Sprintf("median %s, highest %s", amount(s.Unit, quantile(v, 0.5)), amount(s.Unit, high))
	case amount(s.Unit, high) != amount(s.Unit, max(first, last)):
		return text + ", highest " + amount(s.Unit, high)
	}
	return text
}

// percentiles sums up latencies.
func percentiles(points []Point) string {
	v := sorted(values(points))
	if len(v) == 1 {
		return amount(Duration, v[0])
	}
	return fmt.Sprintf("p50 %s, p95 %s, slowest %s", amount(Duration, quantile(v, 0.5)), amount(Duration, quantile(v, 0.95)),
		amount(Duration, v[len(v)-1]))
}

// description says in words what the picture shows, for those who do not see it.
func (l *Line) description() string {
	text := l.gist()
	if l.empty() {
		return text
	}
	for _, s := range l.Series {
		if s.Key != Memory { // the gist has it
			text += " " + s.Title + ": " + s.course() + "."
		}
	}
	if points := l.turnTimes(); len(points) > 0 {
		text += " Turn latency: " + percentiles(points) + "."
	}
	if points := l.checkTimes(); len(points) > 0 {
		text += " Health check latency: " + percentiles(points) + "."
	}
	for i, m := range l.Marks {
		if i == shownMarks {
			break
		}
		text += fmt.Sprintf(" At %s: %s.", amount(Duration, float64(m.At)), outside(m.Text))
	}
	return strings.Join(append([]string{text}, l.Notes...), " ")
}

// lines breaks a sentence so that each line has at most width characters; a longer word stands alone.
func lines(text string, width int) []string {
	var out []string
	for _, word := range strings.Fields(text) {
		if n := len(out); n > 0 && len([]rune(out[n-1]))+1+len([]rune(word)) <= width {
			out[n-1] += " " + word
			continue
		}
		out = append(out, word)
	}
	return out
}
