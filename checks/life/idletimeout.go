package life

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var idleTimeout = checks.Check{Clause: "LIFE-06", Needs: []record.Kind{record.KindBoot}, Wants: reading.PollKinds, Judge: judgeIdleTimeout}

// judgeIdleTimeout says what the platform would have made of the session, without a verdict: what is wrong with it is
// PING's to say. The timeout itself is the platform's, and nothing in a container shows it.
func judgeIdleTimeout(set *record.Set) []checks.Verdict {
	session := reading.Reaped(set)
	if session == nil {
		cl, _ := checks.Contract().Clause("LIFE-06")
		return []checks.Verdict{checks.Remark("%s", cl.Excluded)}
	}
	return []checks.Verdict{costing(checks.Remark("%s", session.Text()[0]), "session", session).With(reading.ReaperLines(session))}
}

// costing adds when the session would have ended, in milliseconds from the start of its container, under a name that says
// what class of cost that is.
func costing(v checks.Verdict, whose string, session *reaper.Session) checks.Verdict {
	if session == nil {
		return v
	}
	c := session.Worst().Worst()
	return v.Measuring(fmt.Sprintf("%s.%s.endMs", whose, c.Class), c.EndsAt*1000)
}
