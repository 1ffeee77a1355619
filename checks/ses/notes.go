package ses

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The clauses that no container can show (CONTRACT section 18): what is known is said, and nothing is claimed.
var (
	restricted  = checks.Exclusion("SES-10")
	credential  = note("SES-13", "not testable from a container: whether a user may resume a session is decided in front of it")
	perProtocol = checks.Check{Clause: "SES-14", Needs: []record.Kind{record.KindBoot}, Judge: judgePerProtocol}
)

func note(clause, text string) checks.Check {
	return checks.Check{Clause: clause, Needs: []record.Kind{record.KindBoot},
		Judge: func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Remark("%s", text)} }}
}

func judgePerProtocol(set *record.Set) []checks.Verdict {
	field := "x-amzn-bedrock-agentcore-runtime-session-id"
	if set.Terms.Protocol == "MCP" {
		field = "mcp-session-id"
	}
	return []checks.Verdict{checks.Remark("a rule for callers: %s carries its session in %s, and so did every call of this run", set.Terms.Protocol, field)}
}
