package sse

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var plain = checks.Check{Clause: "SSE-11", Needs: needs, Judge: judgePlain}

func judgePlain(set *record.Set) []checks.Verdict {
	return each(set, func(x *record.Exchange) (checks.Verdict, bool) {
		e := compressed(x)
		return checks.Found("compressed", "a plain body for a caller who sends no Accept-Encoding", "Content-Encoding: "+reading.Quote(e)), e != ""
	}, func(*record.Exchange) checks.Verdict { return checks.Passed("not compressed without being asked") })
}
