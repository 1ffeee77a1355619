package facts

import (
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// platform is the os and architecture that an image is chosen for.
type platform struct{ os, arch string }

// parsePlatform reads linux/arm64 (the default) or linux/amd64; a variant such as /v8 is accepted and ignored.
func parsePlatform(s string) (platform, error) {
	if s == "" {
		return platform{"linux", "arm64"}, nil
	}
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || parts[1] == "" {
		return platform{}, fmt.Errorf("%q is not a platform; give linux/arm64 or linux/amd64", s)
	}
	return platform{parts[0], parts[1]}, nil
}

func (p platform) String() string { return p.os + "/" + p.arch }

// matches accepts the baseline variants only: an arm64 entry without variant or with v8, an amd64 one without or with
// v1. Choosing a higher one would test an image that the platform's machines may not run.
func (p platform) matches(d *v1.Platform) bool {
	if d == nil || d.OS != p.os || d.Architecture != p.arch {
		return false
	}
	switch d.Variant {
	case "":
		return true
	case "v8":
		return p.arch == "arm64"
	case "v1":
		return p.arch == "amd64"
	}
	return false
}

// attestation recognises BuildKit's provenance and SBOM entries, and others that name no platform on purpose.
func attestation(d v1.Descriptor) bool {
	if d.Annotations["vnd.docker.reference.type"] != "" {
		return true
	}
	return d.Platform != nil && d.Platform.OS == "unknown" && d.Platform.Architecture == "unknown"
}

func isIndex(mt types.MediaType) bool {
	return mt == types.OCIImageIndex || mt == types.DockerManifestList
}

// choose picks the entry of an index to test: the first image of the platform, else, where none is named, an index
// within the index, else a lone image that names no platform. It returns -1 when there is none.
func choose(entries []v1.Descriptor, p platform) int {
	unnamed, images, nested := -1, 0, -1
	for i, d := range entries {
		switch {
		case attestation(d):
		case isIndex(d.MediaType):
			if nested < 0 && (d.Platform == nil || p.matches(d.Platform)) {
				nested = i
			}
		case p.matches(d.Platform):
			return i
		default:
			images++
			if d.Platform == nil {
				unnamed = i
			}
		}
	}
	if nested >= 0 {
		return nested
	}
	if images == 1 {
		return unnamed
	}
	return -1
}

// children records the entries of an index; chosen is the place of the one that is tested, or -1.
func children(entries []v1.Descriptor, chosen int) []record.Child {
	var out []record.Child
	for i, d := range bounded(entries) {
		c := record.Child{
			Digest: d.Digest.String(), MediaType: clip(string(d.MediaType)),
			Attestation: attestation(d), Chosen: i == chosen,
		}
		if d.Platform != nil {
			c.OS, c.Architecture, c.Variant = clip(d.Platform.OS), clip(d.Platform.Architecture), clip(d.Platform.Variant)
		}
		out = append(out, c)
	}
	return out
}
