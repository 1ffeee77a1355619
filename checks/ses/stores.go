package ses

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// place is where AgentCore Memory keeps text: the events of a session, or the long-term records of a namespace.
type place struct{ memory, actor, session, namespace string }

func placeOf(q *record.ServiceRequest) place { return place{q.Memory, q.Actor, q.Session, q.Namespace} }

// throughStores finds the leaks that came from outside of the process. Memory is no microVM's own: what two sessions keep
// in one place there, callers of the platform see of each other. Where a marker was stored first counts: a history that is
// mixed already is stored everywhere.
func throughStores(r *record.SessionRound, leaks []Leak) {
	home := map[string]place{}
	for i := range r.Stored {
		for _, m := range r.Stored[i].Markers {
			if _, known := home[m]; !known {
				home[m] = placeOf(&r.Stored[i])
			}
		}
	}
	for i := range leaks {
		l := &leaks[i]
		at, kept := home[l.Said.Marker]
		if !kept || !keeps(r, home, l.Heard.Session, at) {
			continue
		}
		j := slices.IndexFunc(r.Stored, func(q record.ServiceRequest) bool {
			return placeOf(&q) == at && slices.Contains(q.Returned, l.Said.Marker)
		})
		if j >= 0 {
			l.Through = &r.Stored[j]
		}
	}
}

// keeps reports that a session stored something of its own in a place first.
func keeps(r *record.SessionRound, home map[string]place, session string, at place) bool {
	return slices.ContainsFunc(r.Turns, func(t record.Turn) bool {
		own, kept := home[t.Marker]
		return kept && t.Session == session && own == at
	})
}
