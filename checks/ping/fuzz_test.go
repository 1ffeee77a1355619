package ping

import (
	stdjson "encoding/json"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// FuzzBody: whatever a health check is answered with, every check rules, and only a JSON object passes for one.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		healthy, `{"status":"HealthyBusy","time_of_last_update":1790000000.5}`, `{"status":"Healthy","time_of_last_update":"2026-01-01T00:00:00Z"}`,
		`{"status":1}`, `{"Status":"healthy"}`, `{"time_of_last_update":1e999}`, `{"time_of_last_update":1790000000000}`, `{"status":"Healthy"} x`,
		`[]`, `"ok"`, "OK", "", "{", "\xff", `{"status":"Healthy","status":"x"}`, `{"status":"Healthy\u0000"}`,
	} {
		f.Add(s, "application/json")
	}
	f.Add(healthy, "text/html; charset=utf-8")
	f.Fuzz(func(t *testing.T, body, kind string) {
		set := said(body)
		for i := range set.Idle.Poll {
			set.Idle.Poll[i].Type = kind
		}
		for _, ch := range Checks {
			if !has(set, ch.Needs) {
				continue
			}
			verdicts := ch.Judge(set)
			if len(verdicts) == 0 {
				t.Fatalf("%s says nothing", ch.Clause)
			}
			for _, v := range verdicts {
				var object map[string]any
				if ch.Clause == "PING-02" && v.Outcome == checks.Pass && (stdjson.Unmarshal([]byte(body), &object) != nil || object == nil) && !lenient(body) {
					t.Errorf("%q passes for a JSON object", body)
				}
				if strings.ContainsAny(v.Actual, "\r\n") {
					t.Errorf("%s: %q is not one line", ch.Clause, v.Actual)
				}
			}
		}
	})
}

// lenient reports what encoding/json refuses although it is JSON: a number past all floats.
func lenient(body string) bool {
	return stdjson.Valid([]byte(body)) && strings.HasPrefix(strings.TrimSpace(body), "{")
}

func has(set *record.Set, kinds []record.Kind) bool {
	for _, k := range kinds {
		if !set.Has(k) {
			return false
		}
	}
	return true
}
