package docker

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Where control groups are mounted: v2, alone or beside v1, and those of CPU time of v1.
var (
	unifiedGroups = []string{"sys/fs/cgroup", "sys/fs/cgroup/unified"}
	cpuGroups     = []string{"sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"}
)

// quota is the least CPU time per time, in CPUs, that the control group of a process and those above it allow, and 0 when
// none is limited. The files are those of the machine whose root is given.
func quota(root fs.FS, pid int) (cpus float64, err error) {
	text, err := read(root, fmt.Sprintf("proc/%d/cgroup", pid))
	if err != nil {
		return 0, err
	}
	least, seen := math.Inf(1), false
	for line := range strings.Lines(string(text)) {
		_, group, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(group, ":")
		mounts := unifiedGroups
		if controllers != "" {
			mounts = cpuGroups
		}
		if controllers != "" && !slices.Contains(strings.Split(controllers, ","), "cpu") {
			continue
		}
		for _, mount := range mounts {
			// A group beside those that this process sees has a path that leads out of the mount.
			for dir := path.Join(mount, group); strings.HasPrefix(dir, mount); dir = path.Dir(dir) {
				n, found := allowance(root, dir)
				least, seen = min(least, n), seen || found
			}
		}
	}
	switch {
	case !seen:
		return 0, errors.New("no control group of CPU time is seen")
	case math.IsInf(least, 1):
		return 0, nil
	}
	return least, nil
}

// allowance is what one control group allows, infinite where it sets no limit; found says that it has a say in CPU time.
func allowance(root fs.FS, dir string) (cpus float64, found bool) {
	words := fields(root, path.Join(dir, "cpu.max"))
	if len(words) != 2 {
		words = append(fields(root, path.Join(dir, "cpu.cfs_quota_us")), fields(root, path.Join(dir, "cpu.cfs_period_us"))...)
	}
	if len(words) != 2 {
		return math.Inf(1), false
	}
	n, err := strconv.ParseUint(words[0], 10, 63)
	period, periodErr := strconv.ParseUint(words[1], 10, 63)
	if err != nil || periodErr != nil || n == 0 || period == 0 {
		return math.Inf(1), true
	}
	return float64(n) / float64(period), true
}

func fields(root fs.FS, file string) []string {
	text, _ := read(root, file)
	return strings.Fields(string(text))
}

// stats are the kernel's accounts of CPU time as a container sees those of its own control group, in cgroups v2 and v1.
// Those that end in local, of Linux 6.6 and later, count what the groups above it cost this one, too.
var stats = []string{
	"/sys/fs/cgroup/cpu.stat.local", "/sys/fs/cgroup/cpu.stat",
	"/sys/fs/cgroup/cpu/cpu.stat.local", "/sys/fs/cgroup/cpu/cpu.stat",
}

// throttled is for how long quotas have kept a control group from the CPUs, by accounts that follow each other; the
// largest counts. It is an error where there is none.
func throttled(accounts []byte) (time.Duration, error) {
	most := time.Duration(-1)
	for line := range strings.Lines(string(accounts)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		unit, known := map[string]time.Duration{"throttled_usec": time.Microsecond, "throttled_time": time.Nanosecond}[name]
		n, err := strconv.ParseInt(value, 10, 64)
		if known && err == nil && n >= 0 && n <= int64(math.MaxInt64/unit) {
			most = max(most, time.Duration(n)*unit)
		}
	}
	if most < 0 {
		return 0, errors.New("the kernel tells nothing of throttling")
	}
	return most, nil
}
