package sec

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The clauses that no container can show, or that this run does not play.
var (
	loopback       = note("SEC-05", "what tools and model-driven code can reach on loopback is not seen from outside")
	metadata       = note("SEC-06", "the metadata service was not played; SDKs of 2020 and later speak its version 2, hand-written calls may not")
	debugEndpoints = note("SEC-08", "/docs, /debug and /metrics were not asked for; odd input is judged in INV-07 to INV-12")
)

func note(clause, text string) checks.Check {
	return checks.Check{Clause: clause, Needs: []record.Kind{record.KindBoot},
		Judge: func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Remark("%s", text)} }}
}

var privileges = checks.Check{Clause: "SEC-10", Needs: []record.Kind{record.KindBoot}, Judge: judgePrivileges}

func judgePrivileges(set *record.Set) []checks.Verdict {
	switch {
	case set.Terms.Attached:
		return []checks.Verdict{checks.DoesNotApply("a server that already runs has the privileges that it was started with")}
	case set.Boot.Ready:
		return []checks.Verdict{checks.Passed("became ready without mounts, added capabilities or the Docker socket")}
	}
	return []checks.Verdict{checks.CannotTell("never ready, for whatever reason: %s", set.Boot.Detail)}
}
