package docker

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
)

func TestPace(t *testing.T) {
	for _, c := range []struct {
		own, translated time.Duration
		want            float64
	}{
		{10, 100, 10},
		{10, 5, 1},
		{10, 0, 1},
		{1, 10_000, mostTranslation},
	} {
		if got := paceOf(c.own, c.translated); got.Factor != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

func TestFactor(t *testing.T) {
	for _, c := range []struct {
		compute, calls, throttled, want float64
	}{
		{10, 3, 1, 10},
		{3, 8, 1, 8},
		{10, 3, 4, 40},
		{1, 1, 4, 4},
		{1, 1, 1, 1},
		{0, 0, 0, 1},
	} {
		s := record.Slowdown{Compute: record.Pace{Factor: c.compute}, Syscalls: record.Pace{Factor: c.calls}, Throttled: record.Throttle{Factor: c.throttled}}
		if got := s.Factor(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestThrottle: only what a quota is known to cost counts, and never more than what passed.
func TestThrottle(t *testing.T) {
	quota := func(n float64) *float64 { return &n }
	account := func(n time.Duration) string { return fmt.Sprintf("throttled_time %d\n", n) }
	for _, c := range []struct {
		name          string
		wall, cpu     time.Duration
		before, after string
		quota         *float64
		want          float64
		held          bool
	}{
		{"nothing", 100, 100, account(0), account(0), quota(0), 1, true},
		{"a busy machine", 800, 100, account(0), account(0), quota(0), 1, true},
		{"a busy machine that shows nothing", 800, 100, "", "", nil, 1, false},
		{"a quarter by the kernel's account", 400, 100, account(0), account(300), nil, 4, true},
		{"a quarter by its file", 400, 100, "", "", quota(0.25), 4, false},
		{"a quarter, on a busy machine", 800, 100, account(0), account(100), quota(0.25), 4, true},
		{"a quarter by the account, on a busy machine", 800, 100, account(0), account(100), nil, 2, true},
		{"more held than passed: held on several CPUs", 300, 100, account(0), account(900), nil, 3, true},
		{"held before", 100, 100, account(700), account(700), nil, 1, true},
		{"an account that runs back", 400, 100, account(300), account(0), nil, 1, false},
		{"a quota shared with others", 800, 100, account(0), account(700), quota(0.5), 8, true},
		{"two CPUs", 100, 100, account(0), account(0), quota(2), 1, true},
		{"a whole CPU, with the kernel's rounding", 104, 100, account(0), account(4), quota(1), 1, true},
		{"next to nothing", 100, 100, account(0), account(0), quota(0.001), mostThrottling, true},
	} {
		seen := clocksRun{quota: c.quota, chain: tiny.Chain{
			Before: []byte(c.before), After: []byte(c.after),
			Clocks: []tiny.Reading{
				{Wall: tiny.Span{From: 5, To: 6}, CPU: tiny.Span{From: 7, To: 8}},
				{Wall: tiny.Span{From: 9, To: 5 + c.wall}, CPU: tiny.Span{From: 9, To: 7 + c.cpu}},
			},
		}}
		got := throttleOf(seen)
		if math.Abs(got.Factor-c.want) > 1e-9 || got.Held != nil != c.held || got.Wall != millis(c.wall) || got.CPU != millis(c.cpu) {
			t.Errorf("%s: %+v, want the factor %v", c.name, got, c.want)
		}
	}
}

func TestQuota(t *testing.T) {
	const unlimited = "max 100000\n"
	files := func(pairs ...string) fstest.MapFS {
		root := fstest.MapFS{}
		for i := 0; i < len(pairs); i += 2 {
			root[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
		}
		return root
	}
	const v1, v2 = "1:cpu,cpuacct:/docker/c\n0::/\n", "0::/docker/c\n"
	for _, c := range []struct {
		name string
		root fstest.MapFS
		want float64
		seen bool
	}{
		{"v2, none", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", unlimited), 0, true},
		{"v2, its own", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", "200000 100000\n"), 2, true},
		{"v2, above it", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", "200000 100000\n", "sys/fs/cgroup/docker/cpu.max", "25000 100000\n"), 0.25, true},
		{"v2, at the top of a namespace", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", unlimited, "sys/fs/cgroup/cpu.max", "5000 10000\n"), 0.5, true},
		{"v1, none", files("proc/9/cgroup", v1, "sys/fs/cgroup/cpu/docker/c/cpu.cfs_quota_us", "-1\n", "sys/fs/cgroup/cpu/docker/c/cpu.cfs_period_us", "100000\n"), 0, true},
		{"v1, above it", files("proc/9/cgroup", v1, "sys/fs/cgroup/cpu/docker/cpu.cfs_quota_us", "25000\n", "sys/fs/cgroup/cpu/docker/cpu.cfs_period_us", "100000\n"), 0.25, true},
		{"v1, mounted by both names", files("proc/9/cgroup", v1, "sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us", "50000\n", "sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n"), 0.5, true},
		{"a neighbour's", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", unlimited, "sys/fs/cgroup/docker/d/cpu.max", "1000 100000\n"), 0, true},
		{"another controller's group", files("proc/9/cgroup", "4:memory:/docker/c\n", "sys/fs/cgroup/cpu/docker/cpu.cfs_quota_us", "25000\n", "sys/fs/cgroup/cpu/docker/cpu.cfs_period_us", "100000\n"), 0, false},
		{"outside of this namespace", files("proc/9/cgroup", "0::/../../other\n", "sys/fs/cgroup/cpu.max", "1000 100000\n"), 0, false},
		{"gone", files(), 0, false},
		{"nonsense", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", "x y\n", "sys/fs/cgroup/docker/cpu.max", "0 0\n"), 0, true},
		{"beyond all numbers", files("proc/9/cgroup", v2, "sys/fs/cgroup/docker/c/cpu.max", strings.Repeat("9", 40)+" 100000\n"), 0, true},
		{"no lines", files("proc/9/cgroup", "\x00::"), 0, false},
	} {
		got, err := quota(c.root, 9)
		if got != c.want || err == nil != c.seen {
			t.Errorf("%s: %v %v", c.name, got, err)
		}
	}
}

func TestThrottled(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"throttled_time 12\n":                                   12,
		"usage_usec 5\nnr_throttled 3\nthrottled_usec 7\n":      7 * time.Microsecond,
		"throttled_time 12\nnr_periods 1\nthrottled_time 2\n":   12,
		"throttled_usec 1\nthrottled_time 12\n":                 time.Microsecond,
		"throttled_time -4\nthrottled_time x\nthrottled_time 0": 0,
		"":                                     -1,
		"nr_throttled 3\n":                     -1,
		"throttled_usec 9223372036854775807\n": -1,
		"throttled_time 99999999999999999999999\nthrottled_time 1 1\n": -1,
	} {
		got, err := throttled([]byte(text))
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// squeezed is an engine whose containers get a quarter of a CPU, by their own limit or by that of a group above them.
func squeezed(t *testing.T, above bool) *Engine {
	t.Helper()
	e := open(t, Options{})
	if !e.limitsCPU() {
		t.Skip("the engine cannot limit CPUs")
	}
	if above {
		e.group = groupWithQuota(t, e, 0.25)
	} else {
		e.cpus = 0.25
	}
	return e
}

// groupWithQuota makes a control group as an administrator would who gives an engine less than the machine.
func groupWithQuota(t *testing.T, e *Engine, cpus float64) string {
	t.Helper()
	if !e.sameMachine() || e.info.CgroupDriver != "cgroupfs" || os.Getuid() != 0 {
		t.Skip("needs an engine on this machine whose control groups a test may make")
	}
	name := "agentcore-conform-test-" + e.opts.RunID
	files := [][2]string{{"cpu/" + name + "/cpu.cfs_quota_us", fmt.Sprintf("%.0f", cpus*100_000)}}
	if e.info.CgroupVersion == "2" {
		files = [][2]string{{"cgroup.subtree_control", "+cpu"}, {name + "/cpu.max", fmt.Sprintf("%.0f 100000", cpus*100_000)}}
	}
	const root = "/sys/fs/cgroup"
	t.Cleanup(func() {
		// The engine makes the group in every hierarchy, and its containers must be gone before.
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
		left, _ := filepath.Glob(root + "/*/" + name)
		for _, dir := range append(left, filepath.Join(root, name)) {
			if err := os.Remove(dir); err != nil && !os.IsNotExist(err) {
				t.Error(err)
			}
		}
	})
	for _, file := range files {
		path := filepath.Join(root, file[0])
		if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil && !os.IsExist(err) {
			t.Skipf("a control group cannot be made: %v", err)
		}
		if err := os.WriteFile(path, []byte(file[1]), 0o644); err != nil {
			t.Skipf("a control group cannot be limited: %v", err)
		}
	}
	return "/" + name
}

// slowdown measures once and prints what was seen.
func slowdown(t *testing.T, what string, e *Engine) record.Slowdown {
	t.Helper()
	s, err := e.Slowdown(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	held := "unknown"
	if s.Throttled.Held != nil {
		held = ms(float64(*s.Throttled.Held))
	}
	t.Logf("%-9s ×%-5.3g compute ×%-5.3g calls ×%-5.3g throttled ×%-5.3g; wall %s, CPU %s, held %s; took %s", what, s.Factor(), s.Compute.Factor,
		s.Syscalls.Factor, s.Throttled.Factor, ms(float64(s.Throttled.Wall)), ms(float64(s.Throttled.CPU)), held, ms(float64(s.Took)))
	return s
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// TestSlowdownFollowsAQuota compares, in turns, an engine that has the machine with one whose containers get a quarter of
// a CPU: a thread takes four times as long there.
func TestSlowdownFollowsAQuota(t *testing.T) {
	for name, above := range map[string]bool{"of the container": false, "above the container": true} {
		t.Run(name, func(t *testing.T) {
			free, quarter := open(t, Options{}), squeezed(t, above)
			var ratios, accounts []float64
			for range 5 {
				all, part := slowdown(t, "free", free), slowdown(t, "a quarter", quarter)
				ratios = append(ratios, part.Factor()/all.Factor())
				if all.Throttled.Factor != 1 {
					t.Errorf("without a quota %+v", all.Throttled)
				}
				if held := part.Throttled.Held; held != nil {
					accounts = append(accounts, float64((part.Throttled.CPU+*held)/part.Throttled.CPU))
				}
			}
			if m := median(ratios); m < 4*0.7 || m > 4*1.3 {
				t.Errorf("the factor is %.2f times that without a quota, want 4 within 30 %%: %.3g", m, ratios)
			}
			if above {
				target := boot(t, quarter, serverImage(t, quarter, "arm64"), "arm64", "")
				if body := get(t, target, "/ping"); !strings.Contains(body, "Healthy") {
					t.Errorf("an agent in it answered %q", body)
				}
			}
			// On a busy machine the container is held by a quota for less time, since it has no CPU for some of it anyway.
			t.Logf("by the kernel's account alone ×%.3g", accounts)
			if len(accounts) > 0 && (slices.Max(accounts) < leastThrottling || slices.Max(accounts) > 4*1.5) {
				t.Errorf("the kernel's account makes ×%.3g of a quarter", accounts)
			}
		})
	}
}

// TestSlowdownOfNativePrograms: nothing is translated, so the factor is 1, and a quota alone stretches it.
func TestSlowdownOfNativePrograms(t *testing.T) {
	e := open(t, Options{Platform: "linux/" + nativeArch(t)})
	s := slowdown(t, "native", e)
	if s.Factor() != 1 || s.Compute.Native <= 0 || s.Compute.Translated != 0 || s.Throttled.CPU <= 0 {
		t.Errorf("%+v", s)
	}
	e.cpus = 0.25
	if s := slowdown(t, "a quarter", e); e.limitsCPU() && math.Abs(s.Factor()-4) > 4*0.3 {
		t.Errorf("%+v", s)
	}
}

func nativeArch(t *testing.T) string { t.Helper(); return open(t, Options{}).arch() }

// TestSlowdownIsPrecise measures ten times in a row.
func TestSlowdownIsPrecise(t *testing.T) {
	e := open(t, Options{})
	var factors []float64
	for i := range 10 {
		factors = append(factors, slowdown(t, fmt.Sprint(i+1), e).Factor())
	}
	slices.Sort(factors)
	t.Logf("×%.3g to ×%.3g, median ×%.3g", factors[0], factors[9], median(factors))
	if factors[0] < 1 || factors[8]/factors[1] > 2 {
		t.Errorf("ten measurements spread too far: %.3g", factors)
	}
}

// TestSlowdownIsQuick compares, in turns, the measurement with the run of a container that does nothing. It is the start of
// one container and some hundred milliseconds of computing; wall time is not asked for, for that depends on others.
func TestSlowdownIsQuick(t *testing.T) {
	e := open(t, Options{})
	slowdown(t, "first", e)
	var cpu []float64
	took := medians(t, 5, func() error { _, err := e.proveOnce(t); return err }, func() error {
		s, err := e.Slowdown(t.Context())
		cpu = append(cpu, float64(s.Throttled.CPU))
		return err
	})
	t.Logf("a measurement takes %.1f times the run of a container that does nothing (%s and %s), and %s of CPU", took[1]/took[0], ms(took[1]), ms(took[0]), ms(median(cpu)))
	if median(cpu) > 1000 || took[1] > 20*took[0] {
		t.Errorf("a measurement takes %s of CPU and %.1f containers", ms(median(cpu)), took[1]/took[0])
	}
}

func (e *Engine) proveOnce(t *testing.T) (outcome, error) {
	return e.runProgram(t.Context(), e.arch(), tiny.Exit42, "")
}
