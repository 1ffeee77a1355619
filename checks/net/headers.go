package net

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var headers = checks.Check{Clause: "NET-05", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindWire}, Judge: judgeHeaders}

func judgeHeaders(set *record.Set) []checks.Verdict {
	c := set.Calls
	bare := c.Variants[record.BareHeaders]
	for _, with := range []*record.Exchange{c.Happy(), c.Variants[record.FullHeaders]} {
		if bare.OK() && reading.Denied(c, with) {
			return []checks.Verdict{checks.Found("headers-refused", "the same answer with and without the platform's fields",
				"with them: "+reading.Says(with)+"; without: "+reading.Says(bare),
				checks.Wire("with the platform's fields", with), checks.Wire("without them", bare))}
		}
	}
	if v, bad := unusualFields(set.Wire); bad {
		return []checks.Verdict{v}
	}
	if full := c.Variants[record.FullHeaders]; full.OK() {
		return []checks.Verdict{checks.Passed("served with every field that the platform may send%s", largestBlock(set.Wire))}
	}
	if c.Happy().OK() {
		return []checks.Verdict{checks.Passed("served with the platform's observed fields")}
	}
	v, _ := reading.Unanswered(set)
	return []checks.Verdict{orCannotTell(v)}
}

// orCannotTell keeps a ruling from being empty when calls once worked but the compared ones were not made.
func orCannotTell(v checks.Verdict) checks.Verdict {
	if v.Outcome == "" {
		return checks.CannotTell("the requests to compare were not made")
	}
	return v
}
