package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/agentcore-conform/agentcore-conform/suites"
)

func (a *app) runCommand() *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use:   "run [IMAGE]",
		Short: "Boot the image, play the platform around it and rule (the default)",
		Long: "Boot the image as the platform would, play the platform around it and rule on every clause of the contract.\n" +
			"IMAGE is a name in the local engine or a registry, NAME@sha256:…, oci:DIR or docker-archive:FILE. With --endpoint a\n" +
			"server that already runs is tested instead, without an engine.\n\n" +
			"Every flag may also stand in .agentcore-conform.yaml, without its dashes; flags win. " + exitCodesLine,
		Example: indent(
			"agentcore-conform run my-agent:latest --profile smoke",
			"agentcore-conform run my-agent:latest --report junit=conform.xml --strict",
			`agentcore-conform run my-agent:latest --payload '{"prompt": "{{prompt}}"}' --env-file agent.env`,
			"agentcore-conform run my-agent:latest --only PING,SES-06 -v",
			"agentcore-conform run my-agent:latest --from agentcore/agentcore.json --waivers waivers.yaml",
			"agentcore-conform run --endpoint http://127.0.0.1:8080"),
		Args: imageArgument, ValidArgsFunction: completeImage,
		RunE: func(cmd *cobra.Command, args []string) error { return a.conform(cmd, s, args) },
	}
	attach(cmd, flagGroups(s))
	return cmd
}

func (a *app) inspectCommand() *cobra.Command {
	s := &settings{}
	s.options.Inspect = true
	cmd := &cobra.Command{
		Use:   "inspect IMAGE",
		Short: "Judge what can be read from the image alone: no engine, no boot",
		Long: "Judge the clauses that the image's manifest, configuration and files decide: architecture, size, layers, user,\n" +
			"command. Nothing is booted, and of a registry image only what is needed is read.",
		Example: indent(
			"agentcore-conform inspect registry.example.com/my-agent:1.4",
			"agentcore-conform inspect oci:./layout --report json=-"),
		Args: imageArgument, ValidArgsFunction: completeImage,
		RunE: func(cmd *cobra.Command, args []string) error { return a.conform(cmd, s, args) },
	}
	attach(cmd, keep(flagGroups(s), "from", "protocol", "deploy-ref", "pull", "insecure-registry", "env", "env-file", "only", "skip",
		"strict", "waivers", "baseline", "allow-partial", "compute", "platform-version", "timeout", "engine", "report", "verbose", "quiet", "color", "config"))
	return cmd
}

// conform is run and inspect: settings, the run, its reports, its exit code.
func (a *app) conform(cmd *cobra.Command, s *settings, args []string) error {
	if len(args) > 0 {
		s.options.Image = args[0]
	}
	if err := a.settle(cmd, s); err != nil {
		return usageError{err}
	}
	return a.play(cmd.Context(), s)
}

// settle completes the settings from the configuration file and files that they name, and refuses what cannot be.
func (a *app) settle(cmd *cobra.Command, s *settings) error {
	filled, err := configure(cmd.Flags(), a.dir, s.config)
	if err != nil {
		return err
	}
	if err := s.target(cmd, filled); err != nil {
		return err
	}
	if err := s.declare(cmd.Flags(), filled); err != nil {
		return err
	}
	if err := s.oneVoice(); err != nil {
		return err
	}
	if err := suites.CheckLifecycle(s.options.IdleTimeout, s.options.MaxLifetime); err != nil {
		return err
	}
	if err := s.environment(a.lookup); err != nil {
		return err
	}
	if err := s.realModel(a.lookup); err != nil {
		return err
	}
	if _, err := suites.Select(s.options.Only, s.options.Skip, s.options.Protocol); err != nil {
		return err
	}
	return checkReports(s.reports)
}

// target settles what is tested. An image on the command line wins over an endpoint in the configuration file.
func (s *settings) target(cmd *cobra.Command, filled map[string]bool) error {
	o := &s.options
	if o.Image != "" && filled["endpoint"] {
		o.Endpoint = ""
	}
	switch {
	case o.Image != "" && o.Endpoint != "":
		return fmt.Errorf("give IMAGE or --endpoint, not both")
	case o.Image == "" && o.Endpoint == "" && cmd.Flags().Lookup("endpoint") == nil:
		return fmt.Errorf("IMAGE is missing; see %s --help", cmd.CommandPath())
	case o.Image == "" && o.Endpoint == "":
		return fmt.Errorf("IMAGE is missing (or --endpoint URL, to test a server that already runs); see %s --help", cmd.CommandPath())
	case o.Endpoint != "":
		return unusedWithEndpoint(cmd.Flags())
	}
	return checkImage(o.Image)
}

// needContainer are the flags that mean nothing for a server that already runs.
var needContainer = []string{"port", "pull", "insecure-registry", "deploy-ref", "env", "env-file", "model", "max-model-calls", "compute", "engine", "network", "keep", "freeze"}

// unusedWithEndpoint refuses flags that would be read and then do nothing.
func unusedWithEndpoint(flags *pflag.FlagSet) error {
	var idle []string
	flags.Visit(func(f *pflag.Flag) {
		if slices.Contains(needContainer, f.Name) {
			idle = append(idle, "--"+f.Name)
		}
	})
	if len(idle) > 0 {
		return fmt.Errorf("leave out %s: with --endpoint no container is started", strings.Join(idle, ", "))
	}
	return nil
}

func (s *settings) environment(lookup func(string) (string, bool)) error {
	env := s.declaredEnv()
	for _, name := range s.envFiles {
		entries, err := readEnvFile(name, lookup)
		if err != nil {
			return fmt.Errorf("--env-file: %w", err)
		}
		env = append(env, entries...)
	}
	s.options.Env = lastOfEach(append(env, s.env...))
	s.declareVariables()
	return nil
}

// oneVoice refuses to be loud and silent at once.
func (s *settings) oneVoice() error {
	if s.verbose && s.quiet {
		return fmt.Errorf("--verbose and --quiet exclude each other")
	}
	return nil
}
