package docker

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// mostMappings bounds the text on the memory of one process: a large emulated runtime has a thousand mappings, of which each
// takes about 700 bytes.
const mostMappings = 8 << 20

// emulator begins the names of the emulator's programs, as they are registered with the kernel.
const emulator = "qemu-"

// translatedCode adds up what a process's emulator holds for the code that it has translated, in bytes. The emulator keeps
// it in memory that is writable and executable at once, which the program's own never is there: what the program makes
// executable is read and translated, not run. ok is false where that cannot be told, as for an emulator that maps its
// code twice; a process without an emulator has none, nor has one that has gone.
func translatedCode(proc fs.FS, pid int) (size int64, ok bool) {
	dir := strconv.Itoa(pid)
	f, err := proc.Open(path.Join(dir, "smaps"))
	if err != nil {
		_, err = fs.Stat(proc, dir)
		return 0, gone(err)
	}
	defer f.Close()
	read := &io.LimitedReader{R: f, N: mostMappings + 1}
	size, emulated, err := sumTranslated(read)
	return size, gone(err) || err == nil && read.N > 0 && (!emulated || size > 0)
}

// sumTranslated reads the kernel's list of a process's mappings.
func sumTranslated(r io.Reader) (size int64, emulated bool, err error) {
	lines := bufio.NewScanner(r)
	code := false
	for lines.Scan() {
		words := bytes.Fields(lines.Bytes())
		switch {
		case len(words) >= 5 && bytes.ContainsRune(words[0], '-'):
			code = len(words) == 5 && string(words[1]) == "rwxp"
			emulated = emulated || len(words) > 5 && strings.HasPrefix(path.Base(string(words[5])), emulator)
		case code && len(words) == 3 && string(words[0]) == "Rss:":
			n, numberErr := strconv.ParseUint(string(words[1]), 10, 40)
			if numberErr != nil {
				return 0, false, numberErr
			}
			size += int64(n) << 10
		}
	}
	if !emulated {
		size = 0
	}
	return size, emulated, lines.Err()
}
