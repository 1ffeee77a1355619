package docker

import (
	"os"
	"path/filepath"
	"strings"
)

// binfmtFolder is where the kernel shows its handlers for foreign programs.
const binfmtFolder = "/proc/sys/fs/binfmt_misc"

// handler is one of the kernel's entries.
type handler struct {
	name, interpreter, flags string
	enabled                  bool
}

// fixed reports the flag F: the interpreter was opened when the handler was made, so that it works in every container.
func (h handler) fixed() bool { return strings.Contains(h.flags, "F") }

// arm64Magic is the beginning of an arm64 ELF file as handlers match it: 64 bit, little-endian, machine 183.
const arm64Magic = "7f454c460201010000000000000000000200b700"

// findHandler returns the handler for arm64 programs; of several, the kernel asks the one made last, and the entry that
// works is preferred here.
func findHandler(folder string) (handler, bool) {
	entries, _ := os.ReadDir(folder)
	var found handler
	ok := false
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			continue
		}
		h, forArm64 := parseHandler(entry.Name(), string(text))
		if forArm64 && (!ok || h.enabled && h.fixed()) {
			found, ok = h, true
		}
	}
	return found, ok
}

// parseHandler reads the kernel's text for one entry.
func parseHandler(name, text string) (h handler, forArm64 bool) {
	h.name = name
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "enabled":
			h.enabled = true
		case "interpreter":
			h.interpreter = value
		case "flags:":
			h.flags = value
		case "magic":
			forArm64 = value == arm64Magic
		}
	}
	return h, forArm64
}
