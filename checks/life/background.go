package life

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var background = checks.Check{Clause: "LIFE-08", Needs: []record.Kind{record.KindAsync}, Judge: judgeBackground}

// busyWithin is how long after the trigger's answer a job may be unreported.
const busyWithin = record.Millis(5000)

func judgeBackground(set *record.Set) []checks.Verdict {
	a := set.Async
	if !reading.Success(&a.Trigger) {
		return []checks.Verdict{checks.CannotTell("the body that starts the job was not answered with success: %s", reading.Says(&a.Trigger)).
			With(checks.Wire("the trigger", &a.Trigger))}
	}
	end := a.Trigger.At + a.Trigger.Took
	late := busyWithin * reading.Scale(set)
	busyAt, seen := record.Millis(-1), 0
	last := ""
	for _, p := range a.Pings {
		if !p.OK() {
			continue
		}
		seen++
		if last = reading.StatusWord(p); last == reading.HealthyBusy && busyAt < 0 {
			busyAt = max(p.At-end, 0)
		}
	}
	const want = "HealthyBusy within 5 s of the answer, and Healthy when the job is done"
	switch {
	case seen == 0:
		return []checks.Verdict{checks.CannotTell("no health check was answered after the job began")}
	case busyAt < 0:
		return []checks.Verdict{checks.Found("never-busy", want, "the job was never reported", checks.Wire("the trigger", &a.Trigger))}
	case busyAt > late:
		return []checks.Verdict{checks.Found("late-busy", want, "HealthyBusy only "+reading.Seconds(busyAt)+" after the answer", checks.Wire("the trigger", &a.Trigger))}
	case last == reading.HealthyBusy:
		return []checks.Verdict{checks.Found("still-busy", want, "still HealthyBusy when the harness stopped watching", checks.Wire("the trigger", &a.Trigger))}
	}
	if v, found := comesAndGoes(a, end+late); found {
		return []checks.Verdict{v}
	}
	return []checks.Verdict{checks.Passed("HealthyBusy %s after the answer, Healthy at the end", reading.Seconds(busyAt))}
}
