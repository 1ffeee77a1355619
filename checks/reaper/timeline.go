// Package reaper plays AgentCore's idle reaper on the record of a session: from its health checks and invocations alone,
// what would the platform have done with it (LIFE-06, LIFE-08, PING-05, PING-06)? It is pure: the same time line has the
// same course.
//
// All times are in seconds from the start of the container, by the harness's clock. Stamps are of the container's clock and
// are compared with each other only, so that it does not matter how far the two clocks lie apart. What the platform makes of
// a number that is no time of day is not documented: here any number is a mark, which stays or changes.
package reaper

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// HealthyBusy is the status word that counts as activity. The contract's spelling is the only one that does (PING-03).
const HealthyBusy = "HealthyBusy"

// TimeLine is what the platform would have seen of one process.
type TimeLine struct {
	Name  string
	Polls []Poll
	Calls []Call
	// Glances are further health checks of the same process, closer together than the platform's: they are not played, but
	// show changes of status that fell between two polls.
	Glances []Poll
}

// Call is an invocation from its start to its end.
type Call struct{ Start, End float64 }

// Poll is one health check: when it was sent and answered, how that ended, and what the answer said.
type Poll struct {
	Sent, At float64
	Outcome  record.Outcome
	Status   int
	// Word is the status text of the answer, empty where there is none.
	Word  string
	Stamp Stamp
}

// Stamp is time_of_last_update; the zero value is one that is absent.
type Stamp struct {
	Kind StampKind
	// Seconds is the number, in seconds whatever its unit.
	Seconds float64
}

// StampKind tells what stands in an answer.
type StampKind int

// What may stand there: nothing, a number, or something else, such as a text.
const (
	Absent StampKind = iota
	Number
	Other
)

// Stamped is a number as a stamp; what is not finite is no number.
func Stamped(seconds float64) Stamp {
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return Stamp{Kind: Other}
	}
	return Stamp{Kind: Number, Seconds: seconds}
}

func (p *Poll) good() bool { return p.Outcome == record.Answered && p.Status == 200 }

func (p *Poll) busy() bool { return p.good() && p.Word == HealthyBusy }

// unhealthy reports an answer that ends the session, or a connection that broke (PING-11). A health check that waited in
// vain is neither: beside a call that is PING-08's, and the platform's patience is not documented.
func (p *Poll) unhealthy() bool {
	switch p.Outcome {
	case record.Answered:
		return p.Status != 200 || strings.EqualFold(p.Word, "Unhealthy") || strings.EqualFold(p.Word, "DOWN")
	case record.Refused, record.Reset, record.Truncated, record.Garbled:
		return true
	}
	return false
}

// farthest is the distance from the container's start, in seconds, from which a time is none of a run's: 30 years.
const farthest = 1e9

func usable(times ...float64) bool {
	for _, t := range times {
		if !(math.Abs(t) <= farthest) {
			return false
		}
	}
	return true
}

// inOrder are the usable polls by the time of their answers, as places in the time line.
func (l *TimeLine) inOrder() []int {
	var out []int
	for i, p := range l.Polls {
		if usable(p.Sent, p.At) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(l.Polls[a].At, l.Polls[b].At) })
	return out
}

// otherwise reports a glance between two polls that saw another status than theirs.
func (l *TimeLine) otherwise(a, b *Poll) bool {
	return slices.ContainsFunc(l.Glances, func(g Poll) bool {
		return g.good() && g.At > a.At && g.At < b.At && g.busy() != a.busy()
	})
}

// merged are the usable calls in their order, those that touch or overlap as one.
func (l *TimeLine) merged() []Call {
	var all, out []Call
	for _, c := range l.Calls {
		if usable(c.Start, c.End) {
			all = append(all, Call{c.Start, max(c.Start, c.End)})
		}
	}
	slices.SortStableFunc(all, func(a, b Call) int { return cmp.Compare(a.Start, b.Start) })
	for _, c := range all {
		if n := len(out); n > 0 && c.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, c.End)
			continue
		}
		out = append(out, c)
	}
	return out
}

// callWithin reports a call that began or ran after the first time and until the second.
func callWithin(merged []Call, after, until float64) bool {
	i, _ := slices.BinarySearchFunc(merged, after, func(c Call, t float64) int {
		if c.End > t {
			return 1
		}
		return -1
	})
	return i < len(merged) && merged[i].Start <= until
}
