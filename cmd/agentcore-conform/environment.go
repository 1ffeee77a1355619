package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkEnv demands NAME=value with a name that a process can carry. What the platform further thinks of names and
// values is LIM-07's to say.
func checkEnv(entry string) error {
	name, value, ok := strings.Cut(entry, "=")
	if !ok {
		return fmt.Errorf("write NAME=value")
	}
	if strings.ContainsRune(value, 0) {
		return fmt.Errorf("the value holds a NUL byte, which no process can carry")
	}
	return checkEnvName(name)
}

func checkEnvName(name string) error {
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError }
	if name == "" || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("%q is no name for a variable; write NAME=value", name)
	}
	return nil
}

// readEnvFile reads a file as docker's --env-file does: NAME=value with the value verbatim, # comments, blank lines, and
// NAME alone, which takes the value from the caller's environment when it has one.
func readEnvFile(name string, lookup func(string) (string, bool)) ([]string, error) {
	data, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	var out []string
	for i, line := range strings.Split(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))), "\n") {
		entry, err := envLine(strings.TrimSuffix(line, "\r"), lookup)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		if entry != "" {
			out = append(out, entry)
		}
	}
	return out, nil
}

func envLine(line string, lookup func(string) (string, bool)) (string, error) {
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	if line == "" || line[0] == '#' {
		return "", nil
	}
	if strings.Contains(line, "=") {
		return line, checkEnv(line)
	}
	if err := checkEnvName(line); err != nil {
		return "", err
	}
	if value, ok := lookup(line); ok {
		return line + "=" + value, checkEnv(line + "=" + value)
	}
	return "", nil
}

// lastOfEach drops entries that a later one of the same name replaces, as an engine would.
func lastOfEach(env []string) []string {
	last := map[string]int{}
	for i, e := range env {
		name, _, _ := strings.Cut(e, "=")
		last[name] = i
	}
	var out []string
	for i, e := range env {
		if name, _, _ := strings.Cut(e, "="); last[name] == i {
			out = append(out, e)
		}
	}
	return out
}
