package net

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var redirects = checks.Check{Clause: "NET-06", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindCalls, record.KindIdle}, Judge: judgeRedirects}

// judgeRedirects judges the contract's own paths. What the other slash form does is the framework's business.
func judgeRedirects(set *record.Set) []checks.Verdict {
	direct := 0
	for _, x := range exact(set) {
		if reading.FateOf(x) == reading.Redirected {
			return []checks.Verdict{checks.Found("redirected", "an answer on "+x.Request.Path+" itself",
				reading.Says(x)+", Location "+reading.Quote(x.HeaderValue("location")), checks.Wire("redirected", x))}
		}
		if x.Reached() {
			direct++
		}
	}
	if direct == 0 {
		return []checks.Verdict{checks.CannotTell("nothing answered on the contract's paths")}
	}
	for _, x := range otherSlash(set) {
		if reading.FateOf(x) == reading.Redirected {
			return []checks.Verdict{checks.Found("slash-redirected", "no redirect on "+x.Request.Path,
				reading.Says(x)+", Location "+reading.Quote(x.HeaderValue("location")), checks.Wire("other slash form", x))}
		}
	}
	return []checks.Verdict{checks.Passed("no redirect in %d answers on the contract's paths", direct)}
}

func exact(set *record.Set) []*record.Exchange {
	out := []*record.Exchange{set.Boot.Last}
	if i := set.Idle; i != nil {
		out = append(out, i.Bare, i.Platform)
	}
	if c := set.Calls; c != nil {
		out = append(out, reading.Settled(c), c.Variants[record.Platform], c.Variants[record.Minimal])
	}
	return out
}

func otherSlash(set *record.Set) []*record.Exchange {
	var out []*record.Exchange
	if set.Idle != nil {
		out = append(out, set.Idle.Slash)
	}
	if set.Calls != nil {
		out = append(out, set.Calls.Variants[record.Slash])
	}
	return out
}
