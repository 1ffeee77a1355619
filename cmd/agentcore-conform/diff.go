package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// codeWorse is what diff --exit-code ends with: it found that something got worse.
const codeWorse = 1

func (a *app) diffCommand() *cobra.Command {
	var format string
	var exit bool
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Say what changed between two runs",
		Long: "Compare two JSON reports (--report json=FILE): the verdict, findings that appeared, are gone or changed, facts of the\n" +
			"image, and measurements that moved by half or more. A finding counts by what it is without its waiver. Times are only\n" +
			"compared where both runs were slowed down alike, and no measurement makes a run worse.",
		Example: indent(
			"agentcore-conform diff main.json branch.json",
			"agentcore-conform diff main.json branch.json --format markdown --exit-code"),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("give two JSON reports, BEFORE and AFTER; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeFiles("json"),
		RunE:              func(_ *cobra.Command, args []string) error { return a.diff(args[0], args[1], format, exit) },
	}
	fs := newFlagSet()
	fs.Var(choice(&format, reports.DiffFormats()...), "format", "how to write it; markdown is for a pull request")
	fs.BoolVar(&exit, "exit-code", false, "exit 1 when the verdict or a finding got worse")
	attach(cmd, []flagGroup{{"Flags", fs}})
	return cmd
}

func (a *app) diff(before, after, format string, exit bool) error {
	old, err := readRun(before)
	if err != nil {
		return err
	}
	now, err := readRun(after)
	if err != nil {
		return err
	}
	d := reports.Compare(old, now)
	if err := reports.WriteDiff(a.stdout, d, format); err != nil {
		return fmt.Errorf("show what changed: %w", err)
	}
	if exit && d.Worse {
		return exitCode(codeWorse)
	}
	return nil
}
