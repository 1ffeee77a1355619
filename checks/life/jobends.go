package life

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What must hold of jobs that do not end well, or not before the eyes of their callers.
const (
	leftWanted   = "Healthy once the job is over, although its caller left"
	failedWanted = "Healthy once the job has failed"
)

// judgeJobEnds rules on a job whose caller left and on one that failed. A job that is not begun, or not reported, without its
// caller may have been taken for cancelled. The told are what else is to be said of them.
func judgeJobEnds(a *record.Async, session *reaper.Session) (found []checks.Verdict, told string) {
	var all []string
	see := func(v checks.Verdict, j *record.Job, title string) {
		if v.Reason == "" {
			all = append(all, v.Actual)
			return
		}
		found = append(found, v.With(checks.Wire(title, &j.Trigger), checks.Text("the last health checks", lastPolls(j.Pings)...), reading.ReaperLines(session)))
	}
	if j := a.Left; j != nil {
		see(judgeLeft(j), j, "the trigger whose caller left")
	}
	if j := a.Failing; j != nil {
		see(judgeFailing(j), j, "the trigger of the job that fails")
	}
	return found, strings.Join(all, "; ")
}

func judgeLeft(j *record.Job) checks.Verdict {
	switch w := watched(j); {
	case j.Trigger.Outcome != record.Abandoned:
		return checks.Passed("a caller who leaves was not played: the trigger %s", reading.Says(&j.Trigger))
	case w.stuck:
		return checks.Found("busy-after-leaving", leftWanted, fmt.Sprintf("still HealthyBusy %s after its caller had left", reading.Span(w.since)))
	case w.seen == 0:
		return checks.Passed("no health check was answered after the caller of a further job had left")
	case !w.busy:
		return checks.Found("not-begun-alone", "HealthyBusy, or no job", fmt.Sprintf("not HealthyBusy within %s of the caller's leave", reading.Seconds(w.since)))
	}
	return checks.Passed("a job whose caller left is reported, and ends")
}

func judgeFailing(j *record.Job) checks.Verdict {
	how := map[record.FailedBy]string{record.FailedByBody: "a job that fails", record.FailedByModel: "a job whose model refuses"}[j.By]
	switch w := watched(j); {
	case j.By == record.FailedByModel && len(j.Model) == 0:
		return checks.Passed("no failing job was played: the job asks no model, and no --async-failing-payload says how")
	case w.stuck:
		return checks.Found("busy-after-failure", failedWanted, fmt.Sprintf("still HealthyBusy %s after the trigger of %s", reading.Span(w.since), how))
	case w.seen == 0:
		return checks.Passed("no health check was answered after the trigger of %s", how)
	}
	return checks.Passed("Healthy after %s", how)
}

// watch is what the health checks beside a job say.
type watch struct {
	seen int
	// busy says that it was reported, stuck that it still was when it must have been over; since is the time from the end of
	// its trigger to the last answer.
	busy, stuck bool
	since       record.Millis
}

func watched(j *record.Job) watch {
	var out watch
	for _, p := range j.Pings {
		if !p.OK() {
			continue
		}
		busy := reading.StatusWord(p) == reading.HealthyBusy
		out.seen++
		out.busy = out.busy || busy
		out.stuck = busy && reading.Sent(p) >= j.Due
		out.since = max(reading.Sent(p)-j.Trigger.At-j.Trigger.Took, 0)
	}
	return out
}

// lastPolls are a few, as evidence.
func lastPolls(pings []record.Ping) []string {
	const few = 3
	var out []string
	for _, p := range pings[max(len(pings)-few, 0):] {
		out = append(out, pollLine(p))
	}
	return out
}
