package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// The words for what goes before a project file, as reports show them.
const (
	byCommandLine = "the command line"
	byConfigFile  = "the configuration file"
	byEnvironment = "--env or --env-file"
)

// declare sets what the project file declares and nobody said otherwise: the command line and the configuration file win,
// for they are about the test. The report shows what was taken and what was overruled.
func (s *settings) declare(flags *pflag.FlagSet, filled map[string]bool) error {
	p := s.from
	if p == nil {
		return nil
	}
	d := &reports.Declaration{File: p.file, Agent: p.name, Build: shorten(p.build), Entry: shorten(p.entry)}
	for _, v := range p.settings {
		f := flags.Lookup(v.flag)
		if f == nil {
			continue
		}
		by := overruledBy(f, filled)
		if by == "" {
			if err := f.Value.Set(v.value); err != nil {
				return fmt.Errorf("%s#%s: %s: %w", p.file, p.name, v.field, err)
			}
		}
		d.Settings = append(d.Settings, reports.DeclaredSetting{Setting: v.flag, Value: v.value, OverruledBy: by})
	}
	s.options.Declared = d
	return nil
}

func overruledBy(f *pflag.Flag, filled map[string]bool) string {
	switch {
	case filled[f.Name]:
		return byConfigFile
	case f.Changed:
		return byCommandLine
	}
	return ""
}

// declareVariables tells each variable of the project file by its name, and whether the container gets its value.
func (s *settings) declareVariables() {
	for _, e := range s.declaredEnv() {
		name, _, _ := strings.Cut(e, "=")
		by := ""
		if !slices.Contains(s.options.Env, e) {
			by = byEnvironment
		}
		d := s.options.Declared
		d.Settings = append(d.Settings, reports.DeclaredSetting{Setting: "env", Value: name, OverruledBy: by})
	}
}

// declaredEnv is the environment that the project file declares; a server that already runs has its own.
func (s *settings) declaredEnv() []string {
	if s.from == nil || s.options.Endpoint != "" {
		return nil
	}
	return slices.Clone(s.from.env)
}
