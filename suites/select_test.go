package suites_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites"
)

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		name       string
		only, skip []string
		has, lacks []string
	}{
		{"everything of the protocol", nil, nil, []string{"IMG-01", "PING-06", "SES-06"}, []string{"MCP-01", "A2A-01"}},
		{"an id in any case", []string{"ping-06"}, nil, []string{"PING-06"}, []string{"PING-05"}},
		{"an area", []string{"SSE"}, nil, []string{"SSE-01", "SSE-12"}, []string{"SES-06"}},
		{"a glob", []string{"*-01"}, nil, []string{"IMG-01", "NET-01"}, []string{"IMG-02"}},
		{"less what is skipped", []string{"PING"}, []string{"PING-0?"}, []string{"PING-10"}, []string{"PING-06"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, err := suites.Select(c.only, c.skip, "HTTP")
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range c.has {
				if !slices.Contains(ids, id) {
					t.Errorf("%s is missing", id)
				}
			}
			for _, id := range c.lacks {
				if slices.Contains(ids, id) {
					t.Errorf("%s is there", id)
				}
			}
		})
	}
}

func TestSelectRefusesWhatMatchesNothing(t *testing.T) {
	for _, c := range []struct{ only, skip, names []string }{
		{[]string{"PING-99"}, nil, []string{"--only", "PING-99"}},
		{nil, []string{"NOPE-*"}, []string{"--skip", "NOPE-*"}},
		{[]string{"PING-01", "["}, nil, []string{"--only", "["}},
		{[]string{"PING-01"}, []string{"PING"}, []string{"no clause"}},
		{[]string{"PING-01", "ping-99"}, nil, []string{"ping-99"}},
	} {
		_, err := suites.Select(c.only, c.skip, "HTTP")
		var usage *suites.UsageError
		if !errors.As(err, &usage) {
			t.Errorf("only %v skip %v: error %v is no usage error", c.only, c.skip, err)
			continue
		}
		for _, n := range c.names {
			if !strings.Contains(err.Error(), n) {
				t.Errorf("%q does not name %q", err, n)
			}
		}
	}
}
