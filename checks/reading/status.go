package reading

import (
	"math"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// HealthyBusy is the status word that keeps a session alive.
const HealthyBusy = reaper.HealthyBusy

// Healthy is the status word of an idle agent.
const Healthy = "Healthy"

// StatusWord is the status that a health check reports, "" when it reports none.
func StatusWord(p record.Ping) string {
	s := gjson.Get(p.Body, "status")
	if !p.OK() || s.Type != gjson.String {
		return ""
	}
	return s.String()
}

// Stamp is time_of_last_update as it was written; Exists is false when it is absent.
func Stamp(p record.Ping) gjson.Result {
	if !p.OK() {
		return gjson.Result{}
	}
	return gjson.Get(p.Body, "time_of_last_update")
}

// MilliBorder tells seconds from milliseconds: as seconds it lies in the year 5138.
const MilliBorder = 1e11

// StampSeconds is a numeric time_of_last_update in seconds, whatever its unit, and whether there is one.
func StampSeconds(p record.Ping) (float64, bool) {
	s := Stamp(p)
	if s.Type != gjson.Number || math.IsInf(s.Num, 0) || math.IsNaN(s.Num) {
		return 0, false
	}
	if math.Abs(s.Num) > MilliBorder {
		return s.Num / 1000, true
	}
	return s.Num, true
}
