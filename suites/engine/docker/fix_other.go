//go:build !linux

package docker

import (
	"context"
	"errors"
	"io"
)

var errNotLinux = errors.New("only on Linux")

func mountBinfmt() error { return errNotLinux }

func launchDockerd(context.Context, io.Writer) (string, error) { return "", errNotLinux }
