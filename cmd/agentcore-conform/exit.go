package main

import (
	"context"
	"errors"
	"fmt"
)

// The exit codes are an interface: CI systems retry by them.
const (
	codeUsage       = 2
	codeUntested    = 3
	codeInterrupted = 130
)

// exitCode ends the program with a code and says nothing more: the report has said it.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is a fault of the command line or the configuration file.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// codeOf maps an error to the exit code: 0 for none, 2 usage, 130 interrupted, 3 for everything that kept the tool
// from testing.
func codeOf(err error) int {
	var code exitCode
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		return codeUsage
	case errors.Is(err, context.Canceled):
		return codeInterrupted
	}
	return codeUntested
}
