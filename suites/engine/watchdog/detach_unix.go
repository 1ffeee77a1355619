//go:build unix

package watchdog

import (
	"os/exec"
	"syscall"
)

// detach gives the child a session of its own, so that Ctrl-C and the end of a terminal do not reach it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
