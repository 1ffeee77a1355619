package main

import (
	"os"
	"os/exec"
	"path/filepath"
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

// shells are the real ones and a script for each that prints what they offer for the line in $LINE, word by word.
var shells = []struct{ name, script string }{
	{"bash", `
. /usr/share/bash-completion/bash_completion
. <(agentcore-conform completion bash)
COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=9 COMP_KEY=9
read -ra COMP_WORDS <<<"${LINE//=/ = }"
[ "${LINE: -1}" != " " ] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_agentcore-conform 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"`},
	{"zsh", `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; unsetopt zle_bracketed_paste; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D'
zpty -w shell 'compadd() { builtin compadd -O found "$@"; print -rl -- $found; builtin compadd "$@"; }; print READY'
while zpty -r shell reply; do [[ $reply == *READY* && $reply != *print* ]] && break; done
zpty -w -n shell "$LINE"$'\t'
zpty -w -n shell $'\C-u'"print END"$'\n'
while zpty -r shell reply; do [[ $reply == END* ]] && break; print -r -- "$reply"; done`},
	{"fish", `
agentcore-conform completion fish | source
complete --do-complete "$LINE"`},
}

// TestCompletionInRealShells types into bash, zsh and fish. A shell that is not here is skipped, except in CI.
func TestCompletionInRealShells(t *testing.T) {
	cases := []struct{ line, want string }{
		{"agentcore-conform ins", "inspect"},
		{"agentcore-conform run --session-d", "--session-duration"},
		{"agentcore-conform run --profile s", "smoke"},
		{"agentcore-conform explain SES-0", "SES-06"},
		{"agentcore-conform run --only PING-0", "PING-06"},
		{"agentcore-conform run --only IMG-01,PING-0", "IMG-01,PING-06"},
		{"agentcore-conform run --report j", "junit="},
	}
	dir := programOnPath(t)
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			needShell(t, shell.name)
			for _, tt := range cases {
				cmd := exec.Command(shell.name, shellArguments(shell.name, shell.script)...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "LINE="+tt.line, actAs+"=itself", "HOME="+dir, "TERM=xterm", "COLUMNS=200")
				out, err := cmd.CombinedOutput()
				if err != nil || !slices.ContainsFunc(strings.Fields(string(out)), func(w string) bool { return w == tt.want }) {
					t.Errorf("%q: %v, %q is not offered:\n%.2000s", tt.line, err, tt.want, out)
				}
			}
		})
	}
}

func shellArguments(name, script string) []string {
	if name == "zsh" {
		return []string{"-f", "-c", script}
	}
	return []string{"-c", script}
}

// programOnPath makes the test binary the program of that name, with zsh's script beside it.
func programOnPath(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(mustExecutable(t), filepath.Join(dir, "agentcore-conform")); err != nil {
		t.Fatal(err)
	}
	script := newCall(t).run("completion", "zsh").stdout
	if err := os.WriteFile(filepath.Join(dir, "_agentcore-conform"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return dir
}

func mustExecutable(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func needShell(t *testing.T, name string) {
	t.Helper()
	_, err := exec.LookPath(name)
	if err == nil && name == "bash" {
		_, err = os.Stat("/usr/share/bash-completion/bash_completion")
	}
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%s is missing: make setup installs it", name)
	default:
		t.Skipf("%s or its completion is missing: make setup installs it", name)
	}
}
