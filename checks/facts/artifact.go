package facts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// MaxArtifact is the size in bytes past which an artifact's content is refused.
const MaxArtifact = 4 << 20

// emptyConfig is the media type of the config that an artifact has to have and does not need.
const emptyConfig = "application/vnd.oci.empty.v1+json"

// ErrUnfit is an artifact whose manifest or content is not as an artifact's should be; the registry itself answers.
var ErrUnfit = errors.New("no artifact with one readable document")

// Artifact is a document that is kept beside an image in its registry and refers to it.
type Artifact struct {
	// Type is the media type of the content and of the artifact.
	Type        string
	Annotations map[string]string
	Content     []byte
}

// Attach pushes an artifact that refers to the manifest of this digest in the image's repository, and returns the
// artifact's own digest. A registry without the referrers API gets the referrer listed under the fallback tag. The same
// artifact attached twice is one.
func (r *Resolved) Attach(ctx context.Context, digest string, a Artifact) (string, error) {
	ref, err := r.beside(digest)
	if err != nil {
		return "", err
	}
	attached, err := r.attach(ctx, ref, a)
	if err != nil {
		return "", fmt.Errorf("attach to the image: %w", artifactError(ctx, ref, err))
	}
	return attached, nil
}

// artifactError is the registry's error; one that the user caused by an interrupt stays recognisable.
func artifactError(ctx context.Context, ref name.Reference, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return registryError(ref, err, false)
}

// beside names the manifest of a digest in the image's repository.
func (r *Resolved) beside(digest string) (name.Digest, error) {
	if r.Facts.Origin != OriginRegistry {
		return name.Digest{}, fmt.Errorf("%s is not in a registry, so nothing can be attached to it: push it and give its name", r.Reference)
	}
	ref, err := r.registryName()
	if err != nil {
		return name.Digest{}, err
	}
	return ref.Context().Digest(digest), nil
}

func (r *Resolved) attach(ctx context.Context, subject name.Digest, a Artifact) (string, error) {
	options := r.remoteOptions(ctx, r.limitedTransport())
	to, err := remote.Get(subject, options...)
	if err != nil {
		return "", err
	}
	config := static.NewLayer([]byte("{}"), emptyConfig)
	content := static.NewLayer(a.Content, types.MediaType(a.Type))
	for _, blob := range []v1.Layer{config, content} {
		if err := remote.WriteLayer(subject.Context(), blob, options...); err != nil {
			return "", err
		}
	}
	manifest, err := artifactManifest(a, to.Descriptor, config, content)
	if err != nil {
		return "", err
	}
	digest, _, err := v1.SHA256(bytes.NewReader(manifest))
	if err != nil {
		return "", err
	}
	return digest.String(), remote.Put(subject.Context().Digest(digest.String()), manifest, options...)
}

func artifactManifest(a Artifact, subject v1.Descriptor, config, content v1.Layer) (manifestBytes, error) {
	configAs, err := describeBlob(config)
	if err != nil {
		return nil, err
	}
	contentAs, err := describeBlob(content)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: a.Type, Config: configAs,
		Layers: []v1.Descriptor{contentAs}, Annotations: a.Annotations,
		Subject: &v1.Descriptor{MediaType: subject.MediaType, Size: subject.Size, Digest: subject.Digest},
	})
}

func describeBlob(l v1.Layer) (v1.Descriptor, error) {
	digest, err := l.Digest()
	if err != nil {
		return v1.Descriptor{}, err
	}
	size, err := l.Size()
	if err != nil {
		return v1.Descriptor{}, err
	}
	mt, err := l.MediaType()
	return v1.Descriptor{MediaType: mt, Size: size, Digest: digest}, err
}

// manifestBytes is a manifest that is pushed as it stands.
type manifestBytes []byte

// RawManifest implements remote.Taggable.
func (m manifestBytes) RawManifest() ([]byte, error) { return m, nil }

// MediaType is what the registry is told that the manifest is.
func (m manifestBytes) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

// Artifact fetches the artifact of this digest from the image's repository. An artifact of more than one document, of more
// than MaxArtifact bytes or with content of another digest is ErrUnfit; other errors are the registry's.
func (r *Resolved) Artifact(ctx context.Context, digest string) (Artifact, error) {
	ref, err := r.beside(digest)
	if err != nil {
		return Artifact{}, err
	}
	a, err := r.artifact(ctx, ref)
	if err != nil && !errors.Is(err, ErrUnfit) {
		err = artifactError(ctx, ref, err)
	}
	return a, err
}

func (r *Resolved) artifact(ctx context.Context, ref name.Digest) (Artifact, error) {
	options := r.remoteOptions(ctx, r.limitedTransport())
	desc, err := remote.Get(ref, options...)
	if err != nil {
		return Artifact{}, unfitUnlessRegistry(err)
	}
	var m v1.Manifest
	if err := json.Unmarshal(desc.Manifest, &m); err != nil || len(m.Layers) != 1 || m.Layers[0].Size > MaxArtifact {
		return Artifact{}, ErrUnfit
	}
	content, err := readBlob(ref.Context().Digest(m.Layers[0].Digest.String()), options)
	if err != nil {
		return Artifact{}, unfitUnlessRegistry(err)
	}
	a := Artifact{Type: m.ArtifactType, Annotations: m.Annotations, Content: content}
	if a.Type == "" {
		a.Type = string(m.Config.MediaType)
	}
	return a, nil
}

// readBlob reads a blob, whose digest the registry client compares.
func readBlob(ref name.Digest, options []remote.Option) ([]byte, error) {
	blob, err := remote.Layer(ref, options...)
	if err != nil {
		return nil, err
	}
	rc, err := blob.Compressed()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	content, err := io.ReadAll(rc)
	if len(content) > MaxArtifact {
		err = ErrUnfit
	}
	return content, err
}
