package suites_test

import "github.com/agentcore-conform/agentcore-conform/fixtures/mutants"

// byRecords are the reasons that no fixture can be made to show, each with why. The tests of the checks prove them with
// records.
var byRecords = map[mutants.Row]string{
	{Clause: "LIFE-01", Reason: "bad-answer"}:    "only protocols without a health path have it: MCP, which is not played",
	{Clause: "INV-15", Reason: "too-long"}:       "takes more than 15 minutes for one call",
	{Clause: "SSE-10", Reason: "too-long"}:       "takes more than an hour for one stream",
	{Clause: "LIFE-17", Reason: "out-of-memory"}: "takes 8 GB of the machine that tests, until its kernel kills",
}

// unpassed are the checks that no good agent passes, each with why.
var unpassed = map[string]string{}
