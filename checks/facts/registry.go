package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// fromRegistry reads manifest and config from the image's registry: the ping, a token where one is asked for, the
// index, the chosen manifest and the config.
func (r *Resolved) fromRegistry(ctx context.Context) error {
	r.Facts.Origin = OriginRegistry
	ref, err := r.registryName()
	if err != nil {
		return err
	}
	if note := plainHTTP(ref.Context().Registry, r.options.Insecure); note != "" {
		r.Notes = append(r.Notes, note)
	}
	desc, err := r.fetch(r.life, ref)
	if err == nil {
		err = r.fromDescriptor(desc)
	}
	if err != nil {
		return registryError(ref, err, r.options.Images != nil && !r.options.Pull)
	}
	return nil
}

// registryName parses the name for its registry, which may be one that the user declared insecure.
func (r *Resolved) registryName() (name.Reference, error) {
	ref, err := name.ParseReference(r.Reference.Name)
	if err != nil {
		return nil, fmt.Errorf("%q is no image name: %s", shorten(r.Reference.Name, 200), whyBadName(r.Reference.Name))
	}
	if isInsecure(r.options.Insecure, ref.Context().RegistryStr()) {
		return name.ParseReference(r.Reference.Name, name.Insecure)
	}
	return ref, nil
}

func (r *Resolved) fetch(ctx context.Context, ref name.Reference) (*remote.Descriptor, error) {
	return remote.Get(ref, r.remoteOptions(ctx, r.transport())...)
}

func (r *Resolved) keychain() authn.Keychain {
	if r.options.Keychain != nil {
		return r.options.Keychain
	}
	return authn.DefaultKeychain
}

func (r *Resolved) remoteOptions(ctx context.Context, t http.RoundTripper) []remote.Option {
	return []remote.Option{
		remote.WithContext(ctx),
		remote.WithTransport(t),
		remote.WithAuthFromKeychain(r.keychain()),
		remote.WithUserAgent(userAgent),
		// One step and no status codes: the transport above retries, and reads Retry-After.
		remote.WithRetryBackoff(remote.Backoff{Steps: 1}),
		remote.WithRetryStatusCodes(),
	}
}

const userAgent = "agentcore-conform"

func (r *Resolved) fromDescriptor(desc *remote.Descriptor) error {
	kind, err := manifestKind(desc)
	if err != nil {
		return err
	}
	if kind == legacyKind {
		r.Facts.MediaType, r.Facts.Digest = clip(string(types.DockerManifestSchema1)), desc.Digest.String()
		return nil
	}
	if kind == indexKind {
		idx, err := desc.ImageIndex()
		if err != nil {
			return err
		}
		r.Facts.IndexDigest = desc.Digest.String()
		return r.fromIndex(idx, 0)
	}
	img, err := desc.Image()
	if err != nil {
		return err
	}
	return r.fromImage(img)
}

type manifestForm int

const (
	imageKind manifestForm = iota
	indexKind
	// legacyKind is Docker's schema 1, which nothing can be read of: IMG-01 says so.
	legacyKind
)

// manifestKind tells images from indexes by the media type, and where a registry sends none worth the name by the
// manifest itself.
func manifestKind(desc *remote.Descriptor) (manifestForm, error) {
	var m struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     types.MediaType   `json:"mediaType"`
		Manifests     []json.RawMessage `json:"manifests"`
		Config        *v1.Descriptor    `json:"config"`
	}
	if err := json.Unmarshal(desc.Manifest, &m); err != nil {
		return 0, fmt.Errorf("the registry's answer is not a manifest (content type %q); check that the host is a container registry", clip(string(desc.MediaType)))
	}
	switch {
	case m.SchemaVersion == 1 || desc.MediaType == types.DockerManifestSchema1 || desc.MediaType == types.DockerManifestSchema1Signed:
		return legacyKind, nil
	case isIndex(desc.MediaType) || isIndex(m.MediaType) || len(m.Manifests) > 0:
		return indexKind, nil
	case m.Config == nil:
		return 0, fmt.Errorf("it is a manifest of type %q without an image config; give the reference of an image", clip(string(desc.MediaType)))
	}
	return imageKind, nil
}

// plainHTTP says when a registry may be spoken to without TLS although nobody asked for that: the client does so for
// private address ranges and local names.
func plainHTTP(reg name.Registry, declared []string) string {
	host := reg.RegistryStr()
	u := url.URL{Host: host}
	if reg.Scheme() != "http" || isInsecure(declared, host) || isLoopback(u.Hostname()) {
		return ""
	}
	return fmt.Sprintf("registry %s has a private address: plain http is used when it does not answer https, so what it sends is not authenticated", host)
}

func isLoopback(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1" || strings.HasSuffix(host, ".localhost")
}

// compareTimeout bounds the look at the registry for an image that the engine already holds.
const compareTimeout = 3 * time.Second

// compareRegistry notes the registry's digest when it holds another image under the name. Names without a registry
// host are not looked up: they are mostly local, and nobody asked to tell a public registry of them.
func (r *Resolved) compareRegistry(ctx context.Context) {
	ref, err := r.registryName()
	if err != nil || strings.Contains(r.Reference.Name, "@") || ref.Context().RegistryStr() == name.DefaultRegistry {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, compareTimeout)
	defer cancel()
	desc, err := r.fetch(ctx, ref)
	if err != nil {
		return
	}
	other := &Resolved{Facts: &record.Image{}, Reference: r.Reference, platform: r.platform, options: r.options, life: r.life}
	if other.fromDescriptor(desc) == nil && other.Facts.ConfigDigest != r.Facts.ConfigDigest {
		r.Facts.RegistryDigest = desc.Digest.String()
	}
}
