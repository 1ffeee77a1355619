package reading

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Series is one run of health checks against one process.
type Series struct {
	Name  string
	Pings []record.Ping
	// Calls are the invocations of the process in that time; nil where only the health checks tell of them.
	Calls []*record.Exchange
	// Glances are further health checks of the same process, closer together.
	Glances []record.Ping
	// Ended says that the process was gone at the end, so that lost health checks are somebody else's finding.
	Ended bool
}

// The series that are told apart by their names.
const (
	longSession   = "poll beside a long session"
	backgroundJob = "poll beside the background job"
)

// PollKinds are the records that Polls reads, PingKinds those that AllPings reads.
var (
	PollKinds = []record.Kind{record.KindIdle, record.KindLongSession, record.KindEnd, record.KindAsync}
	PingKinds = append([]record.Kind{record.KindInFlight, record.KindMalformed, record.KindDisconnect, record.KindBodies}, PollKinds...)
)

// Polls are the slow series: those whose stamps are worth comparing.
func Polls(set *record.Set) []Series {
	var out []Series
	var job []record.Ping
	if set.Async != nil && (set.End == nil || len(set.End.Lost) == 0) { // else it may have run on another process
		job, _ = besideJobs(set.Async)
	}
	if set.Idle != nil {
		out = append(out, Series{Name: "idle poll", Pings: set.Idle.Poll, Glances: job})
	}
	if l := set.LongSession; l != nil {
		_, ended := Ended(l.Before, l.After)
		out = append(out, Series{Name: longSession, Pings: Whole(l.Polls), Calls: sessionCalls(l), Ended: ended})
	}
	if e := set.End; e != nil {
		_, ended := Ended(e.Start, e.State)
		out = append(out, Series{Name: "poll beside all other tests", Pings: Whole(e.Polls), Glances: job, Ended: ended})
		for _, l := range e.Lost {
			out = append(out, Series{Name: "poll of a process that ended", Pings: Whole(l.Polls), Ended: true})
		}
	}
	if a := set.Async; a != nil {
		pings, calls := besideJobs(a)
		out = append(out, Series{Name: backgroundJob, Pings: pings, Calls: calls})
	}
	return out
}

// besideJobs are the health checks beside all background jobs, and the calls among them.
func besideJobs(a *record.Async) (pings []record.Ping, calls []*record.Exchange) {
	pings, calls = slices.Concat(a.Before, a.Pings), []*record.Exchange{&a.Trigger}
	if a.During != nil {
		calls = append(calls, a.During)
	}
	for _, j := range []*record.Job{a.Left, a.Failing} {
		if j != nil {
			pings, calls = append(pings, j.Pings...), append(calls, &j.Trigger)
		}
	}
	return pings, calls
}

// sessionCalls are the turns of a long session and all calls beside it, never nil.
func sessionCalls(l *record.LongSession) []*record.Exchange {
	out := []*record.Exchange{}
	for _, t := range SessionTurns(l) {
		out = append(out, t.Call)
	}
	for i := range l.Beside {
		out = append(out, &l.Beside[i].Call)
		if again := l.Beside[i].Again; again != nil {
			out = append(out, again)
		}
	}
	for _, b := range l.Brief {
		if b.Kind != "" {
			out = append(out, skeleton(b))
		}
	}
	return out
}

// Whole gives back to the health checks of a very long series what was left out because it repeated itself.
func Whole(pings []record.Ping) []record.Ping {
	if !slices.ContainsFunc(pings, func(p record.Ping) bool { return p.Same }) {
		return pings
	}
	out := slices.Clone(pings)
	for i := range out {
		if p := &out[i]; p.Same && i > 0 {
			p.Type, p.Body, p.Short = out[i-1].Type, out[i-1].Body, out[i-1].Short
		}
	}
	return out
}

// AllPings are all series of health checks after readiness.
func AllPings(set *record.Set) []Series {
	out := Polls(set)
	if set.Idle != nil {
		out = append(out, Series{Name: "idle burst", Pings: set.Idle.Burst})
	}
	if set.InFlight != nil {
		var pings []record.Ping
		for _, r := range set.InFlight.Rounds {
			pings = append(pings, r.Pings...)
		}
		out = append(out, Series{Name: "burst beside invocations", Pings: pings})
	}
	return append(out, Series{Name: "after odd requests and early leaves", Pings: afterwards(set), Ended: true})
}

// afterwards are the single health checks that looked whether an agent is still itself. Lost ones are the findings of
// what was played before them; those that were answered, but not with 200, are nobody else's.
func afterwards(set *record.Set) []record.Ping {
	var all []*record.Ping
	if m := set.Malformed; m != nil {
		for i := range m.Probes {
			all = append(all, m.Probes[i].Ping)
		}
	}
	if d := set.Disconnect; d != nil {
		for i := range d.Rounds {
			all = append(all, d.Rounds[i].Ping)
		}
	}
	if set.Bodies != nil {
		all = append(all, set.Bodies.Ping)
	}
	if set.End != nil {
		all = append(all, set.End.Ping)
	}
	var out []record.Ping
	for _, p := range all {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// Sent is when a ping really left, End when it was over; both from the container's start.
func Sent(p record.Ping) record.Millis { return p.At + p.Lag }

// End is the end of a ping.
func End(p record.Ping) record.Millis { return Sent(p) + p.Took }

// Counts reports that the harness sent the ping and waited for it.
func Counts(p record.Ping) bool {
	return p.Outcome != record.Unsent && p.Outcome != record.Abandoned && p.Outcome != ""
}

// Slowed says under what the containers computed slower than on the platform, and is empty where nothing was measured to
// slow them.
func Slowed(set *record.Set) string {
	switch emulated, throttled := set.Terms.Emulated, set.Terms.Throttled > 1; {
	case emulated && throttled:
		return "under emulation and a CPU quota"
	case emulated:
		return "under emulation"
	case throttled:
		return "under a CPU quota"
	}
	return ""
}

// Scale is the factor for limits on computed work, at least 1.
func Scale(set *record.Set) record.Millis {
	return record.Millis(max(set.Terms.TimeScale, 1))
}
