package facts

import (
	"fmt"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// fromLayout reads an OCI image layout. Its index.json is a table of contents, not an index that was pushed: with one
// entry that entry is the image (or its index), with several the platform decides.
func (r *Resolved) fromLayout(dir string) error {
	r.Facts.Origin = OriginLayout
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("oci:%s: there is no such directory; give the directory that holds index.json", dir)
	}
	root, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return fmt.Errorf("oci:%s is not an OCI image layout: %s; make one with docker buildx build --platform linux/arm64 -o type=oci,tar=false,dest=DIR", dir, oneLine(err))
	}
	m, err := root.IndexManifest()
	if err != nil {
		return fmt.Errorf("oci:%s: its index.json is not readable: %s; write the layout again", dir, oneLine(err))
	}
	if len(m.Manifests) == 0 {
		return fmt.Errorf("oci:%s holds no image; write the layout again", dir)
	}
	if names := differentNames(m.Manifests); len(names) > 1 {
		return fmt.Errorf("oci:%s holds several images (%s); give a layout with one", dir, shorten(strings.Join(names, ", "), 200))
	}
	if err := r.fromLayoutEntry(root, m.Manifests); err != nil {
		return fmt.Errorf("oci:%s: %s", dir, oneLine(err))
	}
	return nil
}

func (r *Resolved) fromLayoutEntry(root v1.ImageIndex, entries []v1.Descriptor) error {
	if len(entries) > 1 {
		return r.fromIndex(root, 0)
	}
	d := entries[0]
	switch d.MediaType {
	case types.OCIImageIndex, types.DockerManifestList:
		idx, err := root.ImageIndex(d.Digest)
		if err != nil {
			return fmt.Errorf("its index %s is not readable: %w", d.Digest, err)
		}
		r.Facts.IndexDigest = d.Digest.String()
		return r.fromIndex(idx, 0)
	case types.OCIManifestSchema1, types.DockerManifestSchema2, "":
		img, err := root.Image(d.Digest)
		if err != nil {
			return fmt.Errorf("its manifest %s is not readable: %w", d.Digest, err)
		}
		return r.fromImage(img)
	case types.DockerManifestSchema1, types.DockerManifestSchema1Signed:
		r.Facts.MediaType, r.Facts.Digest = clip(string(d.MediaType)), d.Digest.String()
		return nil
	}
	return fmt.Errorf("it holds a %q, which is no image", clip(string(d.MediaType)))
}

// differentNames lists the image names that a layout's table of contents gives, each once.
func differentNames(entries []v1.Descriptor) []string {
	var names []string
	seen := map[string]bool{"": true}
	for _, d := range entries {
		n := d.Annotations["org.opencontainers.image.ref.name"]
		if !seen[n] {
			seen[n] = true
			names = append(names, clip(n))
		}
	}
	return names
}
