package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// configNames are looked for in the working directory.
var configNames = []string{".agentcore-conform.yaml", ".agentcore-conform.yml"}

// configFlag is the one flag that a configuration file cannot hold.
const configFlag = "config"

// configure fills in from the configuration file what the command line left open, and returns the names of the settings
// it filled in. The file may hold every flag of run; those that this command does not have are checked and let be.
func configure(flags *pflag.FlagSet, dir, named string) (map[string]bool, error) {
	name, err := findConfig(dir, named)
	if name == "" || err != nil {
		return nil, err
	}
	data, err := readSmall(name)
	if err != nil {
		return nil, fmt.Errorf("read the configuration file: %w", err)
	}
	return applyConfig(flags, filepath.Base(name), data)
}

func findConfig(dir, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	var found []string
	for _, n := range configNames {
		if _, err := os.Stat(filepath.Join(dir, n)); err == nil {
			found = append(found, filepath.Join(dir, n))
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("look for a configuration file: %w", err)
		}
	}
	if len(found) > 1 {
		return "", fmt.Errorf("both %s are here; keep one, or name it with --config", strings.Join(configNames, " and "))
	}
	return strings.Join(found, ""), nil
}

// applyConfig sets the flags that the command line did not.
func applyConfig(flags *pflag.FlagSet, file string, data []byte) (map[string]bool, error) {
	entries, err := configEntries(file, data)
	if err != nil {
		return nil, err
	}
	known := newFlagSet()
	for _, g := range flagGroups(&settings{}) {
		known.AddFlagSet(g.flags)
	}
	filled := map[string]bool{}
	for _, e := range entries {
		spare := known.Lookup(e.key)
		if spare == nil || e.key == configFlag {
			return nil, fmt.Errorf("%s:%d: unknown key %q%s", file, e.line, e.key, didYouMean("", e.key, flagNames(known)))
		}
		target := flags.Lookup(e.key)
		if target == nil || target.Changed {
			target = spare
		} else {
			filled[e.key] = true
		}
		if err := e.set(target); err != nil {
			return nil, fmt.Errorf("%s:%d: %s: %w", file, e.line, e.key, err)
		}
	}
	return filled, nil
}

func flagNames(fs *pflag.FlagSet) []string {
	var out []string
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Name != configFlag {
			out = append(out, f.Name)
		}
	})
	return out
}

// configEntry is one key of the file.
type configEntry struct {
	key   string
	line  int
	value *yaml.Node
}

func configEntries(file string, data []byte) ([]configEntry, error) {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: write settings as NAME: VALUE", file, root.Line)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds more than one document; keep one", file)
	}
	var out []configEntry
	seen := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := root.Content[i]
		if first := seen[key.Value]; first > 0 {
			return nil, fmt.Errorf("%s:%d: %s stands on line %d already", file, key.Line, key.Value, first)
		}
		seen[key.Value] = key.Line
		out = append(out, configEntry{key.Value, key.Line, resolved(root.Content[i+1])})
	}
	return out, nil
}

func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// structured is a setting that may be written out in the file instead of naming a file of its own.
type structured interface{ setYAML(*yaml.Node) error }

// set gives the flag the value: lists replace, env may be a mapping, and a payload may be written as YAML.
func (e configEntry) set(f *pflag.Flag) error {
	if v, ok := f.Value.(structured); ok && e.value.Kind != yaml.ScalarNode {
		return v.setYAML(e.value)
	}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		entries, err := e.entries()
		if err != nil {
			return err
		}
		return list.Replace(entries)
	}
	if strings.HasPrefix(f.Value.Type(), "JSON") && e.value.Kind != yaml.ScalarNode {
		text, err := e.json()
		if err != nil {
			return err
		}
		return f.Value.Set(text)
	}
	text, err := scalar(e.value)
	if err != nil {
		return err
	}
	if f.Value.Type() == "bool" && e.value.Tag != "!!bool" {
		return fmt.Errorf("write true or false")
	}
	return f.Value.Set(text)
}

func (e configEntry) entries() ([]string, error) {
	switch e.value.Kind {
	case yaml.SequenceNode:
		return e.sequence()
	case yaml.MappingNode:
		return e.mapping()
	}
	text, err := scalar(e.value)
	return []string{text}, err
}

func (e configEntry) sequence() ([]string, error) {
	var out []string
	for _, n := range e.value.Content {
		text, err := scalar(resolved(n))
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

// mapping reads NAME: VALUE as NAME=VALUE, the way people write env and report.
func (e configEntry) mapping() ([]string, error) {
	var out []string
	for i := 0; i+1 < len(e.value.Content); i += 2 {
		text, err := scalar(resolved(e.value.Content[i+1]))
		if err != nil {
			return nil, err
		}
		out = append(out, e.value.Content[i].Value+"="+text)
	}
	return out, nil
}

func (e configEntry) json() (string, error) {
	var v any
	if err := e.value.Decode(&v); err != nil {
		return "", err
	}
	data, err := json.Marshal(v)
	return string(data), err
}

func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("line %d: give a single value", n.Line)
	}
	if n.Tag == "!!null" {
		return "", fmt.Errorf("has no value")
	}
	return n.Value, nil
}
