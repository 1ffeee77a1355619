package facts

import (
	"regexp"
	"strings"
)

// envProgram finds the program that env would run, given the single argument that the kernel passes from a script's
// first line. sure is false where env's own rules (quotes, variables, a changed PATH) decide.
func envProgram(argument string) (program string, sure bool) {
	words, split := envSplit(argument)
	if !split {
		if argument == "" || strings.HasPrefix(argument, "-") || strings.Contains(argument, "=") {
			return "", false
		}
		return argument, true
	}
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		switch {
		case w == "-u" && len(words) > 0 && words[0] != "PATH":
			words = words[1:]
		case w == "--" && len(words) > 0:
			return words[0], true
		case strings.HasPrefix(w, "-"), strings.HasPrefix(w, "PATH="):
			return "", false
		case strings.Contains(w, "="):
		default:
			return w, true
		}
	}
	return "", false
}

// envSplit recognises env -S, whose argument is split into words. What needs unquoting is left alone.
func envSplit(argument string) (words []string, split bool) {
	for _, flag := range []string{"-S", "-vS", "--split-string="} {
		if rest, ok := strings.CutPrefix(argument, flag); ok {
			if strings.ContainsAny(rest, `"'\$#`) {
				return nil, true
			}
			return strings.Fields(rest), true
		}
	}
	return nil, false
}

// shellProgram finds the program that a shell command starts with, when that is beyond doubt: one simple command,
// whose first word is plain and no part of the shell itself.
func shellProgram(command string) (program string, sure bool) {
	if strings.ContainsAny(command, ";&|<>()`\n#") {
		return "", false
	}
	words := strings.Fields(command)
	if len(words) > 1 && words[0] == "exec" {
		words = words[1:]
	}
	if len(words) == 0 || !plainWord.MatchString(words[0]) || shellWords[words[0]] {
		return "", false
	}
	return words[0], true
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./+-]+$`)

// shellWords are the names that a shell handles itself.
var shellWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`. : [ alias bg bind break builtin caller case cd command compgen complete continue
		declare dirs disown do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts
		hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return
		select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset
		until wait while`) {
		m[w] = true
	}
	return m
}()
