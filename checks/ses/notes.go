package ses

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The clauses that no container can show (CONTRACT section 18), and the one that binds callers.
var (
	restricted  = checks.Exclusion("SES-10")
	credential  = checks.Exclusion("SES-13")
	perProtocol = checks.Check{Clause: "SES-14", Needs: []record.Kind{record.KindBoot}, Judge: judgePerProtocol}
)

func judgePerProtocol(set *record.Set) []checks.Verdict {
	field := "x-amzn-bedrock-agentcore-runtime-session-id"
	if set.Terms.Protocol == "MCP" {
		field = "mcp-session-id"
	}
	return []checks.Verdict{checks.Remark("a rule for callers: %s carries its session in %s, and so did every call of this run", set.Terms.Protocol, field)}
}
