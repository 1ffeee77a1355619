package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// play runs with live progress on stderr, shows the result and returns its exit code.
func (a *app) play(ctx context.Context, s *settings) error {
	live := a.live(s)
	s.options.Progress = live.Event
	run, err := a.run(ctx, s.options)
	live.Done()
	var usage *suites.UsageError
	switch {
	case errors.As(err, &usage):
		return usageError{err}
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("interrupted before the run began, nothing was tested: %w", context.Canceled)
	case err != nil:
		return fmt.Errorf("could not test: %w; agentcore-conform doctor shows what is missing", err)
	}
	return a.show(run, s)
}

// show writes the run for people and into the reports that were asked for.
func (a *app) show(run *reports.Run, s *settings) error {
	err := errors.Join(writeConsole(a.peopleOutput(s), run, s), writeReports(s.reports, run))
	code := run.ExitCode(s.allowPartial)
	if err != nil {
		fmt.Fprintln(a.stderr, "agentcore-conform: "+oneLine(err))
		if code == 0 { // a gate that cannot keep its report has not done its work
			code = codeUntested
		}
	}
	if code == 0 {
		return nil
	}
	return exitCode(code)
}

// peopleOutput is where the console view goes: to stderr where a report takes standard output.
func (a *app) peopleOutput(s *settings) io.Writer {
	if toStdout(s.reports) {
		return a.stderr
	}
	return a.stdout
}

func writeConsole(w io.Writer, run *reports.Run, s *settings) error {
	if sawNothing(run) && !s.verbose && !run.Interrupted {
		return errors.New("could not test: " + strings.Join(run.Errors, "; "))
	}
	return console(w, run, s)
}

// console writes the report for people, or with --quiet the verdict.
func console(w io.Writer, run *reports.Run, s *settings) error {
	if s.quiet {
		_, err := fmt.Fprintln(w, reports.CleanLine(verdictLine(run)))
		return err
	}
	o := reports.ConsoleOptions{Verbose: s.verbose, Colour: s.color == "always"}
	if f, ok := w.(*os.File); ok {
		o = reports.ConsoleFor(f, reports.Colour(s.color), s.verbose)
	}
	return reports.WriteConsole(w, run, o)
}

// sawNothing reports that trouble came before anything was judged: then the trouble is all there is to say.
func sawNothing(run *reports.Run) bool {
	return len(run.Errors) > 0 && !slices.ContainsFunc(run.Findings, func(f checks.Finding) bool {
		return f.Outcome != checks.Error && f.Outcome != checks.Skipped && f.Outcome != checks.NotApplicable
	})
}

// verdictLine is all that --quiet shows.
func verdictLine(run *reports.Run) string {
	subject := "the attached server"
	if run.Image != nil {
		subject = run.Image.Reference
	}
	line := fmt.Sprintf("%s: %s (%d fail, %d warn, %d untestable", subject, run.Verdict,
		run.Counts["fail"], run.Counts["warn"], run.Counts["untestable"])
	if n := run.Counts["waived"]; n > 0 {
		line += fmt.Sprintf(", %d waived", n)
	}
	line += ")"
	for _, e := range run.Errors {
		line += "; " + e
	}
	for _, w := range run.Stale() {
		line += "; waiver " + w.ID + " is stale, remove it"
	}
	return line
}
