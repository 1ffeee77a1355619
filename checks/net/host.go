package net

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var host = checks.Check{Clause: "NET-04", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindCalls, record.KindIdle}, Judge: judgeHost}

// hostPair is the same request with the platform's Host and with localhost.
type hostPair struct {
	what                string
	platform, localhost *record.Exchange
	// dropped says that the first was sent more than once and never answered.
	dropped bool
}

func (p hostPair) often() string {
	if p.dropped {
		return ", each time"
	}
	return ""
}

// judgeHost blames the Host only where the same request is served with localhost: any other refusal has another cause.
func judgeHost(set *record.Set) []checks.Verdict {
	same := ""
	for _, p := range hostPairs(set) {
		if p.dropped || reading.HostDecides(p.platform, p.localhost) {
			return []checks.Verdict{checks.Found("host-refused",
				fmt.Sprintf("%s answered alike for any Host", p.what),
				fmt.Sprintf("Host %s: %s%s; Host %s: %s", p.platform.Request.Host, reading.Says(p.platform), p.often(),
					p.localhost.Request.Host, reading.Says(p.localhost)),
				checks.Wire("with the platform's Host", p.platform), checks.Wire("with localhost", p.localhost))}
		}
		if p.platform.OK() && same == "" {
			same = p.what
		}
	}
	if same == "" {
		return []checks.Verdict{checks.CannotTell("no request was served, with whatever Host")}
	}
	return []checks.Verdict{checks.Passed("%s is served with the platform's Host", same)}
}

func hostPairs(set *record.Set) []hostPair {
	var pairs []hostPair
	if c := set.Calls; c != nil {
		plain := c.Variants[record.Platform]
		if rich := c.Variants[record.Rich]; rich.OK() {
			plain = rich // the fields of a test client decide, not the Host: INV-13
		}
		pairs = append(pairs, hostPair{"the invocation", plain, c.Variants[record.Localhost], reading.HostDropped(c)})
	}
	if i := set.Idle; i != nil {
		pairs = append(pairs, hostPair{"the health check", i.Platform, i.Localhost, false})
	}
	return append(pairs, hostPair{"the readiness probe", set.Boot.Last, set.Boot.Localhost, set.Boot.Cause == record.DropsHost})
}
