package facts

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// identity is whom the image's program runs as. What is not sure is allowed to do everything, so that nothing is blamed on
// it.
type identity struct {
	uid  int32
	gids []int32
	sure bool
}

// identify works out user and groups as container engines do: a group in USER is the only one; without it the groups of
// /etc/passwd and /etc/group count, and a number that is not in there belongs to group 0.
func identify(user string, u users, g groups) identity {
	name, group, hasGroup := strings.Cut(user, ":")
	id := identity{gids: []int32{0}, sure: true}
	a, known := u.find(name)
	switch n, err := strconv.ParseInt(name, 10, 32); {
	case name == "":
	case known:
		id.uid, id.gids = a.uid, append([]int32{a.gid}, g.of(a.name)...)
	case err == nil:
		id.uid = int32(n)
	case name != "root":
		return identity{uid: -1}
	}
	if hasGroup {
		gid, ok := g.id(group)
		if !ok {
			return identity{uid: -1}
		}
		id.gids = []int32{gid}
	}
	return id
}

// The bits of an access mode.
const (
	mayRead  uint16 = 4
	mayEnter uint16 = 1
)

// may reports that the file's mode lets the identity do that. Root may do everything.
func (id identity) may(n *node, bit uint16) bool {
	switch {
	case !id.sure || id.uid == 0 || n.acl || n.kind == symlink:
		return true
	case n.uid == id.uid:
		return n.mode>>6&bit != 0
	case slices.Contains(id.gids, n.gid):
		return n.mode>>3&bit != 0
	}
	return n.mode&bit != 0
}

// barrier is the first folder on the way to a real path that the identity may not enter, or nothing.
func (t *tree) barrier(p string, id identity) string {
	for i := range p {
		if p[i] != '/' {
			continue
		}
		if n := t.get(p[:i]); n != nil && n.kind == directory && !id.may(n, mayEnter) {
			return p[:i]
		}
	}
	return ""
}

// refusal tells why the identity cannot read a file at a real path; nothing when it can.
func (t *tree) refusal(p string, n *node, id identity) string {
	if d := t.barrier(p, id); d != "" {
		return fmt.Sprintf("%q lies in %q, which the image's user may not enter (%s)", "/"+p, "/"+d, t.get(d).rights())
	}
	if !id.may(n, mayRead) {
		return fmt.Sprintf("%q may not be read by the image's user (%s)", "/"+p, n.rights())
	}
	return ""
}

func (n *node) rights() string { return fmt.Sprintf("mode %04o, owner %d:%d", n.mode, n.uid, n.gid) }

// codeNames are files that a program reads to run at all, unlike data that may be closed on purpose.
var codeNames = []string{".py", ".js", ".mjs", ".cjs", ".jar", ".rb", ".so", ".node"}

// unreadable lists program files below the folder that refuse the identity, hidden folders left out.
func (t *tree) unreadable(dir string, id identity) []string {
	root := clean(dir)
	if root == "" || !id.sure || id.uid == 0 {
		return nil
	}
	var out []string
	for p, n := range t.nodes {
		if n.kind != regular || !slices.Contains(codeNames, path.Ext(p)) {
			continue
		}
		if rest, below := strings.CutPrefix(p, root+"/"); below && !strings.HasPrefix(rest, ".") && t.refusal(p, n, id) != "" {
			out = append(out, clip("/"+p))
		}
	}
	slices.Sort(out)
	return out[:min(len(out), maxModules)]
}
