package facts

import (
	"archive/tar"
	"bytes"
	"cmp"
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
	// maxFiles is how many files all layers may hold together. Each costs about 200 bytes of memory.
	maxFiles = 1_000_000
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
		s.layerNumber = i + 1
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
	tree *tree
	cmd  command
	only bool
	deep bool
	// layerNumber is the place of the layer being read, 1 for the base.
	layerNumber int
	// markers and secrets are what the layer being read holds, by path; the rest is what the finished image shows.
	markers map[string]any
	secrets map[string]*record.SecretFile
	seen    []any
	modules []module
	users   users
	groups  groups
	base    map[string]record.Base
	private []record.SecretFile
	// searched counts files and bytes that were searched for secrets.
	searched      int
	searchedBytes int64
	// start is what the program is told to run, once all layers are read.
	start *record.Start
	// program and waiting are the latest answer, and the path that it still depends on.
	program *record.Program
	waiting string
	done    bool
	files   int
	// mostFiles is maxFiles, or less in tests.
	mostFiles int
	fetched   int64
	plain     int64
	buf       []byte
	// text holds a file of text that is searched.
	text []byte
}

func newScan(r *Resolved) *scan {
	c := r.config.Config
	s := &scan{
		tree: newTree(), only: r.options.EntrypointOnly, deep: r.options.Deep, buf: make([]byte, headSize), base: map[string]record.Base{}, mostFiles: r.mostFiles,
		cmd: command{
			argv: commandLine(c), path: variable(c.Env, "PATH", defaultPath), pythonPath: variable(c.Env, "PYTHONPATH", ""),
			dir: c.WorkingDir, uid: userID(c.User), machines: machines[r.platform.arch],
		},
	}
	s.resolve()
	return s
}

// variable is the value of an environment variable; the last one counts.
func variable(env []string, name, otherwise string) string {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			otherwise = v
		}
	}
	return otherwise
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
		s.keepSecrets()
	}
	return err
}

