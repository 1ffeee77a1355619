package facts

import (
	"path"
	"strings"
)

// fileKind is what a path is in the flattened image.
type fileKind uint8

const (
	directory fileKind = iota
	regular
	symlink
	otherFile
)

// node is one file of the image.
type node struct {
	kind fileKind
	// acl says that more than owner, group and others decides who may do what.
	acl   bool
	mode  uint16
	layer uint16
	uid   int32
	gid   int32
	link  string
	head  *head
}

// tree is the image's file system, flattened while its layers are read from the top one down: what is already there
// came from a higher layer and wins. Paths are clean and have no leading slash.
type tree struct {
	nodes map[string]*node
	// whiteouts hide the path and all below it in lower layers, opaques only what is below.
	whiteouts, opaques map[string]bool
	// layer is the one being read: it overrides nothing above it, and hides nothing from itself.
	layer layerFiles
	// whole says that no lower layer is left, so that what is not there is missing.
	whole bool
}

// layerFiles are the files and marks of one layer.
type layerFiles struct {
	nodes              map[string]*node
	whiteouts, opaques []string
}

func newTree() *tree {
	return &tree{nodes: map[string]*node{}, whiteouts: map[string]bool{}, opaques: map[string]bool{}}
}

// begin starts the next lower layer, forgetting one that was not committed.
func (t *tree) begin() { t.layer = layerFiles{nodes: map[string]*node{}} }

const (
	whiteoutPrefix = ".wh."
	opaqueMark     = ".wh..wh..opq"
)

// add puts a file or a whiteout mark of the current layer in place.
func (t *tree) add(p string, n *node) {
	dir, base := path.Split(p)
	dir = strings.TrimSuffix(dir, "/")
	switch {
	case base == opaqueMark:
		t.layer.opaques = append(t.layer.opaques, dir)
	case strings.HasPrefix(base, whiteoutPrefix+whiteoutPrefix):
		// Bookkeeping of an old storage driver.
	case strings.HasPrefix(base, whiteoutPrefix):
		t.layer.whiteouts = append(t.layer.whiteouts, path.Join(dir, base[len(whiteoutPrefix):]))
	default:
		t.layer.nodes[p] = n
	}
}

// commit merges the current layer. What it shows is decided before anything of it is merged, so that the order of its
// files does not matter; its whiteouts count for lower layers only.
func (t *tree) commit(visible func(p string, n *node)) {
	var shown, covered []string
	for p, n := range t.layer.nodes {
		switch {
		case t.nodes[p] != nil:
			// A higher layer's directory covers this file, and this file covers what lower layers have below it.
			if n.kind != directory && t.nodes[p].kind == directory {
				covered = append(covered, p)
			}
		case !t.hidden(p):
			shown = append(shown, p)
		}
	}
	for _, p := range shown {
		t.nodes[p] = t.layer.nodes[p]
		visible(p, t.nodes[p])
	}
	for _, p := range append(covered, t.layer.opaques...) {
		t.opaques[p] = true
	}
	for _, p := range t.layer.whiteouts {
		t.whiteouts[p] = true
	}
	t.begin()
}

// hidden reports that higher layers removed the path or replaced a directory above it.
func (t *tree) hidden(p string) bool {
	if t.whiteouts[p] {
		return true
	}
	for p != "" {
		p = parent(p)
		if t.whiteouts[p] || t.opaques[p] {
			return true
		}
		if n := t.nodes[p]; n != nil && n.kind != directory {
			return true
		}
	}
	return false
}

// parent is the directory of a path; of a path at the root it is "".
func parent(p string) string {
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return ""
}

// get returns what the image has at exactly this path, or nil.
func (t *tree) get(p string) *node {
	if n := t.nodes[p]; n != nil {
		return n
	}
	if n := t.layer.nodes[p]; n != nil && !t.hidden(p) {
		return n
	}
	return nil
}

// maxHops is how many links the kernel follows in one path.
const maxHops = 40

// found is the result of following a path.
type found struct {
	node *node
	// path is the real path; hops are the links that led there.
	path string
	hops []hop
	loop bool
}

type hop struct{ path, to string }

// walk follows an absolute path through links, of parents too. A file that a layer put below a link's own path is
// found there first: engines differ in whether such a file goes through the link.
func (t *tree) walk(p string) found {
	f := found{path: clean(p)}
	for len(f.hops) <= maxHops {
		if n := t.get(f.path); n != nil && n.kind != symlink {
			f.node = n
			return f
		}
		at, rest, link := t.firstLink(f.path)
		if link == "" {
			return f
		}
		f.hops = append(f.hops, hop{"/" + at, link})
		if !path.IsAbs(link) {
			link = path.Join("/"+parent(at), link)
		}
		f.path = clean(path.Join(link, rest))
		if len(f.path) > maxPath {
			break
		}
	}
	f.loop = true
	return f
}

// firstLink finds the first component of the path that is a link: its path, what follows it, and where it leads.
func (t *tree) firstLink(p string) (at, rest, link string) {
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			continue
		}
		if n := t.get(p[:i]); n != nil && n.kind == symlink {
			return p[:i], strings.TrimPrefix(p[i:], "/"), n.link
		}
	}
	return "", "", ""
}

// clean makes a path canonical within the root: no leading slash, no way out.
func clean(p string) string { return strings.TrimPrefix(path.Clean("/"+p), "/") }
