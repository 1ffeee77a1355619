package facts

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds on hostile layers.
const (
	// maxPath is the longest path that a kernel takes; files with longer names cannot be opened and are passed over.
	maxPath = 4096
	// maxFiles is how many files all layers may hold together.
	maxFiles = 2_000_000
	// maxPlain is how long all layers may be together, uncompressed.
	maxPlain = 64 << 30
)

// ReadLayers reads the layers, from the top one down and each once, and completes the record: tier 2. Program is what
// the command line leads to. Unless EntrypointOnly is set every header of every layer is read; then Packages, Shell and
// UncompressedSize are complete as well, and Scanned says so. With EntrypointOnly reading ends as soon as no lower layer
// can change the answer; a program that is looked up in PATH is certain only at the end, because a directory searched
// earlier may still hold another.
//
// Layers that cannot be unpacked make a Program with the fault unreadable. An error means that the layers could not be
// fetched. Without layers to read (an index without a fitting child, ManifestOnly) it does nothing.
func (r *Resolved) ReadLayers(ctx context.Context) error {
	if r.config == nil || r.options.ManifestOnly {
		return nil
	}
	defer r.life.bind(ctx)()
	s := newScan(r)
	for i := len(r.blobs) - 1; i >= 0 && !s.done; i-- {
		err := s.layer(ctx, r.blobs[i])
		if ctx.Err() != nil {
			return fmt.Errorf("read the layers of %s: %w", r.Reference, context.Cause(ctx))
		}
		var broken *brokenLayer
		if errors.As(err, &broken) {
			r.Facts.Program = &record.Program{
				Fault: record.ProgramUnreadable, BytesRead: s.fetched,
				Detail: clip(fmt.Sprintf("layer %d of %d cannot be unpacked: %s", i+1, len(r.blobs), oneLine(broken.err))),
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("read layer %d of %d (%s) of %s: %s%s",
				i+1, len(r.blobs), clip(r.blobs[i].name), r.Reference, oneLine(err), r.remedy())
		}
	}
	s.finish(r.Facts)
	return nil
}

// remedy is the next step after a layer could not be fetched.
func (r *Resolved) remedy() string {
	if r.Facts.Origin == OriginRegistry {
		return "; try again, or pull the image and test the local one"
	}
	return "; write the image again"
}

// brokenLayer is a layer whose content, not its transfer, is at fault.
type brokenLayer struct{ err error }

func (b *brokenLayer) Error() string { return b.err.Error() }
func (b *brokenLayer) Unwrap() error { return b.err }

// scan is one pass over the layers.
type scan struct {
	tree    *tree
	cmd     command
	only    bool
	deep    bool
	markers map[string]any
	seen    []any
	users   users
	// program and waiting are the latest answer, and the path that it still depends on.
	program *record.Program
	waiting string
	done    bool
	files   int
	fetched int64
	plain   int64
	buf     []byte
}

func newScan(r *Resolved) *scan {
	c := r.config.Config
	search := defaultPath
	for _, e := range c.Env {
		if v, ok := strings.CutPrefix(e, "PATH="); ok {
			search = v
		}
	}
	s := &scan{
		tree: newTree(), only: r.options.EntrypointOnly, deep: r.options.Deep, buf: make([]byte, headSize),
		cmd: command{
			argv: append(append([]string{}, c.Entrypoint...), c.Cmd...), path: search, dir: c.WorkingDir,
			uid: userID(c.User), machines: machines[r.platform.arch],
		},
	}
	s.resolve()
	return s
}

// resolve asks for the program as far as it is known.
func (s *scan) resolve() {
	s.program, s.waiting = s.tree.resolve(s.cmd)
	s.done = s.only && s.waiting == ""
}

// tries is how often a layer is fetched when its transfer breaks.
const tries = 2

func (s *scan) layer(ctx context.Context, b blob) error {
	if b.foreign {
		return &brokenLayer{errors.New("it is a foreign (non-distributable) layer, which AgentCore's registry does not hold")}
	}
	var err error
	for range tries {
		if err = s.read(ctx, b); err == nil || ctx.Err() != nil || errors.As(err, new(*brokenLayer)) {
			break
		}
	}
	if err == nil {
		s.tree.commit(s.visible)
	}
	return err
}

// read takes one layer in. The reader is closed on every way out: a registry layer holds a pull slot until then.
func (s *scan) read(ctx context.Context, b blob) error {
	s.tree.begin()
	s.markers = map[string]any{}
	l, err := openLayer(ctx, b)
	if err != nil {
		return err
	}
	defer l.Close()
	plain := &countingReader{r: &limitReader{l, maxPlain - s.plain}}
	err = s.entries(tar.NewReader(plain))
	if err == nil && !s.done {
		err = l.drain()
	}
	s.fetched += l.source.n
	s.plain += plain.n
	if err != nil && l.source.err == nil {
		return &brokenLayer{err}
	}
	return err
}

func (s *scan) entries(tr *tar.Reader) error {
	for !s.done {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.files++; s.files > maxFiles {
			return fmt.Errorf("there are more than %d files", maxFiles)
		}
		if err := s.entry(h, tr); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) entry(h *tar.Header, body io.Reader) error {
	if len(h.Name) > maxPath || len(h.Linkname) > maxPath {
		return nil
	}
	name := clean(h.Name)
	n := &node{kind: otherFile, mode: uint16(h.Mode & 0o7777), uid: int32(h.Uid)}
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil
	case tar.TypeDir:
		n.kind = directory
	case tar.TypeSymlink:
		n.kind, n.link = symlink, h.Linkname
	case tar.TypeLink:
		n = s.hardLink(n, clean(h.Linkname))
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		n.kind = regular
		if err := s.content(name, n, body); err != nil {
			return err
		}
	}
	if name == "" {
		return nil
	}
	s.tree.add(name, n)
	if s.only && (name == s.waiting || strings.HasPrefix(s.waiting, name+"/")) {
		s.resolve()
	}
	return nil
}

// hardLink is another name of a file that came before it in the same layer. One to a lower layer, which no builder
// writes, is followed as a link.
func (s *scan) hardLink(n *node, target string) *node {
	if t := s.tree.layer.nodes[target]; t != nil {
		return t
	}
	n.kind, n.link = symlink, "/"+target
	return n
}

// content looks into files that can be programs, and into the few that tell of a package.
func (s *scan) content(name string, n *node, body io.Reader) error {
	if read := markerReader(name); read != nil {
		size, err := io.ReadFull(body, s.buf)
		if !ended(err) {
			return err
		}
		s.markers[name] = read(name, s.buf[:size])
		return nil
	}
	if n.mode&0o111 == 0 && !s.deep {
		return nil
	}
	h, err := readHead(body, s.buf)
	if err != nil {
		return err
	}
	n.head = h
	if s.deep && h.elf && h.program && !slices.Contains(s.cmd.machines, h.machine) {
		s.markers[name] = record.ForeignFile{Path: clip("/" + name), Machine: h.machine.String()}
	}
	return nil
}

// visible keeps the markers of files that the finished image shows.
func (s *scan) visible(p string, _ *node) {
	switch m := s.markers[p].(type) {
	case nil:
	case users:
		s.users = m
	default:
		s.seen = append(s.seen, m)
	}
}

// finish writes what was found into the record.
func (s *scan) finish(img *record.Image) {
	if !s.done {
		s.tree.whole = true
		if s.cmd.uid < 0 {
			s.cmd.uid = s.users.id(img.User)
		}
		s.resolve()
		img.Shell = s.shell()
		img.Unwritable = s.unwritable(img.WorkingDir, "/tmp")
		img.Scanned = true
		if img.UncompressedSize < 0 {
			img.UncompressedSize = s.plain
		}
		s.report(img)
	}
	s.program.BytesRead = s.fetched
	img.Program = s.program
}

// maxForeign bounds the list of foreign files in the record.
const maxForeign = 100

func (s *scan) report(img *record.Image) {
	img.Packages, img.Foreign = nil, nil
	for _, m := range s.seen {
		switch m := m.(type) {
		case record.Package:
			img.Packages = append(img.Packages, m)
		case record.ForeignFile:
			img.Foreign = append(img.Foreign, m)
		}
	}
	slices.SortFunc(img.Packages, func(a, b record.Package) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(img.Foreign, func(a, b record.ForeignFile) int { return strings.Compare(a.Path, b.Path) })
	img.Packages = bounded(img.Packages)
	img.Foreign = img.Foreign[:min(len(img.Foreign), maxForeign)]
}

// shell finds what InvokeAgentRuntimeCommand could start (IMG-15).
func (s *scan) shell() string {
	for _, p := range []string{"/bin/bash", "/bin/sh", "/usr/bin/bash", "/usr/bin/sh"} {
		if f := s.tree.walk(p); f.node != nil && f.node.kind == regular && f.node.mode&0o111 != 0 {
			return p
		}
	}
	return ""
}

// limitReader ends with an error, not as if the stream were over, when there is more than n bytes.
type limitReader struct {
	r io.Reader
	n int64
}

func (l *limitReader) Read(p []byte) (int, error) {
	if l.n <= 0 {
		return 0, fmt.Errorf("the layers unpack to more than %d GiB", maxPlain>>30)
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.n)])
	l.n -= int64(n)
	return n, err
}
