package facts

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"
)

// account is a line of /etc/passwd.
type account struct {
	name     string
	uid, gid int32
}

// users are the accounts of /etc/passwd, in its order.
type users []account

func readUsers(_ string, content []byte) any {
	u := users{}
	for _, f := range colonLines(content, 4) {
		uid, ok := number(f[2])
		gid, also := number(f[3])
		if ok && also {
			u = append(u, account{f[0], uid, gid})
		}
	}
	return u
}

// find looks an account up by name, then by number, as engines do.
func (u users) find(user string) (account, bool) {
	for _, a := range u {
		if a.name == user {
			return a, true
		}
	}
	n, ok := number(user)
	for _, a := range u {
		if ok && a.uid == n {
			return a, true
		}
	}
	return account{}, false
}

// group is a line of /etc/group.
type group struct {
	name    string
	gid     int32
	members []string
}

// groups are those of /etc/group, in its order.
type groups []group

func readGroups(_ string, content []byte) any {
	g := groups{}
	for _, f := range colonLines(content, 3) {
		if gid, ok := number(f[2]); ok {
			g = append(g, group{f[0], gid, strings.Split(strings.Join(f[3:], ""), ",")})
		}
	}
	return g
}

// id is the number of a group by its name or number.
func (g groups) id(name string) (int32, bool) {
	for _, e := range g {
		if e.name == name {
			return e.gid, true
		}
	}
	return number(name)
}

// of are the groups that the user is a member of.
func (g groups) of(user string) []int32 {
	var out []int32
	for _, e := range g {
		if slices.Contains(e.members, user) {
			out = append(out, e.gid)
		}
	}
	return out
}

// colonLines splits the lines that have at least so many fields.
func colonLines(content []byte, fields int) [][]string {
	var out [][]string
	for line := range bytes.Lines(content) {
		if f := strings.Split(strings.TrimSpace(string(line)), ":"); len(f) >= fields {
			out = append(out, f)
		}
	}
	return out
}

func number(s string) (int32, bool) {
	n, err := strconv.ParseInt(s, 10, 32)
	return int32(n), err == nil && n >= 0
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
