package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

func (a *app) reportCommand() *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use:   "report FILE",
		Short: "Make other reports of an earlier run's JSON report, without judging again",
		Long: "Make other reports of an earlier run, and show it as run did. Nothing is judged again: judge does that. FILE is a\n" +
			"JSON report (--report json=FILE); - reads standard input. No configuration file is read, and the exit code is 0\n" +
			"whatever the verdict, so that a step of a CI job can keep reports of a run that failed.",
		Example: indent(
			"agentcore-conform report conform.json",
			"agentcore-conform report conform.json --report html=conform.html --report junit=conform.xml -q",
			"agentcore-conform report conform.json -v"),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one FILE, a JSON report; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeFiles("json"),
		RunE:              func(_ *cobra.Command, args []string) error { return a.report(s, args[0]) },
	}
	attach(cmd, keep(flagGroups(s), "report", "verbose", "quiet", "color"))
	return cmd
}

// report shows a run that is over and writes its reports. Secrets are taken out once more: the file may have been made by
// other means.
func (a *app) report(s *settings, file string) error {
	if err := errors.Join(s.oneVoice(), checkReports(s.reports)); err != nil {
		return usageError{err}
	}
	data, err := readReport(file)
	if err != nil {
		return usagef("%s: %w", file, err)
	}
	run, err := reports.ReadRun(bytes.NewReader(data))
	if err != nil {
		return usagef("%s: %w", file, err)
	}
	reports.Redact(run, nil)
	return errors.Join(console(a.peopleOutput(s), run, s), writeReports(s.reports, run))
}
