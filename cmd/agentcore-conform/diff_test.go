package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// twoRuns leaves the reports of a good image and of one of the wrong architecture.
func twoRuns(t *testing.T) *call {
	t.Helper()
	c := newCall(t)
	for name, architecture := range map[string]string{"good": "arm64", "bad": "amd64"} {
		c.run("judge", c.keepRecords(t, recorded(architecture)), "--only", "IMG-01,IMG-04", "--report", "json="+name+".json")
	}
	return c
}

func TestDiff(t *testing.T) {
	c := twoRuns(t)
	for _, tt := range []struct {
		args string
		code int
		want []string
	}{
		{"good.json bad.json", 0, []string{"passed → nonconformant", "IMG-01/wrong-architecture MUST: new fail", "platform: linux/arm64 → linux/amd64"}},
		{"good.json bad.json --exit-code", 1, []string{"1 worse"}},
		{"bad.json good.json --exit-code", 0, []string{"nonconformant → passed", "fail gone"}},
		{"good.json good.json --exit-code", 0, []string{"passed as before; no finding changed"}},
		{"good.json bad.json --format markdown", 0, []string{"### agentcore-conform: passed → nonconformant", "| **worse** | IMG-01/wrong-architecture | MUST |"}},
	} {
		c.run(append([]string{"diff"}, strings.Fields(tt.args)...)...)
		if c.code != tt.code || c.stderr != "" {
			t.Errorf("%s: exit %d, want %d; %s", tt.args, c.code, tt.code, c.stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(c.stdout, want) {
				t.Errorf("%s: %q is not said:\n%s", tt.args, want, c.stdout)
			}
		}
	}
}

func TestDiffAsJSON(t *testing.T) {
	c := twoRuns(t).run("diff", "good.json", "bad.json", "--format", "json")
	var d reports.Diff
	if err := json.Unmarshal([]byte(c.stdout), &d); err != nil {
		t.Fatal(err)
	}
	if d.Schema != reports.DiffSchema || !d.Worse || len(d.Findings) != 1 || d.Findings[0].Change != reports.Appeared {
		t.Errorf("got %+v", d)
	}
}
