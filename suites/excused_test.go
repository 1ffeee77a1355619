package suites_test

import "github.com/agentcore-conform/agentcore-conform/fixtures/mutants"

// byRecords are the reasons that no fixture can be made to show, each with why. The tests of the checks prove them with
// records.
var byRecords = map[mutants.Row]string{
	{Clause: "LIFE-01", Reason: "bad-answer"}: "only protocols without a health path have it: MCP, which is not played",
	{Clause: "LIFE-21", Reason: "times-out"}:  "takes turns of minutes, each a quarter of a minute longer than the one before it",
}

// unpassed are the checks that no good agent passes, each with why.
var unpassed = map[string]string{}
