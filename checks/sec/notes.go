package sec

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The clauses that no container can show, or that this run does not play.
var (
	loopback = note("SEC-05", "what tools and model-driven code can reach on loopback is not seen from outside")
	metadata = note("SEC-06", "the metadata service was not played; SDKs of 2020 and later speak its version 2, hand-written calls may not")
)

func note(clause, text string) checks.Check {
	return checks.Check{Clause: clause, Needs: []record.Kind{record.KindBoot},
		Judge: func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Remark("%s", text)} }}
}
