package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/reports/attest/keyless"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
)

// app is the program with everything it touches, so that tests run the commands in process.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// dir is where the configuration file is looked for; lookup reads the caller's environment.
	dir      string
	lookup   func(string) (string, bool)
	registry *checks.Registry
	// run plays and judges.
	run func(context.Context, suites.Options) (*reports.Run, error)
	// entryProgram is how certify starts the process of one entry.
	entryProgram func() ([]string, error)
	// examine and fix are the doctor's.
	examine func(context.Context, docker.Options) []docker.Line
	fix     func(context.Context, docker.Options, io.Writer) error
	// trustedRoot fetches the trusted root of the public Sigstore.
	trustedRoot func(context.Context) ([]byte, error)
	// began says that a command's own work has begun: errors until then are faults of the command line.
	began bool
}

func newApp() *app {
	suites.Version = toolVersion()
	return &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, dir: ".", lookup: os.LookupEnv,
		registry: all.All(), run: suites.Play, entryProgram: ownProgram, examine: docker.Examine, fix: docker.Fix,
		trustedRoot: keyless.Public().TrustedRoot,
	}
}

// execute runs the command line and returns the exit code. An error is one line on stderr.
func (a *app) execute(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	err := root.ExecuteContext(ctx)
	if err != nil && !a.began {
		err = usageError{err}
	}
	var said exitCode
	if err != nil && !errors.As(err, &said) {
		fmt.Fprintln(a.stderr, "agentcore-conform: "+oneLine(err))
	}
	return codeOf(err)
}

// oneLine keeps an error on one line and free of control bytes: it may quote what a server said.
func oneLine(err error) string {
	return reports.CleanLine(strings.Join(strings.Fields(err.Error()), " "))
}

// begin marks the start of a command's own work.
func (a *app) begin(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.began = true
		return run(cmd, args)
	}
}

// flagError makes one line of a wrong flag, with what may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && len(unknown.GetSpecifiedShortnames()) == 0:
		return usagef("unknown flag --%s%s", unknown.GetSpecifiedName(),
			didYouMean("--", unknown.GetSpecifiedName(), visibleFlags(cmd.Flags())))
	case errors.As(err, &unknown):
		return usagef("unknown flag -%s; see %s --help", unknown.GetSpecifiedName(), cmd.CommandPath())
	case errors.As(err, &invalid):
		return usagef("--%s %s: %w", invalid.GetFlag().Name, shown(invalid), invalid.Unwrap())
	}
	return usageError{err}
}

// shown is the wrong value, shortened; of a variable only what cannot be a secret.
func shown(invalid *pflag.InvalidValueError) string {
	value := invalid.GetValue()
	if invalid.GetFlag().Name == "env" {
		value, _, _ = strings.Cut(value, "=")
	}
	return shorten(value)
}

func visibleFlags(fs *pflag.FlagSet) []string {
	var out []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			out = append(out, f.Name)
		}
	})
	return out
}
