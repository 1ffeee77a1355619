//go:build nightly

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// shells are the real ones and a script for each that types $LINE and a tab, and prints what is there then.
var shells = []struct{ name, script string }{
	{"bash", `
. /usr/share/bash-completion/bash_completion
. <(agentcore-conform completion bash)
COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=9 COMP_KEY=9
read -ra COMP_WORDS <<<"$LINE"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_agentcore-conform
printf '%s\n' "${COMPREPLY[@]}"`},
	{"zsh", `
zmodload zsh/zpty
zpty shell zsh -f -i
await() { local said; while zpty -r shell said; do print -r -- "$said"; [[ $said == *$1* ]] && return; done }
zpty -w shell 'PROMPT=""; unset zle_bracketed_paste; stty -echo; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print RE""ADY'
await READY >/dev/null
zpty -w -n shell "$LINE"$'\t\C-a\C-k'"print E""ND"$'\n'
await END`},
	{"fish", `
agentcore-conform completion fish | source
complete --do-complete "$LINE"`},
}

// loneClause is the id of a clause that is known before its last digit is typed.
func loneClause(t *testing.T) string {
	t.Helper()
	begins := map[string]int{}
	for _, c := range checks.Contract().Clauses() {
		begins[c.ID[:len(c.ID)-1]]++
	}
	for _, c := range checks.Contract().Clauses() {
		if begins[c.ID[:len(c.ID)-1]] == 1 {
			return c.ID
		}
	}
	t.Fatal("every clause has a neighbour")
	return ""
}

// TestCompletionInRealShells types into bash, zsh and fish. A shell that is not here is skipped, except in make nightly.
func TestCompletionInRealShells(t *testing.T) {
	id := loneClause(t)
	begun := id[:len(id)-1]
	cases := []struct{ line, want string }{
		{"agentcore-conform ins", "inspect"},
		{"agentcore-conform run --session-d", "--session-duration"},
		{"agentcore-conform run --profile sm", "smoke"},
		{"agentcore-conform run --report timel", "timeline="},
		{"agentcore-conform explain " + begun, id},
		{"agentcore-conform run --only " + begun, id},
		{"agentcore-conform run --skip IMG-01," + begun, "IMG-01," + id},
	}
	dir := programOnPath(t)
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			needShell(t, shell.name)
			for _, tt := range cases {
				if shell.name == "bash" && strings.Contains(tt.want, ",") {
					continue // bash quotes the comma of what is offered, and then finds that something else was typed
				}
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				cmd := exec.CommandContext(ctx, shell.name, shellArguments(shell.name, shell.script)...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "LINE="+tt.line, actAs+"=itself", "HOME="+dir, "TERM=xterm", "COLUMNS=200")
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), tt.want) {
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

func needShell(t *testing.T, name string) {
	t.Helper()
	_, err := exec.LookPath(name)
	if err == nil && name == "bash" {
		_, err = os.Stat("/usr/share/bash-completion/bash_completion")
	}
	switch {
	case err == nil:
	case os.Getenv("CONFORM_NIGHTLY") != "":
		t.Fatalf("%s is missing: make setup installs it", name)
	default:
		t.Skipf("%s or its completion is missing: make setup installs it", name)
	}
}
