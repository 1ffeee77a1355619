package sec

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// However the first call is told that there is no region, it is; an answer that speaks of regions is none of that.
func TestRegionByStatus(t *testing.T) {
	for status, want := range map[int]string{200: "pass", 302: "pass", 400: "first-call", 500: "first-call"} {
		set := &record.Set{Clean: &record.Clean{Boot: *checktest.Ready(900), Call: checktest.Answer(status, `{"error":"You must specify a region."}`)}}
		checktest.Judge(t, Checks, "SEC-07", []checktest.Case{{Name: want, Set: set, Want: want}})
	}
}

// Pages that describe the agent are noted one by one.
func TestPagesThatDescribe(t *testing.T) {
	for _, path := range []string{"/docs", "/openapi.json", "/metrics", "/debug"} {
		there, missing := *checktest.Get(checktest.Answer(200, "{}"), path), *checktest.Get(checktest.Answer(404, "{}"), "/no-such-page")
		set := &record.Set{Surface: &record.Surface{Unknown: missing, Pages: []record.Exchange{there}}}
		checktest.Judge(t, Checks, "SEC-08", []checktest.Case{{Name: path, Set: set, Want: "note", Says: path + " answer"}})
	}
}
