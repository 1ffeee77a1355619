package watchdog

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Owner identifies a process well enough to prove later that it is gone.
type Owner struct {
	// Host is the machine's name and id, Boot its boot id, Space the process id namespace.
	Host, Boot, Space string
	// PID and Began are the process's id and its start in clock ticks since boot, so that a reused id is noticed.
	PID   int
	Began string
}

// Self is the owner that this process is.
var Self = sync.OnceValue(func() Owner {
	name, _ := os.Hostname()
	space, _ := os.Readlink("/proc/self/ns/pid")
	return Owner{
		Host:  clean(name) + "." + firstOf("/etc/machine-id", 12),
		Boot:  firstOf("/proc/sys/kernel/random/boot_id", 36),
		Space: strings.Trim(strings.TrimPrefix(space, "pid:"), "[]"),
		PID:   os.Getpid(),
		Began: began(os.Getpid()),
	}
})

func (o Owner) String() string {
	return strings.Join([]string{o.Host, o.Boot, o.Space, strconv.Itoa(o.PID), o.Began}, "/")
}

// ParseOwner reads the label's text.
func ParseOwner(text string) (Owner, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 5 {
		return Owner{}, fmt.Errorf("owner %q does not have five parts", text)
	}
	pid, err := strconv.Atoi(parts[3])
	if err != nil || pid <= 0 {
		return Owner{}, fmt.Errorf("owner %q has no process id", text)
	}
	return Owner{Host: parts[0], Boot: parts[1], Space: parts[2], PID: pid, Began: parts[4]}, nil
}

// Gone is what can be proven about an owner from here.
type Gone int

const (
	// Unknown: the owner may be alive, here or elsewhere.
	Unknown Gone = iota
	// Died: it ran in this boot of this machine and its process is no more.
	Died
	// Rebooted: it ran in an earlier boot of a machine that calls itself as this one does. Machines made from one
	// template share names, so a running container still proves an owner elsewhere.
	Rebooted
)

// GoneFrom judges the owner as seen by the process that self describes.
func (o Owner) GoneFrom(self Owner) Gone {
	switch {
	case o.Host != self.Host:
		return Unknown
	case o.Boot != self.Boot:
		return Rebooted
	case o.Space != self.Space || alive(o.PID, o.Began):
		return Unknown
	}
	return Died
}

// alive errs on the side of life: where processes cannot be asked about, nothing is swept.
func alive(pid int, start string) bool {
	if runtime.GOOS == "windows" {
		return true
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	if err := process.Signal(syscall.Signal(0)); err != nil {
		return os.IsPermission(err)
	}
	now := began(pid)
	return start == "" || now == "" || now == start
}

// began reads the 22nd field of the process's stat line; the name before it may hold spaces and brackets.
func began(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return ""
	}
	return string(fields[19])
}

func firstOf(path string, n int) string {
	data, _ := os.ReadFile(path)
	text := clean(strings.TrimSpace(string(data)))
	return text[:min(n, len(text))]
}

func clean(s string) string { return strings.ReplaceAll(s, "/", "_") }
