package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/certify"
)

// notInCatalog are the flags of run that certify decides itself: what may fail is what an entry expects.
var notInCatalog = []string{configFlag, "waivers", "baseline", "report", "verbose", "quiet", "color"}

// certifyMargin is what an entry's process may take beyond the end of its run: reading the image, cleaning up, reports.
const certifyMargin = 5 * time.Minute

// catalog reads a catalogue and refuses everything in it that no run would take, before the first one begins.
func (a *app) catalog(file, engine string) (*certify.Catalog, error) {
	data, err := readSmall(file)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	known := newFlagSet()
	for _, g := range flagGroups(&settings{}) {
		known.AddFlagSet(g.flags)
	}
	names := slices.DeleteFunc(flagNames(known), func(n string) bool { return slices.Contains(notInCatalog, n) })
	c, err := certify.Read(file, data, names, func(typed string, known []string) string { return didYouMean("", typed, known) })
	if err != nil {
		return nil, err
	}
	for i := range c.Entries {
		e := &c.Entries[i]
		if engine != "" && e.Image != "" {
			e.Set("engine", engine)
		}
		if err := a.settleEntry(file, e); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// settleEntry checks the entry's settings as run would, and takes the entry's limit from them.
func (a *app) settleEntry(file string, e *certify.Entry) error {
	s := &settings{}
	flags := newFlagSet()
	for _, g := range flagGroups(s) {
		flags.AddFlagSet(g.flags)
	}
	for _, set := range e.Settings {
		value := rooted(filepath.Dir(file), set.Key, set.Value)
		if err := (configEntry{set.Key, set.Line, value}).set(flags.Lookup(set.Key)); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", file, set.Line, set.Key, err)
		}
		flags.Lookup(set.Key).Changed = true
	}
	if s.options.Image = e.Image; e.Image != "" && len(e.Build) == 0 {
		if err := checkImage(rootedImage(filepath.Dir(file), e.Image)); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", file, e.Line, e.Name, err)
		}
	}
	if err := s.declare(flags, nil); err != nil {
		return fmt.Errorf("%s:%d: %s: %w", file, e.Line, e.Name, err)
	}
	o, err := s.whole(a.lookup)
	if err == nil && s.options.Endpoint != "" {
		err = unusedWithEndpoint(flags)
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %s: %w", file, e.Line, e.Name, err)
	}
	if why := reduced(o); why != "" && e.Expect.Verdict == reports.Conformant {
		return fmt.Errorf("%s:%d: %s can never be conformant with %s, for that leaves a part of the contract out; expect the verdict passed",
			file, e.ExpectLine, e.Name, why)
	}
	e.Limit = o.Timeout + certifyMargin
	return nil
}

// whole are the options with all that their settings name, as run would have them.
func (s *settings) whole(lookup func(string) (string, bool)) (suites.Options, error) {
	if err := s.environment(lookup); err != nil {
		return s.options, err
	}
	if err := s.realModel(lookup); err != nil {
		return s.options, err
	}
	if _, err := suites.Select(s.options.Only, s.options.Skip, s.options.Protocol); err != nil {
		return s.options, err
	}
	return s.options.Settled()
}

// reduced names the setting that reduces a run's scope, "" when none does.
func reduced(o suites.Options) string {
	switch {
	case o.Endpoint != "":
		return "endpoint"
	case len(o.Only) > 0:
		return "only"
	case len(o.Skip) > 0:
		return "skip"
	case o.Profile == suites.Smoke:
		return "profile smoke"
	}
	return ""
}

// rooted makes the files that a setting names absolute: they are relative to the catalogue, where the entry's run takes
// place, and this process may be elsewhere.
func rooted(dir, key string, n *yaml.Node) *yaml.Node {
	switch {
	case key == "env-file" && n.Kind == yaml.SequenceNode:
		out := *n
		out.Content = nil
		for _, child := range n.Content {
			out.Content = append(out.Content, rooted(dir, key, child))
		}
		return &out
	case n.Kind != yaml.ScalarNode || n.Value == "":
		return n
	case key == "env-file", key == "from":
		return &yaml.Node{Kind: n.Kind, Tag: n.Tag, Line: n.Line, Value: below(dir, n.Value)}
	case strings.HasSuffix(key, "payload") && strings.HasPrefix(n.Value, "@"):
		return &yaml.Node{Kind: n.Kind, Tag: n.Tag, Line: n.Line, Value: "@" + below(dir, n.Value[1:])}
	}
	return n
}

func rootedImage(dir, ref string) string {
	for _, kind := range []string{"oci:", "docker-archive:"} {
		if path, ok := strings.CutPrefix(ref, kind); ok {
			return kind + below(dir, path)
		}
	}
	return ref
}

func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
