package inv

import (
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Names of probes that checks tell apart.
const (
	truncatedJSON = "truncated-json"
	emptyBody     = "empty-body"
	notUTF8Body   = "not-utf8"
	emptyObj      = "empty-object"
	blocks        = "prompt-blocks"
)

var malformedNeeds = []record.Kind{record.KindCalls, record.KindMalformed}

var malformed = checks.Check{Clause: "INV-07", Needs: malformedNeeds, Judge: func(set *record.Set) []checks.Verdict {
	return judgeOdd(set, func(name string) bool {
		return name != notUTF8Body && name != emptyObj && name != blocks
	})
}}

var notUTF8 = checks.Check{Clause: "INV-08", Needs: malformedNeeds, Judge: func(set *record.Set) []checks.Verdict {
	return judgeOdd(set, func(name string) bool { return name == notUTF8Body })
}}

var emptyObject = checks.Check{Clause: "INV-11", Needs: malformedNeeds, Judge: func(set *record.Set) []checks.Verdict {
	return judgeOdd(set, func(name string) bool { return name == emptyObj })
}}

// reachesHandler reports that a body is sound JSON, so that the handler gets it and may well make something of it.
func reachesHandler(name string) bool {
	return name != truncatedJSON && name != emptyBody && name != notUTF8Body
}

// oddReasons are the ways to take an odd body badly, gravest first. All odd-body clauses have them.
var oddReasons = []string{"exit", "hang", "dropped", "server-error", "accepted"}

// judgeOdd rules on the probes that count: any 4xx passes, and the gravest of the others is told.
func judgeOdd(set *record.Set, counts func(name string) bool) []checks.Verdict {
	found := map[string][]*record.Probe{}
	before, seen := set.Malformed.Before, 0
	for i := range set.Malformed.Probes {
		p := &set.Malformed.Probes[i]
		if counts(p.Name) {
			reason := oddReason(before, p, set.Calls.Worked)
			found[reason] = append(found[reason], p)
			seen++
		}
		before = p.State
	}
	for _, reason := range oddReasons {
		if ps := found[reason]; len(ps) > 0 {
			return []checks.Verdict{checks.Found(reason, "a quick 4xx", oddText(ps), checks.Wire(ps[0].Name, &ps[0].Call))}
		}
	}
	if n := len(found[unclear]); n == seen {
		return []checks.Verdict{checks.CannotTell("the agent answers no call here, so what it makes of odd bodies cannot be told")}
	}
	return []checks.Verdict{checks.Passed("%s", oddText(slices.Concat(found[""], found[unclear])))}
}

// unclear marks a probe that tells nothing: the handler got the body, and fails with every body here.
const unclear = "unclear"

func oddReason(before record.State, p *record.Probe, worked bool) string {
	excused := reachesHandler(p.Name) && !worked
	f := reading.FateOf(&p.Call)
	_, ended := reading.Ended(before, p.State)
	switch {
	case reading.Known(before) && !before.Running, f == reading.NotSent:
		return unclear
	case excused && (ended || f != reading.Refused):
		return unclear
	case ended:
		return "exit"
	case f == reading.Hung:
		return "hang"
	case f == reading.Broken || f == reading.Gone:
		return "dropped"
	case f == reading.Failed:
		return "server-error"
	case f == reading.Served && (!reachesHandler(p.Name) || p.Name == emptyObj):
		return "accepted"
	}
	return ""
}

func oddText(probes []*record.Probe) string {
	parts := make([]string, 0, len(probes))
	for _, p := range probes {
		parts = append(parts, p.Name+": "+reading.Says(&p.Call))
	}
	return strings.Join(parts, "; ")
}
