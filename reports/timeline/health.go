package timeline

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Status is what a health check said, from the best to the worst.
type Status int

// The statuses that the picture tells apart.
const (
	// Healthy and HealthyBusy are the contract's words.
	Healthy Status = iota
	HealthyBusy
	// Other is an answer that is neither.
	Other
	// NoAnswer is none at all, or not in time.
	NoAnswer
	statuses
)

var statusNames = [statuses]string{"Healthy", "HealthyBusy", "other", "unanswered"}

func (s Status) String() string { return statusNames[s] }

// Check is one health check. Took is what a caller on a fixed schedule waits.
type Check struct {
	At, Took record.Millis
	Status   Status
	// Says is what an Other answer said.
	Says string
}

// timed reports that Took is a latency: the answer's, or the time after which nobody waited any longer. A connection that
// is refused is fast, and no answer.
func (c Check) timed() bool { return c.Status != NoAnswer || c.Says == string(record.TimedOut) }

// longestWord bounds what is shown of a status, in characters.
const longestWord = 24

// checksOf are the health checks of one process that the harness really sent.
func checksOf(l life) []Check {
	var out []Check
	for _, p := range l.polls {
		c := Check{At: l.start + p.At, Took: p.Lag + p.Took}
		if !reading.Counts(p) || !believed(c.At) || !believed(c.Took) {
			continue
		}
		c.Status, c.Says = statusOf(p)
		out = append(out, c)
	}
	return out
}

func statusOf(p record.Ping) (Status, string) {
	word, outcome := reading.StatusWord(p), brief(string(p.Outcome), longestWord)
	switch {
	case p.Status == 0 || p.Outcome == record.TimedOut:
		return NoAnswer, outcome
	case p.Outcome != record.Answered:
		return Other, outcome
	case word == reading.Healthy:
		return Healthy, ""
	case word == reading.HealthyBusy:
		return HealthyBusy, ""
	case p.Status != 200:
		return Other, fmt.Sprint(p.Status)
	case word == "":
		return Other, "no status"
	}
	return Other, `"` + brief(word, longestWord) + `"`
}

// tally counts the health checks by status.
func (l *Line) tally() (n [statuses]int) {
	for _, c := range l.Checks {
		n[c.Status]++
	}
	return n
}

// others are the first few things that other answers said, each once.
func (l *Line) others() []string {
	var said []string
	for _, c := range l.Checks {
		if c.Status == Other {
			said = append(said, c.Says)
		}
	}
	return few(said)
}

// few are the first three of some texts, each once, and a sign where there are more.
func few(texts []string) []string {
	const most = 3
	var out []string
	for _, s := range texts {
		switch {
		case slices.Contains(out, s):
		case len(out) == most:
			return append(out, "...")
		default:
			out = append(out, s)
		}
	}
	return out
}

// run is a stretch of time with one status.
type run struct {
	from, to record.Millis
	status   Status
}

// restless is how many times the usual pause between two health checks a status is believed to last.
const restless = 3

// runs are the stretches of one status: each health check speaks until the next, or until its process ended. Where nobody
// asked for long, nothing is known.
func (l *Line) runs() []run {
	pause, ends := l.usualPause(), l.Marks
	var out []run
	for i, c := range l.Checks {
		to := min(c.At+pause, max(l.To, c.At))
		if i+1 < len(l.Checks) && l.Checks[i+1].At-c.At <= restless*pause {
			to = l.Checks[i+1].At
		}
		for len(ends) > 0 && ends[0].At < c.At {
			ends = ends[1:]
		}
		if len(ends) > 0 {
			to = min(to, ends[0].At)
		}
		if n := len(out); n > 0 && out[n-1].status == c.Status && out[n-1].to >= c.At {
			out[n-1].to = to
			continue
		}
		out = append(out, run{c.At, to, c.Status})
	}
	return out
}

// usualPause is the median time between two health checks.
func (l *Line) usualPause() record.Millis {
	var pauses []float64
	for i := 1; i < len(l.Checks); i++ {
		pauses = append(pauses, float64(l.Checks[i].At-l.Checks[i-1].At))
	}
	return record.Millis(quantile(sorted(pauses), 0.5))
}

// worst is the worst status of each of n columns of the picture, and whether there is any: a thinned picture loses no
// bad moment.
func (l *Line) worst(n int) (status []Status, known []bool) {
	status, known = make([]Status, n), make([]bool, n)
	for _, r := range l.runs() {
		first := l.column(r.from, n)
		for c := first; c <= max(first, l.columnBefore(r.to, n)); c++ {
			status[c], known[c] = max(status[c], r.status), true
		}
	}
	return status, known
}
