package facts

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/klauspost/compress/gzip"
)

// Bounds on a docker-save archive.
const (
	maxArchiveEntries = 100_000
	maxArchive        = 64 << 30
)

// archive is a docker-save archive on disk with the places of its files, so that layers are read where they lie.
type archive struct {
	file  *os.File
	files map[string]archived
}

// archived is one file of an archive, or a link to another.
type archived struct {
	offset, size int64
	link         string
}

// indexArchive notes where each file of the archive lies. It reads headers only.
func indexArchive(f *os.File) (*archive, error) {
	a := &archive{file: f, files: map[string]archived{}}
	tr := tar.NewReader(f)
	for n := 0; ; n++ {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return nil, err
		}
		if n >= maxArchiveEntries {
			return nil, fmt.Errorf("it holds more than %d files", maxArchiveEntries)
		}
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		a.add(h, at)
	}
}

func (a *archive) add(h *tar.Header, at int64) {
	name := path.Clean(h.Name)
	switch h.Typeflag {
	case tar.TypeReg:
		a.files[name] = archived{offset: at, size: h.Size}
	case tar.TypeSymlink:
		a.files[name] = archived{link: path.Join(path.Dir(name), h.Linkname)}
	case tar.TypeLink:
		a.files[name] = archived{link: path.Clean(h.Linkname)}
	}
}

// find follows links within the archive: older engines store a layer that occurs twice as a link.
func (a *archive) find(name string) (archived, error) {
	at := path.Clean(name)
	for range 10 {
		f, ok := a.files[at]
		if !ok {
			break
		}
		if f.link == "" {
			return f, nil
		}
		at = f.link
	}
	return archived{}, fmt.Errorf("it lacks the file %q that its manifest.json names", clip(name))
}

func (a *archive) section(name string) (*io.SectionReader, error) {
	f, err := a.find(name)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(a.file, f.offset, f.size), nil
}

// read reads a small file whole.
func (a *archive) read(name string) ([]byte, error) {
	s, err := a.section(name)
	if err != nil {
		return nil, err
	}
	if s.Size() > maxConfig {
		return nil, fmt.Errorf("its file %q is %d bytes long; more than %d is refused", clip(name), s.Size(), maxConfig)
	}
	return io.ReadAll(s)
}

// manifest returns the image that the archive describes. An engine that holds several platforms of one image may save
// them all; then the one for the platform is meant.
func (r *Resolved) manifest(a *archive) (*tarball.Descriptor, error) {
	raw, err := a.read("manifest.json")
	if err != nil {
		return nil, errors.New("it is not what docker save writes: there is no readable manifest.json; make it with docker save -o FILE IMAGE")
	}
	var m tarball.Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("its manifest.json is not valid: %w", err)
	}
	if len(m) == 0 {
		return nil, errors.New("it holds no image")
	}
	if len(m) == 1 {
		return &m[0], nil
	}
	if d := r.ofPlatform(a, m); d != nil && r.Facts.Origin == OriginEngine {
		return d, nil
	}
	var tags []string
	for _, d := range m {
		tags = append(tags, clipAll(d.RepoTags)...)
	}
	return nil, fmt.Errorf("it holds %d images (%s); save the one to test alone: docker save -o FILE IMAGE", len(m), shorten(strings.Join(tags, ", "), 200))
}

// ofPlatform returns the only image of the platform, or nil.
func (r *Resolved) ofPlatform(a *archive, m tarball.Manifest) (only *tarball.Descriptor) {
	for i := range m {
		raw, err := a.read(m[i].Config)
		if err != nil {
			continue
		}
		cfg, err := parseConfig(raw)
		if err != nil || !r.platform.matches(&v1.Platform{OS: cfg.OS, Architecture: cfg.Architecture, Variant: cfg.Variant}) {
			continue
		}
		if only != nil {
			return nil
		}
		only = &m[i]
	}
	return only
}

// fromArchiveFile reads a docker-save archive, gzip-compressed or not.
func (r *Resolved) fromArchiveFile(file, origin string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("docker-archive:%s cannot be opened (%s); give a file made by docker save", file, oneLine(errors.Unwrap(err)))
	}
	r.closers = append(r.closers, f.Close)
	if f, err = r.unzipped(f); err != nil {
		return fmt.Errorf("docker-archive:%s: %s", file, oneLine(err))
	}
	if err := r.fromArchive(f, origin); err != nil {
		return fmt.Errorf("docker-archive:%s: %s", file, oneLine(err))
	}
	return nil
}

