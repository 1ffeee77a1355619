package ping

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var json = checks.Check{Clause: "PING-02", Needs: []record.Kind{record.KindIdle}, Judge: judgeJSON}

func judgeJSON(set *record.Set) []checks.Verdict {
	good := idleOK(set)
	if len(good) == 0 {
		return []checks.Verdict{noGoodPing}
	}
	for _, p := range good {
		if len(p.Body) >= record.MaxPingBody {
			return []checks.Verdict{checks.CannotTell("the body is longer than the %d bytes that are looked at", record.MaxPingBody)}
		}
		if !gjson.Valid(p.Body) || !gjson.Parse(p.Body).IsObject() {
			return []checks.Verdict{checks.Found("not-json", `a JSON object such as {"status":"Healthy"}`, "body "+reading.Quote(p.Body))}
		}
	}
	for _, p := range good {
		if kind := mediaType(p.Type); kind != "application/json" && !strings.HasSuffix(kind, "+json") {
			return []checks.Verdict{checks.Found("other-type", "Content-Type: application/json", "Content-Type: "+reading.Quote(p.Type))}
		}
	}
	return []checks.Verdict{checks.Passed("a JSON object, declared as such, in %d answers", len(good))}
}

func mediaType(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

var noGoodPing = checks.CannotTell("no health check was answered with 200 while the agent was idle")

// idleOK are the good health checks of an idle agent.
func idleOK(set *record.Set) []record.Ping {
	var out []record.Ping
	for _, series := range [][]record.Ping{set.Idle.Poll, set.Idle.Burst} {
		for _, p := range series {
			if p.OK() {
				out = append(out, p)
			}
		}
	}
	return out
}

// allOK are the good health checks of the whole run, the idle ones first: what an agent says while it works it says to the
// platform as well.
func allOK(set *record.Set) []record.Ping {
	var out []record.Ping
	for _, series := range reading.AllPings(set) {
		for _, p := range series.Pings {
			if p.OK() {
				out = append(out, p)
			}
		}
	}
	return out
}

// busyKinds are the records in which an agent is at work.
var busyKinds = []record.Kind{record.KindInFlight, record.KindAsync}

var word = checks.Check{Clause: "PING-03", Needs: []record.Kind{record.KindIdle}, Wants: busyKinds, Judge: judgeWord}

func judgeWord(set *record.Set) []checks.Verdict {
	if len(idleOK(set)) == 0 {
		return []checks.Verdict{noGoodPing}
	}
	good := allOK(set)
	const want = `"status" is Healthy or HealthyBusy`
	casing := ""
	for _, p := range good {
		switch w := reading.StatusWord(p); {
		case w == reading.Healthy, w == reading.HealthyBusy:
		case w == "":
			return []checks.Verdict{checks.Found("no-word", want, "body "+reading.Quote(p.Body))}
		case strings.EqualFold(w, reading.Healthy), strings.EqualFold(w, reading.HealthyBusy):
			casing = w
		default:
			return []checks.Verdict{checks.Found("other-word", want, "status "+reading.Quote(w))}
		}
	}
	if casing != "" {
		return []checks.Verdict{checks.Found("casing", want, "status "+reading.Quote(casing))}
	}
	return []checks.Verdict{checks.Passed("the contract's words in %d answers", len(good))}
}
