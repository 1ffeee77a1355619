package suites_test

import "github.com/agentcore-conform/agentcore-conform/fixtures/mutants"

// byRecords are the reasons that no fixture can be made to show, each with why. The tests of the checks prove them with
// records.
var byRecords = map[mutants.Row]string{
	{Clause: "LIFE-01", Reason: "bad-answer"}: "only protocols without a health path have it: MCP, which is not played",
}

// unpassed are the checks that no good agent passes, each with why.
var unpassed = map[string]string{}
