// Package certify runs a catalogue of images, each in a process of its own, and makes one matrix of what they did and
// what was expected of them.
package certify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// Bounds of a catalogue.
const (
	maxName  = 100
	maxNodes = 20_000
	// defaultBuild ends a build that names no other limit.
	defaultBuild = 30 * time.Minute
)

// Catalog is a list of images with what is expected of them.
type Catalog struct {
	// File is the catalogue as it was named.
	File    string
	Entries []Entry
}

// Entry is one image.
type Entry struct {
	// Name is unique in the catalogue, whatever the case of its letters; File is the name made safe for files.
	Name, File string
	// Line is where the entry begins in the catalogue.
	Line int
	// Image is a reference as run takes it; empty when a setting names an endpoint.
	Image string
	// Build is the command that makes the image: the program with its arguments, or one line for the shell. BuildLimit is
	// its end.
	Build      []string
	BuildLimit time.Duration
	// Settings are those of the entry, then those of the defaults that it leaves open.
	Settings []Setting
	Expect   reports.Expectation
	// ExpectLine is where the expectation stands, or else the entry.
	ExpectLine int
	// Limit ends the entry's process. Read leaves it open.
	Limit time.Duration
}

// Setting is one setting of a run, by the name of its flag.
type Setting struct {
	Key   string
	Line  int
	Value *yaml.Node
}

// Read reads a catalogue. Settings lists what may stand in defaults and entries besides the catalogue's own words; whether
// the values are good is not asked here. Near ends the error about an unknown word with what may have been meant, if
// anything. An error names the file and the line.
func Read(file string, data []byte, settings []string, near func(typed string, known []string) string) (*Catalog, error) {
	r := &reader{file: file, settings: settings, near: near}
	root, err := r.document(data)
	if err != nil {
		return nil, err
	}
	c := &Catalog{File: file}
	top, err := r.members(root, "defaults", "entries")
	if err != nil {
		return nil, err
	}
	var defaults []Setting
	if d, ok := top["defaults"]; ok {
		if defaults, err = r.defaults(d); err != nil {
			return nil, err
		}
	}
	list, ok := top["entries"]
	if !ok || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil, r.wrong(root, "entries is missing; list at least one, each with its name and image")
	}
	for _, n := range list.Content {
		e, err := r.entry(n, defaults)
		if err != nil {
			return nil, err
		}
		c.Entries = append(c.Entries, e)
	}
	if err := r.unique(c.Entries); err != nil {
		return nil, err
	}
	fileNames(c.Entries)
	return c, nil
}

type reader struct {
	file     string
	settings []string
	near     func(typed string, known []string) string
	nodes    int
}

func (r *reader) wrong(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.file, n.Line, fmt.Sprintf(format, args...))
}

// document reads the one document of the file, aliases replaced by what they stand for.
func (r *reader) document(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: is empty; list entries, each with its name and image", r.file)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %s", r.file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds more than one document; keep one", r.file)
	}
	return r.plain(doc.Content[0], nil)
}

// plain copies a node without aliases and anchors, so that a part of it can be written on its own.
func (r *reader) plain(n *yaml.Node, inside []*yaml.Node) (*yaml.Node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, r.wrong(n, "is too large, or its aliases make it so")
	}
	if n.Kind == yaml.AliasNode {
		if slices.Contains(inside, n.Alias) {
			return nil, r.wrong(n, "*%s stands inside of what it names", n.Value)
		}
		return r.plain(n.Alias, append(inside, n.Alias))
	}
	out := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, Line: n.Line, Column: n.Column}
	for _, child := range n.Content {
		copied, err := r.plain(child, append(inside, n))
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, copied)
	}
	return out, nil
}

// pair is a key of a mapping and its value.
type pair struct{ key, value *yaml.Node }

// pairs lists the members of a mapping; one that stands twice is an error.
func (r *reader) pairs(n *yaml.Node) ([]pair, error) {
	if n.Kind != yaml.MappingNode {
		return nil, r.wrong(n, "write this as NAME: VALUE")
	}
	var out []pair
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first := seen[key.Value]; first > 0 {
			return nil, r.wrong(key, "%s stands on line %d already", key.Value, first)
		}
		seen[key.Value] = key.Line
		out = append(out, pair{key, n.Content[i+1]})
	}
	return out, nil
}

// members reads a mapping that holds these words only.
func (r *reader) members(n *yaml.Node, words ...string) (map[string]*yaml.Node, error) {
	pairs, err := r.pairs(n)
	if err != nil {
		return nil, err
	}
	out := map[string]*yaml.Node{}
	for _, p := range pairs {
		if !slices.Contains(words, p.key.Value) {
			return nil, r.wrong(p.key, "unknown key %q; this may hold %s", p.key.Value, strings.Join(words, ", "))
		}
		out[p.key.Value] = p.value
	}
	return out, nil
}

func (r *reader) text(n *yaml.Node, what string) (string, error) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || strings.TrimSpace(n.Value) == "" {
		return "", r.wrong(n, "%s has no value", what)
	}
	return n.Value, nil
}

// texts reads a list, or a single value as a list of one.
func (r *reader) texts(n *yaml.Node, what string) ([]string, error) {
	if n.Kind == yaml.ScalarNode {
		one, err := r.text(n, what)
		return []string{one}, err
	}
	if n.Kind != yaml.SequenceNode {
		return nil, r.wrong(n, "write %s as a list", what)
	}
	out := []string{}
	for _, c := range n.Content {
		one, err := r.text(c, what)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (r *reader) unique(entries []Entry) error {
	line := map[string]int{}
	for _, e := range entries {
		key := strings.ToLower(e.Name)
		if first := line[key]; first > 0 {
			return fmt.Errorf("%s:%d: the name %q is that of the entry on line %d already", r.file, e.Line, e.Name, first)
		}
		line[key] = e.Line
	}
	return nil
}

// checkName refuses names that could not be shown as they are.
func (r *reader) checkName(n *yaml.Node, name string) error {
	if name != reports.CleanLine(name) || utf8.RuneCountInString(name) > maxName {
		return r.wrong(n, "a name is at most %d characters on one line, without control characters", maxName)
	}
	return nil
}
