package facts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// The origins of an image.
const (
	OriginEngine   = "engine"
	OriginRegistry = "registry"
	OriginLayout   = "oci"
	OriginArchive  = "archive"
)

// Options say where and how to look for an image. The zero value asks the image's registry for linux/arm64 with the
// credentials of the usual docker and podman configuration.
type Options struct {
	// Platform is linux/arm64 (default) or linux/amd64 (instances compute, IMG-19).
	Platform string
	// Insecure are registry hosts (HOST or HOST:PORT) that may speak plain http or unverified TLS.
	Insecure []string
	// Transport replaces the HTTP transport; retries are added to it.
	Transport http.RoundTripper
	// Keychain replaces the default credentials: docker and podman configuration and their credential helpers.
	Keychain authn.Keychain
	// Images is the local engine; nil when there is none. It is asked before the registry unless Pull is set.
	Images engine.Images
	Pull   bool
	// CompareRegistry asks the registry, briefly and without ever failing, whether it holds something else under the
	// name of an image that came from the engine (record.Image.RegistryDigest).
	CompareRegistry bool
	// TempDir is where large archives are spooled; empty means the system's.
	TempDir string
	// ManifestOnly makes ReadLayers do nothing, so that the record says that the layers were not read.
	ManifestOnly bool
	// EntrypointOnly lets ReadLayers stop as soon as the entry point is resolved beyond doubt. Packages and Shell are
	// then unknown and Scanned stays false.
	EntrypointOnly bool
	// Deep makes ReadLayers look at the machine of every ELF file (record.Image.Foreign).
	Deep bool
}

// Resolved is an image that was found. Close it: it may hold a temporary file and connections.
type Resolved struct {
	// Facts is the record; ReadLayers completes it.
	Facts *record.Image
	// Image gives access to the image itself; nil when only the engine has it, or when an index has no fitting child.
	Image     v1.Image
	Reference Reference
	// EngineID is the engine's id of the image; empty when the engine does not hold it yet (see Archive).
	EngineID string
	// Notes are lines a reader of the verdict should know, such as plain http to a registry.
	Notes []string

	platform platform
	options  Options
	// config is nil when no child of an index fits; rawConfig is the same as bytes, whose digest is the image id.
	config    *v1.ConfigFile
	rawConfig []byte
	blobs     []blob
	mostFiles int
	life      *life
	limited   http.RoundTripper
	closers   []func() error
}

