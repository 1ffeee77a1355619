package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// starts are all starts of the image that a run saw, and the times of those that came to readiness, shortest first.
type starts struct {
	all   []record.ColdStart
	times []record.Millis
}

func startsSeen(set *record.Set) starts {
	all := reading.Starts(set)
	return starts{all, reading.StartTimes(all)}
}

// say adds the others to what is said of the first; one alone needs no more words.
func (s starts) say() string {
	if len(s.times) < 2 {
		return ""
	}
	return fmt.Sprintf("; %d starts in all: median %s, slowest %s", len(s.times), reading.Seconds(reading.MedianStart(s.times)),
		reading.Seconds(s.times[len(s.times)-1]))
}

// show puts all starts beside a verdict.
func (s starts) show(v checks.Verdict) checks.Verdict {
	if len(s.times) < 2 {
		return v
	}
	lines := make([]string, 0, len(s.all))
	for _, one := range s.all {
		lines = append(lines, startLine(one))
	}
	return v.With(checks.Text("all starts of the image in this run", lines...)).
		Measuring("boot.starts", float64(len(s.times))).Measuring("boot.medianReadyMs", float64(reading.MedianStart(s.times))).
		Measuring("boot.slowestReadyMs", float64(s.times[len(s.times)-1]))
}

func startLine(s record.ColdStart) string {
	text := s.Name + ": "
	if s.Ready {
		text += "ready after " + reading.Seconds(s.ReadyAfter)
	} else {
		text += fmt.Sprintf("never ready (%s)", s.Cause)
	}
	if s.Application() > 0 {
		text += fmt.Sprintf(", process %s, application %s", reading.Seconds(s.Process()), reading.Seconds(s.Application()))
	}
	if s.Engine() > 0 {
		text += ", engine " + reading.Seconds(s.Engine()) + " before"
	}
	if s.Beside {
		text += "; beside other containers"
	}
	return text
}

// slowAgain finds a later start that takes longer than the platform allows where the first does not. One beside others shares
// the machine with them and with the harness: what that many could slow it by is not held against the image.
func (s starts) slowAgain(first, scale record.Millis) (checks.Verdict, bool) {
	if first > startLimit*scale {
		return checks.Verdict{}, false
	}
	for _, one := range s.all {
		explained := record.Millis(0)
		if one.Beside {
			explained = first * record.Millis(len(s.all)+1)
		}
		if one.Ready && one.ReadyAfter > max(startLimit*scale, explained) {
			return checks.Found("slow-again", "each start ready within 120 s, as the first is",
				fmt.Sprintf("the container %s was ready after %s, the first after %s", one.Name, reading.Seconds(one.ReadyAfter), reading.Seconds(first)),
				checks.Text("the slow start", startLine(one))), true
		}
	}
	return checks.Verdict{}, false
}