// read takes one layer in. The reader is closed on every way out: a registry layer holds a pull slot until then.
func (s *scan) read(ctx context.Context, b blob) error {
	s.tree.begin()
	s.markers, s.secrets = map[string]any{}, map[string]*record.SecretFile{}
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
		if s.files++; s.files > s.mostFiles {
			return fmt.Errorf("there are more than %d files", s.mostFiles)
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
	n := &node{
		kind: otherFile, mode: uint16(h.Mode & 0o7777), uid: int32(h.Uid), gid: int32(h.Gid), layer: uint16(s.layerNumber),
		acl: h.PAXRecords["SCHILY.acl.access"] != "" || h.PAXRecords["SCHILY.xattr.system.posix_acl_access"] != "",
	}
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
		if err := s.content(name, n, body, h.Size); err != nil {
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

// content looks into files that can be programs, into the few that tell of a package, and into text that can hold a secret.
func (s *scan) content(name string, n *node, body io.Reader, size int64) error {
	if read := markerReader(name); read != nil {
		size, err := io.ReadFull(body, s.buf)
		if !ended(err) {
			return err
		}
		s.markers[name] = read(name, s.buf[:size])
		return nil
	}
	if !s.only && searchable(name, size) {
		text, err := s.search(name, body, size)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	native := !s.only && isModule(name)
	if n.mode&0o111 == 0 && !s.deep && !native {
		return nil
	}
	clear(s.buf[:shebangSize])
	h, err := readHead(body, s.buf)
	if err != nil {
		return err
	}
	if n.mode&0o111 != 0 || s.deep {
		n.head = h
	}
	if native {
		if m, ok := s.moduleOf(name, s.buf[:shebangSize], h); ok {
			s.markers[name] = m
		}
	} else if s.deep && h.elf && h.program && !slices.Contains(s.cmd.machines, h.machine) {
		s.markers[name] = record.ForeignFile{Path: clip("/" + name), Machine: h.machine.String()}
	}
	return nil
}

// search looks for a secret, and for a choice that hangs on Docker's marker, in a file of text and returns what it read of it.
func (s *scan) search(name string, body io.Reader, size int64) ([]byte, error) {
	if s.text == nil {
		s.text = make([]byte, maxSearchedFile)
	}
	n, err := io.ReadFull(body, s.text[:size])
	text := s.text[:n]
	if !ended(err) {
		return nil, err
	}
	if s.searchedBytes > maxSearched || bytes.IndexByte(text[:min(n, 1024)], 0) >= 0 {
		return text, nil
	}
	s.searched++
	s.searchedBytes += int64(n)
	if f, ok := secretFile(name, text); ok {
		f.Layer = s.layerNumber
		s.secrets[name] = &f
	}
	if c, ok := markerChoice(name, text); ok {
		s.markers[name] = c
	}
	return text, nil
}

// keepSecrets takes over what the layer holds: what the finished image does not show of it is deleted there, but not gone.
func (s *scan) keepSecrets() {
	for p, f := range s.secrets {
		f.Deleted = s.tree.nodes[p] == nil || int(s.tree.nodes[p].layer) != s.layerNumber
		if len(s.private) < maxSecrets {
			s.private = append(s.private, *f)
		}
	}
}

// maxSecrets bounds the list of files with secrets in the record.
const maxSecrets = 100

// visible keeps the markers of files that the finished image shows.
func (s *scan) visible(p string, _ *node) {
	switch m := s.markers[p].(type) {
	case nil:
	case users:
		s.users = m
	case groups:
		s.groups = m
	case module:
		s.modules = append(s.modules, m)
	case record.Base:
		s.base[p] = m
	default:
		s.seen = append(s.seen, m)
	}
}

// finish writes what was found into the record.
func (s *scan) finish(img *record.Image) {
	if !s.done {
		s.tree.whole = true
		s.cmd.who = identify(img.User, s.users, s.groups)
		s.cmd.uid = s.cmd.who.uid
		s.resolve()
		s.start = s.startOf()
		img.Shell = s.shell()
		img.Unwritable = s.unwritable(img.WorkingDir, "/tmp")
		img.Unreadable = s.tree.unreadable(img.WorkingDir, s.cmd.who)
		img.Closed = s.closed(img.WorkingDir)
		img.Start, img.Modules = s.start, s.foreignModules()
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
	img.Packages, img.Foreign, img.Runtimes, img.Base, img.MarkerChoices = nil, nil, nil, nil, nil
	for _, m := range s.seen {
		switch m := m.(type) {
		case record.Package:
			img.Packages = append(img.Packages, m)
		case record.ForeignFile:
			img.Foreign = append(img.Foreign, m)
		case record.Runtime:
			img.Runtimes = append(img.Runtimes, m)
		case record.MarkerChoice:
			if s.ofApplication(m.Path) {
				img.MarkerChoices = append(img.MarkerChoices, m)
			}
		}
	}
	for _, p := range osReleases {
		if b, ok := s.base[p]; ok && b.ID != "" && img.Base == nil {
			img.Base = &b
		}
	}
	img.SecretFiles, img.Searched, img.SearchCut = s.private, s.searched, s.searchedBytes > maxSearched
	slices.SortFunc(img.SecretFiles, func(a, b record.SecretFile) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Layer, b.Layer))
	})
	slices.SortFunc(img.Runtimes, func(a, b record.Runtime) int { return strings.Compare(a.Path, b.Path) })
	img.Runtimes = bounded(img.Runtimes)
	slices.SortFunc(img.Packages, func(a, b record.Package) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(img.Foreign, func(a, b record.ForeignFile) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(img.MarkerChoices, func(a, b record.MarkerChoice) int { return strings.Compare(a.Path, b.Path) })
	img.Packages, img.MarkerChoices = bounded(img.Packages), bounded(img.MarkerChoices)
	img.Foreign = img.Foreign[:min(len(img.Foreign), maxForeign)]
}

// closed is the folder that keeps the image's user out of the directory, or nothing.
func (s *scan) closed(dir string) string {
	f := s.tree.walk(dir)
	if f.node == nil || f.node.kind != directory || f.path == "" {
		return ""
	}
	if d := s.tree.barrier(f.path+"/", s.cmd.who); d != "" {
		return clip("/" + d)
	}
	return ""
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
