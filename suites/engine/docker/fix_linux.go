package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// mountBinfmt mounts the kernel's list of handlers, which containers and minimal systems do without.
func mountBinfmt() error {
	if _, err := os.Stat(binfmtFolder + "/register"); err == nil {
		return nil
	}
	// The module is built in or loaded by the mount on most kernels.
	_ = exec.Command("modprobe", "binfmt_misc").Run()
	err := unix.Mount("binfmt_misc", binfmtFolder, "binfmt_misc", 0, "")
	if errors.Is(err, unix.EBUSY) {
		return nil
	}
	return err
}

// launchDockerd starts the engine as the system would, or in a session of its own where there is no systemd. It returns
// the file with the engine's log, empty under systemd.
func launchDockerd(ctx context.Context, log io.Writer) (string, error) {
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		return "", run(ctx, log, "systemctl", "start", "docker")
	}
	path := filepath.Join(os.TempDir(), "agentcore-conform-dockerd.log")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer file.Close()
	cmd := exec.Command("dockerd")
	cmd.Stdout, cmd.Stderr = file, file
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	fmt.Fprintf(log, "+ dockerd, log in %s\n", path)
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("starting dockerd: %w", err)
	}
	return path, cmd.Process.Release()
}
