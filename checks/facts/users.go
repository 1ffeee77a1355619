package facts

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"
)

// users maps the names of /etc/passwd to their numbers.
type users map[string]int32

func readUsers(_ string, content []byte) any {
	u := users{}
	for line := range bytes.Lines(content) {
		fields := strings.Split(strings.TrimSpace(string(line)), ":")
		if len(fields) < 3 {
			continue
		}
		if id, err := strconv.ParseInt(fields[2], 10, 32); err == nil && id >= 0 {
			u[fields[0]] = int32(id)
		}
	}
	return u
}

// id is the number of the user part of USER, -1 when the image does not tell.
func (u users) id(user string) int32 {
	name, _, _ := strings.Cut(user, ":")
	if id, ok := u[name]; ok {
		return id
	}
	return -1
}

// unwritable lists which of the directories exist and surely refuse the image's user: root writes anywhere, and what
// group or others may write is given the benefit of the doubt.
func (s *scan) unwritable(dirs ...string) []string {
	var out []string
	for _, d := range dirs {
		if d == "" || s.cmd.uid <= 0 || slices.Contains(out, path.Clean(d)) {
			continue
		}
		n := s.tree.walk(d).node
		if n == nil || n.kind != directory {
			continue
		}
		if may := uint16(0o022); n.uid != s.cmd.uid && n.mode&may == 0 || n.uid == s.cmd.uid && n.mode&0o200 == 0 {
			out = append(out, clip(path.Clean(d)))
		}
	}
	return out
}
