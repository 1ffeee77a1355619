package docker

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// sameMachine reports that the engine runs on this kernel and this process sees the engine's processes: only then do the
// process ids that the engine names mean anything here.
func (e *Engine) sameMachine() bool {
	var name unix.Utsname
	if !e.conn.Place.Local() || unix.Uname(&name) != nil {
		return false
	}
	return unix.ByteSliceToString(name.Release[:]) == e.info.KernelVersion && !e.inOtherSpace()
}

// inOtherSpace reports that this process is itself in a container's process id namespace.
func (e *Engine) inOtherSpace() bool {
	comm, err := os.ReadFile("/proc/2/comm")
	return err != nil || strings.TrimSpace(string(comm)) != "kthreadd"
}

// awaitExec returns nil once the process runs a program of its own instead of the runtime's starter, or when that cannot
// be seen; errGone when the process ended before.
func awaitExec(ctx context.Context, pid int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	look := time.NewTicker(200 * time.Microsecond)
	defer look.Stop()
	for {
		comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if os.IsNotExist(err) || isZombie(pid) {
			return errGone
		}
		if err != nil || !strings.HasPrefix(string(comm), "runc:[") && !strings.HasPrefix(string(comm), "crun") {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return os.IsNotExist(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")
}

// belongs reports that the process is one of the container's: its control group or its mounts carry the container's id.
func belongs(pid int, id string) bool {
	for _, file := range []string{"cgroup", "mountinfo"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err == nil && strings.Contains(string(text), id) {
			return true
		}
	}
	return false
}
