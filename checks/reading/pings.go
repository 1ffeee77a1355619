package reading

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Series is one run of health checks against one process.
type Series struct {
	Name  string
	Pings []record.Ping
	// Glances are further health checks of the same process, closer together.
	Glances []record.Ping
	// Ended says that the process was gone at the end, so that lost health checks are somebody else's finding.
	Ended bool
}

// PollKinds are the records that Polls reads, PingKinds those that AllPings reads.
var (
	PollKinds = []record.Kind{record.KindIdle, record.KindLongSession, record.KindEnd, record.KindAsync}
	PingKinds = append([]record.Kind{record.KindInFlight, record.KindMalformed, record.KindDisconnect, record.KindBodies}, PollKinds...)
)

// Polls are the slow series: those whose stamps are worth comparing.
func Polls(set *record.Set) []Series {
	var out []Series
	job := glances(set)
	if set.Idle != nil {
		out = append(out, Series{Name: "idle poll", Pings: set.Idle.Poll, Glances: job})
	}
	if l := set.LongSession; l != nil {
		_, ended := Ended(l.Before, l.After)
		out = append(out, Series{Name: "poll beside a long session", Pings: l.Polls, Ended: ended})
	}
	if e := set.End; e != nil {
		_, ended := Ended(e.Start, e.State)
		out = append(out, Series{Name: "poll beside all other tests", Pings: e.Polls, Glances: job, Ended: ended})
		for _, l := range e.Lost {
			out = append(out, Series{Name: "poll of a process that ended", Pings: l.Polls, Ended: true})
		}
	}
	if a := set.Async; a != nil {
		out = append(out, Series{Name: "poll beside the background job", Pings: slices.Concat(a.Before, a.Pings)})
	}
	return out
}

// glances are the close polls beside a background job. Where processes were replaced, it may have run on another than the
// slow polls saw.
func glances(set *record.Set) []record.Ping {
	if set.Async == nil || set.End != nil && len(set.End.Lost) > 0 {
		return nil
	}
	return slices.Concat(set.Async.Before, set.Async.Pings)
}

// Otherwise reports a glance between two health checks that saw another status than the first of them.
func (s Series) Otherwise(a, b record.Ping) bool {
	return slices.ContainsFunc(s.Glances, func(g record.Ping) bool {
		return g.OK() && g.Unix > a.Unix && g.Unix < b.Unix && StatusWord(g) != StatusWord(a)
	})
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

// Scale is the factor for limits on computed work, at least 1.
func Scale(set *record.Set) record.Millis {
	return record.Millis(max(set.Terms.TimeScale, 1))
}
