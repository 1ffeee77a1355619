package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// bounds are how many exchanges of one kind a record holds in full: the first, the last, and of those between them the first
// that failed or were not sound.
type bounds struct{ first, last, failed, odd int }

var (
	turnBounds  = bounds{first: 30, last: 30, failed: 50, odd: 20}
	asideBounds = bounds{first: 10, last: 10, failed: 20, odd: 10}
)

func boundsOf(kind record.AsideKind) bounds {
	if kind == "" {
		return turnBounds
	}
	return asideBounds
}

// keeper keeps the exchanges of one kind: some in full, of all others what tells how they went.
type keeper struct {
	bounds
	count int
	// full holds the first ones and those with something to tell, tail the latest, extreme the largest and the slowest of the
	// others.
	full, tail, extreme []record.Aside
	brief               []record.Brief
	// failures and oddities are how many of them are among the full ones.
	failures, oddities int
}

// add takes the next exchange; a turn of the session itself is an aside without a kind.
func (k *keeper) add(a record.Aside) {
	if k.count++; k.count <= k.first {
		k.full = append(k.full, a)
		return
	}
	slim(&a.Call)
	if a.Again != nil {
		slim(a.Again)
	}
	if k.tail = append(k.tail, a); len(k.tail) <= k.last {
		return
	}
	leaves := k.tail[0]
	k.tail = slices.Delete(k.tail, 0, 1)
	switch {
	case fails(leaves) && k.failures < k.failed:
		k.failures++
		k.full = append(k.full, leaves)
	case !fails(leaves) && odd(leaves) && k.oddities < k.odd:
		k.oddities++
		k.full = append(k.full, leaves)
	default:
		k.rank(leaves)
	}
}

// measures are what the extremes are told by: what limits are on (LIM-01 to LIM-03).
var measures = []func(record.Aside) float64{
	func(a record.Aside) float64 { return float64(a.Call.Took) },
	func(a record.Aside) float64 { return float64(size(a.Call)) },
	func(a record.Aside) float64 {
		if a.Call.Events == nil {
			return 0
		}
		return float64(a.Call.Events.LargestEvent)
	},
}

// rank keeps an exchange in full while it is the extreme of a measure.
func (k *keeper) rank(a record.Aside) {
	all := slices.Concat(k.extreme, []record.Aside{a})
	best := map[int]bool{}
	for _, m := range measures {
		most := 0
		for i := range all {
			if m(all[i]) > m(all[most]) {
				most = i
			}
		}
		best[most] = best[most] || m(all[most]) > 0
	}
	k.extreme = nil
	for i := range all {
		if best[i] {
			k.extreme = append(k.extreme, all[i])
		} else {
			k.brief = append(k.brief, briefly(all[i]))
		}
	}
}

// kept are those in full, in the order of At.
func (k *keeper) kept() []record.Aside {
	out := slices.Concat(k.full, k.extreme, k.tail)
	slices.SortStableFunc(out, func(a, b record.Aside) int { return cmp.Compare(a.Call.At, b.Call.At) })
	return out
}

func briefly(a record.Aside) record.Brief {
	return record.Brief{
		Kind: a.Kind, At: tenths(a.Call.At), Took: tenths(a.Call.Took), Outcome: a.Call.Outcome, Status: a.Call.Status(), Bytes: size(a.Call),
		Streamed: a.Call.Events != nil, Failed: fails(a),
	}
}

func size(x record.Exchange) int64 {
	if x.Response == nil {
		return 0
	}
	return x.Response.BodySize
}

// tenths is a time to a tenth of a millisecond: what lies behind that is noise, and there are thousands of them.
func tenths(m record.Millis) record.Millis { return record.Millis(int64(m*10+0.5)) / 10 }

// fails reports an exchange that did not go as it should: a call that is no success, an agent that does not come back.
func fails(a record.Aside) bool {
	switch a.Kind {
	case record.AsideLeft:
		return a.Again != nil && failed(*a.Again)
	case record.AsideMalformed:
		return !a.Call.Reached()
	}
	return failed(a.Call)
}

// odd reports an answer that is not sound: some check may have something to say of it.
func odd(a record.Aside) bool {
	r := a.Call.Response
	if r == nil || a.Call.Outcome != record.Answered {
		return a.Kind != record.AsideLeft
	}
	json := strings.Contains(strings.ToLower(a.Call.HeaderValue("content-type")), "json")
	return len(r.Oddities) > 0 || !r.ValidUTF8 || json && !r.ValidJSON
}

// Bounds on what is kept of an answer when it is one of many.
const (
	manyBody   = 4 << 10
	manyEvents = 8
)

// slim takes from an exchange what says nothing new at the hundredth time.
func slim(x *record.Exchange) {
	x.Request.Body = clipped(x.Request.Body, manyBody)
	if x.Response != nil {
		response := *x.Response
		response.Body = clipped(response.Body, manyBody)
		x.Response = &response
	}
	if x.Events == nil {
		return
	}
	events := *x.Events
	all := slices.Concat(events.Events, events.Tail)
	events.Events = slices.Clone(all[:min(manyEvents, len(all))])
	events.Tail = slimTail(all[len(events.Events):])
	events.Reads = slices.Clone(events.Reads[:min(manyEvents, len(events.Reads))])
	x.Events = &events
}

// slimTail is the end of a stream, and the error in it wherever that stands (SSE-07).
func slimTail(rest []record.Event) []record.Event {
	tail := slices.Clone(rest[max(0, len(rest)-record.MaxTail):])
	if bad := slices.IndexFunc(rest, erroneous); bad >= 0 && !slices.ContainsFunc(tail, erroneous) {
		tail[0] = rest[bad]
	}
	return tail
}

func erroneous(e record.Event) bool {
	_, bad := record.ErrorInStream(&record.EventStream{Events: []record.Event{e}})
	return bad
}

func clipped(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
