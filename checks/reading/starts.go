package reading

import (
	"cmp"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The platform's limit on the start, and what it is good to aim for; both natively (LIFE-01).
const (
	StartLimit = record.Millis(120_000)
	StartAim   = record.Millis(30_000)
)

// Starts are those of a run's containers, in the order of their starts. Records from before they were kept apart tell them by
// their boots.
func Starts(set *record.Set) []record.ColdStart {
	if set.Terms.Attached {
		return nil
	}
	out := slices.Clone(set.Starts)
	if len(out) == 0 {
		out = startsOfBoots(set)
	}
	slices.SortStableFunc(out, func(a, b record.ColdStart) int { return cmp.Compare(a.Epoch, b.Epoch) })
	return out
}

func startsOfBoots(set *record.Set) []record.ColdStart {
	var out []record.ColdStart
	add := func(name string, beside bool, b *record.Boot) {
		if b != nil && b.Epoch > 0 && b.Cause != record.CannotStart {
			out = append(out, record.ColdStartOf(name, beside, b))
		}
	}
	add("main", false, set.Boot)
	if c := set.Clean; c != nil {
		add("clean", true, &c.Boot)
		if c.Declared != nil {
			add("idle", true, &c.Declared.Boot)
		}
	}
	if l := set.LongSession; l != nil {
		add("life", true, l.Untolerated)
		add("life", true, &l.Boot)
	}
	return out
}

// StartTimes are the times to readiness of those starts that came to it, shortest first.
func StartTimes(starts []record.ColdStart) []record.Millis {
	var out []record.Millis
	for _, s := range starts {
		if s.Ready {
			out = append(out, s.ReadyAfter)
		}
	}
	slices.Sort(out)
	return out
}

// MedianStart is the median of times that are in order; 0 for none.
func MedianStart(times []record.Millis) record.Millis {
	n := len(times)
	if n == 0 {
		return 0
	}
	return (times[(n-1)/2] + times[n/2]) / 2
}
