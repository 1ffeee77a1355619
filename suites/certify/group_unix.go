//go:build unix

package certify

import (
	"os/exec"
	"syscall"
)

// grouped puts the command into a process group of its own, which is killed as a whole.
func grouped(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
