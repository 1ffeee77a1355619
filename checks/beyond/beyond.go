// Package beyond holds the clauses that no container can show: a run says of them what is known, so that a green one is
// not read as a proof of what was not tested.
package beyond

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Checks are notes, one a clause.
var Checks = notes(known)

// known is what to say of each clause.
var known = []struct{ clause, text string }{
	{"NET-07", "the port and path of this run are the contract's, or those given with --port and --path; the runtime must be configured alike"},
	{"NET-08", "session endpoints on further ports were not tested"},
	{"PING-16", "a throwing ping handler cannot be provoked from outside; the AWS SDKs fall back to healthy"},
	{"PING-17", "/health and other paths were not accepted in place of /ping"},
	{"LIFE-06", "the idle timeout (900 s by default, from 60 s) is the platform's: a session that is stopped starts anew with the next call"},
	{"LIFE-07", "the maximum lifetime (28800 s by default) is the platform's and ends a session whatever it is doing"},
	{"LIFE-10", "stopped sessions cut streams and calls without a warning: callers must treat a stream without an end as failed"},
	{"LIFE-11", "what lies on the container's disk is lost with the session; session storage needs a mount of its own"},
	{"LIFE-12", "a new image version does not reach running sessions: stop them to roll it out"},
	{"LIFE-13", "callers must retry 409 RetryableConflictException (MCP: -32005): Session operation in progress"},
	{"LIFE-14", "platform version V2 asks for readiness within 120 s when a runtime is created or updated: see LIFE-01"},
	{"LIFE-15", "platform version V2 copies what exists at the first healthy ping into every session; snapshots were not played"},
	{"LIFE-16", "the warm-up hook of platform version V2 was not played"},
	{"LIFE-18", "READY in the control plane says nothing of the container; this run did start it"},
}

func notes(known []struct{ clause, text string }) []checks.Check {
	out := make([]checks.Check, 0, len(known))
	for _, k := range known {
		out = append(out, checks.Check{
			Clause: k.clause, Needs: []record.Kind{record.KindBoot},
			Judge: func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Remark("%s", k.text)} },
		})
	}
	return out
}
