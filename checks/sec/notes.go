package sec

import "github.com/agentcore-conform/agentcore-conform/checks"

// The clauses that no container can show.
var (
	loopback = checks.Exclusion("SEC-05")
	metadata = checks.Exclusion("SEC-06")
)
