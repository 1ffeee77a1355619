package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// baseline takes a file that the baseline command wrote.
func baseline(target **reports.Baseline) setting[*reports.Baseline] {
	show := func(b *reports.Baseline) string { return b.Run }
	return setting[*reports.Baseline]{target: target, kind: "FILE", show: show, parse: func(name string) (*reports.Baseline, error) {
		data, err := readSmall(name)
		if err != nil {
			return nil, err
		}
		b, err := reports.ReadBaseline(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return b, nil
	}}
}

func (a *app) baselineCommand() *cobra.Command {
	out := "-"
	cmd := &cobra.Command{
		Use:   "baseline REPORT",
		Short: "Record what a run found, so that later runs fail only for what is new",
		Long: "Record what fails or warns in a JSON report (--report json=REPORT; - reads standard input). With --baseline FILE, run,\n" +
			"inspect and judge waive these findings and fail for others alone. What a waiver accepts is left out. To renew a\n" +
			"baseline, record it from the report of a later run: what was fixed meanwhile is then gone from it.",
		Example: indent(
			"agentcore-conform baseline conform.json -o baseline.json",
			"agentcore-conform run my-agent:latest --baseline baseline.json"),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one REPORT, the JSON report of a run; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeFiles("json"),
		RunE:              func(_ *cobra.Command, args []string) error { return a.record(args[0], out) },
	}
	fs := newFlagSet()
	fs.VarP(text(&out, "FILE", notEmpty), "output", "o", "where to write the baseline; - is standard output")
	attach(cmd, []flagGroup{{"Flags", fs}})
	return cmd
}

// record writes the baseline of a report and says what is in it.
func (a *app) record(file, out string) error {
	run, err := readRun(file)
	if err != nil {
		return err
	}
	b, err := reports.BaselineOf(run)
	if err != nil {
		return usagef("%s: %w", file, err)
	}
	if out == "-" {
		return reports.WriteBaseline(a.stdout, b)
	}
	if err := reports.WriteBaselineFile(out, b); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %d findings of run %s; use it with --baseline %s\n", reports.CleanLine(out), len(b.Findings), reports.CleanLine(b.Run), reports.CleanLine(out))
	return err
}

// readRun reads a JSON report for a command that takes nothing else.
func readRun(file string) (*reports.Run, error) {
	data, err := readReport(file)
	if err != nil {
		return nil, usageError{err}
	}
	run, err := reports.ReadRun(bytes.NewReader(data))
	if err != nil {
		return nil, usagef("%s: %w", file, err)
	}
	return run, nil
}
