package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var background = checks.Check{Clause: "LIFE-08", Needs: []record.Kind{record.KindAsync}, Judge: judgeBackground}

// busyWithin is how long after the trigger's answer a job may be unreported.
const busyWithin = record.Millis(5000)

const busyWanted = "HealthyBusy within 5 s of the answer, and Healthy when the job is done"

func judgeBackground(set *record.Set) []checks.Verdict {
	a := set.Async
	if !reading.Success(&a.Trigger) {
		return []checks.Verdict{checks.CannotTell("the body that starts the job was not answered with success: %s", reading.Says(&a.Trigger)).
			With(checks.Wire("the trigger", &a.Trigger))}
	}
	job := reading.ReapedJob(set)
	v := judgeJob(set, a)
	if v.Reason != "" {
		v = v.With(checks.Wire("the trigger", &a.Trigger), reading.ReaperLines(job))
	}
	ends, told := judgeJobEnds(a, job)
	if v.Outcome != checks.Pass {
		return append([]checks.Verdict{costing(v, "job", job)}, ends...)
	}
	if told != "" {
		v.Actual += "; " + told
	}
	if len(ends) == 0 || ends[0].Reason == "not-begun-alone" && len(ends) == 1 {
		return append([]checks.Verdict{costing(v, "job", job)}, ends...)
	}
	ends[0] = costing(ends[0], "job", job)
	return ends
}

// judgeJob looks at what the health checks after the trigger say.
func judgeJob(set *record.Set, a *record.Async) checks.Verdict {
	end := a.Trigger.At + a.Trigger.Took
	late := busyWithin * reading.Scale(set)
	busyAt, watched, seen := record.Millis(-1), record.Millis(0), 0
	last := ""
	for _, p := range a.Pings {
		if !p.OK() {
			continue
		}
		seen++
		watched = p.At - end
		if last = reading.StatusWord(p); last == reading.HealthyBusy && busyAt < 0 {
			busyAt = max(p.At-end, 0)
		}
	}
	switch {
	case seen == 0:
		return checks.CannotTell("no health check was answered after the job began")
	case busyAt < 0 && reading.Slowed(set) != "" && watched < late:
		return checks.CannotTell("not HealthyBusy within %s of the answer %s, which is %.1f times slower: test on arm64 hardware",
			reading.Seconds(watched), reading.Slowed(set), set.Terms.TimeScale)
	case busyAt < 0:
		return checks.Found("never-busy", busyWanted, "the job was never reported")
	case busyAt > late:
		return checks.Found("late-busy", busyWanted, "HealthyBusy only "+reading.Seconds(busyAt)+" after the answer")
	case last == reading.HealthyBusy:
		return checks.Found("still-busy", busyWanted, "still HealthyBusy when the harness stopped watching")
	}
	if v, found := comesAndGoes(a, end+late); found {
		return v
	}
	return checks.Passed("HealthyBusy %s after the answer, Healthy at the end", reading.Seconds(busyAt))
}
