package ping

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestJSON(t *testing.T) {
	typed := func(kind string) *record.Set {
		p := checktest.Ping(10, healthy)
		p.Type = kind
		return idle(p)
	}
	refused := checktest.Ping(10, "")
	refused.Outcome, refused.Status = record.Refused, 0
	checktest.Judge(t, Checks, "PING-02", []checktest.Case{
		{Name: "object", Set: said(healthy), Want: "pass"},
		{Name: "charset and a newline, as Go and the TypeScript SDK write", Set: typed("application/json; charset=utf-8"), Want: "pass"},
		{Name: "pong", Set: said("pong"), Want: "not-json"},
		{Name: "a bare string", Set: said(`"Healthy"`), Want: "not-json"},
		{Name: "empty", Set: said(""), Want: "not-json"},
		{Name: "text/plain", Set: typed("text/plain"), Want: "other-type"},
		{Name: "enormous", Set: said(`{"status":"` + strings.Repeat("x", record.MaxPingBody)), Want: "untestable"},
		{Name: "no good answer", Set: idle(refused), Want: "untestable"},
	})
}

func TestWord(t *testing.T) {
	checktest.Judge(t, Checks, "PING-03", []checktest.Case{
		{Name: "Healthy", Set: said(healthy), Want: "pass"},
		{Name: "HealthyBusy", Set: said(checktest.Body("HealthyBusy", start)), Want: "pass"},
		{Name: "healthy, as AWS's walkthrough says", Set: said(checktest.Body("healthy", nil)), Want: "casing"},
		{Name: "ok, as a template says", Set: said(checktest.Body("ok", nil)), Want: "other-word"},
		{Name: "no status", Set: said(`{"up":true}`), Want: "no-word"},
		{Name: "status is an object", Set: said(`{"status":{"db":"up"}}`), Want: "no-word"},
		{Name: "another word during a job", Set: besideJob(checktest.Body("BUSY", start)), Want: "other-word"},
		{Name: "HealthyBusy during a job", Set: besideJob(checktest.Body("HealthyBusy", start)), Want: "pass"},
		{Name: "nothing polled", Set: idle(), Want: "untestable"},
	})
}

// besideJob is an idle set whose health checks beside a background job had that body.
func besideJob(body string) *record.Set {
	return changed(said(checktest.Body("Healthy", nil)), func(s *record.Set) { s.Async = &record.Async{Pings: checktest.Pings(50, 3, body)} })
}

func TestStamp(t *testing.T) {
	with := func(v any) *record.Set { return said(checktest.Body("Healthy", v)) }
	checktest.Judge(t, Checks, "PING-04", []checktest.Case{
		{Name: "seconds at the start, as both AWS SDKs say", Set: with(start), Want: "pass"},
		{Name: "now", Set: with(start + 12), Want: "pass"},
		{Name: "absent", Set: with(nil), Want: "not-applicable"},
		{Name: "null", Set: with("null"), Want: "not-applicable"},
		{Name: "milliseconds", Set: with("1790000000123"), Want: "milliseconds"},
		{Name: "ISO 8601", Set: with(`"2026-09-21T14:13:20Z"`), Want: "not-a-number"},
		{Name: "a fraction", Set: with("1790000001.25"), Want: "fraction"},
		{Name: "an hour ahead", Set: with(start + 3600), Want: "far-off"},
		{Name: "uptime", Set: with(17), Want: "far-off"},
		{Name: "an attached server may be old", Want: "pass",
			Set: changed(with(start-86_400), func(s *record.Set) { s.Terms.Attached = true })},
		{Name: "milliseconds during a job alone", Set: besideJob(checktest.Body("HealthyBusy", "1790000050123")), Want: "milliseconds"},
		{Name: "seconds during a job alone", Set: besideJob(checktest.Body("HealthyBusy", start+50)), Want: "pass"},
		{Name: "nothing polled", Set: idle(), Want: "untestable"},
	})
}

func TestStampWhileBusy(t *testing.T) {
	job := func(body string) *record.Set {
		return changed(said(healthy), func(s *record.Set) {
			s.Terms.AsyncDeclared = true
			s.Async = &record.Async{Pings: checktest.Pings(50, 3, body)}
		})
	}
	checktest.Judge(t, Checks, "PING-05", []checktest.Case{
		{Name: "busy with stamp", Set: said(checktest.Body("HealthyBusy", start)), Want: "pass"},
		{Name: "busy without stamp", Set: said(checktest.Body("HealthyBusy", nil)), Want: "missing"},
		{Name: "busy with null for a stamp", Set: said(checktest.Body("HealthyBusy", "null")), Want: "missing"},
		{Name: "busy with a text for a stamp is PING-04's", Set: said(checktest.Body("HealthyBusy", `"2026-09-21T14:13:20Z"`)), Want: "pass"},
		{Name: "declared job without stamp", Set: job(checktest.Body("HealthyBusy", nil)), Want: "missing-with-job"},
		{Name: "declared job with stamp", Set: job(checktest.Body("HealthyBusy", start+50)), Want: "pass"},
		{Name: "declared job never busy", Set: job(healthy), Want: "untestable"},
		{Name: "never busy, and no stamp while Healthy is fine", Set: said(checktest.Body("Healthy", nil)), Want: "not-applicable"},
	})
}
