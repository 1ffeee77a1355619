package docker

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// table is a process table: a process has one thread of its own id unless more are added, and descriptors 0 to open-1.
type table struct{ fstest.MapFS }

func newTable() table { return table{fstest.MapFS{}} }

func (p table) process(pid, open int, children string) table {
	p.thread(pid, pid, children)
	p.MapFS[fmt.Sprintf("%d/fd", pid)] = &fstest.MapFile{Mode: fs.ModeDir | 0o500}
	for fd := range open {
		p.MapFS[fmt.Sprintf("%d/fd/%d", pid, fd)] = &fstest.MapFile{Mode: fs.ModeSymlink}
	}
	return p
}

func (p table) thread(pid, tid int, children string) table {
	p.MapFS[fmt.Sprintf("%d/task/%d/children", pid, tid)] = &fstest.MapFile{Data: []byte(children)}
	return p
}

func (p table) file(name, text string) table {
	p.MapFS[name] = &fstest.MapFile{Data: []byte(text)}
	return p
}

func (p table) without(name string) table {
	delete(p.MapFS, name)
	return p
}

// failing answers some names with an error.
type failing struct {
	fs.FS
	errs map[string]error
}

func (f failing) Open(name string) (fs.File, error) {
	if err := f.errs[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.FS.Open(name)
}

// figures writes a census as processes/threads/descriptors/sockets, with - for what is unknown.
func figures(c census) string {
	var out []string
	for _, n := range []*int{c.processes, c.threads, c.descriptors, c.sockets} {
		if n == nil {
			out = append(out, "-")
		} else {
			out = append(out, fmt.Sprint(*n))
		}
	}
	return strings.Join(out, "/")
}

const sockstat = "sockets: used 7\nTCP: inuse 2 orphan 0 tw 1 alloc 3 mem 0\n"

func TestCensus(t *testing.T) {
	alone := func() table { return newTable().process(10, 3, "").file("10/net/sockstat", sockstat) }
	family := func() table {
		return alone().process(10, 3, "11 12 ").thread(10, 20, "13 ").process(11, 2, "14 ").process(12, 0, "").process(13, 1, "").
			process(14, 4, "").process(99, 9, "")
	}
	many := func(n int) string {
		var ids strings.Builder
		for pid := range n {
			fmt.Fprintf(&ids, "%d ", 1000+pid)
		}
		return ids.String()
	}
	crowd := alone().process(10, 0, many(mostProcesses))
	for pid := range mostProcesses {
		crowd.process(1000+pid, 0, "")
	}
	threads := alone()
	for tid := range mostThreads {
		threads.thread(10, 100+tid, "")
	}
	denied := func(proc fs.FS, names ...string) fs.FS {
		f := failing{proc, map[string]error{}}
		for _, name := range names {
			f.errs[name] = fs.ErrPermission
		}
		return f
	}
	for _, c := range []struct {
		name, want string
		proc       fs.FS
	}{
		{"one process", "1/1/3/7", alone()},
		{"its descendants, by each of its threads, and nobody else", "5/6/10/7", family()},
		{"gone before it was looked at", "-/-/-/-", newTable()},
		{"a child that has gone", "3/4/4/7", failing{family(), map[string]error{"11/task": fs.ErrNotExist}}},
		{"a child that goes meanwhile", "5/6/8/7", failing{family(), map[string]error{"11/fd": syscall.ESRCH}}},
		{"a thread that goes meanwhile", "4/5/9/7", failing{family(), map[string]error{"10/task/20/children": syscall.ESRCH, "10/task/20": syscall.ESRCH}}},
		{"a kernel without lists of children", "-/-/-/7", family().without("10/task/20/children").file("10/task/20/comm", "x")},
		{"descriptors that may not be read", "5/6/-/7", denied(family(), "11/fd")},
		{"threads that may not be read", "-/-/-/7", denied(family(), "11/task")},
		{"children that may not be read", "-/-/-/7", denied(family(), "11/task/11/children")},
		{"sockets that may not be read", "5/6/10/-", denied(family(), "10/net/sockstat")},
		{"children that are no numbers", "-/-/-/7", alone().process(10, 3, "11 x")},
		{"children below nothing", "-/-/-/7", alone().process(10, 3, "-1")},
		{"children beyond all numbers", "-/-/-/7", alone().process(10, 3, "99999999999999999999")},
		{"its own descendant", "2/2/4/7", alone().process(10, 3, "11").process(11, 1, "10 11")},
		{"the same child twice", "2/2/4/7", alone().process(10, 3, "11 11").process(11, 1, "")},
		{"too many processes", "-/-/-/7", crowd},
		{"too many threads", "-/-/-/7", threads},
		{"as many descriptors as are counted", fmt.Sprintf("1/1/%d/7", mostDescriptors), alone().process(10, mostDescriptors, "")},
		{"too many descriptors", "2/2/-/7", alone().process(10, mostDescriptors, "11").process(11, 1, "")},
		{"a list without an end", "-/-/-/7", alone().process(10, 3, strings.Repeat("1", mostText+1))},
		{"a file in a folder's place", "-/-/-/7", alone().without("10/task/10/children").file("10/task", "")},
		{"no count of sockets", "1/1/3/-", alone().file("10/net/sockstat", "TCP: inuse 2\n")},
		{"sockets beyond all numbers", "1/1/3/-", alone().file("10/net/sockstat", "sockets: used 4294967296\n")},
		{"sockets below nothing", "1/1/3/-", alone().file("10/net/sockstat", "sockets: used -3\n")},
	} {
		if got := figures(takeCensus(c.proc, 10)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The test's own process holds what the kernel says that it holds.
func TestCensusOfThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("this system has no process table in files")
	}
	before := takeCensus(os.DirFS("/proc"), os.Getpid())
	var files []*os.File
	for range 50 {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	after := takeCensus(os.DirFS("/proc"), os.Getpid())
	for _, f := range files {
		_ = f.Close()
	}
	// Connections of other tests may come to their end meanwhile.
	if after.processes == nil || *after.threads < *after.processes || max(*after.descriptors-*before.descriptors, len(files)) > len(files)+10 || *after.descriptors < len(files) {
		t.Errorf("%s, then %s", figures(before), figures(after))
	}
}

func FuzzCensus(f *testing.F) {
	f.Add("11 12", sockstat)
	f.Add("10", "sockets: used x")
	f.Add("\x00", "sockets: used ")
	f.Fuzz(func(t *testing.T, children, sockets string) {
		c := takeCensus(newTable().process(10, 3, children).process(11, 1, children).file("10/net/sockstat", sockets), 10)
		for _, n := range []*int{c.processes, c.threads, c.descriptors, c.sockets} {
			if n != nil && *n < 0 {
				t.Error(figures(c))
			}
		}
	})
}

// steady samples a container until two samples in a row hold the same, and the log is counted.
func steady(t *testing.T, target *Target) record.Sample {
	t.Helper()
	get(t, target, "/ping")
	last := ""
	for t.Context().Err() == nil {
		s, err := target.Sample(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		now := figures(census{processes: s.Processes, threads: s.Threads, descriptors: s.Descriptors, sockets: s.Sockets})
		if now == last && s.LogLines != nil && *s.LogLines > 0 {
			return s
		}
		last = now
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no two samples hold the same")
	return record.Sample{}
}

// TestHoldings compares a container that holds much with one that holds nothing, in the same engine: the difference is the
// server's own, whatever an emulator adds to each process.
func TestHoldings(t *testing.T) {
	e := open(t, Options{})
	if !e.sameMachine() {
		t.Skip("the engine's processes cannot be seen from here")
	}
	image := serverImage(t, e, "arm64")
	plain, holding := steady(t, boot(t, e, image, "arm64", "")), steady(t, boot(t, e, image, "arm64", "holding"))
	t.Logf("plain %s, holding %s", sprintSample(plain), sprintSample(holding))
	for _, c := range []struct {
		what          string
		before, after *int
		held, besides int
	}{
		{"processes", plain.Processes, holding.Processes, 5, 0},
		{"sockets", plain.Sockets, holding.Sockets, 150, 3},
		// Each child has the emulator's and its runtime's own.
		{"descriptors", plain.Descriptors, holding.Descriptors, 450, 5 * 15},
		{"threads", plain.Threads, holding.Threads, 40, 5 * 15},
	} {
		if c.before == nil || c.after == nil {
			t.Errorf("%s are not known", c.what)
		} else if more := *c.after - *c.before; more < c.held || more > c.held+c.besides {
			t.Errorf("%d more %s, want %d to %d", more, c.what, c.held, c.held+c.besides)
		}
	}
	if *plain.LogLines != 1 || *plain.LogBytes != int64(len("listening on :8080\n")) || *holding.LogLines != 2 {
		t.Errorf("logged %d lines and %d bytes, and %d lines", *plain.LogLines, *plain.LogBytes, *holding.LogLines)
	}
}

func sprintSample(s record.Sample) string {
	return figures(census{processes: s.Processes, threads: s.Threads, descriptors: s.Descriptors, sockets: s.Sockets}) + fmt.Sprintf(" of %d in the control group", s.PIDs)
}

// TestASampleIsCheap compares, in turns, what the census adds to a sample of a container that holds much with the engine's
// part of it, and with the cheapest question that an engine can be asked: some engines gather statistics once a second
// only, and beside that wait everything looks cheap.
func TestASampleIsCheap(t *testing.T) {
	e := open(t, Options{})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "holding")
	steady(t, target)
	plainStats := func() error {
		stats, err := e.cli.ContainerStats(t.Context(), target.id, client.ContainerStatsOptions{})
		if err == nil {
			_, err = io.Copy(io.Discard, stats.Body)
			_ = stats.Body.Close()
		}
		return err
	}
	took := medians(t, 3, plainStats, func() error { _, err := target.Sample(t.Context()); return err })
	t.Logf("a sample takes %.2f times the engine's statistics (%s and %s)", took[1]/took[0], ms(took[1]), ms(took[0]))
	if took[1] > 3*took[0] {
		t.Errorf("a sample takes %.1f times the engine's statistics", took[1]/took[0])
	}
	took = medians(t, 40, func() error { _, err := target.State(t.Context()); return err }, func() error { target.holdings(); return nil })
	t.Logf("a census takes %.2f times a look at the state (%s and %s)", took[1]/took[0], ms(took[1]), ms(took[0]))
	if took[1] > 10*took[0] {
		t.Errorf("a census takes %.1f times a look at the state", took[1]/took[0])
	}
}

// medians plays the works in turns and returns the middle time of each in milliseconds.
func medians(t *testing.T, rounds int, works ...func() error) []float64 {
	t.Helper()
	took := make([][]float64, len(works))
	for range rounds {
		for i, work := range works {
			began := time.Now()
			if err := work(); err != nil {
				t.Fatal(err)
			}
			took[i] = append(took[i], float64(millis(time.Since(began))))
		}
	}
	out := make([]float64, len(works))
	for i := range took {
		slices.Sort(took[i])
		out[i] = took[i][rounds/2]
	}
	return out
}

func ms(n float64) string { return fmt.Sprintf("%.2f ms", n) }

// TestLogVolume: a log is counted as it grows, and after a container that is gone the count is unknown.
func TestLogVolume(t *testing.T) {
	e := open(t, Options{})
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "chatty")
	get(t, target, "/ping")
	var s record.Sample
	for s.LogLines == nil || *s.LogLines < 20_001 {
		var err error
		if s, err = target.Sample(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	logs, err := target.Logs(t.Context())
	if err != nil || *s.LogLines != int64(logs.TotalLines) || *s.LogBytes != logs.TotalBytes {
		t.Errorf("%d lines and %d bytes while %d and %d were logged, %v", *s.LogLines, *s.LogBytes, logs.TotalLines, logs.TotalBytes, err)
	}
	if err := target.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := target.Sample(t.Context()); err == nil {
		t.Error("a container that is gone was sampled")
	}
}
