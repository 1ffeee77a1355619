package net

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var earlyLeave = checks.Check{Clause: "NET-12", Needs: []record.Kind{record.KindDisconnect}, Judge: judgeEarlyLeave}

func judgeEarlyLeave(set *record.Set) []checks.Verdict {
	return reading.AfterLeaving(set, func(phase string) bool { return phase != "stream" })
}
