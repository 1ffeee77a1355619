package docker

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"syscall"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds of one census, so that a container which holds very much costs no more than a few milliseconds a look. A figure
// beyond its bound is unknown from there on: a count that stopped at a bound would look like one that levels off.
const (
	mostProcesses   = 512
	mostThreads     = 4096
	mostDescriptors = 20_000
	mostText        = 64 << 10
)

// census counts what the processes of a container hold (LIFE-20), from the process table of this machine. What may not be
// read, or is more than its bound, is nil.
//
// Under emulation each process is the emulator's: its threads and descriptors are counted, too. They are the same few for
// every program, so differences and trends are the agent's own.
type census struct {
	processes, threads, descriptors, sockets *int
	// translated is what an emulator holds of translated code, in bytes; nil where no process has an emulator, too.
	translated *int64
}

// holdings counts where the container's processes can be seen: the engine runs on this machine and in this process id
// namespace. Elsewhere (Desktop, an engine on another machine, a harness in a container) all is nil: whatever looked from
// inside would be one more process in the agent's own namespaces, seen by it and counted with it.
func (t *Target) holdings() census {
	if !t.visible() {
		return census{}
	}
	taken := takeCensus(os.DirFS("/proc"), t.pid)
	if !t.visible() {
		return census{}
	}
	return taken
}

func (c census) fill(s *record.Sample) {
	s.Processes, s.Threads, s.Descriptors, s.Sockets = c.processes, c.threads, c.descriptors, c.sockets
	s.Translated = c.translated
}

// takeCensus counts a container's first process and its descendants: who loses its parent becomes a child of the first.
// One that ends while it is looked at counts for nothing.
func takeCensus(proc fs.FS, first int) census {
	w := walk{proc: proc, seen: map[int]bool{}}
	for next := []int{first}; len(next) > 0 && !w.lost; {
		next = append(next[1:], w.visit(next[0])...)
	}
	var out census
	if !w.lost && w.processes > 0 {
		out.processes, out.threads = &w.processes, &w.threads
		if !w.shut {
			out.descriptors = &w.descriptors
		}
		if size, ok := w.translated(); ok {
			out.translated = &size
		}
	}
	if n, err := sockets(proc, first); err == nil {
		out.sockets = &n
	}
	return out
}

// walk is a census under way. It is lost when there are processes that it does not know, and shut when there are
// descriptors that it does not know.
type walk struct {
	proc                            fs.FS
	seen                            map[int]bool
	processes, threads, descriptors int
	lost, shut                      bool
}

// visit counts one process and returns its children.
func (w *walk) visit(pid int) (children []int) {
	dir := strconv.Itoa(pid)
	threads, err := list(w.proc, path.Join(dir, "task"), mostThreads-w.threads)
	if w.seen[pid] || gone(err) {
		return nil
	}
	w.seen[pid] = true
	w.processes++
	w.threads += len(threads)
	if err != nil || w.processes > mostProcesses {
		w.lost = true
		return nil
	}
	for _, thread := range threads {
		children = append(children, w.children(path.Join(dir, "task", thread))...)
	}
	w.open(path.Join(dir, "fd"))
	return children
}

// translated adds up the translated code of all processes; ok is false where there is none or it is not known.
func (w *walk) translated() (size int64, ok bool) {
	for pid := range w.seen {
		n, known := translatedCode(w.proc, pid)
		if !known {
			return 0, false
		}
		size += n
	}
	return size, size > 0
}

// children reads which processes a thread has started.
func (w *walk) children(thread string) (found []int) {
	text, err := read(w.proc, path.Join(thread, "children"))
	if gone(err) {
		// A kernel that was built without these files has the thread all the same.
		_, err = fs.Stat(w.proc, thread)
		w.lost = w.lost || !gone(err)
		return nil
	}
	for _, word := range bytes.Fields(text) {
		pid, numberErr := count(word)
		found, err = append(found, pid), errors.Join(err, numberErr)
	}
	w.lost = w.lost || err != nil
	return found
}

// open adds the descriptors of a process, as long as all may be read.
func (w *walk) open(dir string) {
	open, err := list(w.proc, dir, mostDescriptors-w.descriptors)
	w.descriptors += len(open)
	w.shut = w.shut || err != nil && !gone(err)
}

// sockets is how many sockets there are in the network namespace of a process, which is the container's own: all that
// descriptors hold, TCP, UDP and Unix; connections that nobody has accepted yet; and the two of the engine's resolver.
func sockets(proc fs.FS, pid int) (int, error) {
	text, err := read(proc, path.Join(strconv.Itoa(pid), "net/sockstat"))
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if used, ok := bytes.CutPrefix(lines.Bytes(), []byte("sockets: used ")); ok {
			return count(bytes.TrimSpace(used))
		}
	}
	return 0, errors.New("the kernel counts no sockets")
}

// count reads a number of things as the kernel prints it.
func count(text []byte) (int, error) {
	n, err := strconv.ParseUint(string(text), 10, 31)
	return int(n), err
}

var errBound = errors.New("more than is counted")

// list names what a folder holds; more than most of it is an error.
func list(proc fs.FS, dir string, most int) ([]string, error) {
	f, err := proc.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	folder, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, fs.ErrInvalid
	}
	entries, err := folder.ReadDir(most + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) > most {
		return nil, errBound
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func read(proc fs.FS, file string) ([]byte, error) {
	f, err := proc.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostText+1))
	if len(text) > mostText {
		return nil, errBound
	}
	return text, err
}

// gone reports that what was looked at has ended in the meantime.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) }