// Close frees what the image holds. The record stays valid.
func (r *Resolved) Close() error {
	r.life.cancel()
	var errs []error
	for _, c := range r.closers {
		errs = append(errs, c())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// Resolve finds the image and reads its manifest and config: tier 1. An index without a child for the platform is no
// error: the facts then list its children, none of them chosen. Errors are one line that ends in a next step and never
// hold credentials.
func Resolve(ctx context.Context, ref Reference, o Options) (*Resolved, error) {
	p, err := parsePlatform(o.Platform)
	if err != nil {
		return nil, err
	}
	r := &Resolved{
		Facts:     &record.Image{Reference: ref.String(), CompressedSize: -1, UncompressedSize: -1},
		Reference: ref, platform: p, options: o, mostFiles: maxFiles, life: newLife(ctx),
	}
	defer r.life.bind(ctx)()
	if err := r.resolve(ctx); err != nil {
		r.Close()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read image %s: %w", ref, context.Cause(ctx))
		}
		return nil, err
	}
	return r, nil
}

func (r *Resolved) resolve(ctx context.Context) error {
	switch r.Reference.Kind {
	case KindLayout:
		return r.fromLayout(r.Reference.Name)
	case KindArchive:
		return r.fromArchiveFile(r.Reference.Name, OriginArchive)
	}
	if r.options.Images == nil || r.options.Pull {
		return r.fromRegistry(ctx)
	}
	id, err := r.lookup(ctx)
	switch {
	case err == nil:
		return r.fromEngine(ctx, id)
	case errors.Is(err, engine.ErrNoImage):
		return r.fromRegistry(ctx)
	}
	return fmt.Errorf("look for image %s in the engine: %w", r.Reference, err)
}

// lookup asks the engine for the platform's image, then for any image of that name: a local image for the wrong
// platform is what the user means, and judging another one from a registry could turn it green.
func (r *Resolved) lookup(ctx context.Context) (string, error) {
	id, err := r.options.Images.Lookup(ctx, r.Reference.Name, r.platform.String())
	if !errors.Is(err, engine.ErrNoImage) {
		return id, err
	}
	return r.options.Images.Lookup(ctx, r.Reference.Name, "")
}

// fromImage reads the manifest and the config of one image into the record.
func (r *Resolved) fromImage(img v1.Image) error {
	m, err := img.Manifest()
	if err != nil {
		return fmt.Errorf("its manifest is not readable: %w", err)
	}
	if err := notAnImageConfig(m); err != nil {
		return err
	}
	if m.Config.Size > maxConfig {
		return fmt.Errorf("its config claims to be %d bytes long; more than %d is refused", m.Config.Size, maxConfig)
	}
	if r.rawConfig, err = img.RawConfigFile(); err != nil {
		return fmt.Errorf("its config is not readable: %w", err)
	}
	if r.config, err = parseConfig(r.rawConfig); err != nil {
		return err
	}
	describe(r.Facts, r.config)
	if err := describeLayers(r.Facts, r.config, m.Layers); err != nil {
		return err
	}
	r.Facts.CompressedSize = compressedSize(r.Facts.Layers)
	r.Facts.ConfigDigest = m.Config.Digest.String()
	if r.blobs, err = blobsOf(img, m); err != nil {
		return fmt.Errorf("list its layers: %w", err)
	}
	return r.identify(img)
}

func (r *Resolved) identify(img v1.Image) error {
	digest, err := img.Digest()
	if err != nil {
		return fmt.Errorf("its manifest is not readable: %w", err)
	}
	mt, err := img.MediaType()
	if err != nil {
		return fmt.Errorf("its manifest is not readable: %w", err)
	}
	r.Facts.Digest, r.Facts.MediaType, r.Image = digest.String(), clip(string(mt)), img
	return nil
}

// maxNesting is how many indexes within indexes are followed.
const maxNesting = 3

// fromIndex chooses the platform's child, records all children, and reads the chosen one.
func (r *Resolved) fromIndex(idx v1.ImageIndex, depth int) error {
	m, err := idx.IndexManifest()
	if err != nil {
		return fmt.Errorf("its index is not readable: %w", err)
	}
	n := choose(m.Manifests, r.platform)
	if n < 0 || depth >= maxNesting {
		r.Facts.Children = append(r.Facts.Children, children(m.Manifests, -1)...)
		return nil
	}
	d := m.Manifests[n]
	if isIndex(d.MediaType) {
		inner, err := idx.ImageIndex(d.Digest)
		if err != nil {
			return fmt.Errorf("fetch the index %s it names: %w", d.Digest, err)
		}
		r.Facts.Children = append(r.Facts.Children, children(m.Manifests, -1)...)
		return r.fromIndex(inner, depth+1)
	}
	r.Facts.Children = append(r.Facts.Children, children(m.Manifests, n)...)
	img, err := idx.Image(d.Digest)
	if err != nil {
		return fmt.Errorf("fetch the manifest %s it names: %w", d.Digest, err)
	}
	return r.fromImage(img)
}

// life is the context of everything an image holds. It outlives the call that resolved the image, so that layers can
// be read later, and ends with Close or with whichever call is bound to it.
type life struct {
	context.Context
	cancel context.CancelFunc
}

func newLife(ctx context.Context) *life {
	c, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &life{c, cancel}
}

// bind ends the life when ctx ends before the returned function is called.
func (l *life) bind(ctx context.Context) (release func()) {
	stop := context.AfterFunc(ctx, l.cancel)
	return sync.OnceFunc(func() { stop() })
}