// unzipped spools a compressed archive to a temporary plain one; a plain one it returns as it is.
func (r *Resolved) unzipped(f *os.File) (*os.File, error) {
	magic := make([]byte, 2)
	if n, _ := f.ReadAt(magic, 0); n < 2 || !isGzip(magic) {
		return f, nil
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return r.spool(r.life, z)
}

// spool copies a stream to a temporary file that vanishes with Close, bounded in size, and rewinds it.
func (r *Resolved) spool(ctx context.Context, src io.Reader) (*os.File, error) {
	f, err := os.CreateTemp(r.options.TempDir, "agentcore-conform-image-*.tar")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file for the image: %w", err)
	}
	// Where the system allows it the name goes at once, so that not even kill -9 leaves the file behind.
	removed := os.Remove(f.Name()) == nil
	r.closers = append(r.closers, func() error {
		err := f.Close()
		if !removed {
			err = errors.Join(err, os.Remove(f.Name()))
		}
		return err
	})
	n, err := io.Copy(f, io.LimitReader(&contextReader{ctx, src}, maxArchive+1))
	if err != nil {
		return nil, fmt.Errorf("copy the image to %s: %w", os.TempDir(), err)
	}
	if n > maxArchive {
		return nil, fmt.Errorf("the archive is longer than %d GiB", maxArchive>>30)
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, err
}

func (r *Resolved) fromArchive(f *os.File, origin string) error {
	r.Facts.Origin = origin
	a, err := indexArchive(f)
	if err != nil {
		return fmt.Errorf("it is not a readable tar archive: %w", err)
	}
	d, err := r.manifest(a)
	if err != nil {
		return err
	}
	if r.rawConfig, err = a.read(d.Config); err != nil {
		return err
	}
	if r.config, err = parseConfig(r.rawConfig); err != nil {
		return err
	}
	hash, _, err := v1.SHA256(bytes.NewReader(r.rawConfig))
	if err != nil {
		return err
	}
	r.Facts.ConfigDigest = hash.String()
	describe(r.Facts, r.config)
	if err := r.archiveLayers(a, d); err != nil {
		return err
	}
	r.manifestWithin(a)
	if origin == OriginArchive {
		r.Image, err = tarball.Image(func() (io.ReadCloser, error) {
			return section{io.NewSectionReader(f, 0, maxArchive)}, nil
		}, nil)
	}
	return err
}

// section is a part of a file. It can seek, so that a tar reader skips instead of reading.
type section struct{ *io.SectionReader }

func (section) Close() error { return nil }

// archiveLayers lists the layers. Their size in the registry's form is known only when the archive holds them
// compressed, as newer engines and image tools write them.
func (r *Resolved) archiveLayers(a *archive, d *tarball.Descriptor) error {
	if err := describeLayers(r.Facts, r.config, nil); err != nil {
		return err
	}
	if len(d.Layers) != len(r.Facts.Layers) {
		return fmt.Errorf("its manifest.json names %d layers, the image's config %d; save the image again", len(d.Layers), len(r.Facts.Layers))
	}
	var plain int64
	for i, name := range d.Layers {
		s, err := a.section(name)
		if err != nil {
			return err
		}
		magic := make([]byte, 4)
		// A layer shorter than that is no archive of any kind; reading it will say so.
		_, _ = s.ReadAt(magic, 0)
		if isCompressed(magic) {
			r.Facts.Layers[i].Size, plain = s.Size(), -1
		} else if plain >= 0 {
			plain += s.Size()
		}
		r.blobs = append(r.blobs, blob{name: name, size: s.Size(), open: func() (io.ReadCloser, error) {
			return section{io.NewSectionReader(s, 0, s.Size())}, nil
		}})
	}
	r.Facts.CompressedSize, r.Facts.UncompressedSize = compressedSize(r.Facts.Layers), plain
	return nil
}

// manifestWithin reads the OCI manifest that newer archives carry beside manifest.json. It counts only when its layers
// are in the registry's form: an engine without a content store makes up one that no registry ever saw.
func (r *Resolved) manifestWithin(a *archive) {
	raw, err := a.read("index.json")
	if err != nil || r.Facts.CompressedSize < 0 {
		return
	}
	top, err := v1.ParseIndexManifest(bytes.NewReader(raw))
	if err != nil || len(top.Manifests) != 1 {
		return
	}
	d := top.Manifests[0]
	if isIndex(d.MediaType) {
		raw, err := a.read(blobPath(d.Digest))
		if err != nil {
			return
		}
		idx, err := v1.ParseIndexManifest(bytes.NewReader(raw))
		if err != nil {
			return
		}
		n := choose(idx.Manifests, r.platform)
		r.Facts.IndexDigest, r.Facts.Children = d.Digest.String(), children(idx.Manifests, n)
		if n < 0 {
			return
		}
		d = idx.Manifests[n]
	}
	raw, err = a.read(blobPath(d.Digest))
	if err != nil {
		return
	}
	m, err := v1.ParseManifest(bytes.NewReader(raw))
	if err == nil && m.Config.Digest.String() == r.Facts.ConfigDigest && describeLayers(r.Facts, r.config, m.Layers) == nil {
		r.Facts.Digest, r.Facts.MediaType = d.Digest.String(), clip(string(d.MediaType))
	}
}

func blobPath(h v1.Hash) string { return path.Join("blobs", h.Algorithm, h.Hex) }

// fromEngine has the engine save the image to a temporary file and reads that.
func (r *Resolved) fromEngine(ctx context.Context, id string) error {
	r.EngineID = id
	rc, err := r.options.Images.Save(ctx, id)
	if err != nil {
		return fmt.Errorf("read image %s out of the engine: %s; try docker save %s", r.Reference, oneLine(err), r.Reference)
	}
	defer rc.Close()
	f, err := r.spool(ctx, rc)
	if err != nil {
		return fmt.Errorf("read image %s out of the engine: %s; check the free space there, or give another TMPDIR", r.Reference, oneLine(err))
	}
	if err := r.fromArchive(f, OriginEngine); err != nil {
		return fmt.Errorf("read image %s out of the engine: %s", r.Reference, oneLine(err))
	}
	if r.options.CompareRegistry {
		r.compareRegistry(ctx)
	}
	return nil
}

// contextReader ends a copy when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
