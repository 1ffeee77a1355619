package mutate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Survivor says why mutants may live that no test kills: the one at its place, or all where the place is left open.
type Survivor struct {
	Place  `yaml:",inline"`
	Reason string `yaml:"reason"`
}

// Survivors are those that have a reason, in the order of the list.
type Survivors []Survivor

// ReadSurvivors reads the list; a file that is not there is an empty one.
func ReadSurvivors(file string) (Survivors, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of survivors: %w", err)
	}
	var out Survivors
	if err := yaml.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return out, nil
}

// Reason is why a mutant may live, "" when nobody said.
func (s Survivors) Reason(m Mutant) string {
	for _, known := range s {
		if known.covers(m.Place) && known.Reason != "" {
			return known.Reason
		}
	}
	return ""
}

// Gone are the entries that no survivor needs.
func (s Survivors) Gone(survivors []Mutant) Survivors {
	var out Survivors
	for _, known := range s {
		if !slices.ContainsFunc(survivors, func(m Mutant) bool { return known.covers(m.Place) }) {
			out = append(out, known)
		}
	}
	return out
}

// Missing are the survivors that the list does not speak of, for somebody to give their reasons.
func (s Survivors) Missing(survivors []Mutant) Survivors {
	var out Survivors
	for _, m := range survivors {
		if !slices.ContainsFunc(append(out, s...), func(known Survivor) bool { return known.covers(m.Place) }) {
			out = append(out, Survivor{Place: m.Place})
		}
	}
	return out
}

// AppendTo writes them at the end of a list.
func (s Survivors) AppendTo(file string) error {
	if len(s) == 0 {
		return nil
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(s); err != nil {
		return fmt.Errorf("write the list of survivors: %w", err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the list of survivors: %w", err)
	}
	_, err = f.Write(b.Bytes())
	return errors.Join(err, f.Close())
}
