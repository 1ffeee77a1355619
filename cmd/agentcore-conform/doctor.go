package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
)

func (a *app) doctorCommand() *cobra.Command {
	s := &settings{}
	var fix bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Show whether this machine can run images for linux/arm64, and what is missing",
		Long: "Show the container engine that would be used and how it was found, its version, memory and disk, and whether it\n" +
			"runs programs for linux/arm64, natively or emulated. With --fix, install what is missing where that is possible:\n" +
			"an engine and emulation on Debian and Ubuntu, as root. Exits with 3 when no image can be tested.",
		Example: indent("agentcore-conform doctor", "sudo agentcore-conform doctor --fix"),
		Args:    noArguments, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := configure(cmd.Flags(), a.dir, s.config); err != nil {
				return usageError{err}
			}
			return a.doctor(cmd.Context(), s.options, fix)
		},
	}
	groups := keep(flagGroups(s), "engine", "network", "compute", "config")
	groups[0].flags.BoolVar(&fix, "fix", false, "install what is missing where that is possible")
	attach(cmd, groups)
	return cmd
}

// doctor fixes first when asked to, then shows how things are.
func (a *app) doctor(ctx context.Context, o suites.Options, fix bool) error {
	opts := docker.Options{Address: o.EngineAddress, Network: o.Network}
	if o.Compute == suites.Instances {
		opts.Platform = "linux/amd64"
	}
	if fix {
		if err := a.fix(ctx, opts, a.stdout); err != nil {
			return fmt.Errorf("could not fix it: %w", err)
		}
	}
	return a.diagnose(a.examine(ctx, opts))
}

func (a *app) diagnose(lines []docker.Line) error {
	var err error
	for _, l := range lines {
		fmt.Fprintln(a.stdout, hang(fmt.Sprintf("%-6s%-14s", l.Level, l.What), reports.CleanLine(l.Text), ""))
		if l.Remedy != "" {
			fmt.Fprintln(a.stdout, hang(fmt.Sprintf("%-20s", ""), "→ "+reports.CleanLine(l.Remedy), ""))
		}
		if l.Level == docker.Fail {
			err = exitCode(codeUntested)
		}
	}
	return err
}
