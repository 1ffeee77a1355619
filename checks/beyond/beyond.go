// Package beyond holds the clauses of which a run sees nothing by itself: those that no container can show, and those
// that are another clause's in other words. A run says of them what is known, so that a green one is not read as a proof
// of what was not tested.
package beyond

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Checks are notes, one a clause.
var Checks = []checks.Check{
	checks.Exclusion("NET-08"),
	checks.Exclusion("PING-16"),
	checks.Exclusion("LIFE-07"),
	checks.Exclusion("LIFE-10"),
	checks.Exclusion("LIFE-12"),
	checks.Exclusion("LIFE-13"),
	checks.Exclusion("LIFE-16"),
	note("NET-07", "the port and path of this run are the contract's, or those given with --port and --path; the runtime must be configured alike"),
	note("PING-17", "/health and other paths were not accepted in place of /ping"),
	note("LIFE-11", "what lies on the container's disk is lost with the session; session storage needs a mount of its own"),
	note("LIFE-14", "platform version V2 asks for readiness within 120 s when a runtime is created or updated; on V1 a session does: LIFE-01 rules on both"),
	note("LIFE-18", "READY in the control plane says nothing of the container; this run did start it"),
}

func note(clause, text string) checks.Check {
	return checks.Check{Clause: clause, Needs: []record.Kind{record.KindBoot},
		Judge: func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Remark("%s", text)} }}
}
