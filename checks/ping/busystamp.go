package ping

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var stampWhileBusy = checks.Check{Clause: "PING-05", Needs: []record.Kind{record.KindIdle}, Wants: reading.PingKinds, Judge: judgeStampWhileBusy}

func judgeStampWhileBusy(set *record.Set) []checks.Verdict {
	busy := 0
	for _, series := range reading.AllPings(set) {
		for _, p := range series.Pings {
			if reading.StatusWord(p) != reading.HealthyBusy {
				continue
			}
			busy++
			if reading.Poll(p).Stamp.Kind == reaper.Absent {
				return []checks.Verdict{checks.Found(missingStamp(set), "time_of_last_update beside HealthyBusy",
					"HealthyBusy without it", checks.Text("body, "+series.Name, p.Body), reading.ReaperLines(reading.Reaped(set)))}
			}
		}
	}
	switch {
	case busy > 0:
		return []checks.Verdict{checks.Passed("present in all %d answers that said HealthyBusy", busy)}
	case set.Terms.AsyncDeclared:
		return []checks.Verdict{checks.CannotTell("the declared background job was never reported as HealthyBusy: see LIFE-08")}
	}
	return []checks.Verdict{checks.DoesNotApply("the agent never said HealthyBusy; declare background work with --async-payload")}
}

// missingStamp weighs the missing stamp by whether the user relies on HealthyBusy.
func missingStamp(set *record.Set) string {
	if set.Terms.AsyncDeclared {
		return "missing-with-job"
	}
	return "missing"
}
