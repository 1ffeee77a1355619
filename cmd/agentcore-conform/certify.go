package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/certify"
)

// certifySettings are what the command line says of a certification.
type certifySettings struct {
	out, engine, color string
	parallel           int
	only               []string
	quiet              bool
}

const maxParallel = 64

func (a *app) certifyCommand() *cobra.Command {
	s := &certifySettings{parallel: 1, out: "certification"}
	cmd := &cobra.Command{
		Use:   "certify CATALOG",
		Short: "Run a list of images, each with what is expected of it, and print the matrix",
		Long: "Run every image of a catalogue in a process of its own and compare what it did with what the catalogue expects:\n" +
			"conformant with nothing untested, or exactly the named clauses failing. One report per image and the matrix\n" +
			"(matrix.json, matrix.md, matrix.xml) are left in --out. docs/certify.md describes the catalogue.\n\n" +
			"The exit code is 0 when every entry did what was expected, else that of the worst: 1 where something else was found,\n" +
			"2 where a setting cannot be, 3 where an entry could not be tested, 130 when interrupted.",
		Example: indent(
			"agentcore-conform certify catalog.yaml",
			"agentcore-conform certify catalog.yaml --only 'langgraph*' --out out/certification"),
		Args: catalogArgument, ValidArgsFunction: completeFiles("yaml", "yml"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.certify(cmd.Context(), s, args[0]) },
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.Var(listSetting{target: &s.only, kind: "NAME", check: notEmpty, commas: true}, "only", "run only entries of this name or glob, as langgraph*; repeatable")
	fs.Var(text(&s.out, "DIR", notEmpty), "out", "folder of the reports")
	fs.Var(whole(&s.parallel, 1, maxParallel), "parallel", "entries to run at a time; emulated cores are soon used up")
	fs.Var(text(&s.engine, "ADDRESS", checkEngine), "engine", "container engine for all entries, whatever the catalogue says")
	fs.BoolVarP(&s.quiet, "quiet", "q", false, "show the matrix only, not what runs")
	fs.Var(choice(&s.color, "auto", "always", "never"), "color", "when to use colour")
	return cmd
}

func catalogArgument(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("give one CATALOG, a YAML file that lists images; see %s --help", cmd.CommandPath())
	}
	return nil
}

// certify reads the catalogue, runs it, shows the matrix and returns the exit code.
func (a *app) certify(ctx context.Context, s *certifySettings, file string) error {
	catalog, err := a.catalog(file, s.engine)
	if err != nil {
		return usageError{err}
	}
	if _, err := catalog.Select(s.only); err != nil {
		return usagef("--only: %w", err)
	}
	program, err := a.entryProgram()
	if err != nil {
		return fmt.Errorf("find this program's own file: %w", err)
	}
	p := newCertifyProgress(a.stderr, s.quiet)
	matrix, err := certify.Run(ctx, certify.Options{
		Catalog: catalog, Only: s.only, Out: s.out, Work: filepath.Dir(file), Parallel: s.parallel, Program: program,
		Tool: reports.Tool{Name: "agentcore-conform", Version: toolVersion(), Contract: checks.Revision}, Progress: p.event,
	})
	p.close()
	if matrix == nil {
		return fmt.Errorf("could not certify: %w", err)
	}
	return a.showMatrix(matrix, s, err)
}

// showMatrix prints the matrix; a report that could not be written takes the green from it.
func (a *app) showMatrix(m *reports.Matrix, s *certifySettings, failed error) error {
	o := reports.ConsoleOptions{Colour: s.color == "always"}
	if f, ok := a.stdout.(*os.File); ok {
		o = reports.ConsoleFor(f, reports.Colour(s.color), false)
	}
	code := m.ExitCode()
	if err := errors.Join(failed, reports.WriteMatrixConsole(a.stdout, m, o), a.where(s)); err != nil {
		fmt.Fprintln(a.stderr, "agentcore-conform: "+oneLine(err))
		if code == 0 {
			code = codeUntested
		}
	}
	if code == 0 {
		return nil
	}
	return exitCode(code)
}

// where says where the reports are.
func (a *app) where(s *certifySettings) error {
	_, err := fmt.Fprintf(a.stdout, "\nreports in %s: %s; one per entry,\nwhich agentcore-conform judge FILE shows in full\n",
		reports.CleanLine(s.out), strings.Join(reports.MatrixFiles(), ", "))
	return err
}

// ownProgram is the command line that plays one entry: this program, told to end when its input does.
func ownProgram() ([]string, error) {
	self, err := os.Executable()
	return []string{self, entryCommandName}, err
}

const entryCommandName = "certified-entry"

// entryCommand is run as certify starts it. Its standard input is a leash: when certify lets go, by an interruption or
// because it died, the run ends as it does at a signal, with its report. A signal would not do, since Ctrl-C on a terminal
// goes to both and the second one ends a run at once.
func (a *app) entryCommand() *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use: entryCommandName, Hidden: true, Args: imageArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			signal.Ignore(syscall.SIGPIPE) // nobody may be left to read what the run says; its report is still to be written
			ctx, cancel := context.WithCancel(cmd.Context())
			defer cancel()
			go func() {
				_, _ = io.Copy(io.Discard, a.stdin)
				cancel()
			}()
			cmd.SetContext(ctx)
			return a.conform(cmd, s, args)
		},
	}
	attach(cmd, flagGroups(s))
	return cmd
}
