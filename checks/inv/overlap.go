package inv

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var overlap = checks.Check{Clause: "INV-17", Needs: []record.Kind{record.KindCalls, record.KindOverlap}, Judge: judgeOverlap}

func judgeOverlap(set *record.Set) []checks.Verdict {
	o := set.Overlap
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	if how, ended := reading.Ended(o.Before, o.StateAfter); ended {
		return []checks.Verdict{checks.Found("process-gone", "the process survives overlapping calls in one session", how)}
	}
	if !reading.Success(&o.Solo.Call) {
		return []checks.Verdict{checks.CannotTell("the call alone was not served: %s", reading.Says(&o.Solo.Call))}
	}
	refused, hung := 0, 0
	var example *record.Exchange
	for i := range o.Turns {
		t := &o.Turns[i]
		switch {
		case mixed(&o.Solo, t):
			return []checks.Verdict{checks.Found("mixed", "each of the overlapping calls gets its own answer",
				fmt.Sprintf("the answer to the call marked %s holds %s instead", t.Marker, t.Found[0]), checks.Wire("the mixed answer", &t.Call))}
		case reading.Success(&t.Call):
		case reading.FateOf(&t.Call) == reading.Hung || reading.FateOf(&t.Call) == reading.Broken || reading.FateOf(&t.Call) == reading.Gone:
			hung++
			example = &t.Call
		default:
			refused++
			example = &t.Call
		}
	}
	if reading.FateOf(&o.After.Call) != reading.NotSent && !reading.Success(&o.After.Call) && !reading.Busy(&o.After.Call) {
		return []checks.Verdict{checks.Found("broken-after", "a call alone is served once the overlapping ones ended", reading.Says(&o.After.Call), checks.Wire("the call afterwards", &o.After.Call))}
	}
	return []checks.Verdict{overlapVerdict(len(o.Turns), refused, hung, example)}
}

func overlapVerdict(n, refused, hung int, example *record.Exchange) checks.Verdict {
	switch {
	case n < 2:
		return checks.CannotTell("no calls overlapped")
	case hung > 0:
		return checks.Found("no-answer", "overlapping calls are answered", fmt.Sprintf("%d of %d were not: %s", hung, n, reading.Says(example)), checks.Wire("one of them", example))
	case refused > 0:
		return checks.Found("refused", "overlapping calls are served", fmt.Sprintf("%d of %d were refused: %s", refused, n, reading.Says(example)), checks.Wire("one of them", example))
	}
	return checks.Passed("%d overlapping calls in one session were served", n)
}

// mixed reports an answer that holds another call's marker and not its own, from an agent that else answers with the
// marker it was given. Own and others together are the session's history.
func mixed(solo, t *record.Turn) bool {
	return slices.Contains(solo.Found, solo.Marker) && len(t.Found) > 0 && !slices.Contains(t.Found, t.Marker)
}
