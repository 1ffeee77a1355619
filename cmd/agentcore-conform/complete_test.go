package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// offered is what a shell would be told for the line, whose last word is being typed, without descriptions.
func offered(t *testing.T, line ...string) (words []string, directive string) {
	t.Helper()
	c := newCall(t).run(append([]string{"__completeNoDesc"}, line...)...)
	words = strings.Split(strings.TrimSpace(c.stdout), "\n")
	return words[:len(words)-1], words[len(words)-1]
}

func TestCompletionOffers(t *testing.T) {
	cases := []struct {
		line      string
		want      []string
		directive string
	}{
		{"ins", []string{"inspect"}, ":4"},
		{"run --prof", []string{"--profile"}, ":4"},
		{"run --profile ", []string{"gate", "smoke", "soak"}, ":4"},
		{"run --time-scale ", []string{"auto"}, ":4"},
		{"run --only PING-0", []string{"PING-01", "PING-02"}, ":4"},
		{"run --only PING", []string{"PING", "PING-01"}, ":4"},
		{"inspect --skip SES-06,IMG-1", []string{"SES-06,IMG-10", "SES-06,IMG-11"}, ":4"},
		{"run --report ju", []string{"junit="}, ":6"},
		{"run --report junit=", nil, ":0"},
		{"run --engine t", []string{"tcp://"}, ":6"},
		{"run --timeout ", nil, ":4"},
		{"run --env-file ", nil, ":0"},
		{"run oc", []string{"oci:"}, ":6"},
		{"run oci:", nil, ":0"},
		{"run image ", nil, ":4"},
		{"explain SES-0", []string{"SES-01", "SES-06"}, ":4"},
		{"explain SES-06 ", nil, ":4"},
		{"judge ", []string{"json"}, ":8"},
		{"certify ", []string{"yaml", "yml"}, ":8"},
		{"certify --out ", nil, ":16"},
		{"completion ", []string{"bash", "fish", "powershell", "zsh"}, ":4"},
		{"doctor ", nil, ":4"},
	}
	for _, tt := range cases {
		words, directive := offered(t, strings.Split(tt.line, " ")...)
		missing := slices.ContainsFunc(tt.want, func(w string) bool { return !slices.Contains(words, w) })
		if missing || len(tt.want) == 0 && len(words) > 0 || directive != tt.directive {
			t.Errorf("%q: offered %q %s, want %q %s", tt.line, words, directive, tt.want, tt.directive)
		}
	}
	words, _ := offered(t, "run", "--report", "")
	for _, f := range reports.Formats() {
		if !slices.Contains(words, f+"=") {
			t.Errorf("the format %s is not offered: %q", f, words)
		}
	}
}

func TestCompletionWithoutDescriptions(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		plain := newCall(t).run("completion", shell, "--no-descriptions")
		if full := newCall(t).run("completion", shell); full.code != 0 || plain.code != 0 ||
			!strings.Contains(full.stdout, "__complete ") || !strings.Contains(plain.stdout, "__completeNoDesc ") {
			t.Errorf("%s: exit %d and %d, %s%s", shell, full.code, plain.code, full.stderr, plain.stderr)
		}
	}
}

func mustExecutable(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}
