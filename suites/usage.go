package suites

import "fmt"

// UsageError is a fault of the call: the command line ends with exit code 2.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

func usagef(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }
