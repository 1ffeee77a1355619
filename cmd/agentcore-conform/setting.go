package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// setting is a flag value that is checked the moment it is set, so that a wrong one stops the program before any work.
type setting[T comparable] struct {
	target *T
	kind   string
	parse  func(string) (T, error)
	show   func(T) string
	// least and most bound a whole number; the schema of the configuration file says so.
	least, most int
}

func (s setting[T]) Type() string { return s.kind }

func (s setting[T]) Set(text string) error {
	v, err := s.parse(text)
	if err != nil {
		return err
	}
	*s.target = v
	return nil
}

func (s setting[T]) String() string {
	var zero T
	switch {
	case s.target == nil || *s.target == zero:
		return ""
	case s.show != nil:
		return s.show(*s.target)
	}
	return fmt.Sprint(*s.target)
}

// choice takes one of the words, in any case. The first is the default.
func choice(target *string, words ...string) setting[string] {
	*target = words[0]
	return setting[string]{target: target, kind: strings.Join(words, "|"), parse: func(text string) (string, error) {
		for _, w := range words {
			if strings.EqualFold(w, text) {
				return w, nil
			}
		}
		return "", fmt.Errorf("choose %s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
	}}
}

// whole takes a whole number from least to most.
func whole(target *int, least, most int) setting[int] {
	return setting[int]{target: target, kind: "N", least: least, most: most, parse: func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("give a whole number from %d to %d", least, most)
		}
		return n, nil
	}}
}

// span takes a duration of at least one second.
func span(target *time.Duration, most time.Duration) setting[time.Duration] {
	return spanFrom(target, time.Second, most)
}

// spanFrom takes a duration from least to most.
func spanFrom(target *time.Duration, least, most time.Duration) setting[time.Duration] {
	return setting[time.Duration]{target: target, kind: "DURATION", parse: func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil || d < least || d > most {
			return 0, fmt.Errorf("give a duration from %s to %s, such as 90s or 10m", shortDuration(least), shortDuration(most))
		}
		return d, nil
	}}
}

// spanOrNone takes a duration of at least one second, or 0, which stands for none.
func spanOrNone(target *time.Duration, none, most time.Duration) setting[time.Duration] {
	some := span(target, most)
	return setting[time.Duration]{target: target, kind: some.kind, parse: func(text string) (time.Duration, error) {
		if d, err := time.ParseDuration(text); err == nil && d == 0 {
			return none, nil
		}
		d, err := some.parse(text)
		if err != nil {
			return 0, fmt.Errorf("%w, or 0 for none", err)
		}
		return d, nil
	}}
}

func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// maxFactor is far above the worst factor measured under emulation, about 130.
const maxFactor = 1000

// factor takes auto, which is 0, or a number from 1: a limit must never become tighter than the platform's.
func factor(target *float64) setting[float64] {
	return setting[float64]{target: target, kind: "auto|N", parse: func(text string) (float64, error) {
		if strings.EqualFold(text, "auto") {
			return 0, nil
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(n >= 1 && n <= maxFactor) {
			return 0, fmt.Errorf("give auto or a factor from 1 to %d", maxFactor)
		}
		return n, nil
	}}
}

var sizeUnits = []struct {
	suffix string
	bytes  float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1},
}

// size takes a number of bytes with an optional unit: 500000, 10MB, 1MiB.
func size(target *int64) setting[int64] {
	return setting[int64]{target: target, kind: "SIZE", parse: func(text string) (int64, error) {
		for _, u := range sizeUnits {
			number, ok := cutSuffixFold(strings.TrimSpace(text), u.suffix)
			if !ok {
				continue
			}
			n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if bytes := n * u.bytes; err == nil && bytes >= 1 && bytes <= 1e12 {
				return int64(bytes), nil
			}
			break
		}
		return 0, fmt.Errorf("give a size in bytes, such as 500000, 10MB or 1MiB")
	}}
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if cut := len(s) - len(suffix); cut >= 0 && strings.EqualFold(s[cut:], suffix) {
		return s[:cut], true
	}
	return s, false
}

// text takes any text that passes the check.
func text(target *string, kind string, check func(string) error) setting[string] {
	return setting[string]{target: target, kind: kind, parse: func(s string) (string, error) { return s, check(s) }}
}

// listSetting is a repeatable flag; each entry is checked as it is set.
type listSetting struct {
	target *[]string
	kind   string
	check  func(string) error
	// commas says that one value may hold several entries.
	commas bool
}

func (l listSetting) Type() string   { return l.kind }
func (l listSetting) String() string { return strings.Join(*l.target, ",") }

func (l listSetting) Set(text string) error { return l.Append(text) }

// Append, Replace and GetSlice make it a pflag.SliceValue.
func (l listSetting) Append(text string) error {
	entries := []string{text}
	if l.commas {
		entries = strings.Split(text, ",")
	}
	for _, e := range entries {
		if l.commas {
			e = strings.TrimSpace(e)
		}
		if err := l.check(e); err != nil {
			return err
		}
		*l.target = append(*l.target, e)
	}
	return nil
}

// Replace sets the list to exactly these entries.
func (l listSetting) Replace(entries []string) error {
	*l.target = nil
	for _, e := range entries {
		if err := l.Append(e); err != nil {
			return err
		}
	}
	return nil
}

// GetSlice returns the entries.
func (l listSetting) GetSlice() []string { return *l.target }
