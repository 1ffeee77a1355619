//go:build !unix

package watchdog

import "os/exec"

func detach(*exec.Cmd) {}
