package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

func (a *app) judgeCommand() *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use:   "judge FILE",
		Short: "Rule again on what an earlier run recorded",
		Long: "Rule again on the records of an earlier run, with this version's checks: a disputed verdict replays without the\n" +
			"image. FILE is a JSON report (--report json=FILE) or a bare set of records; - reads standard input. Waivers and a\n" +
			"baseline that the run had count again, unless others are given.",
		Example: indent(
			"agentcore-conform judge conform.json",
			"agentcore-conform judge conform.json --session-model microvm --report junit=conform.xml",
			"agentcore-conform judge conform.json --waivers waivers.yaml"),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one FILE, a JSON report or a set of records; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeFiles("json"),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.judge(cmd, s, args[0]) },
	}
	attach(cmd, keep(flagGroups(s), "only", "skip", "strict", "waivers", "baseline", "allow-partial", "session-model", "platform-version", "idle-timeout", "max-lifetime",
		"report", "verbose", "quiet", "color", "config"))
	return cmd
}

func (a *app) judge(cmd *cobra.Command, s *settings, file string) error {
	filled, err := configure(cmd.Flags(), a.dir, s.config)
	if err == nil {
		err = errors.Join(s.oneVoice(), checkReports(s.reports))
	}
	if err != nil {
		return usageError{err}
	}
	said := func(flag string) bool { return cmd.Flags().Changed(flag) || filled[flag] }
	old, err := readJudged(file)
	if err != nil {
		return usagef("%s: %w", file, err)
	}
	old.Strict = old.Strict || s.options.Strict
	if said("waivers") {
		old.Waivers = s.options.Waivers
	}
	if said("baseline") {
		old.Baseline = s.options.Baseline
	}
	if err := s.overrule(&old.Records.Terms, said); err != nil {
		return usageError{err}
	}
	if err := narrow(old, s.options.Only, s.options.Skip); err != nil {
		return usageError{err}
	}
	run, err := suites.Rejudge(old)
	if err != nil {
		return usageError{err}
	}
	return a.show(run, s)
}

// overrule gives the records those terms that were said anew.
func (s *settings) overrule(t *record.Terms, said func(flag string) bool) error {
	if said("session-model") {
		t.SessionModel = s.options.SessionModel
	}
	if said("platform-version") {
		t.PlatformVersion = s.options.PlatformVersion
	}
	if said("idle-timeout") {
		t.IdleTimeout = record.Millis(s.options.IdleTimeout.Milliseconds())
	}
	if said("max-lifetime") {
		t.MaxLifetime = record.Millis(s.options.MaxLifetime.Milliseconds())
	}
	if !said("idle-timeout") && !said("max-lifetime") {
		return nil
	}
	used := reading.ReaperSettings(*t)
	return suites.CheckLifecycle(time.Duration(used.Idle*float64(time.Second)), time.Duration(used.Lifetime*float64(time.Second)))
}

// readJudged reads a report, or makes one of a bare set of records.
func readJudged(file string) (*reports.Run, error) {
	data, err := readReport(file)
	if err != nil {
		return nil, err
	}
	set, err := reports.ReadRecords(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if run, err := reports.ReadRun(bytes.NewReader(data)); err == nil {
		return run, nil
	}
	return suites.RejudgeSet(set)
}

func readReport(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, reports.MaxReport+1))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, reports.MaxReport+1))
}

// narrow leaves only the selected clauses of a report; what is left is of reduced scope.
func narrow(run *reports.Run, only, skip []string) error {
	if len(only)+len(skip) == 0 {
		return nil
	}
	ids, err := suites.Select(only, skip, run.Records.Terms.Protocol)
	if err != nil {
		return err
	}
	run.Findings = slices.DeleteFunc(run.Findings, func(f checks.Finding) bool { return !slices.Contains(ids, f.ID) })
	if len(run.Findings) == 0 {
		return fmt.Errorf("the report holds none of the selected clauses")
	}
	run.Scope = reports.Reduced
	run.ScopeWhy = append(run.ScopeWhy, "judge with --only or --skip")
	return nil
}
